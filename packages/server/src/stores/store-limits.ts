/** Limits of the stores. */

/** Sessions that the in-memory store keeps; the least recently used one goes first. */
export const MAX_STORED_SESSIONS = 1_000;
/** Runs that the in-memory store keeps of one session; the oldest one goes first. */
export const MAX_STORED_RUNS_PER_SESSION = 100;
