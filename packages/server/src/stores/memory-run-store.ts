/** Runs and sessions in memory, bounded in bytes. What is stored is text: nobody can change it, and it costs what it is long. */

import type { DataScope, Owner } from "@agentos/auth";
import { isContentDelta } from "../runs/log-entry.ts";
import { MAX_STORED_EVENTS } from "../runs/run-limits.ts";
import {
  coversOwner,
  type RunLease,
  RunLeaseLost,
  type RunQuery,
  type RunStore,
  type StateChange,
  type StoredEvent,
  type StoredOutput,
  type StoredRun,
  type StoredSession,
} from "../runs/store.ts";
import {
  createMemorySessions,
  ENTRY_BYTES,
  type RunEntry,
  type SessionEntry,
  type StoreLimits,
  sizeOfText,
} from "./memory-sessions.ts";
import { MAX_STORED_BYTES, MAX_STORED_BYTES_PER_OWNER } from "./store-limits.ts";

/** Makes a store that forgets when the process ends. Default limits: those of `store-limits.ts`. */
export function createMemoryRunStore(limits: Partial<StoreLimits> = {}): RunStore {
  const sessions = createMemorySessions({
    maxBytes: limits.maxBytes ?? MAX_STORED_BYTES,
    maxBytesPerOwner: limits.maxBytesPerOwner ?? MAX_STORED_BYTES_PER_OWNER,
  });

  /** The sessions in a scope, without which no session is reached. */
  function* inScope(scope: DataScope, wanted?: Owner): Iterable<SessionEntry> {
    const owner = wanted ?? (scope.kind === "user" ? scope.owner : undefined);
    if (owner === undefined ? scope.kind !== "all" : !coversOwner(scope, owner)) return;
    yield* sessions.list(owner);
  }

  function* sessionsOf(scope: DataScope, { component, sessionId, owner }: RunQuery): Iterable<SessionEntry> {
    if (owner !== undefined || scope.kind === "user") {
      const of = owner ?? (scope.kind === "user" ? scope.owner : undefined);
      if (of === undefined || !coversOwner(scope, of)) return;
      const entry = sessions.find({ owner: of, component, sessionId });
      if (entry !== undefined) yield entry;
      return;
    }
    for (const entry of inScope(scope)) {
      const { key } = entry;
      if (
        key.sessionId === sessionId &&
        key.component.id === component.id &&
        key.component.kind === component.kind
      )
        yield entry;
    }
  }

  /** The run that a lease may write, and where it stands. */
  function held({ key, runId, attempt }: RunLease, index: number) {
    const session = sessions.find(key);
    const run = session?.runs.get(runId);
    if (session === undefined || run?.live === undefined || run.lease.attempt !== attempt)
      throw new RunLeaseLost("the run has ended, is gone, or is another attempt's");
    if (run.live.nextIndex !== index)
      throw new Error(`INVARIANT: the next event has the index ${run.live.nextIndex}, not ${index}`);
    return { session, run, live: run.live };
  }

  return {
    async createRun(scope, { key, runId, createdAt, outputJson, changeState }) {
      if (!coversOwner(scope, key.owner))
        throw new Error("INVARIANT: a run is kept only within its caller's scope");
      const session = sessions.find(key) ?? addSession(key, createdAt);
      if (session.runs.has(runId)) throw new Error("INVARIANT: a run id is used once");
      const lease: RunLease = Object.freeze({ key, runId, attempt: 1 });
      const live = { events: [], nextIndex: 0 };
      // While it lives, whoever drives it counts what it holds.
      session.runs.set(runId, { lease, live, status: "RUNNING", outputJson, eventsJson: "", bytes: 0 });
      session.updatedAt = createdAt;
      session.liveRuns += 1;
      sessions.used(session, change(session, changeState));
      return lease;
    },

    async appendEvents(lease, firstIndex, entries) {
      const { live } = held(lease, firstIndex);
      for (const entry of entries)
        if (!isContentDelta(entry) && live.events.length < MAX_STORED_EVENTS) live.events.push(entry.json);
      live.nextIndex += entries.length;
    },

    async finishRun(lease, { status, outputJson, eventsJson, terminalIndex, changeState }) {
      const { session, run } = held(lease, terminalIndex);
      const bytes = ENTRY_BYTES + sizeOfText(outputJson) + sizeOfText(eventsJson);
      Object.assign(run, { status, outputJson, eventsJson, bytes, live: undefined });
      session.liveRuns -= 1;
      sessions.used(session, bytes + change(session, changeState));
    },

    async findRun(scope, { runId, ...query }) {
      for (const entry of sessionsOf(scope, query)) {
        const run = entry.runs.get(runId);
        if (run !== undefined) return readRun(run);
      }
      return undefined;
    },

    async listRuns(scope, query) {
      const found: StoredRun[] = [];
      for (const entry of sessionsOf(scope, query)) {
        // The newest are looked at first, so that a long session costs no more than what is asked for.
        let left = query.limit ?? Number.POSITIVE_INFINITY;
        for (const run of [...entry.runs.values()].toReversed()) {
          if (left === 0) break;
          if (query.status !== undefined && run.status !== query.status) continue;
          found.unshift(readRun(run));
          left -= 1;
        }
      }
      // Several owners may have a session of this id; within one second the order they were met in stays.
      found.sort((one, other) => one.output.created_at - other.output.created_at);
      return query.limit === undefined ? found : found.slice(Math.max(0, found.length - query.limit));
    },

    async findSession(scope, key) {
      if (!coversOwner(scope, key.owner)) return undefined;
      const entry = sessions.find(key);
      if (entry === undefined) return undefined;
      sessions.used(entry, 0);
      return readSession(entry);
    },

    async listSessions(scope, { kind, componentId, name, sortBy, sortOrder, limit, page }) {
      const wanted = name === undefined ? undefined : lowerAscii(name);
      const found = [...inScope(scope)].filter(
        ({ key: { component }, name: given }) =>
          (kind === undefined || component.kind === kind) &&
          (componentId === undefined || component.id === componentId) &&
          (wanted === undefined || (given !== undefined && lowerAscii(given).includes(wanted))),
      );
      const direction = sortOrder === "asc" ? 1 : -1;
      // In the order in which they were created before; a descending order has it the other way round.
      if (direction === -1) found.reverse();
      found.sort((one, other) => direction * (one[sortBy] - other[sortBy]));
      const first = (page - 1) * limit;
      return { sessions: found.slice(first, first + limit).map(readSession), totalCount: found.length };
    },

    async renameSession(scope, key, { name, at }) {
      const entry = coversOwner(scope, key.owner) ? sessions.find(key) : undefined;
      if (entry === undefined) return undefined;
      const moreBytes = sizeOfText(name) - sizeOfText(entry.name ?? "");
      entry.name = name;
      entry.updatedAt = at;
      sessions.used(entry, moreBytes);
      return readSession(entry);
    },

    async deleteSession(scope, key) {
      const entry = coversOwner(scope, key.owner) ? sessions.find(key) : undefined;
      if (entry === undefined) return false;
      sessions.remove(entry);
      return true;
    },
  };

  function addSession(key: SessionEntry["key"], createdAt: number): SessionEntry {
    const entry: SessionEntry = {
      key,
      name: undefined,
      stateJson: "{}",
      createdAt,
      updatedAt: createdAt,
      owner: undefined,
      older: undefined,
      newer: undefined,
      runs: new Map(),
      bytes: 0,
      counted: 0,
      liveRuns: 0,
    };
    sessions.add(entry);
    sessions.used(entry, ENTRY_BYTES);
    return entry;
  }
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Gives how many bytes more it costs than the one before. */
function change(session: SessionEntry, changeState: StateChange): number {
  const stateJson = changeState(session.stateJson);
  const moreBytes = sizeOfText(stateJson) - sizeOfText(session.stateJson);
  session.stateJson = stateJson;
  return moreBytes;
}

function readSession({ key, name, stateJson, createdAt, updatedAt }: SessionEntry): StoredSession {
  // INVARIANT: the run service wrote it, from a session's state.
  const state = JSON.parse(stateJson) as StoredSession["state"];
  return { key, name, state, createdAt, updatedAt };
}

function readRun({ lease: { key }, live, outputJson, eventsJson }: RunEntry): StoredRun {
  const events = live === undefined ? eventsJson : `[${live.events.join(",")}]`;
  // INVARIANT: the run service wrote them, from an output and its events.
  return { key, output: JSON.parse(outputJson) as StoredOutput, events: JSON.parse(events) as StoredEvent[] };
}
