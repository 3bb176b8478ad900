/** What the store holds for this server against what runs here: neither may have a run that the other does not. */
import type { Runtime } from "@agentos/guard/app";
import { createDescribeAbandoned } from "./abandoned.ts";
import type { ActiveRuns } from "./active-runs.ts";
import { RunLeaseLost, type RunStore } from "./store.ts";
import type { UnstoredEnds } from "./unstored-ends.ts";

export interface CheckOptions {
  readonly store: Pick<RunStore, "beat" | "endOrphans">;
  readonly active: ActiveRuns;
  readonly unstored: Pick<UnstoredEnds, "has">;
  readonly runtime: Runtime;
  /** Runs are being taken: what the store holds more than is known here may be one of them. */
  readonly isTaking: () => boolean;
}

export interface CheckedRuns {
  /** Other servers could take what runs here. */
  readonly isShared: boolean;
  /** What the store holds more than runs here has been looked for too. */
  readonly isWhole: boolean;
}

export async function checkRuns(options: CheckOptions): Promise<CheckedRuns> {
  const { store, active, unstored, runtime, isTaking } = options;
  const begun = active.begun();
  const left = [...active.left];
  const { cancelled, held } = await store.beat();
  for (const runId of left) if (held?.has(runId) !== true) active.left.delete(runId);
  if (cancelled.length > 0)
    active.stop(({ runId }) => cancelled.includes(runId), new Error("the run was cancelled"));
  if (held === undefined) return { isShared: false, isWhole: true };
  // One that has ended meanwhile is not stopped by it.
  for (const { runId, attempt, abort } of begun)
    if (held.get(runId) !== attempt) abort(new RunLeaseLost("another server has ended the run"));
  if (isTaking()) return { isShared: true, isWhole: false };
  const known = listKnown(active, held);
  const orphans = new Map([...held].filter(([runId]) => !known.has(runId) && !unstored.has(runId)));
  const untouched = new Set([...orphans.keys()].filter((runId) => !active.left.has(runId)));
  if (orphans.size > 0) await store.endOrphans(createDescribeAbandoned(runtime), orphans, untouched);
  return { isShared: true, isWhole: true };
}

/** Ids of what is held and runs here, or is about to: another attempt is another run. */
function listKnown(active: ActiveRuns, held: ReadonlyMap<string, number>): ReadonlySet<string> {
  return new Set(
    [...active].flatMap(({ runId, run }) => {
      if (runId === undefined) return [];
      return run === undefined || run.attempt === held.get(runId) ? [runId] : [];
    }),
  );
}
