/**
 * Ends what waits for a server when its caller is revoked. A revocation is forgotten when no token that it means could be
 * used any more, and what waits longer than that would begin with its scopes all the same.
 */
import type { Identity } from "@agentos/auth";
import type { Runtime } from "@agentos/guard/app";
import { readCheckpoint } from "./checkpoint.ts";
import { REVOKED } from "./claim-round.ts";
import { createDescribeCancelled } from "./describe-waiting.ts";
import type { RunQueue } from "./run-queue.ts";
import type { RunLease } from "./store.ts";

export interface EndRevokedOptions {
  readonly store: Pick<RunQueue, "listPending" | "findPlace" | "endWaiting">;
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
    const place = await store.findPlace(ALL, run);
    if (place?.status !== "PENDING") return;
    const plan = readCheckpoint(place.checkpointJson ?? "", {
      lease: { key, runId },
      adminScope: adminScope(),
    });
    // What cannot be read here is asked about by whoever begins it.
    if (typeof plan === "string" || !isRevoked(plan.caller)) return;
    await store.endWaiting(ALL, run, createDescribeCancelled(runtime, REVOKED));
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
