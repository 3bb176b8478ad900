/** Limits of agents. */

/** Model requests in one run, whatever the tools do: stops a loop that never ends. */
export const MAX_MODEL_REQUESTS_PER_RUN = 50;
/** Longest text that a tool hands to the model, in UTF-16 units; the rest is cut, and the cut is said. */
export const MAX_TOOL_RESULT_LENGTH = 32_000;
