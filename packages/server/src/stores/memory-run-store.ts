/** Runs and sessions in memory, bounded: what does not fit is forgotten, least recently used session first. */

import type { DataScope } from "@agentos/auth";
import {
  type Component,
  coversOwner,
  type Owner,
  type RunStore,
  type SessionKey,
  type StoredRun,
  type StoredSession,
} from "../runs/store.ts";
import { MAX_STORED_RUNS_PER_SESSION, MAX_STORED_SESSIONS } from "./store-limits.ts";

export interface MemoryRunStoreOptions {
  /** Sessions kept. Default 1,000. */
  readonly maxSessions?: number;
  /** Runs kept of one session. Default 100. */
  readonly maxRunsPerSession?: number;
}

interface Entry {
  session: StoredSession;
  readonly runs: Map<string, StoredRun>;
}

/** Makes a store that forgets when the process ends. */
export function createMemoryRunStore(options: MemoryRunStoreOptions = {}): RunStore {
  const maxSessions = options.maxSessions ?? MAX_STORED_SESSIONS;
  const maxRuns = options.maxRunsPerSession ?? MAX_STORED_RUNS_PER_SESSION;
  // A Map iterates in insertion order; re-inserting on use makes its first key the least recently used.
  const sessions = new Map<string, Entry>();

  const touch = (name: string, entry: Entry): Entry => {
    sessions.delete(name);
    sessions.set(name, entry);
    return entry;
  };

  function* entriesOf(
    scope: DataScope,
    component: Component,
    sessionId: string,
    wanted?: Owner,
  ): Iterable<Entry> {
    const owner = wanted === undefined && scope.kind === "user" ? scope.userId : wanted;
    if (owner !== undefined) {
      if (!coversOwner(scope, owner)) return;
      const name = nameOf({ owner, component, sessionId });
      const entry = sessions.get(name);
      if (entry !== undefined) yield touch(name, entry);
      return;
    }
    if (scope.kind !== "all") return;
    for (const entry of sessions.values()) {
      const { key } = entry.session;
      if (
        key.sessionId === sessionId &&
        key.component.id === component.id &&
        key.component.kind === component.kind
      )
        yield entry;
    }
  }

  return {
    async saveRun(scope, run) {
      if (!coversOwner(scope, run.key.owner))
        throw new Error("INVARIANT: a run is saved only within its caller's scope");
      const name = nameOf(run.key);
      const known = sessions.get(name);
      const { output } = run;
      const session: StoredSession = {
        key: run.key,
        state: structuredClone(output.session_state),
        createdAt: known?.session.createdAt ?? output.created_at,
        updatedAt: output.created_at,
      };
      const entry = touch(name, known ?? { session, runs: new Map() });
      entry.session = session;
      entry.runs.set(output.run_id, structuredClone(run));
      dropOldest(entry.runs, maxRuns);
      dropOldest(sessions, maxSessions);
    },

    async findRun(scope, { component, sessionId, runId }) {
      for (const entry of entriesOf(scope, component, sessionId)) {
        const run = entry.runs.get(runId);
        if (run !== undefined) return structuredClone(run);
      }
      return undefined;
    },

    async listRuns(scope, query) {
      const found: StoredRun[] = [];
      for (const entry of entriesOf(scope, query.component, query.sessionId, query.owner)) {
        for (const run of entry.runs.values()) {
          if (query.status === undefined || run.output.status === query.status) found.push(run);
        }
      }
      // Several owners may have a session of this id; within one second the order they were met in stays.
      found.sort((one, other) => one.output.created_at - other.output.created_at);
      const kept = query.limit === undefined ? found : found.slice(Math.max(0, found.length - query.limit));
      return structuredClone(kept);
    },

    async findSession(scope, key) {
      if (!coversOwner(scope, key.owner)) return undefined;
      const name = nameOf(key);
      const entry = sessions.get(name);
      return entry === undefined ? undefined : structuredClone(touch(name, entry).session);
    },
  };
}

// JSON keeps the parts apart: no choice of ids can make two keys equal.
function nameOf(key: SessionKey): string {
  return JSON.stringify([key.owner, key.component.kind, key.component.id, key.sessionId]);
}

function dropOldest(map: Map<string, unknown>, limit: number): void {
  for (const name of map.keys()) {
    if (map.size <= limit) return;
    map.delete(name);
  }
}
