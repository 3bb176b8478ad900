/** Limits of every run, whatever is run. Lengths of text are in UTF-16 units. */

/** Longest `session_id` or `user_id` that a client may choose. */
export const MAX_CLIENT_ID_LENGTH = 256;
/** Answer text of one run; a model that goes on for ever is stopped. */
export const MAX_CONTENT_LENGTH = 2_000_000;
/** Events kept with a stored run, content deltas not counted. */
export const MAX_STORED_EVENTS = 1_000;
