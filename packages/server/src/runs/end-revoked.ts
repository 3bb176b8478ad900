/**
 * Ends what waits for a server when its caller is revoked. A revocation is forgotten when no token that it means could be
 * used any more, and what waits longer than that would begin with its scopes all the same.
 */
import type { Identity } from "@agentos/auth";
import { isRecord } from "@agentos/contract";
import type { Runtime } from "@agentos/guard/app";
import { readCheckpointCaller } from "./checkpoint.ts";
import { REVOKED } from "./claim-round.ts";
import { createDescribeCancelled } from "./describe-waiting.ts";
import type { EndHold } from "./finish-with-hold.ts";
import type { RunLease, RunStore } from "./store.ts";

export interface EndRevokedOptions {
  readonly store: Pick<RunStore, "listPending" | "findPausedRun" | "endWaiting">;
  readonly runtime: Runtime;
  readonly adminScope: () => string;
  /** By what is known now. */
  readonly isRevoked: (caller: Identity) => boolean;
  /** Before a look that is made again. */
  readonly pause: EndHold["pause"];
  /** After it no look is made again. */
  readonly signal: AbortSignal;
}

/** Runs of one query: what they were asked is read one by one, since each may be large. */
const PAGE = 100;
const ALL = { kind: "all" } as const;
/** Before the first look that is made again, milliseconds; each pause is twice the last. */
const PAUSE_MS = 1_000;
/** Longer than a database is away as a rule. What is left is asked about with the next revocation, and before it begins. */
const MAX_TRIES = 6;

interface Failure {
  /** Undefined where it cannot be said which runs wait. */
  readonly run_id?: string;
  readonly cause: unknown;
}

/** One look at all that waits, again where not all could be read; what is asked for meanwhile is one more look after it. Never rejects. */
export function createEndRevoked(options: EndRevokedOptions): () => Promise<void> {
  const { store, runtime, adminScope, isRevoked, pause, signal } = options;
  let running: Promise<void> | undefined;
  let isWanted = false;

  async function judge({ key, runId }: Pick<RunLease, "key" | "runId">): Promise<void> {
    const run = { component: key.component, sessionId: key.sessionId, runId };
    const waiting = await findKept({ key, runId });
    // Damaged, it may be JSON all the same.
    if (waiting === undefined || !isRecord(waiting.output) || waiting.output.status !== "PENDING") return;
    const caller = readCheckpointCaller(waiting.checkpointJson ?? "", adminScope());
    // What cannot be read here is asked about by whoever begins it.
    if (caller === undefined || !isRevoked(caller)) return;
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

  /** Gives the first failure, when all others have been asked about. */
  async function look(): Promise<Failure | undefined> {
    let failure: Failure | undefined;
    let last = 0;
    try {
      for (;;) {
        const page = await store.listPending(last, PAGE);
        for (const run of page)
          await judge(run).catch((cause: unknown) => {
            failure ??= { run_id: run.runId, cause };
          });
        if (page.length < PAGE) return failure;
        last = page.at(-1)?.runNo ?? last;
      }
    } catch (cause) {
      return { cause };
    }
  }

  async function lookUntilDone(): Promise<void> {
    let tries = 0;
    do {
      isWanted = false;
      const failure = await look();
      if (failure === undefined) continue;
      runtime.logger.warn({ ...failure }, "runs that wait could not be asked about what was revoked");
      if (tries === MAX_TRIES) continue;
      await pause(PAUSE_MS * 2 ** tries, signal);
      tries += 1;
      isWanted = !signal.aborted;
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
