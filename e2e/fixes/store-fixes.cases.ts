// LENGTH: one table; its rows are read side by side.
/** Databases that cannot be used, at the start and while a server runs, and the way out that each prints. */
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { FaultCode, LimitCode } from "@agentos/contract";
import { AgentOS } from "@agentos/server";
import {
  createTestPostgres,
  type PostgresServer,
  runStatement,
  startPostgresServer,
} from "@agentos/testkit/postgres";
import { afterAll } from "vitest";
import { bodyOf, type Call, send } from "../support/http.ts";
import type { FixRow, FixRows } from "./fix-row.ts";
import { callSigned, fix, good, jwtOptions, type World } from "./world.ts";

type StoreCode = Exclude<
  Extract<FaultCode | LimitCode, `STORE_${string}`>,
  "STORE_MEMORIES_FULL" | "STORE_REVOCATIONS_FULL"
>;

const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
}, 60_000);

/** A path in a folder of its own. */
function createPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentos-store-fix-"));
  ends.push(async () => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "agentos.db");
}

/** A database on the server of all tests. */
async function createUrl(): Promise<string> {
  const { url, drop } = await createTestPostgres();
  ends.push(drop);
  return url;
}

/** A server that is these rows' own, since they stop it. */
let ownServer: Promise<PostgresServer> | undefined;
function useOwnServer(): Promise<PostgresServer> {
  ownServer ??= startPostgresServer().then((server) => {
    ends.push(() => server.close());
    return server;
  });
  return ownServer;
}

const run: Call = {
  method: "POST",
  path: "/agents/shop/runs",
  body: new URLSearchParams({ message: "hi", stream: "false" }).toString(),
  headers: { "content-type": "application/x-www-form-urlencoded" },
};
const signed = () => callSigned(good({ scopes: ["agents:run"] }), run);
const using = async (database: string, prepare?: World["prepare"]): Promise<World> => ({
  options: { ...jwtOptions(), database },
  call: await signed(),
  ...(prepare === undefined ? {} : { prepare }),
});
/** A token of one user for all that it does with its sessions. */
const withSessions = (call: Call) =>
  callSigned(good({ scopes: ["agents:run", "sessions:read", "sessions:delete"] }), call);

/** One user has all that one may have. */
const fillSessions: NonNullable<World["prepare"]> = async ({ port }) => {
  const call = await signed();
  while ((await send(port, call)).status === 200);
  return () => undefined;
};
const withFullSessions = async (): Promise<World> => {
  const world = await using(`sqlite:${createPath()}`, fillSessions);
  return { ...world, options: { ...world.options, limits: { storedMebibytesPerUser: 0.01 } } };
};

const withDatabase = ({ options, ...world }: World, database: string): World => ({
  ...world,
  options: { ...options, database },
});

const urlOf = ({ options: { database } }: World): string => (typeof database === "string" ? database : "");

/** Changes one part of the address of a database. */
function change(url: string, apply: (parts: URL) => void): string {
  const parts = new URL(url);
  apply(parts);
  return parts.href;
}

const withUser = (url: string, user: string) =>
  change(url, (parts) => Object.assign(parts, { username: user, password: ROLE_PASSWORD }));

const ROLE_PASSWORD = "of-a-role";
const admins = new Map<string, string>();
/** The address of the same database for who may do everything there. */
const asAdmin = (url: string) => admins.get(new URL(url).pathname) ?? url;

/** A database, and a user of it who may do nothing in it yet. */
async function createRole(): Promise<{ readonly url: string; readonly as: string }> {
  const url = await createUrl();
  const as = `role_${randomBytes(6).toString("hex")}`;
  admins.set(new URL(url).pathname, url);
  await runStatement(url, `create role ${as} login password '${ROLE_PASSWORD}'`);
  return { url, as };
}

async function usingReadOnly(): Promise<World> {
  const url = await createUrl();
  await runStatement(
    url,
    `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`,
  );
  return using(url);
}

async function resetSetting(url: string, setting: string): Promise<void> {
  await runStatement(
    change(url, (parts) => void (parts.pathname = "/postgres")),
    `alter database ${new URL(url).pathname.slice(1)} reset ${setting}`,
  );
}

/** Makes and fills a database as an AgentOS does. */
async function fill(database: string): Promise<void> {
  const os = new AgentOS({ env: {}, database });
  await os.ready();
  await os.close();
}

/** Holds a file so that nobody else can use it. */
function hold(path: string): () => void {
  const other = new DatabaseSync(path);
  other.exec("pragma locking_mode = exclusive; begin exclusive");
  return () => other.close();
}

/** Of the row whose file is held. */
let release: (() => void) | undefined;

const FULL = "raise exception 'no space left on device' using errcode = '53100'";

const startRow = (row: Omit<Parameters<typeof fix>[0], "place">): FixRow => fix({ place: "start", ...row });

export const storeFixes = {
  STORE_UNREACHABLE: [
    startRow({
      name: "a server that is not started",
      async wrong() {
        const server = await useOwnServer();
        await server.stop();
        return using(server.url);
      },
      follows: /^(start its server)/,
      async apply(world) {
        await (await useOwnServer()).start();
        return world;
      },
    }),
    startRow({
      name: "another port",
      wrong: async () => using(change(await createUrl(), (parts) => void (parts.port = "1"))),
      follows: /correct host and port in "(\w+)"/,
      apply: async (world) => withDatabase(world, await createUrl()),
    }),
    startRow({
      name: "where no server is meant",
      wrong: () => using("postgres://127.0.0.1:1/shop"),
      follows: /write "(sqlite:)" and the path of a file/,
      apply: (world, [scheme = ""]) => withDatabase(world, `${scheme}${createPath()}`),
    }),
  ],
  STORE_LOCKED: startRow({
    async wrong() {
      const path = createPath();
      await fill(`sqlite:${path}`);
      release = hold(path);
      return using(`sqlite:${path}`);
    },
    follows: /end the program that holds it/,
    apply(world) {
      release?.();
      return world;
    },
  }),
  STORE_FULL: startRow({
    async wrong() {
      const url = await createUrl();
      await runStatement(
        url,
        `create function no_space() returns event_trigger language plpgsql as $$ begin ${FULL}; end $$`,
      );
      await runStatement(
        url,
        "create event trigger no_space on ddl_command_start execute function no_space()",
      );
      return using(url);
    },
    follows: /make room/,
    async apply(world) {
      await runStatement(urlOf(world), "drop event trigger no_space");
      return world;
    },
  }),
  STORE_READ_ONLY: [
    startRow({
      name: "of another",
      wrong: () => usingReadOnly(),
      follows: /where it is a copy of another server, (give the address of that one) in "database"/,
      async apply(world) {
        // Whoever gets this database next writes to it.
        await resetSetting(urlOf(world), "default_transaction_read_only");
        return withDatabase(world, await createUrl());
      },
    }),
    startRow({
      name: "by a setting",
      wrong: () => usingReadOnly(),
      follows: /else end "(\w+)" for this user and database/,
      async apply(world, [setting = ""]) {
        await resetSetting(urlOf(world), setting);
        return world;
      },
    }),
  ],
  STORE_ACCESS_REFUSED: [
    startRow({
      name: "for its password",
      wrong: async () => using(change(await createUrl(), (parts) => void (parts.password = "wrong"))),
      follows: /correct user and password in "(\w+)"/,
      apply: async (world) => withDatabase(world, await createUrl()),
    }),
    startRow({
      name: "for a right that it lacks",
      async wrong() {
        const { url, as } = await createRole();
        await runStatement(url, `grant usage on schema public to ${as}`);
        return using(withUser(url, as));
      },
      follows: /give that user the right to make tables there/,
      async apply(world) {
        const url = urlOf(world);
        await runStatement(asAdmin(url), `grant create on schema public to ${new URL(url).username}`);
        return world;
      },
    }),
  ],
  STORE_MISSING: [
    startRow({
      name: "which is then made",
      async wrong() {
        const url = await createUrl();
        await runStatement(
          change(url, (parts) => void (parts.pathname = "/postgres")),
          `drop database ${new URL(url).pathname.slice(1)}`,
        );
        return using(url);
      },
      follows: /a database of PostgreSQL is (made with "createdb")/,
      async apply(world) {
        const url = urlOf(world);
        await runStatement(
          change(url, (parts) => void (parts.pathname = "/postgres")),
          `create database ${new URL(url).pathname.slice(1)}`,
        );
        return world;
      },
    }),
    startRow({
      name: "under another name",
      wrong: async () => using(change(await createUrl(), (parts) => void (parts.pathname = "/shpo"))),
      follows: /correct the name or the path in "(\w+)"/,
      apply: async (world) => withDatabase(world, await createUrl()),
    }),
    startRow({
      name: "since the path is a folder",
      wrong: () => using(`sqlite:${dirname(createPath())}`),
      follows: /correct the name or the path in "(\w+)"/,
      apply: (world) => withDatabase(world, `sqlite:${createPath()}`),
    }),
  ],
  STORE_DAMAGED: [
    startRow({
      name: "with a backup",
      wrong() {
        const path = createPath();
        writeFileSync(path, "no database ".repeat(1_000));
        writeFileSync(`${path}-wal`, "the changes of what was there before");
        return using(`sqlite:${path}`);
      },
      follows:
        /move its file away, with those beside it that end in "(-wal)" and "(-shm)", and put a backup in its place/,
      async apply(world, endings) {
        const backup = createPath();
        await fill(`sqlite:${backup}`);
        const path = urlOf(world).replace("sqlite:", "");
        for (const file of [path, ...endings.map((ending) => `${path}${ending}`)])
          if (existsSync(file)) renameSync(file, `${file}.damaged`);
        copyFileSync(backup, path);
        return world;
      },
    }),
    startRow({
      name: "another file",
      wrong() {
        const path = createPath();
        writeFileSync(path, "no database ".repeat(1_000));
        return using(`sqlite:${path}`);
      },
      follows: /correct the path in "(\w+)"/,
      apply: (world) => withDatabase(world, `sqlite:${createPath()}`),
    }),
    startRow({
      name: "without a backup",
      wrong() {
        const path = createPath();
        writeFileSync(path, "no database ".repeat(1_000));
        return using(`sqlite:${path}`);
      },
      follows: /where there is no backup, a start without the file makes an empty one/,
      apply(world) {
        rmSync(urlOf(world).replace("sqlite:", ""));
        return world;
      },
    }),
  ],
  STORE_UNSUPPORTED: [
    startRow({
      name: "in its address",
      wrong: async () =>
        using(change(await createUrl(), (parts) => parts.searchParams.set("sslmode", "require"))),
      follows: /change what is named here, at the database or in its address in "(\w+)"/,
      apply: async (world) => withDatabase(world, await createUrl()),
    }),
    startRow({
      name: "at the database",
      async wrong() {
        const { url, as } = await createRole();
        await runStatement(url, `grant all on schema public to ${as}`);
        await runStatement(url, `alter role ${as} set synchronous_commit = off`);
        return using(withUser(url, as));
      },
      follows: /change what is named here, (at the database)/,
      async apply(world) {
        await runStatement(urlOf(world), "alter role current_user set synchronous_commit = on");
        return world;
      },
    }),
  ],
  STORE_NEWER: startRow({
    async wrong() {
      const path = createPath();
      await fill(`sqlite:${path}`);
      const file = new DatabaseSync(path);
      file.exec("create table if not exists later (id integer)");
      file.exec("update agentos_migrations set name = '9999-later' where name = '0001-initial'");
      file.close();
      return using(`sqlite:${path}`);
    },
    follows: /give another database in "(\w+)"/,
    apply: (world) => withDatabase(world, `sqlite:${createPath()}`),
  }),
  STORE_UNAVAILABLE: fix({
    place: "answer",
    async wrong() {
      const server = await useOwnServer();
      await server.start();
      const stop = async () => {
        await server.stop();
        return () => undefined;
      };
      // With tokens nobody is let in while it is not known what was revoked.
      return { options: { database: server.url }, call: run, prepare: stop };
    },
    follows: /(start the database), and the server goes on by itself/,
    async apply(world) {
      const server = await useOwnServer();
      await server.start();
      return {
        ...world,
        async prepare() {
          await server.stop();
          await server.start();
          return () => undefined;
        },
      };
    },
  }),
  STORE_BUSY: fix({
    place: "answer",
    async wrong() {
      const path = createPath();
      return using(`sqlite:${path}`, async () => {
        const other = new DatabaseSync(path);
        other.exec("begin immediate");
        return () => other.close();
      });
    },
    follows: /end the program that holds the database/,
    apply: ({ prepare: _, ...world }) => world,
  }),
  STORE_NOT_WRITABLE: fix({
    place: "answer",
    async wrong() {
      const url = await createUrl();
      return using(url, async () => {
        await runStatement(
          url,
          `create or replace function read_only() returns trigger language plpgsql as $$ begin raise exception using errcode = '25006'; end $$;
           create or replace trigger read_only before insert on agentos_runs execute function read_only()`,
        );
        return () => undefined;
      });
    },
    follows:
      /(let the server write to the database again), or wait until another server of it takes over, and the server goes on by itself/,
    apply: (world) => ({
      ...world,
      async prepare() {
        await runStatement(urlOf(world), "drop trigger if exists read_only on agentos_runs");
        return () => undefined;
      },
    }),
  }),
  STORE_SESSIONS_FULL: [
    fix({
      wrong: withFullSessions,
      follows: /delete sessions that nobody needs any more, with (DELETE) (\/sessions),/,
      apply: (world, [method = "", path = ""]) => ({
        ...world,
        async prepare(served) {
          const undo = await fillSessions(served);
          const { data } = bodyOf(await send(served.port, await withSessions({ path: "/sessions?limit=2" })));
          const ids = (data as readonly { readonly session_id: string }[]).map(
            ({ session_id }) => session_id,
          );
          const body = JSON.stringify({ session_ids: ids, session_types: ids.map(() => "agent") });
          const headers = { "content-type": "application/json", "content-length": String(body.length) };
          await send(served.port, await withSessions({ method, path, body, headers }));
          return undo;
        },
      }),
    }),
    fix({
      name: "by a larger limit",
      wrong: withFullSessions,
      follows: /raise "limits\.(storedMebibytesPerUser)" of the server/,
      apply: ({ prepare: _, ...world }, [name = ""]) => ({
        ...world,
        options: { ...world.options, limits: { ...world.options.limits, [name]: 1 } },
        async prepare({ port }) {
          // What was there before the server was started again is there still.
          for (let count = 0; count < 20; count += 1) await send(port, await signed());
          return () => undefined;
        },
      }),
    }),
  ],
  STORE_SPACE_USED_UP: fix({
    place: "answer",
    async wrong() {
      const url = await createUrl();
      return using(url, async () => {
        await runStatement(
          url,
          `create or replace function no_space() returns trigger language plpgsql as $$ begin ${FULL}; end $$;
           create or replace trigger no_space before insert on agentos_runs execute function no_space()`,
        );
        return () => undefined;
      });
    },
    follows: /(make room on the disk of the database), and the server goes on by itself/,
    apply: (world) => ({
      ...world,
      async prepare() {
        await runStatement(urlOf(world), "drop trigger if exists no_space on agentos_runs");
        return () => undefined;
      },
    }),
  }),
} satisfies FixRows<StoreCode>;
