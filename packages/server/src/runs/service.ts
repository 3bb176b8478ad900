/** Starts runs: decides owner, session and values, gives the runnable its context, and knows what is running. */
import { type Access, fail, ok, type Result } from "@agentos/auth";
import type { AnyRunEvent, AnyRunOutput, PrefixedKind } from "@agentos/contract";
import { redactTokens, redactTokensDeep } from "@agentos/guard";
import type { Runtime } from "@agentos/guard/app";
import { type InputFault, inputFault } from "@agentos/guard/app";
import { executeRun } from "./execute.ts";
import { type ClaimOwnedKeys, resolveRunOwner } from "./owner.ts";
import type { RunForm } from "./run-form.ts";
import type { RunContext, Runnable } from "./runnable.ts";
import type { RunStore, SessionKey } from "./store.ts";

export interface RunServiceOptions {
  readonly store: RunStore;
  readonly runtime: Runtime;
  /** Claim names configured for `dependencies` and `session_state`. Default: none. */
  readonly claimOwned?: ClaimOwnedKeys;
}

export interface RunRequest {
  readonly runnable: Runnable<PrefixedKind>;
  readonly form: RunForm;
  readonly access: Pick<Access, "identity" | "dataScope">;
  /** Aborts when the client goes away. */
  readonly signal?: AbortSignal;
}

export interface StartedRun {
  readonly runId: string;
  readonly sessionId: string;
  /** Nothing runs until it is read; it has to be read to its end, also after an abort. Returns the run. */
  readonly events: AsyncGenerator<AnyRunEvent, AnyRunOutput>;
  abort(reason: unknown): void;
}

export interface RunService {
  startRun(request: RunRequest): Promise<Result<StartedRun, InputFault>>;
  /** Runs that have begun and not ended. */
  readonly activeRuns: number;
  /** Resolves when no run is active. When the signal aborts first, the rest are cancelled and it resolves. */
  drain(signal: AbortSignal): Promise<void>;
}

const NO_CLAIMS: ClaimOwnedKeys = { dependencies: [], sessionState: [] };

export function createRunService(options: RunServiceOptions): RunService {
  const { store, runtime, claimOwned = NO_CLAIMS } = options;
  const active = new Set<AbortController>();
  const idleListeners = new Set<() => void>();

  async function* track(
    controller: AbortController,
    events: AsyncGenerator<AnyRunEvent, AnyRunOutput>,
  ): AsyncGenerator<AnyRunEvent, AnyRunOutput> {
    active.add(controller);
    try {
      return yield* events;
    } finally {
      active.delete(controller);
      if (active.size === 0) for (const listener of idleListeners) listener();
    }
  }

  return {
    get activeRuns() {
      return active.size;
    },

    async startRun({ runnable, form, access, signal }) {
      if (form.background)
        return fail(
          inputFault(
            400,
            `Background execution requires a database to be configured on the ${runnable.kind}`,
          ),
        );
      const { identity, dataScope: scope } = access;
      const owner = resolveRunOwner({ form, identity, dataScope: scope, claimOwned });
      if (!owner.ok) return owner;

      const { userId, dependencies } = owner.value;
      const sessionId = owner.value.sessionId ?? runtime.generateId();
      const component = { kind: runnable.kind, id: runnable.id };
      const key: SessionKey = { owner: userId ?? null, component, sessionId };
      const session = await store.findSession(scope, key);
      const controller = new AbortController();
      const context: RunContext = {
        ...runtime,
        runId: runtime.generateId(),
        sessionId,
        userId,
        caller: identity,
        signal: signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]),
        sessionState: structuredClone({ ...session?.state, ...owner.value.sessionState }),
        dependencies,
        metadata: redactTokensDeep(form.metadata ?? {}),
        history: await loadHistory(runnable, key),
      };
      const input = { message: redactTokens(form.message), media: form.media };
      const events = track(controller, executeRun({ runnable, input, context, key, scope, store }));
      return ok({
        runId: context.runId,
        sessionId,
        events,
        abort: (reason: unknown) => controller.abort(reason),
      });

      async function loadHistory(
        target: Runnable<PrefixedKind>,
        { owner: of }: SessionKey,
      ): Promise<RunContext["history"]> {
        if (target.historyRuns === 0) return [];
        const query = {
          component,
          sessionId,
          owner: of,
          status: "COMPLETED",
          limit: target.historyRuns,
        } as const;
        const runs = await store.listRuns(scope, query);
        return runs.map((run) => run.output.messages);
      }
    },

    async drain(signal) {
      if (active.size === 0) return;
      await new Promise<void>((resolve) => {
        const finish = () => {
          idleListeners.delete(finish);
          signal.removeEventListener("abort", finish);
          resolve();
        };
        idleListeners.add(finish);
        if (signal.aborted) finish();
        else signal.addEventListener("abort", finish, { once: true });
      });
      for (const controller of active) controller.abort(signal.reason);
    },
  };
}
