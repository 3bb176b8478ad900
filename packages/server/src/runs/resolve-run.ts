/** From a request to what its run begins with: whose it is, in which session, with which values. */
import { type Access, type DataScope, ok, type Result } from "@agentos/auth";
import { redactTokens, redactTokensDeep } from "@agentos/guard";
import type { InputFault, LimitFault, Runtime } from "@agentos/guard/app";
import { sizeOfJson } from "./form-size.ts";
import { loadHistory } from "./load-history.ts";
import { type ClaimOwnedKeys, resolveRunOwner, userIdOf } from "./owner.ts";
import type { RunForm } from "./run-form.ts";
import type { RunMemories } from "./run-memories.ts";
import type { RunContext, RunInput, Runnable, RunResumption } from "./runnable.ts";
import { mergeState, type StartingState } from "./session-state.ts";
import type { RunEnd, RunStore, SessionKey, SessionState, StoredOutput, StoredRun } from "./store.ts";

/** A run as it was asked for: what is needed to begin it, now or later, here or on another server. */
export interface RunPlan {
  readonly runId: string;
  readonly key: SessionKey;
  readonly scope: DataScope;
  readonly caller: Access["identity"];
  readonly input: RunInput;
  /** What it brings, over the state of the session. */
  readonly sessionState: SessionState;
  readonly dependencies: Readonly<Record<string, unknown>>;
  /** As the client sent them, without those of its token: kept where the run pauses. */
  readonly formDependencies: Readonly<Record<string, unknown>>;
  /** Credentials replaced. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The session's id was made up this moment: it names nothing yet. */
  readonly isNewSession: boolean;
  /** What it has behind it, where it goes on or is a fork. */
  readonly resumed?: RunResumption | undefined;
  /** A run of the session: only what was before it is the past of this one. Default: all there is. */
  readonly before?: Pick<StoredOutput, "run_id" | "created_at"> | undefined;
  /** The run whose place it takes once it has completed. */
  readonly replaces?: RunEnd["replaces"];
}

export interface RunAsked {
  readonly runnable: Pick<Runnable, "kind" | "id">;
  readonly form: Pick<
    RunForm,
    "message" | "media" | "userId" | "sessionId" | "sessionState" | "dependencies" | "metadata"
  >;
  readonly access: Pick<Access, "identity" | "dataScope">;
}

export function planRun(
  { runnable: { kind, id }, form, access }: RunAsked,
  { claimOwned, generateId }: { readonly claimOwned: ClaimOwnedKeys } & Pick<Runtime, "generateId">,
): Result<RunPlan, InputFault> {
  const resolved = resolveRunOwner({ form, ...access, claimOwned });
  if (!resolved.ok) return resolved;
  const { owner, sessionId, dependencies, sessionState } = resolved.value;
  return ok({
    key: { owner, component: { kind, id }, sessionId: sessionId ?? generateId() },
    runId: generateId(),
    scope: access.dataScope,
    caller: access.identity,
    input: { message: redactTokens(form.message), media: form.media },
    sessionState,
    dependencies,
    formDependencies: form.dependencies ?? {},
    metadata: redactTokensDeep(form.metadata ?? {}),
    isNewSession: sessionId === undefined,
  });
}

/** What its session gives a run that begins. */
export interface RunStart {
  readonly starting: Pick<StartingState, "json" | "change">;
  /** State of the session without what the run brings, as JSON text. */
  readonly sessionJson: string;
  /** The run's own, to change. */
  readonly sessionState: Record<string, unknown>;
  readonly past: Pick<RunContext, "history" | "past">;
  /** The session has no component yet. */
  readonly bindsSession: boolean;
  /** Memory of all of it, near enough. */
  readonly bytes: number;
}

export async function loadStart(
  plan: Pick<RunPlan, "key" | "scope" | "sessionState" | "isNewSession" | "before">,
  {
    runnable,
    store,
    runtime: { logger },
  }: {
    readonly runnable: Runnable;
    readonly store: Pick<RunStore, "findSession" | "listRuns">;
    readonly runtime: Pick<Runtime, "logger">;
  },
): Promise<Result<RunStart, LimitFault>> {
  const { key, scope } = plan;
  const session = plan.isNewSession ? undefined : await store.findSession(scope, key);
  const merged = mergeState(session?.state ?? {}, plan.sessionState);
  if (!merged.ok) return merged;
  const { state: sessionState, bytes, ...starting } = merged.value;
  const past =
    session === undefined
      ? { history: [] }
      : await loadHistory({
          runnable,
          summary: session.summary,
          listRuns: (limit) => listCompleted(store, plan, limit),
          logger,
          sessionId: key.sessionId,
        });
  return ok({
    starting,
    sessionJson: JSON.stringify(session?.state ?? {}),
    sessionState,
    past,
    bindsSession: session?.key.component.id === "",
    // History is held twice: as it is, and as the request that the model's provider is sent.
    bytes: bytes + 2 * sizeOfJson(past),
  });
}

/** Runs of one second stand in their order: so many of them are looked through for the one that is meant. */
const RUNS_OF_A_SECOND = 20;

async function listCompleted(
  store: Pick<RunStore, "listRuns">,
  { key, scope, before }: Parameters<typeof loadStart>[0],
  limit: number,
): Promise<readonly StoredRun[]> {
  if (before === undefined) return store.listRuns(scope, key, { status: "COMPLETED", limit });
  const found = await store.listRuns(scope, key, {
    status: "COMPLETED",
    createdBefore: before.created_at,
    limit: limit + RUNS_OF_A_SECOND,
  });
  const end = found.findIndex(({ output }) => output.run_id === before.run_id);
  return found.slice(0, end === -1 ? found.length : end).slice(-limit);
}

/** What the run of a plan may know and use. */
export function createContext(
  { key, runId, caller, dependencies, metadata, resumed }: Omit<RunPlan, "input" | "scope">,
  {
    runtime,
    memories,
    start: { sessionState, past },
    signal,
  }: {
    readonly runtime: Runtime;
    readonly memories: RunMemories | undefined;
    readonly start: Pick<RunStart, "sessionState" | "past">;
    readonly signal: AbortSignal;
  },
): RunContext {
  return {
    ...runtime,
    runId,
    sessionId: key.sessionId,
    owner: key.owner,
    userId: userIdOf(key.owner),
    memories,
    caller,
    signal,
    sessionState,
    dependencies,
    metadata,
    resumed,
    ...past,
  };
}
