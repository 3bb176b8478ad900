/** Begins a run that has a place in this process: one that was just asked for, or one that was taken from the queue. */
import { fail, ok, type Result } from "@agentos/auth";
import type { PrefixedKind } from "@agentos/contract";
import type { LimitFault, Runtime } from "@agentos/guard/app";
import type { ActiveRun } from "./active-runs.ts";
import { driveLiveRun, type LiveRun, prepareRun, type RunServices } from "./live-run.ts";
import type { PausedRecord } from "./recorded-before.ts";
import { refuseFull } from "./refuse-full.ts";
import { createContext, loadStart, type RunPlan } from "./resolve-run.ts";
import type { RunTicket } from "./run-ledger.ts";
import type { RunMemories } from "./run-memories.ts";
import type { ClaimedRun } from "./run-queue.ts";
import type { Runnable } from "./runnable.ts";
import { withoutTokens } from "./session-state.ts";
import type { NewRun, PausedRun, RunLease, SessionKey } from "./store.ts";

/** What the row of a new run says beside what was asked. */
export type RowParts = Pick<
  NewRun,
  "status" | "checkpointJson" | "keepsEvents" | "maxAttempts" | "idempotency" | "queueLimits"
>;

export interface RunToBegin {
  readonly plan: RunPlan;
  readonly runnable: Runnable<PrefixedKind>;
}

export interface StarterOptions {
  readonly services: RunServices;
  readonly runtime: Runtime;
  readonly memoriesOf:
    | ((run: Pick<SessionKey, "owner" | "component">) => RunMemories | undefined)
    | undefined;
}

export interface Starter {
  /** Keeps the run, and drives it. Rejects where it cannot be kept; then nothing has begun. */
  begin(run: RunToBegin, place: Place, row: RowParts): Promise<Result<LiveRun, LimitFault>>;
  /** Keeps the run for whoever takes it. */
  enqueue(run: RunToBegin, signal: AbortSignal, row: RowParts): Promise<Result<RunLease, LimitFault>>;
  /** Drives a run that this server has taken. */
  beginClaimed(run: RunToBegin, place: Place, claimed: ClaimedRun): Promise<Result<LiveRun, LimitFault>>;
  /** Takes a paused run and drives it on; undefined where another one was faster. */
  goOn(
    run: RunToBegin,
    place: Place,
    from: { readonly paused: PausedRun; readonly bytes: number; readonly keepsEvents: boolean },
  ): Promise<Result<LiveRun | undefined, LimitFault>>;
}

export interface Place {
  readonly ticket: RunTicket;
  readonly entry: ActiveRun;
}

export function createStarter({ services, runtime, memoriesOf }: StarterOptions): Starter {
  const { store } = services;

  async function prepare({ plan, runnable }: RunToBegin, signal: AbortSignal, paused?: PausedRecord) {
    const loaded = await loadStart(plan, { runnable, store, runtime });
    if (!loaded.ok) return loaded;
    const start = loaded.value;
    const context = createContext(plan, { runtime, memories: memoriesOf?.(plan.key), start, signal });
    const { input, replaces } = plan;
    const checkpoint = { media: input.media, dependencies: plan.formDependencies };
    return ok({ start, prepared: prepareRun({ runnable, input, context, checkpoint, paused, replaces }) });
  }

  type Ready = Extract<Awaited<ReturnType<typeof prepare>>, { ok: true }>["value"];

  function toNewRun({ plan }: RunToBegin, { start, prepared }: Ready, row: RowParts): NewRun {
    const output = prepared.recorder.build(row.status ?? "RUNNING");
    return {
      ...row,
      key: plan.key,
      runId: plan.runId,
      createdAt: output.created_at,
      outputJson: withoutTokens(output).json,
      input: plan.input.message,
      changeState: start.starting.change,
      bindsSession: start.bindsSession,
    };
  }

  function drive(
    { prepared }: Ready,
    { ticket, entry: { controller } }: Place,
    run: {
      readonly lease: RunLease;
      readonly keptFrom: number | undefined;
      readonly firstIndex?: number;
      readonly mayBeginAgain?: boolean;
      readonly startingStateJson: string;
    },
  ): LiveRun {
    return driveLiveRun({ ...prepared, ...run, ticket, controller }, services);
  }

  return {
    async begin(run, place, row) {
      const loaded = await prepare(run, place.entry.controller.signal);
      if (!loaded.ok) return loaded;
      const ready = loaded.value;
      const fault = place.ticket.reserve(ready.start.bytes);
      if (fault !== undefined) return fail(fault);
      // Before its row: nobody takes it for one that nobody runs.
      place.entry.runId = run.plan.runId;
      const kept = await refuseFull(store.createRun(run.plan.scope, toNewRun(run, ready, row)));
      if (!kept.ok) return kept;
      const keptFrom = row.keepsEvents === true ? 0 : undefined;
      const startingStateJson = ready.start.starting.json;
      const mayBeginAgain = row.checkpointJson !== undefined && kept.value.attempt < (row.maxAttempts ?? 1);
      return ok(drive(ready, place, { lease: kept.value, keptFrom, startingStateJson, mayBeginAgain }));
    },

    async enqueue(run, signal, row) {
      const loaded = await prepare(run, signal);
      if (!loaded.ok) return loaded;
      return refuseFull(store.createRun(run.plan.scope, toNewRun(run, loaded.value, row)));
    },

    async beginClaimed(run, place, { lease, nextIndex, keepsEvents }) {
      const loaded = await prepare(run, place.entry.controller.signal);
      if (!loaded.ok) return loaded;
      const ready = loaded.value;
      const fault = place.ticket.reserve(ready.start.bytes);
      if (fault !== undefined) return fail(fault);
      const keptFrom = keepsEvents ? nextIndex : undefined;
      const startingStateJson = ready.start.sessionJson;
      const mayBeginAgain = lease.attempt < (run.runnable.maxAttempts ?? 1);
      return ok(drive(ready, place, { lease, keptFrom, startingStateJson, mayBeginAgain }));
    },

    async goOn(run, place, { paused, bytes, keepsEvents }) {
      const loaded = await prepare(run, place.entry.controller.signal, paused);
      if (!loaded.ok) return loaded;
      const ready = loaded.value;
      const fault = place.ticket.reserve(ready.start.bytes + bytes);
      if (fault !== undefined) return fail(fault);
      const { key, scope, runId } = run.plan;
      // Before its row: nobody takes it for one that nobody runs.
      place.entry.runId = runId;
      const outputJson = withoutTokens(ready.prepared.recorder.build("RUNNING")).json;
      const { attempt, nextIndex } = paused;
      const at = Math.floor(runtime.clock.now());
      const continuation = { attempt, status: "RUNNING" as const, at, outputJson, keepsEvents };
      const taken = await refuseFull(store.continueRun(scope, { key, runId }, continuation));
      if (!taken.ok) return taken;
      if (taken.value === undefined) return ok(undefined);
      const keptFrom = keepsEvents ? nextIndex : undefined;
      const startingStateJson = ready.start.sessionJson;
      const lease = taken.value;
      return ok(drive(ready, place, { lease, keptFrom, firstIndex: nextIndex, startingStateJson }));
    },
  };
}
