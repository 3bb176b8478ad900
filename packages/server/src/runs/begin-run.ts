/** A run gets its row, and begins. */
import type { DataScope } from "@agentos/auth";
import {
  driveLiveRun,
  type LiveRun,
  type LiveRunParts,
  prepareRun,
  type RunParts,
  type RunServices,
} from "./live-run.ts";
import { type StartingState, withoutTokens } from "./session-state.ts";
import type { NewRun, SessionKey } from "./store.ts";

export interface BeginParts extends RunParts, Pick<LiveRunParts, "ticket" | "controller"> {
  readonly key: SessionKey;
  readonly scope: DataScope;
  readonly starting: Pick<StartingState, "json" | "change">;
  /** The session has no component yet. */
  readonly bindsSession: boolean;
}

/** Stores the run, then starts it. Rejects when it cannot be stored; then nothing has begun. */
export async function beginRun(parts: BeginParts, services: RunServices): Promise<LiveRun> {
  const { key, scope, starting, bindsSession, ticket, controller } = parts;
  const prepared = prepareRun(parts);
  const output = prepared.recorder.build("RUNNING");
  const lease = await services.store.createRun(scope, {
    key,
    runId: parts.context.runId,
    createdAt: output.created_at,
    outputJson: withoutTokens(output).json,
    input: parts.input.message,
    changeState: starting.change,
    bindsSession,
  } satisfies NewRun);
  return driveLiveRun({ ...prepared, lease, startingStateJson: starting.json, ticket, controller }, services);
}
