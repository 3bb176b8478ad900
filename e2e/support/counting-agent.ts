/**
 * An agent that counts every use a handler makes of it, so that a test can say that no handler ran. A run is counted
 * where it runs. What a server shows of an agent is text that it keeps, so that is counted in the answers: each agent
 * has a description that no other text contains.
 */
import { randomUUID } from "node:crypto";
import { Agent, type AgentOptions, type Runnable } from "@agentos/server";
import { watchAnswers } from "./http.ts";

export interface CountingAgent {
  readonly agent: Runnable<"agent">;
  /** Times that a handler ran it, and answers that show it. */
  uses(): number;
  runs(): number;
}

/** Wraps an agent that echoes. */
export function createCountingAgent(id: string, options: Partial<AgentOptions> = {}): CountingAgent {
  const description = `Seen by whoever may read ${randomUUID()}`;
  const inner = new Agent({ id, model: "offline:echo", description, ...options });
  let shown = 0;
  let runs = 0;
  watchAnswers(({ text }) => {
    if (text.includes(description)) shown += 1;
  });
  const agent: Runnable<"agent"> = {
    kind: "agent",
    id,
    name: inner.name,
    description,
    model: inner.model,
    metadata: undefined,
    historyRuns: 0,
    describe: () => inner.describe(),
    run(input, context) {
      runs += 1;
      return inner.run(input, context);
    },
  };
  return { agent, uses: () => shown + runs, runs: () => runs };
}
