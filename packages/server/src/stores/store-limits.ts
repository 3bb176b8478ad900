/** Limits of the stores. */

/** Bytes that the in-memory run store keeps, of everybody. */
export const MAX_STORED_BYTES = 64 * 1024 * 1024;
/** Bytes of them that one user may have. */
export const MAX_STORED_BYTES_PER_OWNER = MAX_STORED_BYTES / 4;

/** Bytes that one user may have in a database. */
export const MAX_DATABASE_BYTES_PER_OWNER = 1_024 * 1024 * 1024;

/** So long the events of a run are kept after its end. */
export const DEFAULT_EVENTS_SECONDS = 60 * 60;
