/** The option `limits`: how much runs may take of this process. */
import { z } from "zod";
import type { RunLimits } from "../runs/run-ledger.ts";
import { DEFAULT_RUN_LIMITS } from "../runs/run-limits.ts";
import type { StoreLimits } from "../stores/memory-sessions.ts";
import { MAX_STORED_BYTES } from "../stores/store-limits.ts";

const MEBIBYTE = 1024 * 1024;

/**
 * How much runs may take of this process. "Per caller" holds for a caller whom its credential names; those who share a
 * nameless one share what there is.
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
  /** Memory that active runs and unread streams hold, MiB. Default 128. */
  readonly runMebibytes?: number | undefined;
  /** Of one caller. Default half of `runMebibytes`. */
  readonly runMebibytesPerCaller?: number | undefined;
  /** Memory that ended runs and sessions hold, MiB; who holds most forgets first. Default 64. */
  readonly storedMebibytes?: number | undefined;
  /** Of one user. Default a quarter of `storedMebibytes`. */
  readonly storedMebibytesPerUser?: number | undefined;
}

const count = z.number().int().min(1).max(1_000_000).optional();

export const limitsSchema: z.ZodType<LimitOptions> = z.strictObject({
  activeRuns: count,
  activeRunsPerCaller: count,
  unreadStreams: count,
  unreadStreamsPerCaller: count,
  runMebibytes: count,
  runMebibytesPerCaller: count,
  storedMebibytes: count,
  storedMebibytesPerUser: count,
} satisfies Record<keyof LimitOptions, typeof count>);

/** Every limit of runs. */
export function resolveRunLimits(options: LimitOptions = {}): RunLimits {
  const {
    activeRuns = DEFAULT_RUN_LIMITS.activeRuns,
    unreadStreams = DEFAULT_RUN_LIMITS.unreadStreams,
    runMebibytes = DEFAULT_RUN_LIMITS.runBytes / MEBIBYTE,
  } = options;
  return {
    activeRuns,
    activeRunsPerCaller: options.activeRunsPerCaller ?? half(activeRuns),
    unreadStreams,
    unreadStreamsPerCaller: options.unreadStreamsPerCaller ?? half(unreadStreams),
    runBytes: runMebibytes * MEBIBYTE,
    runBytesPerCaller: (options.runMebibytesPerCaller ?? runMebibytes / 2) * MEBIBYTE,
  };
}

/** Every limit of the store in memory. */
export function resolveStoreLimits(options: LimitOptions = {}): StoreLimits {
  const { storedMebibytes = MAX_STORED_BYTES / MEBIBYTE } = options;
  return {
    maxBytes: storedMebibytes * MEBIBYTE,
    maxBytesPerOwner: (options.storedMebibytesPerUser ?? storedMebibytes / 4) * MEBIBYTE,
  };
}

function half(limit: number): number {
  return Math.ceil(limit / 2);
}
