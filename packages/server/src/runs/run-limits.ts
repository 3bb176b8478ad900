/** Limits of every run, whatever is run. Lengths of text are in UTF-16 units, the rest says its unit. */
import type { RunLimits } from "./run-ledger.ts";
import type { QueueLimits } from "./run-queue.ts";

/** Longest `session_id` or `user_id` that a client may choose. */
export const MAX_CLIENT_ID_LENGTH = 256;
/** The same as JSON, bytes without its quotes: a database keeps a longer one only as its hash, which nobody can read back. */
export const MAX_CLIENT_ID_BYTES = 512;
/** Answer text of one run; a model that goes on for ever is stopped. */
export const MAX_CONTENT_LENGTH = 2_000_000;
/** Events kept with a stored run, content deltas not counted. */
export const MAX_STORED_EVENTS = 1_000;
/** JSON text of a session's state, bytes. */
export const MAX_SESSION_STATE_BYTES = 256 * 1024;
/** Text of a session's summary, bytes; a longer one is cut. */
export const MAX_SUMMARY_BYTES = 8 * 1024;
/** Runs, beside those that fit, that are read to be summarised; older ones are left out. */
export const MAX_UNSUMMARIZED_RUNS = 20;
/** A client that leaves events of its stream unread for so long is taken for gone, seconds. */
export const MAX_UNREAD_SECONDS = 60;

const MEBIBYTE = 1024 * 1024;

/** Unless the options say otherwise: half of what there is may be one caller's. */
export const DEFAULT_RUN_LIMITS: RunLimits = Object.freeze({
  activeRuns: 2_000,
  activeRunsPerCaller: 1_000,
  unreadStreams: 1_000,
  unreadStreamsPerCaller: 500,
  runBytes: 128 * MEBIBYTE,
  runBytesPerCaller: 64 * MEBIBYTE,
});

/** Unless the options say otherwise: half of what may wait may be one caller's. */
export const DEFAULT_QUEUE_LIMITS: QueueLimits = Object.freeze({
  pendingRuns: 10_000,
  pendingRunsPerCaller: 5_000,
  pendingBytes: 256 * MEBIBYTE,
});
