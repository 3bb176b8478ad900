/** Limits of JSON bodies other than a run's. */

/** Whole body, bytes: a session's state and metadata, and their names. */
export const MAX_JSON_BODY_BYTES = 1024 * 1024;
