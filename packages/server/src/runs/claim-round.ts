/** Takes runs that wait, as far as there are places, and begins them. */
import type { Identity, Result } from "@agentos/auth";
import { LIMITS, type PrefixedKind } from "@agentos/contract";
import { describeLimit, type LimitFault, type Runtime } from "@agentos/guard/app";
import { readCheckpoint } from "./checkpoint.ts";
import { createDescribeCancelled, createDescribeFailed, UNREADABLE } from "./describe-waiting.ts";
import { sizeOfForm } from "./form-size.ts";
import type { LiveRun } from "./live-run.ts";
import type { RunLedger } from "./run-ledger.ts";
import type { ClaimedRun, DescribeWaiting, RunQueue } from "./run-queue.ts";
import type { Runnable } from "./runnable.ts";
import type { Place, Starter } from "./start-run.ts";
import type { Component } from "./store.ts";

export interface QueuedRunsOptions {
  readonly store: RunQueue;
  readonly ledger: RunLedger;
  readonly runtime: Runtime;
  readonly starter: Pick<Starter, "beginClaimed">;
  /** Components that this server runs; others are left alone. */
  readonly components: readonly Component[];
  readonly findRunnable: (component: Component) => Runnable<PrefixedKind> | undefined;
  readonly adminScope: () => string;
  /** Whether the credential of who asked was revoked since; undefined where nobody knows now. */
  readonly isRevoked: (caller: Identity) => boolean | undefined | Promise<boolean | undefined>;
  /** Gives a run its place, and takes it back when it has ended. */
  readonly hold: (
    place: Pick<Place, "ticket">,
    begin: (place: Place) => Promise<Result<LiveRun, LimitFault>>,
  ) => Promise<Result<LiveRun, LimitFault>>;
  /** A run was taken that has neither begun nor been given back: the store does not answer. */
  readonly onLeft: (runId: string) => void;
}

/** Taken in one commit at most. */
const BATCH = 50;
/** Runs of another version that are left out by number; the oldest of more than these is looked at again. */
const MAX_UNREADABLE = 500;

export const REVOKED = "The run was cancelled: the credential that it was started with has been revoked";

/** One round. Gives whether more may wait. */
export function createClaimRound(options: QueuedRunsOptions): () => Promise<boolean> {
  const { store, ledger, runtime, components, adminScope } = options;
  const unreadable = new Set<number>();
  /** Whether somebody knew what was revoked, when that was asked last. Where nobody did one run is taken, to ask with. */
  let isKnown = true;

  /** One that cannot begin here: it waits on, or ends. */
  async function giveBack({ lease }: ClaimedRun, end?: DescribeWaiting): Promise<void> {
    await store.releaseRun(lease, createDescribeCancelled(runtime));
    const { component, sessionId } = lease.key;
    if (end !== undefined)
      await store.endWaiting({ kind: "all" }, { component, sessionId, runId: lease.runId }, end);
  }

  async function begin(claimed: ClaimedRun): Promise<void> {
    const runnable = options.findRunnable(claimed.lease.key.component);
    if (runnable === undefined) return giveBack(claimed);
    const plan = readCheckpoint(claimed.checkpointJson, { lease: claimed.lease, adminScope: adminScope() });
    if (plan === "unknown") {
      unreadable.add(claimed.lease.runNo);
      for (const runNo of unreadable) if (unreadable.size > MAX_UNREADABLE) unreadable.delete(runNo);
      return giveBack(claimed);
    }
    if (plan === "damaged") return giveBack(claimed, createDescribeFailed(runtime, UNREADABLE));
    const isRevoked = await options.isRevoked(plan.caller);
    isKnown = isRevoked !== undefined;
    if (isRevoked === undefined) return giveBack(claimed);
    if (isRevoked) return giveBack(claimed, createDescribeCancelled(runtime, REVOKED));
    const bytes = sizeOfForm({ ...plan.input, ...plan });
    const admitted = ledger.admit(plan.caller.owner, bytes);
    if (!admitted.ok) return giveBack(claimed, describeFault(admitted.fault));
    const begun = await options.hold({ ticket: admitted.value }, (place) => {
      place.entry.runId = plan.runId;
      return options.starter.beginClaimed({ plan, runnable }, place, claimed);
    });
    if (!begun.ok) return giveBack(claimed, describeFault(begun.fault));
    const { runId, attempt } = claimed.lease;
    if (attempt > 1)
      runtime.logger.info({ run_id: runId, attempt }, "a run begins again: the server that ran it has gone");
  }

  /** Waiting helps against most of them. */
  function describeFault(fault: LimitFault): DescribeWaiting | undefined {
    if (LIMITS[fault.code].status !== 413) return undefined;
    const content = `The run could not begin: ${describeLimit(fault).title}`;
    return createDescribeFailed(runtime, { content, errorType: "memory_limit" });
  }

  return async () => {
    const limit = Math.min(isKnown ? BATCH : 1, ledger.placesFor());
    const claimed = await store.claimRuns({
      components,
      limit,
      full: ledger.fullCallers(),
      placesOf: (owner) => ledger.placesFor(owner),
      unreadable: [...unreadable],
    });
    isKnown = true;
    for (const run of claimed)
      try {
        // Each question may take seconds, and others wait for what is held here.
        await (isKnown ? begin(run) : giveBack(run));
      } catch (cause) {
        runtime.logger.warn({ run_id: run.lease.runId, cause }, "a run that waited could not begin");
        // The others that were taken begin all the same.
        await giveBack(run).catch(() => options.onLeft(run.lease.runId));
      }
    return isKnown && claimed.length > 0 && claimed.length === limit;
  };
}
