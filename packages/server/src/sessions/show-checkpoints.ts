/** The places of a stored run from which it can be continued, made of its messages (contract 4.3). */
import type { Checkpoint, Message } from "@agentos/contract";
import { hasOpenCall } from "../runs/message-places.ts";
import type { StoredOutput } from "../runs/store.ts";

/** In UTF-16 units. */
const PREVIEW_LENGTH = 100;

const REASONS = {
  system: "start",
  user: "user_message",
  assistant: "model_answer",
  tool: "tool_result",
} as const satisfies Record<Message["role"], Checkpoint["reason"]>;

/** Oldest first; the end of the run is the last one, also where it waits within a call. */
export function listCheckpoints(output: StoredOutput): readonly Checkpoint[] {
  const { messages } = output;
  const places = messages.map((_, index) => index + 1);
  return places
    .filter((place) => place === messages.length || !hasOpenCall(messages.slice(0, place)))
    .map((place) => showCheckpoint(output, place));
}

/** The place behind so many messages. */
export function showCheckpoint(output: StoredOutput, place: number): Checkpoint {
  const { run_id, session_id, messages, status } = output;
  const message = messages[place - 1];
  const isLatest = place === messages.length;
  return {
    checkpoint_id: `${run_id}:${place}`,
    run_id,
    session_id,
    message_index: place,
    continue_from: place,
    status: isLatest ? status : "RUNNING",
    reason: isLatest ? "run_end" : message === undefined ? "start" : REASONS[message.role],
    created_at: message?.created_at ?? output.created_at,
    message_id: message?.id ?? null,
    message_role: message?.role ?? null,
    message_preview: message === undefined ? null : previewOf(message),
    is_latest: isLatest,
  };
}

function previewOf({ content = "" }: Message): string {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return text.length > PREVIEW_LENGTH ? `${text.slice(0, PREVIEW_LENGTH).toWellFormed()}...` : text;
}
