/** Limits of what is remembered; those of one memory are the contract's (`MEMORY_LIMITS`). */

/** Memories of one user. */
export const MAX_MEMORIES_PER_OWNER = 1_000;
/** Topics of a list of them. */
export const MAX_LISTED_TOPICS = 1_000;
/** Newest memories whose topics are looked at for it. */
export const MAX_TOPIC_SOURCES = 5_000;
/** What a model is told of its user: the newest memories, so many at most… */
export const MAX_TOLD_MEMORIES = 100;
/** … and so many bytes of JSON of them. */
export const MAX_TOLD_BYTES = 16 * 1024;
/** JSON body of a request about memories, bytes: a text in escapes, or as many ids as one request may name. */
export const MAX_MEMORY_BODY_BYTES = 128 * 1024;
/** Memories that one run may add or change after its answer. */
export const MAX_UPDATES_PER_RUN = 20;
/** Bytes of memories that a model is given to merge at once. */
export const MAX_OPTIMIZED_BYTES = 256 * 1024;
/** How long a model may take to merge them, milliseconds. */
export const MAX_OPTIMIZE_MS = 120_000;
