/** Starts runs: decides owner, session and values, gives the run its place and its context, and knows what is running. */
import { type Access, fail, ok, type Result } from "@agentos/auth";
import type { PrefixedKind } from "@agentos/contract";
import { redactTokens, redactTokensDeep } from "@agentos/guard";
import { type InputFault, inputFault, type Runtime } from "@agentos/guard/app";
import { type BagItem, createBag } from "./bag.ts";
import { beginRun, type LiveRun } from "./live-run.ts";
import { type ClaimOwnedKeys, type RunOwner, resolveRunOwner, userIdOf } from "./owner.ts";
import type { RunForm } from "./run-form.ts";
import { createRunLedger, type LimitFault, type RunLimits, type RunTicket } from "./run-ledger.ts";
import { DEFAULT_RUN_LIMITS } from "./run-limits.ts";
import type { RunContext, Runnable } from "./runnable.ts";
import { mergeState } from "./session-state.ts";
import type { RunStore, SessionKey } from "./store.ts";
import { createTurns } from "./turns.ts";

export interface RunServiceOptions {
  readonly store: RunStore;
  readonly runtime: Runtime;
  /** Claim names configured for `dependencies` and `session_state`. Default: none. */
  readonly claimOwned?: ClaimOwnedKeys;
  /** Default: {@link DEFAULT_RUN_LIMITS}. */
  readonly limits?: Partial<RunLimits>;
}

export interface RunRequest {
  readonly runnable: Runnable<PrefixedKind>;
  readonly form: RunForm;
  readonly access: Pick<Access, "identity" | "dataScope">;
  /** Aborts when the client goes away. */
  readonly signal?: AbortSignal;
}

/** Why a run does not start. */
export type StartFault = InputFault | LimitFault;

export interface RunService {
  startRun(request: RunRequest): Promise<Result<LiveRun, StartFault>>;
  /** Runs that have begun and not ended. */
  readonly activeRuns: number;
  /** Resolves when no run is active. When the signal aborts first, the rest are cancelled and it resolves. */
  drain(signal: AbortSignal): Promise<void>;
}

interface ActiveRun extends BagItem {
  readonly controller: AbortController;
  /** Resolves when it has been stored and its place is free. */
  hasEnded: Promise<void>;
}

const NO_CLAIMS: ClaimOwnedKeys = { dependencies: [], sessionState: [] };

export function createRunService(options: RunServiceOptions): RunService {
  const { store, runtime, claimOwned = NO_CLAIMS } = options;
  const ledger = createRunLedger({ ...DEFAULT_RUN_LIMITS, ...options.limits });
  const turns = createTurns({ now: () => performance.now(), nextTurn: setImmediate });
  const active = createBag<ActiveRun>();

  /** A run with its place: where it cannot begin, the place is free again. */
  async function start(
    request: RunRequest,
    owner: RunOwner,
    place: { readonly ticket: RunTicket; readonly controller: AbortController },
  ): Promise<Result<LiveRun, StartFault>> {
    const { runnable, form, access } = request;
    const { ticket, controller } = place;
    const component = { kind: runnable.kind, id: runnable.id };
    const key = { owner: owner.owner, component, sessionId: owner.sessionId ?? runtime.generateId() };
    const session = await store.findSession(access.dataScope, key);
    const merged = mergeState(session?.state ?? {}, owner.sessionState);
    if (!merged.ok) return merged;
    const { state: sessionState, bytes, ...starting } = merged.value;
    const history = session === undefined ? [] : await loadHistory(request, key);
    // History is held twice: as it is, and as the request that the model's provider is sent.
    const fault = ticket.reserve(bytes + 2 * sizeOfJson(history));
    if (fault !== undefined) return fail(fault);
    const context: RunContext = {
      ...runtime,
      runId: runtime.generateId(),
      sessionId: key.sessionId,
      owner: key.owner,
      userId: userIdOf(key.owner),
      caller: access.identity,
      signal: controller.signal,
      sessionState,
      dependencies: owner.dependencies,
      metadata: redactTokensDeep(form.metadata ?? {}),
      history,
    };
    const input = { message: redactTokens(form.message), media: form.media };
    const scope = access.dataScope;
    return ok(await beginRun({ ...place, runnable, input, context, key, scope, starting, store, turns }));
  }

  async function loadHistory(
    { runnable, access }: RunRequest,
    { owner, component, sessionId }: SessionKey,
  ): Promise<RunContext["history"]> {
    if (runnable.historyRuns === 0) return [];
    const status = "COMPLETED";
    const query = { component, sessionId, owner, status, limit: runnable.historyRuns } as const;
    const runs = await store.listRuns(access.dataScope, query);
    return runs.map((run) => run.output.messages);
  }

  return {
    get activeRuns() {
      return ledger.activeRuns;
    },

    async startRun(request) {
      const { runnable, form, access } = request;
      if (form.background)
        return fail(
          inputFault(
            400,
            `Background execution requires a database to be configured on the ${runnable.kind}`,
          ),
        );
      const owner = resolveRunOwner({ form, ...access, claimOwned });
      if (!owner.ok) return owner;
      const controller = new AbortController();
      const admitted = ledger.admit(access.identity.owner, sizeOfForm(form));
      if (!admitted.ok) return admitted;
      const ticket = admitted.value;
      const stopFollowing = followSignal(request.signal, controller);
      const release = () => {
        stopFollowing();
        active.remove(entry);
        ticket.endRun();
      };
      const entry: ActiveRun = { controller, hasEnded: Promise.resolve(), position: -1 };
      active.add(entry);
      try {
        const started = await start(request, owner.value, { ticket, controller });
        if (started.ok) entry.hasEnded = started.value.finished.then(release);
        else release();
        return started;
      } catch (cause) {
        release();
        throw cause;
      }
    },

    async drain(signal) {
      if (ledger.activeRuns === 0) return;
      await new Promise<void>((resolve) => {
        const finish = () => {
          stopListening();
          signal.removeEventListener("abort", finish);
          resolve();
        };
        const stopListening = ledger.onIdle(finish);
        if (signal.aborted) finish();
        else signal.addEventListener("abort", finish, { once: true });
      });
      const left = [...active];
      for (const { controller } of left) controller.abort(signal.reason);
      // Cancelled runs are stored too.
      await Promise.all(left.map(({ hasEnded }) => hasEnded));
    },
  };
}

/** The run stops when the client goes away. Gives the function that ends the following. */
function followSignal(signal: AbortSignal | undefined, controller: AbortController): () => void {
  if (signal === undefined) return () => {};
  const onAbort = () => controller.abort(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return () => signal.removeEventListener("abort", onAbort);
}

/** Bytes that a form holds while its run lives, near enough. */
function sizeOfForm({ message, media, dependencies, metadata }: RunForm): number {
  const ofMedia = media.reduce(
    (sum, { source }) => sum + (source.type === "bytes" ? source.bytes.byteLength : source.url.length * 2),
    0,
  );
  return message.length * 2 + ofMedia + sizeOfJson(dependencies) + sizeOfJson(metadata);
}

function sizeOfJson(value: object | undefined): number {
  return value === undefined ? 0 : JSON.stringify(value).length * 2;
}
