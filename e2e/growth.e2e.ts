// A database under load whose data is kept for a moment only: its size stays what it is. Without deletion, or where room
// that was freed is not used again, it would grow with each round. `AGENTOS_GROWTH_ROUNDS` for a longer run.
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { readNumbers, runStatement, startPostgresServer } from "@agentos/testkit/postgres";
import { expect, it, onTestFinished } from "vitest";
import { createDatabase } from "./support/databases.ts";
import { type RunId, readRun, startUnwatched } from "./support/node-client.ts";
import { startNode } from "./support/nodes.ts";

const ROUNDS = Number(process.env["AGENTOS_GROWTH_ROUNDS"] ?? 4);
const RUNS = 20;
/** Of a text that no database makes smaller. */
const MESSAGE_BYTES = 20_000;
/** From here on what is deleted makes the room for what is new. */
const SETTLED_ROUND = 2;
/** Of the size then; two rounds more would be twice of it. */
const MOST = 1.3;
const TEST_MS = 30_000 + ROUNDS * 10_000;
const MOMENT_IN_DAYS = 1e-8;

interface Store {
  readonly database: string;
  readonly readBytes: () => Promise<number>;
  /** Makes the room of what was deleted free for what is new. */
  readonly clean: () => Promise<void>;
}

async function openSqlite(): Promise<Store> {
  const database = await createDatabase("sqlite");
  const file = database.slice("sqlite:".length);
  return { database, readBytes: async () => statSync(file).size, clean: async () => undefined };
}

/** Its cleaner comes when it is called: when it comes by itself depends on what else the machine does. */
async function openPostgres(): Promise<Store> {
  const postgres = await startPostgresServer({ settings: { autovacuum: "off" } });
  onTestFinished(() => postgres.close());
  const read = async () => {
    const { bytes = Number.NaN } = await readNumbers(
      postgres.url,
      "select pg_database_size(current_database()) as bytes",
    );
    return bytes;
  };
  const empty = await read().catch(() => 0);
  return {
    database: postgres.url,
    readBytes: async () => (await read()) - empty,
    clean: () => runStatement(postgres.url, "vacuum"),
  };
}

const seconds = () => Math.floor(Date.now() / 1_000);

it.each([
  ["SQLite", openSqlite],
  ["PostgreSQL", openPostgres],
] as const)(
  "a database on %s under load does not grow beyond what it keeps",
  async (_, open) => {
    const { database, readBytes, clean } = await open();
    const sizes: number[] = [];
    let before: readonly RunId[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      // A start looks for what is too old at once, and later ones each hour.
      const node = await startNode({
        database,
        words: 60,
        everyMs: 2,
        retention: { sessionsDays: MOMENT_IN_DAYS },
      });
      for (const run of before)
        await expect.poll(async () => (await readRun(node.url, run)).status, { timeout: 20_000 }).toBe(404);
      await clean();
      const runs = await Promise.all(
        Array.from({ length: RUNS }, (__, index) => {
          const message = `${index} ${randomBytes(MESSAGE_BYTES).toString("base64")}`;
          return startUnwatched(node.url, { agent: "words", message });
        }),
      );
      for (const run of runs)
        await expect
          .poll(async () => (await readRun(node.url, run)).body["status"], { timeout: 20_000 })
          .toBe("COMPLETED");
      await node.close();
      sizes.push(await readBytes());
      before = runs;
      // Ages are in whole seconds.
      const second = seconds();
      await expect.poll(seconds, { timeout: 5_000 }).toBeGreaterThan(second);
    }
    const settled = sizes[SETTLED_ROUND - 1] ?? Number.NaN;
    expect(sizes.at(-1), `bytes after each round: ${sizes.join(", ")}`).toBeLessThan(settled * MOST);
  },
  TEST_MS,
);
