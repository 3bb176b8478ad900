/** A database that a released version wrote, with rows of every table, is opened by this one, and nothing of it is lost. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createOwner } from "@agentos/auth";
import { DIALECTS, type DialectName, hashMigration, openDatabase } from "@agentos/storage";
import { createTestLogger } from "@agentos/testkit";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { MIGRATIONS } from "./schema/migrations.ts";
import type { Tables } from "./schema/tables.ts";
import { createSqlDecisionCounter } from "./sql-decision-counter.ts";
import { createSqlDenialRecorder } from "./sql-denial-recorder.ts";
import { createSqlMemoryStore } from "./sql-memory-store.ts";
import { createSqlRunStore } from "./sql-run-store.ts";
import { createTestLocation, TEST_DIALECTS } from "./test-database.fixture.ts";

const all = { kind: "all" } as const;
const deployment = "my-os";
const alice = createOwner("https://issuer.example", "älice");

const pathOf = (release: string, part: string) =>
  join(import.meta.dirname, "released", `${release}.${part}.sql`);

/** The statements of a release, with the table that says which steps a database has. */
function renderSchema(release: string, dialectName: DialectName): string {
  const dialect = DIALECTS[dialectName];
  const { text, seconds } = dialect.types;
  const steps = MIGRATIONS.filter(({ name }) => name <= release);
  return [
    `create table agentos_migrations (name ${text} primary key, hash ${text} not null, applied_at ${seconds} not null)`,
    ...steps.flatMap((step) => [
      ...step.up(dialect.types),
      `insert into agentos_migrations (name, hash, applied_at) values ('${step.name}', '${hashMigration(step, dialect)}', 1764300000)`,
    ]),
  ]
    .map((statement) => `${statement};\n`)
    .join("");
}

interface Release {
  readonly name: string;
  /** The release whose rows it has: one that adds neither table nor column has those of the one before. */
  readonly rowsOf: string;
}

/** A database as the release left it. */
async function openReleased(release: Release, dialect: DialectName) {
  const { location, remove } = await createTestLocation(dialect);
  const database = openDatabase<Tables>({ location, migrations: MIGRATIONS });
  for (const file of [pathOf(release.name, dialect), pathOf(release.rowsOf, "rows")])
    for (const statement of readFileSync(file, "utf8").split(";\n").slice(0, -1))
      await database.read((db) => sql.raw(statement).execute(db));
  return {
    database,
    async close() {
      await database.close();
      await remove();
    },
  };
}

// Every release that changed the tables. Its files are never changed again.
describe.each<Release>([
  { name: "0001-initial", rowsOf: "0001-initial" },
  { name: "0002-engine", rowsOf: "0002-engine" },
  { name: "0003-queue", rowsOf: "0002-engine" },
])("a database of the release with $name", (release) => {
  describe.each(TEST_DIALECTS)("on %s", (dialect) => {
    it("has the tables that were released, to the letter", async () => {
      await expect(renderSchema(release.name, dialect)).toMatchFileSnapshot(pathOf(release.name, dialect));
    });

    it("has a row of each of its tables", () => {
      const created = readFileSync(pathOf(release.name, dialect), "utf8").matchAll(/create table (\w+)/g);
      const rows = readFileSync(pathOf(release.rowsOf, "rows"), "utf8");
      const tables = [...created].map(([, name]) => name).filter((name) => name !== "agentos_migrations");
      expect(tables.filter((name) => !rows.includes(`insert into ${name} `))).toEqual([]);
    });

    it("is brought up to date and read, with all that it held", async () => {
      const { database, close } = await openReleased(release, dialect);
      expect(await database.migrate()).toEqual(
        MIGRATIONS.map(({ name }) => name).filter((name) => name > release.name),
      );
      expect((await database.migrations()).every(({ isApplied }) => isApplied)).toBe(true);

      const runs = createSqlRunStore(database, { deployment, nodeId: "node-2" });
      const component = { kind: "agent", id: "helper" } as const;
      const key = { owner: alice, component, sessionId: "s-1" };
      expect(await runs.findSession(all, key)).toMatchObject({
        name: "Holidays",
        firstInput: "Where to?",
        state: { city: "Oslo" },
        metadata: { tag: "a" },
        tokens: { inputTokens: 3, outputTokens: 4, totalTokens: 7 },
        createdAt: 1_764_300_000,
        updatedAt: 1_764_300_005,
      });
      expect(await runs.findSessions(all, { sessionId: "s-1" }, 10)).toHaveLength(2);
      const found = await runs.listRuns({ kind: "user", owner: alice }, key, {});
      expect(found.map(({ output }) => [output.run_id, output.status, output.content])).toEqual([
        ["r-1", "COMPLETED", "Oslo"],
        ["r-2", "RUNNING", ""],
      ]);

      const memories = createSqlMemoryStore(database, { deployment });
      expect(await memories.find({ kind: "user", owner: alice }, { memoryId: "m-1" })).toEqual({
        memoryId: "m-1",
        owner: alice,
        memory: "Likes the sea",
        topics: ["travel"],
        agentId: "helper",
        teamId: undefined,
        createdAt: 1_764_300_002,
        updatedAt: 1_764_300_003.125,
      });

      const sources = { deployment, logger: createTestLogger(), now: () => 1_764_300_007 };
      const denials = createSqlDenialRecorder(database, { ...sources, generateId: () => "d-2" });
      expect(await denials.find("d-1", all)).toMatchObject({ subject: "älice", count: 2 });
      const decisions = createSqlDecisionCounter(database, sources);
      expect((await decisions.list(all, { limit: 10 })).counts).toMatchObject([{ count: 12 }]);
      for (const store of [denials, decisions]) await store.close();
      await close();
    });
  });
});
