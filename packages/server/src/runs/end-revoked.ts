/**
 * Ends what waits for a server when its caller is revoked. A revocation is forgotten when no token that it means could be
 * used any more, and what waits longer than that would begin with its scopes all the same.
 */
import type { Identity } from "@agentos/auth";
import type { Runtime } from "@agentos/guard/app";
import { readCheckpoint } from "./checkpoint.ts";
import { REVOKED } from "./claim-round.ts";
import { createDescribeCancelled } from "./describe-waiting.ts";
import type { RunLease, RunStore } from "./store.ts";

export interface EndRevokedOptions {
  readonly store: Pick<RunStore, "listPending" | "findPausedRun" | "endWaiting">;
  readonly runtime: Runtime;
  readonly adminScope: () => string;
  /** By what is known now. */
  readonly isRevoked: (caller: Identity) => boolean;
}

/** Runs of one query: what they were asked is read one by one, since each may be large. */
const PAGE = 100;
const ALL = { kind: "all" } as const;

/** One look at all that waits; what is asked for meanwhile is one more look after it. Never rejects. */
export function createEndRevoked(options: EndRevokedOptions): () => Promise<void> {
  const { store, runtime, adminScope, isRevoked } = options;
  let running: Promise<void> | undefined;
  let isWanted = false;

  async function judge({ key, runId }: Pick<RunLease, "key" | "runId">): Promise<void> {
    const run = { component: key.component, sessionId: key.sessionId, runId };
    const waiting = await findKept({ key, runId });
    if (waiting?.output.status !== "PENDING") return;
    const plan = readCheckpoint(waiting.checkpointJson ?? "", {
      lease: { key, runId },
      adminScope: adminScope(),
    });
    // What cannot be read here is asked about by whoever begins it.
    if (typeof plan === "string" || !isRevoked(plan.caller)) return;
    await store.endWaiting(ALL, run, createDescribeCancelled(runtime, REVOKED));
  }

  /** Undefined too where its text is damaged: whoever takes it ends it, and it must not hide those behind it. */
  async function findKept({ key, runId }: Pick<RunLease, "key" | "runId">) {
    try {
      return await store.findPausedRun(ALL, key, runId);
    } catch (cause) {
      if (cause instanceof SyntaxError) return undefined;
      throw cause;
    }
  }

  async function look(): Promise<void> {
    let last = 0;
    for (;;) {
      const page = await store.listPending(last, PAGE);
      for (const run of page) await judge(run);
      if (page.length < PAGE) return;
      last = page.at(-1)?.runNo ?? last;
    }
  }

  async function lookUntilDone(): Promise<void> {
    do {
      isWanted = false;
      await look().catch((cause: unknown) =>
        runtime.logger.warn({ cause }, "runs that wait could not be asked about what was revoked"),
      );
    } while (isWanted);
  }

  return () => {
    isWanted = true;
    running ??= lookUntilDone().finally(() => {
      running = undefined;
    });
    return running;
  };
}
