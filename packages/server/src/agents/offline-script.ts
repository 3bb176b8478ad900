/**
 * A model that answers from a script: text, tool calls, delays and errors. Which step comes next is read from the
 * messages of the call, so the model has no state and concurrent runs cannot mix.
 */
import type { LanguageModelV4 } from "@ai-sdk/provider";
import { z } from "zod";
import {
  createOfflineModel,
  finishPart,
  type OfflineCall,
  type Plan,
  type Sleep,
  splitIntoDeltas,
} from "./offline-model.ts";
import { sleepByTimer } from "./provider/sleep.ts";

const delay = z.number().int().min(0).max(600_000);

const offlineScriptStepSchema = z
  .strictObject({
    /** Answer text; streamed a word at a time. */
    text: z.string().optional(),
    /** Calls that the model asks for, after the text. */
    toolCalls: z
      .array(z.strictObject({ name: z.string().min(1), args: z.record(z.string(), z.unknown()).default({}) }))
      .optional(),
    /** Milliseconds before the step. */
    delayMs: delay.optional(),
    /** Milliseconds before each word. */
    wordDelayMs: delay.optional(),
    /** The step ends, after its text, with the failure of the model. The text goes to the log. */
    error: z.string().optional(),
  })
  .refine((step) => step.text !== undefined || step.toolCalls !== undefined || step.error !== undefined, {
    error: 'a step needs "text", "toolCalls" or "error"',
  });

/** One step answers one request of the model; each run starts with the first. */
export const offlineScriptSchema = z.strictObject({
  /** In the order in which the model is asked; after the last it says that the script has ended. */
  steps: z.array(offlineScriptStepSchema).min(1).max(1_000),
});

/** What the model `offline:script` answers. */
export type OfflineScript = z.input<typeof offlineScriptSchema>;

/** For tests that must not wait. */
export interface OfflineScriptOptions {
  /** Waits, and rejects when the signal aborts. Default: a timer. */
  readonly sleep?: Sleep;
}

/** Said when a run asks for more steps than there are. */
export const END_OF_SCRIPT = "(end of the script)";

type OfflineScriptStep = z.output<typeof offlineScriptStepSchema>;

/** Makes the model; throws for a script that is not of the form. */
export function offlineScript(script: OfflineScript, options: OfflineScriptOptions = {}): LanguageModelV4 {
  const { steps } = offlineScriptSchema.parse(script);
  return createOfflineModel("script", (call) => planStep(steps, call), options.sleep ?? sleepByTimer);
}

function* planStep(steps: readonly OfflineScriptStep[], call: OfflineCall): Plan {
  const index = countStepsTaken(call.prompt);
  const step = steps[index] ?? { text: END_OF_SCRIPT };
  yield { type: "stream-start", warnings: [] };
  if (step.delayMs !== undefined) yield { type: "wait", ms: step.delayMs };
  if (step.text !== undefined) {
    yield { type: "text-start", id: "0" };
    for (const delta of splitIntoDeltas(step.text)) {
      if (step.wordDelayMs !== undefined) yield { type: "wait", ms: step.wordDelayMs };
      yield { type: "text-delta", id: "0", delta };
    }
    yield { type: "text-end", id: "0" };
  }
  if (step.error !== undefined) {
    // As providers do: a stream that has said nothing yet fails, one that breaks ends with an error part.
    if (step.text === undefined) throw new Error(step.error);
    yield { type: "error", error: new Error(step.error) };
    return;
  }
  const calls = step.toolCalls ?? [];
  for (const [position, wanted] of calls.entries()) {
    yield {
      type: "tool-call",
      toolCallId: `call_${index + 1}_${position + 1}`,
      toolName: wanted.name,
      input: JSON.stringify(wanted.args),
    };
  }
  yield finishPart(call, { text: step.text ?? "", hasToolCalls: calls.length > 0 });
}

/** Answers that the model has given since the user last spoke. */
function countStepsTaken(prompt: OfflineCall["prompt"]): number {
  const lastUser = prompt.findLastIndex((message) => message.role === "user");
  return prompt.slice(lastUser + 1).filter((message) => message.role === "assistant").length;
}
