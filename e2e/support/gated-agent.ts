/** A runnable that a test holds and lets go, so that nothing depends on time. */
import { Agent, type Runnable, type RunStep } from "@agentos/server";

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function createGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

export interface GatedAgent {
  readonly agent: Runnable<"agent">;
  /** Lets the run say its second word and end. */
  readonly gate: Gate;
  /** Resolves when a run has begun. */
  readonly started: Promise<void>;
  /** Resolves when a run was cancelled while it waited. */
  readonly cancelled: Promise<void>;
}

/** Says "one", waits for the gate (or its end), says "two". */
export function createGatedAgent(id: string): GatedAgent {
  const inner = new Agent({ id, model: "offline:echo" });
  const gate = createGate();
  const start = createGate();
  const cancel = createGate();
  const agent: Runnable<"agent"> = {
    kind: "agent",
    id,
    name: id,
    model: inner.model,
    historyRuns: 0,
    describe: () => inner.describe(),
    async *run(_, { signal }): AsyncGenerator<RunStep> {
      signal.addEventListener("abort", () => cancel.open(), { once: true });
      start.open();
      yield { type: "content", text: "one " };
      await gate.opened;
      yield { type: "content", text: "two" };
    },
  };
  return { agent, gate, started: start.opened, cancelled: cancel.opened };
}
