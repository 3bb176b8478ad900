// A database under load whose data is kept for seconds only: its size stays what it is. Without deletion, or where room
// that was freed is not used again, it would grow with each round. `AGENTOS_GROWTH_ROUNDS` for a longer run.
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { readNumbers, startPostgresServer } from "@agentos/testkit/postgres";
import { expect, it, onTestFinished } from "vitest";
import { createDatabase } from "./support/databases.ts";
import { type RunId, readRun, startUnwatched } from "./support/node-client.ts";
import { startNode } from "./support/nodes.ts";

const ROUNDS = Number(process.env["AGENTOS_GROWTH_ROUNDS"] ?? 5);
const RUNS = 20;
/** Of a text that no database makes smaller. */
const MESSAGE_BYTES = 20_000;
/** From here on what is deleted makes the room for what is new. */
const SETTLED_ROUND = 3;
/** Of the size then; two rounds more would be well above it. */
const MOST = 1.3;
const TEST_MS = 30_000 + ROUNDS * 10_000;
const KEPT_SECONDS = 1;
const KEPT_DAYS = KEPT_SECONDS / 86_400;

interface Store {
  readonly database: string;
  readonly readBytes: () => Promise<number>;
}

async function openSqlite(): Promise<Store> {
  const database = await createDatabase("sqlite");
  const file = database.slice("sqlite:".length);
  return { database, readBytes: async () => statSync(file).size };
}

/** Its cleaner comes every second, as what is kept for seconds needs it. */
async function openPostgres(): Promise<Store> {
  const postgres = await startPostgresServer({ settings: { autovacuum_naptime: "1s" } });
  onTestFinished(() => postgres.close());
  const read = async () => {
    const { bytes = Number.NaN } = await readNumbers(
      postgres.url,
      "select pg_database_size(current_database()) as bytes",
    );
    return bytes;
  };
  const empty = await read().catch(() => 0);
  return { database: postgres.url, readBytes: async () => (await read()) - empty };
}

async function untilGone(url: string, run: RunId): Promise<void> {
  await expect.poll(async () => (await readRun(url, run)).status, { timeout: 20_000 }).toBe(404);
}

it.each([
  ["SQLite", openSqlite],
  ["PostgreSQL", openPostgres],
] as const)(
  "a database on %s under load does not grow beyond what it keeps",
  async (_, open) => {
    const { database, readBytes } = await open();
    const sizes: number[] = [];
    let before: RunId | undefined;
    for (let round = 0; round < ROUNDS; round++) {
      // A start looks for what is too old at once, and later ones each hour.
      const node = await startNode({
        database,
        words: 60,
        everyMs: 2,
        retention: { sessionsDays: KEPT_DAYS },
      });
      // On a busy machine it may still be at it when the load begins: two rounds would be kept at a time.
      if (before !== undefined) await untilGone(node.url, before);
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
      before = runs.at(-1);
      // Times in the database are whole seconds.
      await setTimeout(KEPT_SECONDS * 1_000 + 1_000);
      sizes.push(await readBytes());
    }
    const settled = sizes[SETTLED_ROUND - 1] ?? Number.NaN;
    expect(sizes.at(-1), `bytes after each round: ${sizes.join(", ")}`).toBeLessThan(settled * MOST);
  },
  TEST_MS,
);
