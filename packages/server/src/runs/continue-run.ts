/**
 * A paused run goes on: its decisions are judged, its row is taken, and it is driven like one that begins. A completed
 * one is continued as a new run (`fork-run.ts`).
 */
import { type Access, fail, ok, type Result } from "@agentos/auth";
import type { PrefixedKind, RunStatus } from "@agentos/contract";
import { inputFault, type RequestFault, type Runtime } from "@agentos/guard/app";
import type { AcceptedRun, AcceptorOptions } from "./accept-run.ts";
import type { ContinueForm } from "./continue-form.ts";
import { planFork } from "./fork-run.ts";
import { sizeOfForm, sizeOfJson } from "./form-size.ts";
import type { LiveRun } from "./live-run.ts";
import { matchDecisions } from "./match-decisions.ts";
import { type ClaimOwnedKeys, chooseDependencies } from "./owner.ts";
import { type PauseCheckpoint, readPauseCheckpoint } from "./pause-checkpoint.ts";
import type { RunPlan } from "./resolve-run.ts";
import type { RunTicket } from "./run-ledger.ts";
import type { DecidedCall, RunFork, Runnable } from "./runnable.ts";
import type { Place, Starter } from "./start-run.ts";
import type { PausedRun, RunStore, SessionKey } from "./store.ts";

export interface ContinueRequest {
  readonly runnable: Runnable<PrefixedKind>;
  /** Of the session, as the caller's scope reaches it. */
  readonly key: SessionKey;
  readonly runId: string;
  readonly form: ContinueForm;
  readonly access: Pick<Access, "identity" | "dataScope">;
  /** Aborts when the client goes away: a run in the background goes on all the same. */
  readonly signal?: AbortSignal | undefined;
  /** Ends with the run; where there is none, whoever has it ends it. */
  readonly ticket: RunTicket;
}

export interface ContinuerOptions extends Pick<AcceptorOptions, "hold"> {
  readonly store: Pick<RunStore, "findPausedRun">;
  readonly runtime: Pick<Runtime, "clock" | "generateId">;
  readonly starter: Pick<Starter, "begin" | "goOn">;
  readonly claimOwned: () => ClaimOwnedKeys;
}

export function createContinuer({ store, runtime, starter, claimOwned, hold }: ContinuerOptions) {
  async function goOn(
    request: ContinueRequest,
    paused: PausedRun,
    place: Place,
  ): Promise<Result<LiveRun, RequestFault>> {
    const { runnable, key, runId, access, form } = request;
    const calls = await decide(request, paused);
    if (!calls.ok) return calls;
    const checkpoint = readPauseCheckpoint(paused.checkpointJson);
    if (checkpoint === undefined) throw new Error("what a paused run needs to go on cannot be read");
    const plan = planContinued(request, paused, { calls: calls.value, checkpoint, claimOwned: claimOwned() });
    const bytes = sizeOfPaused(paused, checkpoint);
    const keepsEvents = paused.keepsEvents || form.background;
    const begun = await starter.goOn({ plan, runnable }, place, { paused, bytes, keepsEvents });
    if (!begun.ok) return begun;
    if (begun.value !== undefined) return ok(begun.value);
    const now = await store.findPausedRun(access.dataScope, key, runId);
    return fail(now === undefined ? NO_RUN : notPaused(now.output));
  }

  async function begin(
    request: ContinueRequest,
    found: PausedRun,
    place: Place,
  ): Promise<Result<LiveRun, RequestFault>> {
    const { form, ticket, runnable } = request;
    const excess = ticket.excess ?? ticket.reserve(sizeOfJson(form.decisions) - ticket.bytes());
    if (excess !== undefined) return fail(excess);
    const { status } = found.output;
    if (status === "PAUSED") return goOn(request, found, place);
    // Decisions are on a pause that is over: nothing is to be asked anew because of them.
    if (status !== "COMPLETED" || form.decisions.length > 0) return fail(notPaused(found.output));
    const plan = planFork(request, found, { runtime, claimOwned: claimOwned() });
    if (!plan.ok) return plan;
    return starter.begin({ plan: plan.value, runnable }, place, { keepsEvents: form.background });
  }

  return async (request: ContinueRequest): Promise<Result<AcceptedRun, RequestFault>> => {
    const { ticket, form, access, key, runId } = request;
    const found = await store.findPausedRun(access.dataScope, key, runId);
    if (found === undefined) return fail(NO_RUN);
    // Whoever else follows it is not to lose it with this client.
    const isFollowed = form.background || (found.output.status === "PAUSED" && found.keepsEvents);
    const signal = isFollowed ? undefined : request.signal;
    const begun = await hold({ ticket, signal }, (place) => begin(request, found, place));
    return begun.ok ? ok({ type: "begun", run: begun.value }) : begun;
  };
}

interface Continued {
  readonly calls: readonly DecidedCall[];
  readonly checkpoint: PauseCheckpoint;
  readonly claimOwned: ClaimOwnedKeys;
}

/** As whoever continues: their scopes, and the dependencies of their token. */
function planContinued(
  { key, runId, access: { identity, dataScope } }: ContinueRequest,
  { output }: PausedRun,
  { calls, checkpoint, claimOwned }: Continued,
): RunPlan {
  return {
    runId,
    key,
    scope: dataScope,
    caller: identity,
    input: { message: output.input.input_content, media: checkpoint.media },
    sessionState: {},
    dependencies: chooseDependencies(checkpoint.dependencies, identity, claimOwned),
    formDependencies: checkpoint.dependencies,
    metadata: output.metadata ?? {},
    isNewSession: false,
    resumed: { messages: output.messages, calls, fork: readFork(output) },
  };
}

/** A fork stays one while it goes on. */
function readFork(output: PausedRun["output"]): RunFork | undefined {
  const { forked_from_run_id: runId, forked_from_message_index: messageIndex = 0 } = output;
  return runId === undefined
    ? undefined
    : { runId, messageIndex, isRegenerated: output.regenerated_from !== undefined };
}

const NO_RUN = inputFault(404, "Run not found");

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
function notPaused({ status, replaced_by: by }: PausedRun["output"]): RequestFault {
  const fix = by === undefined ? undefined : `continue the run ${by}, which took the place of this one`;
  return inputFault(409, ENDED[status] ?? `run is not paused (status=${status})`, fix);
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
function sizeOfPaused({ output, events }: PausedRun, checkpoint: PauseCheckpoint): number {
  const form = { message: "", metadata: undefined, sessionState: undefined, ...checkpoint };
  return 2 * sizeOfJson(output) + sizeOfJson(events) + sizeOfForm(form);
}
