/** A paused run goes on: its decisions are judged, its row is taken, and it is driven like one that begins. */
import { type Access, fail, ok, type Result } from "@agentos/auth";
import type { PrefixedKind, RunStatus } from "@agentos/contract";
import { inputFault, type RequestFault, type Runtime } from "@agentos/guard/app";
import type { ActiveRun } from "./active-runs.ts";
import type { ContinueForm } from "./continue-form.ts";
import { sizeOfJson } from "./form-size.ts";
import { driveLiveRun, type LiveRun, prepareRun, type RunServices } from "./live-run.ts";
import { matchDecisions } from "./match-decisions.ts";
import { type ClaimOwnedKeys, chooseDependencies } from "./owner.ts";
import { type PauseCheckpoint, readCheckpoint } from "./pause-checkpoint.ts";
import { refuseFull } from "./refuse-full.ts";
import { createContext, loadStart } from "./resolve-run.ts";
import type { RunTicket } from "./run-ledger.ts";
import type { RunMemories } from "./run-memories.ts";
import type { DecidedCall, RunFork, Runnable } from "./runnable.ts";
import { withoutTokens } from "./session-state.ts";
import type { PausedRun, SessionKey } from "./store.ts";

export interface ContinueRequest {
  readonly runnable: Runnable<PrefixedKind>;
  /** Of the session, as the caller's scope reaches it. */
  readonly key: SessionKey;
  readonly runId: string;
  readonly form: ContinueForm;
  readonly access: Pick<Access, "identity" | "dataScope">;
}

export interface ContinueOptions {
  readonly services: RunServices;
  readonly runtime: Runtime;
  readonly claimOwned: ClaimOwnedKeys;
  readonly memories: RunMemories | undefined;
  readonly ticket: RunTicket;
  readonly entry: ActiveRun;
}

export async function continueRun(
  request: ContinueRequest,
  paused: PausedRun,
  options: ContinueOptions,
): Promise<Result<LiveRun, RequestFault>> {
  const { runnable, key, runId, access } = request;
  const { services, runtime, claimOwned, memories, ticket, entry } = options;
  const { store } = services;
  const { output } = paused;
  const calls = await decide(request, paused);
  if (!calls.ok) return calls;
  const checkpoint = readCheckpoint(paused.checkpointJson);
  if (checkpoint === undefined) throw new Error("what a paused run needs to go on cannot be read");
  const scope = access.dataScope;
  const loaded = await loadStart(
    { key, scope, sessionState: {}, isNewSession: false },
    { runnable, store, runtime },
  );
  if (!loaded.ok) return loaded;
  const start = loaded.value;
  const fault = ticket.reserve(start.bytes + sizeOfPaused(paused, checkpoint));
  if (fault !== undefined) return fail(fault);

  const context = {
    ...createContext(
      {
        key,
        runId,
        caller: access.identity,
        sessionState: {},
        dependencies: chooseDependencies(checkpoint.dependencies, access.identity, claimOwned),
        metadata: output.metadata ?? {},
        isNewSession: false,
      },
      { runtime, memories, start, signal: entry.controller.signal },
    ),
    resumed: { messages: output.messages, calls: calls.value, fork: readFork(output) },
  };
  const input = { message: output.input.input_content, media: checkpoint.media };
  const prepared = prepareRun({ runnable, input, context, checkpoint, paused });
  // Before its row: nobody takes it for one that nobody runs.
  entry.runId = runId;
  const taken = await refuseFull(
    store.continueRun(
      scope,
      { key, runId },
      {
        attempt: paused.attempt,
        status: "RUNNING",
        outputJson: withoutTokens(prepared.recorder.build("RUNNING")).json,
        checkpointJson: undefined,
        keepsEvents: paused.keepsEvents,
      },
    ),
  );
  if (!taken.ok) return taken;
  const lease = taken.value;
  if (lease === undefined) {
    const now = await store.findPausedRun(scope, key, runId);
    return fail(now === undefined ? NO_RUN : notPaused(now.output.status));
  }
  const { controller } = entry;
  const { starting } = start;
  return ok(
    driveLiveRun(
      {
        ...prepared,
        lease,
        startingStateJson: starting.json,
        firstIndex: paused.nextIndex,
        ticket,
        controller,
      },
      services,
    ),
  );
}

/** A fork stays one while it goes on. */
function readFork(output: PausedRun["output"]): RunFork | undefined {
  const { forked_from_run_id: runId, forked_from_message_index: messageIndex = 0 } = output;
  return runId === undefined
    ? undefined
    : { runId, messageIndex, isRegenerated: output.regenerated_from !== undefined };
}

export const NO_RUN = inputFault(404, "Run not found");

const ENDED: Readonly<Record<RunStatus, string | undefined>> = {
  PENDING: "run is already running",
  RUNNING: "run is already running",
  // Somebody was faster, and it has paused again.
  PAUSED: "run has been continued, and is paused again: read it, and decide its tool calls",
  COMPLETED: "run is already completed",
  ERROR: "run has errored",
  CANCELLED: "run is already cancelled",
  REGENERATED: undefined,
};

/** Status 409, in the contract's words. */
export function notPaused(status: RunStatus): RequestFault {
  return inputFault(409, ENDED[status] ?? `run is not paused (status=${status})`);
}

const NOT_OF_A_PAUSE = inputFault(
  409,
  "run is paused: decide its tool calls; fork, regenerate, continue_from and input are for a completed run",
);

async function decide(
  { runnable, form }: ContinueRequest,
  { output }: PausedRun,
): Promise<Result<readonly DecidedCall[], RequestFault>> {
  const { pauses } = runnable;
  const says = form.input ?? form.additionalInstructions;
  if (form.isFork || form.isRegenerated || form.continueFrom !== "end" || says !== undefined)
    return fail(NOT_OF_A_PAUSE);
  if (pauses === undefined) return fail(inputFault(409, "runs of this component cannot be continued"));
  const waiting = (output.requirements ?? []).map(({ tool_execution: tool }) => tool);
  const calls = await matchDecisions(waiting, form.decisions, pauses);
  return calls.ok ? calls : fail(inputFault(400, calls.fault));
}

/** Messages are held twice: as they are, and as the request that the model's provider is sent. */
function sizeOfPaused({ output, events }: PausedRun, { media, dependencies }: PauseCheckpoint): number {
  const ofMedia = media.reduce(
    (sum, { source }) => sum + (source.type === "bytes" ? source.bytes.byteLength : source.url.length * 2),
    0,
  );
  return 2 * sizeOfJson(output) + sizeOfJson(events) + sizeOfJson(dependencies) + ofMedia;
}
