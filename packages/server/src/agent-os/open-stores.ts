/** Opens the database of an agent server, brings its tables up to date, and makes what is kept in it. */
import { ConfigurationError, type Logger } from "@agentos/guard";
import {
  createMemoryRevocationStore,
  createRevocations,
  logDenial,
  type OpenContext,
  type Opened,
  pause,
  type Revocations,
  startUpkeep,
} from "@agentos/guard/app";
import { type Database, type DatabaseNotice, hideFolder, openDatabase, toStartFault } from "@agentos/storage";
import type { MemoryStore } from "../memories/memory-store.ts";
import { createDescribeAbandoned } from "../runs/abandoned.ts";
import type { RunHints } from "../runs/run-hints.ts";
import type { RunStore } from "../runs/store.ts";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import type { StoreLimits } from "../stores/memory-sessions.ts";
import { MIGRATIONS } from "../stores/schema/migrations.ts";
import type { Tables } from "../stores/schema/tables.ts";
import { createSqlDecisionCounter } from "../stores/sql-decision-counter.ts";
import { createSqlDenialRecorder } from "../stores/sql-denial-recorder.ts";
import { sweepEvents } from "../stores/sql-event-retention.ts";
import { createSqlKeyCounter } from "../stores/sql-key-counter.ts";
import { createSqlMemoryStore } from "../stores/sql-memory-store.ts";
import { type Retention, sweepRetention } from "../stores/sql-retention.ts";
import { createSqlRevocationStore } from "../stores/sql-revocation-store.ts";
import { createSqlRunHints } from "../stores/sql-run-hints.ts";
import { createSqlRunStore } from "../stores/sql-run-store.ts";
import { createVolatileMemoryStore } from "../stores/volatile-memory-store.ts";
import type { ResolvedDatabase } from "./database-options.ts";

/** What an agent server keeps data in. */
export interface Stores extends Opened {
  readonly runs: RunStore;
  readonly memories: MemoryStore;
  readonly revocations: Revocations;
  /** Between the servers of this database. Default: nobody tells anybody, and all look by themselves. */
  readonly hints?: RunHints;
  /** Servers of this deployment that live. Default: this one is alone. */
  readonly liveNodes?: () => number;
}

export interface OpenStoresOptions {
  readonly database: ResolvedDatabase;
  /** Of what is kept in memory. */
  readonly limits: StoreLimits;
  /** What one user may have in a database. */
  readonly maxBytesPerOwner: number;
  readonly retention: Retention;
}

/** How often runs are looked for whose server is gone, beside the look at the start. */
const ABANDONED_MS = 1_500;
/** So many servers look as often as that; more of them, as far as they are not idle, share the work. */
const LOOKING_NODES = 4;
const SWEEP_MS = 60 * 60 * 1_000;
/** Twice in the time for which events are kept, within these. */
const MIN_EVENT_SWEEP_MS = 1_000;
const MAX_EVENT_SWEEP_MS = 60_000;
/** Between two batches of a sweep. */
const BATCH_PAUSE_MS = 50;

/** Rejects with a ConfigurationError that names the trouble and its fix. */
export async function openStores(options: OpenStoresOptions, context: OpenContext): Promise<Stores> {
  const { database, limits } = options;
  const { location, shown } = database;
  // Who only looks at a configuration makes no file, and waits for no server.
  if (location === undefined || context.isExamined) {
    const { clock, logger } = context.runtime;
    const now = () => clock.now();
    return {
      runs: createMemoryRunStore(limits),
      memories: createVolatileMemoryStore(),
      revocations: createRevocations({ store: createMemoryRevocationStore({ now }), now, logger }),
      database: shown,
      close: async () => undefined,
    };
  }
  let opened: Database<Tables> | undefined;
  try {
    if (location.kind === "sqlite") hideFolder(location.file);
    opened = openDatabase<Tables>({
      location,
      migrations: MIGRATIONS,
      onIdleError: (error) =>
        context.runtime.logger.warn({ error }, "a connection to the database broke while nobody used it"),
      onNotice: (notice) => logNotice(context.runtime.logger, notice),
      hintGroup: database.deployment,
    });
    await opened.migrate();
    return { ...(await openIn(opened, options, context)), database: shown };
  } catch (cause) {
    await opened?.close();
    const fault = toStartFault(cause, { at: database.at, shown, location });
    if (fault === undefined) throw cause;
    throw new ConfigurationError({ faults: [fault], cli: context.resolved.cliCommand, cause });
  }
}

function logNotice(logger: Logger, { name, text, fix, error }: DatabaseNotice): void {
  const facts = {
    notice: name,
    ...(fix === undefined ? {} : { fix }),
    ...(error === undefined ? {} : { error }),
  };
  if (name === "hints-back") logger.info(facts, text);
  else logger.warn(facts, text);
}

/** What is kept in a database that is open. */
async function openIn(
  opened: Database<Tables>,
  { database: { deployment }, maxBytesPerOwner, retention }: OpenStoresOptions,
  { runtime }: OpenContext,
): Promise<Omit<Stores, "database">> {
  const { eventsSeconds } = retention;
  const nodeId = runtime.generateId();
  const runs = createSqlRunStore(opened, { deployment, nodeId, maxBytesPerOwner, eventsSeconds });
  const { generateId, logger } = runtime;
  const now = () => runtime.clock.now();
  const denialRecorder = createSqlDenialRecorder(opened, {
    deployment,
    generateId,
    onRecord: (record) => logDenial(logger, record),
    logger,
    now,
    retentionSeconds: retention.denialsSeconds,
  });
  const decisionCounter = createSqlDecisionCounter(opened, {
    deployment,
    logger,
    now,
    retentionSeconds: retention.decisionsSeconds,
  });
  const keyCounter = createSqlKeyCounter(opened, { deployment, logger, now });
  const revocations = createRevocations({
    store: createSqlRevocationStore(opened, {
      deployment,
      nodeId,
      spread: runs.spread,
      onForeign: (seq) =>
        logger.warn({ seq }, "a revocation was not written by this server: its value is taken as it is"),
    }),
    now,
    logger,
  });
  const endAbandoned = async () => {
    const ended = await runs.endAbandoned(createDescribeAbandoned(runtime));
    if (ended > 0) logger.warn({ runs: ended }, "runs were interrupted: the server that ran them stopped");
  };
  // Before the first answer: nobody shall see a run of a server that is gone as if it went on.
  await Promise.all([endAbandoned(), revocations.preload()]).catch((cause: unknown) => {
    runs.close();
    throw cause;
  });
  /** Before each batch of a sweep but the first. */
  const pauseSweep = async (signal: AbortSignal) => {
    await pause(BATCH_PAUSE_MS, signal);
    signal.throwIfAborted();
  };
  const upkeep = startUpkeep(
    [
      {
        name: "ending runs of servers that stopped",
        everyMs: () => ABANDONED_MS * Math.max(1, runs.liveNodes() / LOOKING_NODES),
        run: endAbandoned,
      },
      { name: "forgetting servers that are gone", everyMs: SWEEP_MS, run: () => runs.forgetSilent() },
      {
        name: "deleting data past its retention",
        everyMs: SWEEP_MS,
        run: (signal) =>
          sweepRetention(opened, { deployment, retention, now, pause: () => pauseSweep(signal) }),
      },
      {
        name: "deleting events of runs past their retention",
        everyMs: Math.min(Math.max((eventsSeconds * 1_000) / 2, MIN_EVENT_SWEEP_MS), MAX_EVENT_SWEEP_MS),
        run: (signal) => sweepEvents(opened, { deployment, pause: () => pauseSweep(signal) }),
      },
    ],
    runtime.logger,
  );
  return {
    runs,
    hints: createSqlRunHints(opened.hints),
    liveNodes: runs.liveNodes,
    memories: createSqlMemoryStore(opened, { deployment }),
    denialRecorder,
    decisionCounter,
    revocations,
    keyCounter,
    async close() {
      revocations.close();
      await upkeep.close();
      // What was refused in the last second is written before the database is gone; one that is down is closed all the same.
      await Promise.allSettled([denialRecorder.close(), decisionCounter.close(), keyCounter.close()]);
      // Whatever ended here and could not be written: another server of this process may end it.
      runs.close();
      await runs.leave().catch(() => undefined);
      await opened.close();
    },
  };
}
