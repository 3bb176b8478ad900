/** What goes wrong with a server, made to go wrong on a real one: each has its name, and none needs a restart of ours. */
import { randomBytes } from "node:crypto";
import { createTestPostgres, type PostgresServer, startPostgresServer } from "@agentos/testkit/postgres";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addNote,
  afterTest,
  execute,
  expectFault,
  NOTES,
  open,
  openMigrated,
  readNotes,
} from "./opened.fixture.ts";

const openUrl = (url: string) => open({ kind: "postgres", url });

function withPart(url: string, change: (parts: URL) => void): string {
  const parts = new URL(url);
  change(parts);
  return parts.href;
}

describe("a server that does not take us", () => {
  it.each<[string, "refused" | "missing" | "unsupported", (parts: URL) => void]>([
    ["with a wrong password", "refused", (parts) => (parts.password = "wrong")],
    ["with a user that it does not know", "refused", (parts) => (parts.username = "nobody")],
    ["with a database that it does not have", "missing", (parts) => (parts.pathname = "/none")],
    ["without TLS, which was asked for", "unsupported", (parts) => (parts.search = "?sslmode=require")],
  ])("is named: %s", async (_, fault, change) => {
    const { url, drop } = await createTestPostgres();
    afterTest(drop);
    await expectFault(() => openUrl(withPart(url, change)).migrate(), fault);
    await openUrl(url).migrate();
  });

  it("is named when its database cannot hold every character", async () => {
    const { url, drop } = await createTestPostgres();
    afterTest(drop);
    await execute(
      open({ kind: "postgres", url }, { migrations: NOTES }),
      "create database latin encoding 'LATIN1' template template0 locale 'C'",
    );
    afterTest(() => execute(openUrl(url), "drop database latin"));
    const latin = openUrl(withPart(url, (parts) => (parts.pathname = "/latin")));
    await expect(latin.migrate()).rejects.toThrow("the database has the encoding LATIN1, and UTF8 is needed");
  });

  it.each([
    ["the user", "alter role ROLE set", (statement: string) => statement],
    ["the database", "alter database BASE set", (statement: string) => statement],
    [
      "the user in the database",
      "alter role ROLE in database BASE set",
      (statement: string, base: string) => statement.replace("NAME", base),
    ],
  ])("is named when it forgets commits in a crash, by a setting of %s", async (_, setting, fillIn) => {
    const { url, drop } = await createTestPostgres();
    afterTest(drop);
    const base = new URL(url).pathname.slice(1);
    const role = `hasty_${randomBytes(6).toString("hex")}`;
    const admin = openUrl(url);
    await execute(admin, `create role ${role} login password 'secret'`);
    await execute(admin, `grant all on schema public to ${role}`);
    afterTest(async () => {
      // Another test gets this database next.
      await execute(admin, `alter database ${base} reset all`);
      await execute(admin, `drop owned by ${role}`);
      await execute(admin, `drop role ${role}`);
    });
    await execute(admin, `${setting.replace("ROLE", role).replace("BASE", base)} synchronous_commit = off`);
    const own = withPart(url, (parts) => {
      parts.username = role;
      parts.password = "secret";
    });
    const database = openUrl(own);
    await expectFault(() => database.migrate(), "unsupported");
    const message = await database.migrate().then(
      () => "",
      (error: Error) => error.message,
    );
    const [, statement = ""] = /"(alter role .*)"/.exec(message) ?? [];
    await execute(openUrl(own), fillIn(statement, base));
    await openUrl(own).migrate();
  });

  it("is named when its address asks for commits that a crash forgets", async () => {
    const { url, drop } = await createTestPostgres();
    afterTest(drop);
    const hasty = withPart(url, (parts) => (parts.search = "?options=-c%20synchronous_commit%3Doff"));
    await expect(openUrl(hasty).migrate()).rejects.toThrow("take it out of the address");
    await openUrl(url).migrate();
  });

  it("is named when it can only be read, or has no space left", async () => {
    const database = await openMigrated("postgres");
    const failWith = (code: string) =>
      execute(database, `do $$ begin raise exception using errcode = '${code}'; end $$`);
    await expectFault(() => failWith("53100"), "full");
    const writing = database.write(async (transaction) => {
      await sql`set transaction read only`.execute(transaction);
      await transaction.insertInto("notes").values({ id: 1, text: "" }).execute();
    });
    await expectFault(() => writing, "read-only");
    expect(await readNotes(database)).toEqual([]);
  });
});

it("a server that became one to read only is not asked on the same connection again", async () => {
  const database = await openMigrated("postgres");
  // As a connection stays with a server from which another has taken over.
  await execute(database, "set default_transaction_read_only = on");
  await expectFault(() => addNote(database, 1), "read-only");
  await addNote(database, 2);
  expect(await readNotes(database)).toEqual([2]);
});

it("lets a user in who may not make tables, once another has applied the migrations", async () => {
  const { url, drop } = await createTestPostgres();
  afterTest(drop);
  const admin = openUrl(url);
  await admin.migrate();
  const name = `writer_${randomBytes(6).toString("hex")}`;
  await execute(admin, `create role ${name} login password 'secret'`);
  afterTest(async () => {
    await execute(admin, `drop owned by ${name}`);
    await execute(admin, `drop role ${name}`);
  });
  const { rows } = await admin.read((db) =>
    sql<{ schema: string }>`select current_schema() as schema`.execute(db),
  );
  const schema = String(rows[0]?.schema);
  await execute(admin, `grant usage on schema "${schema}" to ${name}`);
  await execute(admin, `grant select, insert on all tables in schema "${schema}" to ${name}`);
  const writer = openUrl(
    withPart(url, (parts) => Object.assign(parts, { username: name, password: "secret" })),
  );
  expect(await writer.migrate()).toEqual([]);
  await addNote(writer, 1);
  await writer.close();
  expect(await readNotes(admin)).toEqual([1]);
});

it("keeps nothing of a change that went on after a failed statement, and says so", async () => {
  const database = await openMigrated("postgres");
  const writing = database.write(async (transaction) => {
    await transaction.insertInto("notes").values({ id: 1, text: "" }).execute();
    await sql`select 1 / 0`.execute(transaction).catch(() => undefined);
  });
  await expectFault(() => writing, "failed");
  expect(await readNotes(database)).toEqual([]);
});

describe("a server in trouble", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer({ settings: { max_connections: 10 } });
  });
  afterAll(() => server.close());

  it("that is down is named when a database is opened, and serves once it is there", async () => {
    await server.stop();
    const database = openUrl(server.url);
    await expectFault(() => database.migrate(), "unreachable");
    await server.start();
    await database.migrate();
  });

  it.each(["fast", "immediate"] as const)(
    "that stops (%s) under load fails what is on its way, in time, and serves again without a restart of ours",
    async (how) => {
      const heard: string[] = [];
      const database = open(
        { kind: "postgres", url: server.url },
        { onIdleError: (cause) => heard.push(cause.message) },
      );
      await database.migrate();
      await execute(database, "truncate notes");
      let id = 0;
      const kept: number[] = [];
      const faults = new Set<unknown>();
      const over = new AbortController();
      const worker = async () => {
        while (!over.signal.aborted) {
          const own = ++id;
          await addNote(database, own).then(
            () => kept.push(own),
            (cause: { readonly fault?: unknown }) => faults.add(cause.fault),
          );
        }
      };
      const workers = Array.from({ length: 8 }, worker);
      await expect.poll(() => kept.length).toBeGreaterThan(20);
      await server.stop(how);
      await expectFault(() => readNotes(database), "unreachable");
      await server.start();
      const before = kept.length;
      await expect.poll(() => kept.length, { timeout: 10_000 }).toBeGreaterThan(before + 20);
      over.abort();
      await Promise.all(workers);
      expect([...faults]).toEqual(["unreachable"]);
      // Everything that was acknowledged is there, whatever became of the rest.
      expect(await readNotes(database)).toEqual(expect.arrayContaining(kept));
    },
  );

  it("that ends idle and busy connections ends neither the process nor the queries after them", async () => {
    const heard: Error[] = [];
    const database = open(
      { kind: "postgres", url: server.url },
      { onIdleError: (cause) => heard.push(cause) },
    );
    const admin = openUrl(server.url);
    await database.migrate();
    const terminate = () =>
      execute(
        admin,
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'agentos' and pid <> pg_backend_pid()",
      );
    await readNotes(database);
    await terminate();
    await expect.poll(() => heard.length).toBe(1);
    const busy = database.write(async (transaction) => {
      await transaction.selectFrom("notes").select("id").execute();
      await terminate();
      await transaction.selectFrom("notes").select("id").execute();
    });
    await expectFault(() => busy, "unreachable");
    expect(await readNotes(database)).toEqual(expect.any(Array));
  });

  it("that has no connection left is busy, and serves when one is free", async () => {
    const databases = Array.from({ length: 3 }, () => openUrl(server.url));
    const release = Promise.withResolvers<void>();
    const hold = databases.flatMap((database) =>
      Array.from({ length: 4 }, () =>
        database.write(async (transaction) => {
          await transaction.selectFrom("notes").select("id").execute();
          await release.promise;
        }),
      ),
    );
    // Twelve ask, and ten less those kept for a superuser are there.
    await expectFault(() => Promise.all(hold), "busy");
    release.resolve();
    await Promise.allSettled(hold);
    const [first, ...others] = databases;
    for (const other of others) await other.close();
    // The server counts a connection until its process has ended.
    await expect.poll(() => first && readNotes(first).catch(() => undefined)).toEqual(expect.any(Array));
  });

  it("is waited for so long when all of our own connections are in use", async () => {
    const database = open({ kind: "postgres", url: server.url }, { busyTimeoutMs: 200 });
    const release = Promise.withResolvers<void>();
    const begun: Promise<void>[] = [];
    const hold = Array.from({ length: 4 }, () => {
      const mine = Promise.withResolvers<void>();
      begun.push(mine.promise);
      return database.write(async () => {
        mine.resolve();
        await release.promise;
      });
    });
    await Promise.all(begun);
    await expectFault(() => readNotes(database), "busy");
    release.resolve();
    await Promise.all(hold);
    await readNotes(database);
  });
});
