/** Limits of what is logged. */

/** Nesting up to which values are searched for credentials; a container below it is replaced. */
export const MAX_REDACTED_DEPTH = 64;
/** Values of one fact of a log line; the rest is replaced. */
export const MAX_LOGGED_VALUES = 10_000;
