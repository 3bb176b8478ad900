// `npm run soak`: runs that are too long for `npm test`. Each is also there, once and small, in a test.
import { spawnSync } from "node:child_process";
import { findPgbouncer } from "./find-pgbouncer.ts";

interface Run {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const pgbouncer = findPgbouncer();

const runs: readonly Run[] = [
  {
    args: ["--conditions=@agentos/source", "bench/src/main.ts", "--only", "streams", "--streams", "1000"],
  },
  // An issuer's keys rotated while requests run, twenty times in a row.
  {
    args: ["node_modules/vitest/vitest.mjs", "run", "e2e/issuers.e2e.ts", "-t", "rotated while requests run"],
    env: { AGENTOS_ROTATION_REPEATS: "20" },
  },
  // Bad tokens of every shape from one source, on each database.
  {
    args: ["node_modules/vitest/vitest.mjs", "run", "e2e/denial-flood.e2e.ts"],
    env: { AGENTOS_FLOOD_REQUESTS: "100000" },
  },
  // A server killed under forty clients, twenty times in a row on each database.
  {
    args: ["node_modules/vitest/vitest.mjs", "run", "e2e/crash.e2e.ts"],
    env: { AGENTOS_CRASH_ROUNDS: "20", AGENTOS_CRASH_CLIENTS: "40" },
  },
  // Revocations that four servers keep at once: no reader may skip one.
  {
    args: [
      "node_modules/vitest/vitest.mjs",
      "run",
      "packages/server/src/stores/sql-revocation-store.test.ts",
      "-t",
      "in one order",
    ],
    env: { AGENTOS_REVOCATIONS: "10000" },
  },
  // Behind a real PgBouncer, where there is one.
  ...(pgbouncer === undefined
    ? []
    : [
        {
          args: ["node_modules/vitest/vitest.mjs", "run", "e2e/pgbouncer.e2e.ts"],
          env: { AGENTOS_TEST_PGBOUNCER: pgbouncer },
        },
      ]),
  // Three nodes: what one has begun the others watch, cancel, pause and continue, and a right taken away is gone on all.
  {
    args: [
      "node_modules/vitest/vitest.mjs",
      "run",
      "e2e/many-nodes.e2e.ts",
      "e2e/revoked-everywhere.e2e.ts",
      "--no-file-parallelism",
    ],
    env: { AGENTOS_NODES_ROUNDS: "20" },
  },
  // A node with two hundred runs that is killed, and one that sleeps until others took it for gone.
  {
    args: ["node_modules/vitest/vitest.mjs", "run", "e2e/node-failures.e2e.ts"],
    env: { AGENTOS_NODES_ROUNDS: "20", AGENTOS_NODES_RUNS: "200" },
  },
  // A PostgreSQL that stops and starts under a hundred streams.
  {
    args: ["node_modules/vitest/vitest.mjs", "run", "e2e/node-outage.e2e.ts"],
    env: { AGENTOS_OUTAGE_STREAMS: "100" },
  },
  // A database under load whose data is kept for seconds.
  {
    args: ["node_modules/vitest/vitest.mjs", "run", "e2e/growth.e2e.ts"],
    env: { AGENTOS_GROWTH_ROUNDS: "30" },
  },
  // A chat of a thousand messages into which sixty words a second stream: how often the page is drawn.
  {
    args: ["node_modules/vitest/vitest.mjs", "run", "e2e/console/chat-performance.e2e.ts"],
    env: { AGENTOS_CHAT_MESSAGES: "1000", AGENTOS_CHAT_SECONDS: "20", AGENTOS_CHAT_IS_TIMED: "1" },
  },
];

function succeeds({ args, env = {} }: Run): boolean {
  return (
    spawnSync(process.execPath, args, { stdio: "inherit", env: { ...process.env, ...env } }).status === 0
  );
}

if (pgbouncer === undefined)
  console.log("soak: skipped: e2e/pgbouncer.e2e.ts, since there is no pgbouncer on this machine");
const failed = runs.filter((run) => !succeeds(run));
console.log(
  failed.length === 0
    ? "soak: all good"
    : `soak: failed: ${failed.map(({ args }) => args.join(" ")).join("; ")}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
