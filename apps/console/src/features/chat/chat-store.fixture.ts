/** For tests: a chat store at an instance whose answers are written down. */
import { type AgentOSClient, AgentOSRefusal } from "@agentos/client";
import type { RunnableKind } from "../../lib/runnable-kinds.ts";
import { createChatStore } from "./chat-store.ts";
import type { TurnEvent } from "./reduce-events.ts";

/** A promise between two events holds the stream until it is done. */
export type Answer = readonly (TurnEvent | Promise<void>)[] | Error;

export const refusal = new AgentOSRefusal({ status: 401, code: "AUTH_HEADER_MISSING", detail: "Missing" });

/** A store whose streams answer with what stands there, one after the other. */
export function openStore({
  clients,
  sessionId,
  runs = [],
  knowsKeys = true,
  kind = "agents",
  stopFault,
}: {
  clients: readonly Answer[][];
  knowsKeys?: boolean;
  sessionId?: string;
  runs?: unknown;
  kind?: RunnableKind;
  stopFault?: Error;
}) {
  const asked: unknown[] = [];
  const told: string[] = [];
  const stopped: unknown[] = [];
  const cancelRun = (_: string, { run_id }: { run_id: string }) => {
    stopped.push(run_id);
    return stopFault === undefined ? Promise.resolve() : Promise.reject(stopFault);
  };
  const made = clients.map((answers) => {
    const left = [...answers];
    const stream = (...call: unknown[]) => {
      asked.push(call);
      return (async function* () {
        const answer = left.shift() ?? [];
        if (answer instanceof Error) throw answer;
        for (const event of answer)
          if (event instanceof Promise) await event;
          else yield event;
      })();
    };
    return {
      [kind]: { stream, follow: stream, streamContinued: stream, cancelRun },
      sessions: { listRuns: () => Promise.resolve(runs) },
    } as unknown as AgentOSClient;
  });
  let at = 0;
  let keys = 0;
  const store = createChatStore({
    kind,
    agentId: "a",
    sessionId,
    openClient: () => Promise.resolve(made[at] as AgentOSClient),
    refresh() {
      at = Math.min(at + 1, made.length - 1);
      return Promise.resolve();
    },
    onSwitched: () => told.push("switched"),
    onSession: (id) => told.push(`session ${id}`),
    onFault: () => told.push("fault"),
    knowsKeys: () => Promise.resolve(knowsKeys),
    makeKey: () => `key ${(keys += 1)}`,
    onEnd: () => undefined,
    clock: () => 0,
    wait: () => Promise.resolve(),
  });
  return { store, asked, told, stopped };
}
