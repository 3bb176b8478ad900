/** Between the contract's messages and the prompt of a model. What a model reads is redacted here, whatever the source. */

import type { Message, ToolExecution } from "@agentos/contract";
import { redactTokens } from "@agentos/guard";
import type { RunInput } from "../runs/runnable.ts";
import type { ModelObject } from "./provider/model-object.ts";
import type { AssistantPart, FilePart, PromptMessage, TextPart, ToolResultPart } from "./provider/prompt.ts";
import { readProviderData } from "./provider-data.ts";
import { readArguments } from "./tool-arguments.ts";

/** The user's turn: text, then media. Providers refuse an empty text beside a file. */
export function toUserMessage(input: RunInput): PromptMessage {
  const text = { type: "text", text: redactTokens(input.message) } as const;
  const files = input.media.map(
    ({ mimeType, filename, source }): FilePart => ({
      type: "file",
      mediaType: mimeType,
      data:
        source.type === "url"
          ? { type: "url", url: new URL(source.url) }
          : { type: "data", data: source.bytes },
      ...(filename === undefined ? {} : { filename }),
    }),
  );
  return { role: "user", content: text.text === "" && files.length > 0 ? files : [text, ...files] };
}

/** Earlier runs as the model may read them, `now` in seconds; system messages are not repeated. */
export function toHistory(
  runs: readonly (readonly Message[])[],
  model: ModelObject,
  now: number,
): PromptMessage[] {
  const prompt: PromptMessage[] = [];
  for (const message of runs.flat()) {
    const last = prompt.at(-1);
    switch (message.role) {
      case "system":
        break;
      case "user":
        prompt.push({ role: "user", content: [{ type: "text", text: readText(message) }] });
        break;
      case "assistant": {
        const content = readProviderData(message, model, now) ?? toAssistantParts(message);
        if (content.length > 0) prompt.push({ role: "assistant", content });
        break;
      }
      default: {
        const result = toToolResult(message);
        // Results of one turn are one message, as when they were given the first time.
        if (last?.role === "tool") last.content.push(result);
        else prompt.push({ role: "tool", content: [result] });
      }
    }
  }
  return prompt;
}

function readText(message: Message): string {
  return typeof message.content === "string" ? redactTokens(message.content) : "";
}

/** Without its provider's data a message is its text and its calls. Reasoning is not shown to another model. */
function toAssistantParts(message: Message): AssistantPart[] {
  const text: TextPart = { type: "text", text: readText(message) };
  const calls = (message.tool_calls ?? []).map(
    (call): AssistantPart => ({
      type: "tool-call",
      toolCallId: call.id,
      toolName: call.function.name,
      input: readArguments(call.function.arguments) ?? {},
    }),
  );
  return text.text === "" ? calls : [text, ...calls];
}

function toToolResult(message: Message): ToolResultPart {
  return toResultPart(message.tool_call_id ?? "", message.tool_name ?? "", {
    text: readText(message),
    isError: message.tool_call_error === true,
  });
}

/** A finished call as the model reads it; its text is redacted already. */
export function toExecutionResult(execution: ToolExecution): ToolResultPart {
  return toResultPart(execution.tool_call_id ?? "", execution.tool_name ?? "", {
    text: execution.result ?? "",
    isError: execution.tool_call_error === true,
  });
}

function toResultPart(
  toolCallId: string,
  toolName: string,
  outcome: { readonly text: string; readonly isError: boolean },
): ToolResultPart {
  const output = { type: outcome.isError ? ("error-text" as const) : ("text" as const), value: outcome.text };
  return { type: "tool-result", toolCallId, toolName, output };
}
