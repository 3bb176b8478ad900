/**
 * One server of PostgreSQL for a whole run of tests, whose files run in processes of their own: the first that asks for
 * a database has it started. Who asks is told by an address in the environment.
 */
import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import pg from "pg";
import { type PostgresServer, startPostgresServer } from "./postgres-server.ts";

const ADDRESS = "AGENTOS_TEST_POSTGRES";

/** An empty database of its own. */
export interface TestPostgres {
  /** With user and password. */
  readonly url: string;
  /** Removes what is in it, whoever is still connected. */
  drop(): Promise<void>;
}

/** Runs in the process that starts the tests; the end of it is the end of the server. */
export async function startPostgresBroker(): Promise<() => Promise<void>> {
  let starting: Promise<PostgresServer> | undefined;
  // Whoever knows the address may make databases.
  const path = `/${randomBytes(16).toString("hex")}`;
  const broker = createServer((request, response) => {
    const answer = async (): Promise<string> => {
      if (request.url !== path) throw new Error("not found");
      starting ??= startPostgresServer({ settings: { max_connections: 200 } });
      return (await starting).url;
    };
    answer().then(
      (url) => response.end(url),
      (cause: unknown) => response.writeHead(500).end(String(cause)),
    );
  });
  process.env[ADDRESS] = `http://127.0.0.1:${await listen(broker)}${path}`;
  return async () => {
    broker.closeAllConnections();
    broker.close();
    // One that did not start has said so to whoever asked.
    await starting?.then((server) => server.close()).catch(() => undefined);
  };
}

/** Databases that were dropped: making one takes the server four times as long as emptying it. */
const emptied: string[] = [];

/** Gives an empty database on the server of this run. */
export async function createTestPostgres(): Promise<TestPostgres> {
  const url = emptied.pop() ?? (await createDatabase());
  return {
    url,
    async drop() {
      await runStatements(url, [
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
        "drop schema public cascade",
        "create schema public",
      ]);
      emptied.push(url);
    },
  };
}

async function createDatabase(): Promise<string> {
  const address = process.env[ADDRESS];
  if (address === undefined)
    throw new Error(`${ADDRESS} is not set: vitest sets it, by tools/postgres/global-setup.fixture.ts`);
  const response = await fetch(address);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  const name = `test_${randomBytes(8).toString("hex")}`;
  await runStatements(text, [`create database ${name} template template0`]);
  const url = new URL(text);
  url.pathname = `/${name}`;
  return url.href;
}

/** As whom the address names; its answer is not read. */
export async function runStatement(connectionString: string, statement: string): Promise<void> {
  await runStatements(connectionString, [statement]);
}

/** The one row that a query gives, each value as a number. */
export async function readNumbers(
  connectionString: string,
  query: string,
): Promise<Readonly<Record<string, number>>> {
  const client = await connect(connectionString);
  try {
    const { rows } = await client.query<Record<string, unknown>>(query);
    return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value)]));
  } finally {
    await client.end();
  }
}

async function runStatements(connectionString: string, statements: readonly string[]): Promise<void> {
  const client = await connect(connectionString);
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve(address.port);
      else reject(new Error("a listening socket has a port"));
    });
  });
}
