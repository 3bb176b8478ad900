/** Limits of agents. */

/** Model requests in one run, whatever the tools do: stops a loop that never ends. */
export const MAX_MODEL_REQUESTS_PER_RUN = 50;
/** Longest text that a tool hands to the model, in UTF-16 units; the rest is cut, and the cut is said. */
export const MAX_TOOL_RESULT_LENGTH = 32_000;
/**
 * Bytes of JSON that a message keeps for its provider: signatures, encrypted reasoning, results of the provider's own
 * tools. Above it the provider's data are dropped, and the message stays.
 */
export const MAX_PROVIDER_DATA_BYTES = 64 * 1024;
/**
 * Seconds for which those data go back. They may name items that the provider keeps (OpenAI: 30 days) and would refuse
 * a whole request for an item that it has deleted; an older message goes back as its text and its calls.
 */
export const MAX_PROVIDER_DATA_AGE = 20 * 24 * 3600;
/** Milliseconds before a model request is tried again for the first time; doubled for each further try. */
export const FIRST_RETRY_DELAY = 2_000;
/** Longest wait between two tries, in milliseconds. A provider that asks for more ends the run. */
export const MAX_RETRY_DELAY = 60_000;
/** Milliseconds that a model may take to say what is to be remembered; the run ends after it. */
export const MAX_MEMORY_TIME = 60_000;
/** What the user said, as far as it is looked through for that, bytes. */
export const MAX_MEMORY_INPUT_BYTES = 32 * 1024;
/** Milliseconds that a session's summary may take; the run ends after it. */
export const MAX_SUMMARY_TIME = 60_000;
/** Parts of a model's stream that say nothing, one after the other; a provider that sends more is given up. */
export const MAX_SILENT_PARTS = 1_000_000;
/** After so many of them everybody else has a turn. */
export const SILENT_PARTS_PER_TURN = 256;
