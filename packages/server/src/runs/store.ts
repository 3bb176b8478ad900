/**
 * Where runs and sessions are kept. The owner is part of a session's key, so the same session id used by two people
 * is two sessions, and every call takes the scope of who asks.
 */
import type { DataScope } from "@agentos/auth";
import type { AnyRunOutput, RunnableKind, RunStatus } from "@agentos/contract";

/** A user id, or null for a caller without one: anonymous is an owner of its own. */
export type Owner = string | null;

export interface Component {
  readonly kind: RunnableKind;
  /** Unique among its kind: a team may have the id of an agent. */
  readonly id: string;
}

export interface SessionKey {
  readonly owner: Owner;
  /** A session is reached only through the component that it belongs to (contract 2.7). */
  readonly component: Component;
  readonly sessionId: string;
}

export interface StoredSession {
  readonly key: SessionKey;
  readonly state: Readonly<Record<string, unknown>>;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface StoredRun {
  readonly key: SessionKey;
  /** As the wire shows it, with `events`. A paused run's calls are in `requirements`: what runs on is taken from here. */
  readonly output: AnyRunOutput;
}

export interface RunQuery {
  readonly component: Component;
  readonly sessionId: string;
  /** Only this owner's; left out, every owner that the scope covers. */
  readonly owner?: Owner;
  readonly status?: RunStatus;
  /** Only the newest so many, still oldest first. */
  readonly limit?: number;
}

export interface RunStore {
  /** Keeps a run and its session's state in one step. Throws when the scope does not cover the owner. */
  saveRun(scope: DataScope, run: StoredRun): Promise<void>;
  findRun(
    scope: DataScope,
    query: { readonly component: Component; readonly sessionId: string; readonly runId: string },
  ): Promise<StoredRun | undefined>;
  /** Oldest first. */
  listRuns(scope: DataScope, query: RunQuery): Promise<readonly StoredRun[]>;
  findSession(scope: DataScope, key: SessionKey): Promise<StoredSession | undefined>;
}

/** Whether a scope covers an owner. Only `all` reaches what nobody in particular owns. */
export function coversOwner(scope: DataScope, owner: Owner): boolean {
  switch (scope.kind) {
    case "all":
      return true;
    case "user":
      return owner === scope.userId;
    default:
      return false;
  }
}
