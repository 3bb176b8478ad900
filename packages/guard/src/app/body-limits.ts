/** Limits of JSON bodies. */

/** Whole body, bytes: a session's state and metadata, and their names. */
export const MAX_JSON_BODY_BYTES = 1024 * 1024;
/** A body up to here may be kept in the pieces in which it came, an object for each; larger ones are copied as they come. */
export const MAX_PIECEWISE_BYTES = 16 * 1024;
/** Nesting of a whole body. */
export const MAX_JSON_LEVELS = 33;
/** Characters `[]{},:` outside strings in a whole body: some forty thousand values. */
export const MAX_JSON_MARKS = 82_200;
