/** Where the messages of a run may be cut: a call is never without its result, since no model takes that. */
import type { Message } from "@agentos/contract";

/** Whether the last turn of messages has calls that they have no result of. */
export function hasOpenCall(messages: readonly Message[]): boolean {
  const turn = messages.findLastIndex(({ role }) => role === "assistant");
  const answered = messages.slice(turn + 1).map(({ tool_call_id: id }) => id);
  return (messages[turn]?.tool_calls ?? []).some(({ id }) => !answered.includes(id));
}
