/** What the store holds for this server against what runs here: neither may have a run that the other does not. */
import type { Runtime } from "@agentos/guard/app";
import { createDescribeAbandoned } from "./abandoned.ts";
import type { ActiveRuns } from "./active-runs.ts";
import { RunLeaseLost, type RunStore } from "./store.ts";
import type { UnstoredEnds } from "./unstored-ends.ts";

export interface CheckedRuns {
  readonly store: Pick<RunStore, "beat" | "endOrphans">;
  readonly active: ActiveRuns;
  readonly unstored: Pick<UnstoredEnds, "has">;
  readonly runtime: Runtime;
  /** Runs are being taken: what the store holds more than is known here may be one of them. */
  readonly isTaking: () => boolean;
}

/** Gives whether other servers could take what runs here. */
export async function checkRuns({
  store,
  active,
  unstored,
  runtime,
  isTaking,
}: CheckedRuns): Promise<boolean> {
  const begun = active.begun();
  const { cancelled, held } = await store.beat();
  if (cancelled.length > 0)
    active.stop(({ runId }) => cancelled.includes(runId), new Error("the run was cancelled"));
  if (held === undefined) return false;
  // One that has ended meanwhile is not stopped by it.
  for (const { runId, abort } of begun)
    if (!held.has(runId)) abort(new RunLeaseLost("another server has ended the run"));
  if (isTaking()) return true;
  const known = active.ids();
  const orphans = [...held].filter((runId) => !known.has(runId) && !unstored.has(runId));
  if (orphans.length > 0) await store.endOrphans(createDescribeAbandoned(runtime), orphans);
  return true;
}
