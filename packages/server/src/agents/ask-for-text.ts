/** Asks a model for what is not the answer of the run: nothing of it is streamed or kept as a message. */
import { setImmediate } from "node:timers/promises";
import type { TokenUsage } from "../runs/steps.ts";
import { SILENT_PARTS_PER_TURN } from "./agent-limits.ts";
import type { RequestedCall } from "./execute-tool.ts";
import { type ModelContext, type ModelRequest, requestModel } from "./request-model.ts";

export interface AskedText {
  readonly text: string;
  /** What it wants to call; nothing where it was stopped. */
  readonly calls: readonly RequestedCall[];
  /** Undefined where the model was stopped because it said too much. */
  readonly usage: TokenUsage | undefined;
}

/** Reads no more than `maxLength` UTF-16 units, by and large. Throws what {@link requestModel} throws. */
export async function askForText(
  request: ModelRequest,
  context: ModelContext,
  maxLength: number,
): Promise<AskedText> {
  const steps = requestModel(request, context);
  let text = "";
  let usage: TokenUsage | undefined;
  let count = 0;
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done === true) return { text: next.value.text, calls: next.value.calls, usage };
      const step = next.value;
      if (step.type === "content") text += step.text;
      if (step.type === "model-request-completed") usage = step.usage;
      if (text.length > maxLength) return { text, calls: [], usage };
      // Nobody else gives others their turn: these steps do not reach the run.
      count += 1;
      if (count % SILENT_PARTS_PER_TURN === 0) await setImmediate();
    }
  } finally {
    // Of a request that has ended this does nothing; any other is closed at its provider.
    await steps.return({ text: "", reasoning: "", calls: [], parts: [] });
  }
}
