/** The option `limits`: how much runs may take of this process. */
import type { Fault } from "@agentos/contract";
import { createOptionFault } from "@agentos/guard/app";
import { z } from "zod";
import type { RunLimits } from "../runs/run-ledger.ts";
import { DEFAULT_QUEUE_LIMITS, DEFAULT_RUN_LIMITS } from "../runs/run-limits.ts";
import type { QueueLimits } from "../runs/run-queue.ts";
import type { StoreLimits } from "../stores/memory-sessions.ts";
import { MAX_DATABASE_BYTES_PER_OWNER, MAX_STORED_BYTES } from "../stores/store-limits.ts";

const MEBIBYTE = 1024 * 1024;

/**
 * How much runs may take of this process. "Per caller" holds for a caller whom its credential names; those who share a
 * nameless one share what there is. No limit of one caller or user may be larger than that of all together.
 */
export interface LimitOptions {
  /** Runs that have begun and not ended. Default 2,000. */
  readonly activeRuns?: number | undefined;
  /** Of one caller. Default half of `activeRuns`. */
  readonly activeRunsPerCaller?: number | undefined;
  /** Streams of ended runs whose client has not read to the end. Default 1,000. */
  readonly unreadStreams?: number | undefined;
  /** Of one caller. Default half of `unreadStreams`. */
  readonly unreadStreamsPerCaller?: number | undefined;
  /** Memory that active runs and unread streams hold, MiB, with or without a fraction. Default 128. */
  readonly runMebibytes?: number | undefined;
  /** Of one caller. Default half of `runMebibytes`. */
  readonly runMebibytesPerCaller?: number | undefined;
  /**
   * Runs in the background that wait for a place, of all servers of one database together. What does not begin at once
   * waits; what would wait beyond this is refused. Default 10,000.
   */
  readonly pendingRuns?: number | undefined;
  /** Of one caller. Default half of `pendingRuns`. */
  readonly pendingRunsPerCaller?: number | undefined;
  /** What the requests of runs that wait have together, MiB, with or without a fraction. Default 256. */
  readonly pendingMebibytes?: number | undefined;
  /** Memory that ended runs and sessions hold, MiB; who holds most forgets first. Without effect on a database. Default 64. */
  readonly storedMebibytes?: number | undefined;
  /**
   * What ended runs and sessions of one user have, MiB, of a user whom its credential names: others use the operator's own
   * credential, or none, and are not limited. In a database, whoever has as much begins nothing more; in memory, the
   * oldest is forgotten. Default 1,024 in a database, in memory a quarter of `storedMebibytes`.
   */
  readonly storedMebibytesPerUser?: number | undefined;
}

const count = z.number().int().min(1).max(1_000_000).optional();
/** A hundredth is the least that an answer shows. */
const mebibytes = z.number().min(0.01).max(1_000_000).optional();

type LimitName = keyof LimitOptions;

/** Each limit of one caller or user, with that of all together, which holds for one as well. */
const PARTS = {
  activeRunsPerCaller: "activeRuns",
  unreadStreamsPerCaller: "unreadStreams",
  runMebibytesPerCaller: "runMebibytes",
  pendingRunsPerCaller: "pendingRuns",
} as const satisfies Partial<Record<LimitName, LimitName>>;

/** The options as they are checked, in code and in a JSON configuration alike. */
export const limitsSchema = z
  .strictObject({
    activeRuns: count,
    activeRunsPerCaller: count,
    unreadStreams: count,
    unreadStreamsPerCaller: count,
    runMebibytes: mebibytes,
    runMebibytesPerCaller: mebibytes,
    pendingRuns: count,
    pendingRunsPerCaller: count,
    pendingMebibytes: mebibytes,
    storedMebibytes: mebibytes,
    storedMebibytesPerUser: mebibytes,
  } satisfies Record<LimitName, z.ZodType>)
  .superRefine((options, context) => {
    const limits = resolveLimits(options);
    for (const [part, whole] of Object.entries(PARTS) as [keyof typeof PARTS, LimitName][]) {
      if (fitsWhole(options, limits, part, whole)) continue;
      const { problem, suggestion } = describeMisfit(options, limits, part, whole);
      context.addIssue({ code: "custom", path: [part], message: problem, params: { suggestion } });
    }
  });

type Limits = Readonly<Record<LimitName, number>>;

/** One that is not given follows the whole, and always fits. */
function fitsWhole(options: LimitOptions, limits: Limits, part: LimitName, whole: LimitName): boolean {
  return options[part] === undefined || limits[part] <= limits[whole];
}

function describeMisfit(options: LimitOptions, limits: Limits, part: LimitName, whole: LimitName) {
  const ofWhole = `"limits.${whole}" (${limits[whole]}${options[whole] === undefined ? " by default" : ""})`;
  return {
    problem: `is ${limits[part]}, more than ${ofWhole} allows all together`,
    suggestion: `lower it, or raise "limits.${whole}"`,
  };
}

/** What is wrong with limits of a store in memory; in a database nothing holds for all together. */
export function findStoredFaults(options: LimitOptions = {}): readonly Fault[] {
  const limits = resolveLimits(options);
  const [part, whole] = ["storedMebibytesPerUser", "storedMebibytes"] as const;
  if (fitsWhole(options, limits, part, whole)) return [];
  return [createOptionFault({ option: `limits.${part}`, ...describeMisfit(options, limits, part, whole) })];
}

/** Every limit in force of a server that keeps its data in memory, by the name of its option. */
export function resolveLimits(options: LimitOptions = {}): Limits {
  const {
    activeRuns = DEFAULT_RUN_LIMITS.activeRuns,
    unreadStreams = DEFAULT_RUN_LIMITS.unreadStreams,
    runMebibytes = DEFAULT_RUN_LIMITS.runBytes / MEBIBYTE,
    pendingRuns = DEFAULT_QUEUE_LIMITS.pendingRuns,
    pendingMebibytes = DEFAULT_QUEUE_LIMITS.pendingBytes / MEBIBYTE,
    storedMebibytes = MAX_STORED_BYTES / MEBIBYTE,
  } = options;
  return {
    activeRuns,
    activeRunsPerCaller: options.activeRunsPerCaller ?? Math.ceil(activeRuns / 2),
    unreadStreams,
    unreadStreamsPerCaller: options.unreadStreamsPerCaller ?? Math.ceil(unreadStreams / 2),
    runMebibytes,
    runMebibytesPerCaller: options.runMebibytesPerCaller ?? runMebibytes / 2,
    pendingRuns,
    pendingRunsPerCaller: options.pendingRunsPerCaller ?? Math.ceil(pendingRuns / 2),
    pendingMebibytes,
    storedMebibytes,
    storedMebibytesPerUser: options.storedMebibytesPerUser ?? storedMebibytes / 4,
  };
}

/** The same of a server that keeps its data in a database. */
export function resolveDatabaseLimits(options: LimitOptions = {}): Omit<Limits, "storedMebibytes"> {
  const { storedMebibytes: _, ...limits } = resolveLimits(options);
  const { storedMebibytesPerUser = MAX_DATABASE_BYTES_PER_OWNER / MEBIBYTE } = options;
  return { ...limits, storedMebibytesPerUser };
}

/** Every limit of runs. */
export function resolveRunLimits(options: LimitOptions = {}): RunLimits {
  const limits = resolveLimits(options);
  return {
    activeRuns: limits.activeRuns,
    activeRunsPerCaller: limits.activeRunsPerCaller,
    unreadStreams: limits.unreadStreams,
    unreadStreamsPerCaller: limits.unreadStreamsPerCaller,
    runBytes: toBytes(limits.runMebibytes),
    runBytesPerCaller: toBytes(limits.runMebibytesPerCaller),
  };
}

/** Every limit of runs that wait. */
export function resolveQueueLimits(options: LimitOptions = {}): QueueLimits {
  const { pendingRuns, pendingRunsPerCaller, pendingMebibytes } = resolveLimits(options);
  return { pendingRuns, pendingRunsPerCaller, pendingBytes: toBytes(pendingMebibytes) };
}

/** Every limit of the store in memory. */
export function resolveStoreLimits(options: LimitOptions = {}): StoreLimits {
  const { storedMebibytes, storedMebibytesPerUser } = resolveLimits(options);
  return { maxBytes: toBytes(storedMebibytes), maxBytesPerOwner: toBytes(storedMebibytesPerUser) };
}

/** What one user may have in a database. */
export function resolveBytesPerOwner(options: LimitOptions = {}): number {
  return toBytes(resolveDatabaseLimits(options).storedMebibytesPerUser);
}

function toBytes(mebibytesOfOption: number): number {
  return Math.ceil(mebibytesOfOption * MEBIBYTE);
}
