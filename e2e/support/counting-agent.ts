/** An agent that counts every use a handler makes of it, so that a test can say that no handler ran. */
import { Agent, type AgentOptions, type Runnable } from "@agentos/server";

export interface CountingAgent {
  readonly agent: Runnable<"agent">;
  /** Times that a handler described, listed or ran it. */
  uses(): number;
  runs(): number;
}

/** Wraps an agent that echoes. */
export function createCountingAgent(id: string, options: Partial<AgentOptions> = {}): CountingAgent {
  const inner = new Agent({ id, model: "offline:echo", ...options });
  let uses = 0;
  let runs = 0;
  const agent: Runnable<"agent"> = {
    kind: "agent",
    id,
    name: inner.name,
    description: undefined,
    metadata: undefined,
    historyRuns: 0,
    get model() {
      uses += 1;
      return inner.model;
    },
    describe() {
      uses += 1;
      return inner.describe();
    },
    run(input, context) {
      uses += 1;
      runs += 1;
      return inner.run(input, context);
    },
  };
  return { agent, uses: () => uses, runs: () => runs };
}
