import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderFault } from "@agentos/contract";
import { ConfigurationError } from "@agentos/guard";
import {
  type Database,
  type DatabaseLocation,
  findStorageOutage,
  openDatabase,
  parseLocation,
  StorageError,
  toStartFault,
} from "@agentos/storage";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { createTestPostgres } from "@agentos/testkit/postgres";
import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { Agent } from "../agents/agent.ts";
import { MIGRATIONS } from "../stores/schema/migrations.ts";
import type { Tables } from "../stores/schema/tables.ts";
import { AgentOS } from "./agent-os.ts";
import type { AgentOSOptions } from "./agent-os-options.ts";

const issuer = await createTestIssuer();
const SECRET = "hunter2-hunter2";

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentos-stores-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function create(options: AgentOSOptions): AgentOS {
  const os = new AgentOS({
    id: TEST_OS_ID,
    env: {},
    logger: createTestLogger(),
    agents: [new Agent({ id: "echo", model: "offline:echo", addHistoryToContext: true })],
    authorizationConfig: { verificationKeys: [issuer.verificationKey] },
    ...options,
  });
  onTestFinished(() => os.close());
  return os;
}

/** The same database, beside the server. */
function open(url: string): Database<Tables> {
  const location = parseLocation(url);
  if (typeof location === "string") throw new Error(location);
  return openDatabase<Tables>({ location, migrations: MIGRATIONS });
}

async function chat(os: AgentOS, sessionId: string): Promise<{ status: number; text: string }> {
  const body = new URLSearchParams({ message: "hello", stream: "false", session_id: sessionId });
  const headers = await issuer.bearer({ scopes: ["agents:run"] });
  const response = await os.fetch(
    new Request("http://localhost/agents/echo/runs", { method: "POST", headers, body }),
  );
  return { status: response.status, text: await response.text() };
}

async function faultsOf(os: AgentOS): Promise<readonly { code: string; message: string; fix: string }[]> {
  const error = await os.ready().then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error === undefined) return [];
  if (error instanceof ConfigurationError) return error.faults;
  throw new Error("the start did not fail as it should", { cause: error });
}

describe("the database of an AgentOS", () => {
  it("is opened with the first call that needs it, in a file for its owner alone", async () => {
    const file = join(createFolder(), "data", "agentos.db");
    const os = create({ database: `sqlite:${file}` });
    expect(existsSync(file)).toBe(false);
    expect((await chat(os, "s1")).status).toBe(200);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each(["sqlite", "postgres"] as const)("%s is still there for the next start", async (kind) => {
    let url = "";
    if (kind === "postgres") {
      const made = await createTestPostgres();
      onTestFinished(made.drop);
      ({ url } = made);
    } else url = `sqlite:${join(createFolder(), "a.db")}`;
    const first = create({ database: url });
    expect((await chat(first, "s1")).status).toBe(200);
    await first.close();
    const second = create({ database: url });
    expect((await chat(second, "s1")).status).toBe(200);
    await second.close();
    await second.close();
    const database = open(url);
    const sessions = await database.read((db) => db.selectFrom("agentos_sessions").selectAll().execute());
    const runs = await database.read((db) => db.selectFrom("agentos_runs").selectAll().execute());
    await database.close();
    expect(sessions).toMatchObject([{ deployment: TEST_OS_ID, session_id: "s1" }]);
    expect(runs.map(({ status }) => status)).toEqual(["COMPLETED", "COMPLETED"]);
  });

  it("keeps the answer of a run whose end it refuses for a moment", async () => {
    const { url, drop } = await createTestPostgres();
    onTestFinished(drop);
    const os = create({ database: url });
    await os.ready();
    const database = open(url);
    onTestFinished(() => database.close());
    await database.write(async (transaction) => {
      // A sequence counts what is taken back too.
      await sql`create sequence tries`.execute(transaction);
      await sql`create function refuse_first() returns trigger language plpgsql as $$ begin
        if nextval('tries') = 1 then raise exception 'too many clients' using errcode = '53300'; end if;
        return new;
      end $$`.execute(transaction);
      await sql`create trigger refuse_first before update on agentos_runs for each row execute function refuse_first()`.execute(
        transaction,
      );
    });
    const { status, text } = await chat(os, "s1");
    expect([status, JSON.parse(text)]).toMatchObject([200, { status: "COMPLETED" }]);
    const runs = await database.read((db) => db.selectFrom("agentos_runs").select("status").execute());
    expect(runs).toEqual([{ status: "COMPLETED" }]);
    const { rows } = await database.read((db) => sql`select last_value::int from tries`.execute(db));
    expect(rows).toEqual([{ last_value: 2 }]);
  });

  it("tells what a server could not store before its close to the next one of the same process", async () => {
    const url = `sqlite:${join(createFolder(), "a.db")}`;
    const first = create({ database: url });
    await first.ready();
    const database = open(url);
    onTestFinished(() => database.close());
    await database.write((transaction) =>
      sql`create trigger refuse before update on agentos_runs begin select raise(abort, 'no'); end`.execute(
        transaction,
      ),
    );
    expect((await chat(first, "s1")).text).toContain("The run could not be stored");
    await first.close();
    await database.write((transaction) => sql`drop trigger refuse`.execute(transaction));
    await create({ database: url }).ready();
    const [run] = await database.read((db) => db.selectFrom("agentos_runs").selectAll().execute());
    expect(run?.status).toBe("ERROR");
    expect(run?.events_json).toContain('"error_type":"interrupted"');
  });

  it("is kept out of a repository by the folder that is made for it, and out of nobody else's folder", async () => {
    const root = createFolder();
    const own = create({ database: `sqlite:${join(root, ".agentos", "agentos.db")}` });
    await own.ready();
    expect(statSync(join(root, ".agentos")).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(root, ".agentos", ".gitignore"), "utf8")).toBe("*\n");
    const other = create({ database: `sqlite:${join(root, "data", "agentos.db")}` });
    await other.ready();
    expect(existsSync(join(root, "data", ".gitignore"))).toBe(false);
  });

  it("is not opened by who only looks at the configuration", async () => {
    const file = join(createFolder(), "a.db");
    const os = create({ database: `sqlite:${file}` });
    await os.ready({ isExamined: true });
    expect((await chat(os, "s1")).status).toBe(200);
    expect((await os.describe()).database).toBe(`SQLite ${file}`);
    expect(existsSync(file)).toBe(false);
  });

  it("is not made by a start that cannot work for its keys", async () => {
    const file = join(createFolder(), "a.db");
    const os = create({ database: `sqlite:${file}`, authorizationConfig: { verificationKeys: ["no key"] } });
    expect((await faultsOf(os)).map(({ code }) => code)).toEqual(["KEY_ALGORITHM_REQUIRED"]);
    expect(existsSync(file)).toBe(false);
  });

  it("stops the start where nobody answers, and says where, without user and password", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    // A port that was free a moment ago.
    await new Promise((resolve) => server.close(resolve));
    const faults = await faultsOf(create({ database: `postgres://shop:${SECRET}@127.0.0.1:${port}/shop` }));
    expect(faults).toMatchObject([{ code: "STORE_UNREACHABLE" }]);
    expect(faults[0]?.message).toContain(`PostgreSQL 127.0.0.1:${port}/shop`);
    expect(JSON.stringify(faults)).not.toContain(SECRET);
  });

  it.each([
    [{ database: "data.db" }, '"database": begins with neither'],
    [{ database: { url: "redis://a" } }, '"database.url": begins with neither'],
    [{ env: { DATABASE_URL: "redis://a" } }, '"DATABASE_URL": begins with neither'],
    [
      { env: { DATABASE_URL: "postgres://a/b", DATABASE_DIRECT_URL: "redis://a" } },
      '"DATABASE_DIRECT_URL": is not the address of a PostgreSQL',
    ],
    [
      { database: { url: "postgres://a/b", directUrl: "sqlite:a.db" } },
      '"database.directUrl": is not the address of a PostgreSQL',
    ],
  ])("is refused at once where %j names none", (options, message) => {
    expect(() => create(options)).toThrow(message);
  });

  it("stops the start where the file is none", async () => {
    const file = join(createFolder(), "a.db");
    writeFileSync(file, "this is no database, and it is long enough to be looked at ".repeat(50));
    expect(await faultsOf(create({ database: `sqlite:${file}` }))).toMatchObject([{ code: "STORE_DAMAGED" }]);
  });

  it("answers 503 while it does not answer, and says nothing of the driver", async () => {
    const os = create({
      database: null,
      routes: [
        {
          method: "GET",
          path: "/orders",
          access: "public",
          handler: () => {
            throw new StorageError("unreachable", "select * from secrets");
          },
        },
      ],
    });
    const response = await os.fetch(new Request("http://localhost/orders"));
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({ code: "STORE_UNAVAILABLE", type: "/errors/STORE_UNAVAILABLE" });
    expect(body).not.toContain("secrets");
  });
});

it.each([
  [undefined, "agentos"],
  ["main", "main"],
])("is called by its name on the wire, in memory too: %s", async (databaseId, name) => {
  const os = create({ database: null, ...(databaseId === undefined ? {} : { databaseId }) });
  const headers = await issuer.bearer({ scopes: ["agents:read", "config:read"] });
  const read = async (path: string): Promise<unknown> =>
    (await os.fetch(new Request(`http://localhost${path}`, { headers }))).json();
  const holding = (table: string) => ({
    dbs: [{ db_id: name, domain_config: { display_name: name }, tables: [table] }],
  });
  expect(await read("/config")).toMatchObject({
    os_database: name,
    databases: [name],
    session: holding("agno_sessions"),
    memory: holding("agno_memories"),
    agents: [{ id: "echo", db_id: name }],
  });
  // Web UIs ask for the sessions of an agent only where it has one.
  expect(await read("/agents")).toMatchObject([{ id: "echo", db_id: name }]);
  expect(await read("/agents/echo")).toMatchObject({ id: "echo", db_id: name });
});

it.each([
  ["unreachable", "STORE_UNAVAILABLE"],
  ["busy", "STORE_BUSY"],
  ["full", "STORE_SPACE_USED_UP"],
  ["read-only", "STORE_NOT_WRITABLE"],
  ["refused", "STORE_UNAVAILABLE"],
  ["missing", "STORE_UNAVAILABLE"],
  ["damaged", undefined],
  ["failed", undefined],
] as const)("a request whose database is %s gets %s", (fault, code) => {
  expect(findStorageOutage(new StorageError(fault, "x"))?.code).toBe(code);
});

it.each([
  ["sqlite", "unreachable", "look after the disk that the file is on, which failed, then start again"],
  ["sqlite", "read-only", "let the user that runs this process write to the file and to its folder"],
  ["sqlite", "refused", "let the user that runs this process read and write the file and its folder"],
  ["postgres", "unreachable", 'start its server, or correct host and port in "shop.db"'],
  ["postgres", "read-only", 'give the address of that one in "shop.db"'],
  ["postgres", "refused", 'correct user and password in "shop.db"'],
] as const)("a database of %s that is %s has a fix for its kind alone", (kind, fault, words) => {
  const location: DatabaseLocation =
    kind === "sqlite" ? { kind, file: "/shop.db" } : { kind, url: "postgres://localhost/shop" };
  const told = toStartFault(new StorageError(fault), { at: "shop.db", shown: "a database", location });
  const fix = told === undefined ? "" : renderFault(told, "agentos").fix;
  expect(fix).toContain(words);
  expect(fix).not.toMatch(kind === "sqlite" ? /server|address|password/ : /folder|disk/);
});

it("the log says which runs a server that is gone has left, with the ids that their callers see", async () => {
  const database = `sqlite:${join(createFolder(), "data.db")}`;
  const before = create({ database });
  const answered = await chat(before, "s1");
  expect(answered.status).toBe(200);
  await before.close();
  const opened = open(database);
  await opened.write((transaction) =>
    sql`update agentos_runs set status = 'RUNNING', node_id = 'gone', ended_at = null, events_json = null`.execute(
      transaction,
    ),
  );
  await opened.close();
  const logger = createTestLogger();
  const after = create({ database, logger });
  await after.ready();
  const [entry] = logger.entries;
  expect(logger.entries).toMatchObject([
    {
      level: "warn",
      facts: { error_type: "interrupted" },
      text: "run failed: the server that ran it stopped",
    },
    { level: "warn", facts: { runs: 1 }, text: "runs were interrupted: the server that ran them stopped" },
  ]);
  expect(JSON.parse(answered.text)).toMatchObject({ run_id: entry?.facts["run_id"] });
  const reading = open(database);
  onTestFinished(() => reading.close());
  const { events_json: events } = await reading.read((db) =>
    db.selectFrom("agentos_runs").select("events_json").executeTakeFirstOrThrow(),
  );
  expect(JSON.parse(events ?? "")).toMatchObject([{ error_id: entry?.facts["error_id"] }]);
});
