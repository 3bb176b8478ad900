/** Between the contract's messages and the AI SDK's. What a model reads is redacted here, whatever the source. */

import type { Message, ToolExecution } from "@agentos/contract";
import { isRecord } from "@agentos/contract";
import { redactTokens } from "@agentos/guard";
import type { AssistantModelMessage, ModelMessage, ToolModelMessage, UserModelMessage } from "ai";
import type { RunInput } from "../runs/runnable.ts";

/** The user's turn: text, then media. */
export function toUserMessage(input: RunInput): UserModelMessage {
  const text = { type: "text", text: redactTokens(input.message) } as const;
  const files = input.media.map((media) => ({
    type: "file" as const,
    mediaType: media.mimeType,
    data: media.source.type === "url" ? new URL(media.source.url) : media.source.bytes,
    ...(media.filename === undefined ? {} : { filename: media.filename }),
  }));
  return { role: "user", content: [text, ...files] };
}

/** Earlier runs as the model may read them; system messages are not repeated. */
export function toHistory(runs: readonly (readonly Message[])[]): ModelMessage[] {
  return runs.flat().flatMap((message): ModelMessage[] => {
    const text = typeof message.content === "string" ? redactTokens(message.content) : "";
    switch (message.role) {
      case "system":
        return [];
      case "user":
        return [{ role: "user", content: text }];
      case "assistant":
        return [toAssistant(text, message)];
      default:
        return [
          toolMessage(message.tool_call_id ?? "", message.tool_name ?? "", {
            text,
            isError: message.tool_call_error === true,
          }),
        ];
    }
  });
}

function toAssistant(text: string, message: Message): AssistantModelMessage {
  const calls = (message.tool_calls ?? []).map((call) => ({
    type: "tool-call" as const,
    toolCallId: call.id,
    toolName: call.function.name,
    input: parseArguments(call.function.arguments),
  }));
  return { role: "assistant", content: text === "" ? calls : [{ type: "text" as const, text }, ...calls] };
}

/** A finished call as the model reads it. */
export function toToolMessage(execution: ToolExecution): ToolModelMessage {
  const outcome = { text: execution.result ?? "", isError: execution.tool_call_error === true };
  return toolMessage(execution.tool_call_id ?? "", execution.tool_name ?? "", outcome);
}

function toolMessage(
  toolCallId: string,
  toolName: string,
  outcome: { text: string; isError: boolean },
): ToolModelMessage {
  const output = { type: outcome.isError ? ("error-text" as const) : ("text" as const), value: outcome.text };
  return { role: "tool", content: [{ type: "tool-result", toolCallId, toolName, output }] };
}

/** Arguments are stored as JSON text; anything else is history of a call that could not be read. */
function parseArguments(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
