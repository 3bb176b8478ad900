/** A question to the model of an agent that belongs to no run: nobody is streamed to, and no tool is offered. */
import { redactTokens } from "@agentos/guard";
import { MAX_CONTENT_LENGTH } from "../runs/run-limits.ts";
import type { RunnableMemory } from "../runs/runnable.ts";
import { askForText } from "./ask-for-text.ts";
import type { AgentLoop } from "./run-agent.ts";

type AskModel = RunnableMemory["askModel"];

export async function askOutsideOfRun(
  { model, providerOptions, retry }: AgentLoop,
  { instructions, text: material }: Parameters<AskModel>[0],
  runtime: Parameters<AskModel>[1],
): ReturnType<AskModel> {
  const request = {
    model,
    prompt: [
      { role: "system" as const, content: instructions },
      { role: "user" as const, content: [{ type: "text" as const, text: redactTokens(material) }] },
    ],
    tools: [],
    providerOptions,
    retry,
  };
  const context = { ...runtime, runId: runtime.generateId() };
  const { text } = await askForText(request, context, MAX_CONTENT_LENGTH);
  return redactTokens(text);
}
