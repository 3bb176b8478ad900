/**
 * Takes a request for a run: it begins here, or, where it need not begin at once and there is no place, it waits for
 * whichever server has one. A request that was sent before gets the run that it began then.
 */
import { type Access, fail, type Identity, ok, type Result } from "@agentos/auth";
import type { LimitCode, PrefixedKind } from "@agentos/contract";
import { type LimitFault, type RequestFault, type Runtime } from "@agentos/guard/app";
import { writeCheckpoint } from "./checkpoint.ts";
import { sizeOfForm } from "./form-size.ts";
import type { LiveRun } from "./live-run.ts";
import type { ClaimOwnedKeys } from "./owner.ts";
import { hashRequest, keyReusedFault } from "./request-hash.ts";
import { planRun, type RunPlan } from "./resolve-run.ts";
import type { RunForm } from "./run-form.ts";
import type { RunTicket } from "./run-ledger.ts";
import { type KnownRequest, QueueFull, type QueueLimits, RequestKnown } from "./run-queue.ts";
import type { Runnable } from "./runnable.ts";
import type { Place, RowParts, Starter } from "./start-run.ts";
import type { RunStore, SessionKey } from "./store.ts";

export interface RunRequest {
  readonly runnable: Runnable<PrefixedKind>;
  readonly form: RunForm;
  readonly access: Pick<Access, "identity" | "dataScope">;
  /** Aborts when the client goes away: a run in the background goes on all the same. */
  readonly signal?: AbortSignal | undefined;
  /** From `RunService.admit`; default: taken here. Ends with the run, or with the fault that is given. */
  readonly ticket?: RunTicket | undefined;
  /** Names the request among those of its owner. */
  readonly idempotencyKey?: string | undefined;
}

/** Why a run does not start. */
export type StartFault = RequestFault;

export type AcceptedRun =
  | { readonly type: "begun"; readonly run: LiveRun }
  /** Kept; some server begins it. */
  | { readonly type: "waiting"; readonly runId: string; readonly sessionId: string }
  /** The request was sent before. */
  | { readonly type: "known"; readonly runId: string; readonly key: SessionKey };

export interface AcceptorOptions {
  readonly store: RunStore;
  readonly runtime: Runtime;
  readonly starter: Pick<Starter, "begin" | "enqueue">;
  readonly claimOwned: () => ClaimOwnedKeys;
  readonly queueLimits: QueueLimits;
  /** Gives a run its place, and takes it back when it has ended. */
  readonly hold: (
    place: Pick<Place, "ticket"> & Pick<RunRequest, "signal">,
    begin: (place: Place) => Promise<Result<LiveRun, StartFault>>,
  ) => Promise<Result<LiveRun, StartFault>>;
  /** Told when a run waits, and whose. */
  readonly onWaiting: (caller: Identity) => void;
}

export type AcceptRun = (
  request: RunRequest & { readonly ticket: RunTicket },
) => Promise<Result<AcceptedRun, StartFault>>;

/** So long after a refusal the queue is looked at before anything is written. */
const FULL_MS = 10_000;

const CODES = {
  pendingRuns: "RUN_QUEUE_FULL",
  pendingRunsPerCaller: "RUN_CALLER_QUEUE",
  pendingBytes: "RUN_QUEUE_MEMORY",
} as const satisfies Record<keyof QueueLimits, LimitCode>;

export function createAcceptor(options: AcceptorOptions): AcceptRun {
  const { store, runtime, starter, claimOwned, queueLimits } = options;
  /** The queue was full a moment ago. */
  let lookUntil = Number.NEGATIVE_INFINITY;

  interface Asked {
    readonly request: RunRequest & { readonly ticket: RunTicket };
    readonly plan: RunPlan;
    readonly row: RowParts;
  }

  function toRow({ form, runnable, idempotencyKey }: RunRequest, plan: RunPlan): RowParts {
    // The session that it gets: a token may be bound to one that its form does not name.
    const sessionId = plan.isNewSession ? undefined : plan.key.sessionId;
    const requestHash = () => hashRequest(plan.key.component, { ...form, sessionId });
    const idempotency =
      idempotencyKey === undefined ? undefined : { key: idempotencyKey, requestHash: requestHash() };
    if (!form.background) return { idempotency };
    const { maxAttempts = 1 } = runnable;
    // What is begun once is not begun again, so nothing is kept for that.
    const checkpointJson = maxAttempts > 1 ? writeCheckpoint(plan) : undefined;
    return { idempotency, keepsEvents: true, maxAttempts, checkpointJson };
  }

  function toKnown({ plan, row }: Asked, known: KnownRequest): Result<AcceptedRun, StartFault> {
    if (known.requestHash !== row.idempotency?.requestHash) return fail(keyReusedFault());
    const { runId, sessionId } = known;
    return ok({ type: "known", runId, key: { ...plan.key, sessionId } });
  }

  async function begin({ request, plan, row }: Asked): Promise<Result<AcceptedRun, StartFault>> {
    const { ticket, form, runnable } = request;
    const signal = form.background ? undefined : request.signal;
    const started = await options.hold({ ticket, signal }, async (place) => {
      const fault = ticket.excess ?? ticket.reserve(sizeOfForm(form) - ticket.bytes());
      return fault === undefined ? starter.begin({ plan, runnable }, place, row) : fail(fault);
    });
    return started.ok ? ok({ type: "begun", run: started.value }) : started;
  }

  async function enqueue({ request, plan, row }: Asked): Promise<Result<AcceptedRun, StartFault>> {
    const { ticket, runnable } = request;
    try {
      const checkpointJson = row.checkpointJson ?? writeCheckpoint(plan);
      // Whoever goes on asking is refused by a look that disturbs nobody; others are counted once, with what is kept.
      if (performance.now() < lookUntil)
        await store.requireRoomInQueue(plan.key.owner, Buffer.byteLength(checkpointJson), queueLimits);
      const { signal } = new AbortController();
      const waiting = { ...row, checkpointJson, status: "PENDING" as const, queueLimits };
      const kept = await starter.enqueue({ plan, runnable }, signal, waiting);
      if (!kept.ok) return kept;
      options.onWaiting(plan.caller);
      return ok({ type: "waiting", runId: plan.runId, sessionId: plan.key.sessionId });
    } catch (cause) {
      if (!(cause instanceof QueueFull)) throw cause;
      lookUntil = performance.now() + FULL_MS;
      return fail(toLimitFault(cause));
    } finally {
      ticket.endRun();
    }
  }

  return async (request) => {
    const planned = planRun(request, { claimOwned: claimOwned(), generateId: runtime.generateId });
    if (!planned.ok) {
      request.ticket.endRun();
      return planned;
    }
    const plan = planned.value;
    const { form, ticket, idempotencyKey } = request;
    const asked: Asked = { request, plan, row: toRow(request, plan) };
    try {
      const known = idempotencyKey && (await store.findRequest(plan.key.owner, idempotencyKey));
      if (known !== undefined && known !== "") {
        ticket.endRun();
        return toKnown(asked, known);
      }
      const canWait = form.background && !form.stream;
      return await (ticket.excess !== undefined && canWait ? enqueue(asked) : begin(asked));
    } catch (cause) {
      ticket.endRun();
      // Of two that were sent at once the second one learns it here.
      if (cause instanceof RequestKnown) return toKnown(asked, cause.known);
      throw cause;
    }
  };
}

function toLimitFault({ limit, limits }: QueueFull): LimitFault {
  return { code: CODES[limit], limit: limits[limit] };
}
