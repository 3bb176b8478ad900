/** Runs and sessions in memory, bounded in bytes. What is stored is text: nobody can change it, and it costs what it is long. */

import type { DataScope } from "@agentos/auth";
import {
  coversOwner,
  MAX_FIRST_INPUT_LENGTH,
  type RunLease,
  RunLeaseLost,
  type RunStore,
  type SessionFilter,
  type SessionKey,
  type StoredSession,
} from "../runs/store.ts";
import { ENTRY_BYTES, sizeOfText } from "./accounts.ts";
import { addEndedRun, createMemoryContinue, replaceRun } from "./memory-continue.ts";
import { createMemoryEventLog, sizeOfRows } from "./memory-event-log.ts";
import { createMemoryRunQueue } from "./memory-run-queue.ts";
import {
  createMemorySessions,
  type RunEntry,
  type SessionEntry,
  type StoreLimits,
} from "./memory-sessions.ts";
import {
  addTokens,
  change,
  fits,
  lowerAscii,
  readListedSession,
  readRun,
  readSession,
  replace,
  runsAfter,
  summarize,
  takeRuns,
  unbound,
} from "./memory-values.ts";
import { MAX_STORED_BYTES, MAX_STORED_BYTES_PER_OWNER } from "./store-limits.ts";

/** Makes a store that forgets when the process ends. Default limits: those of `store-limits.ts`. */
export function createMemoryRunStore(limits: Partial<StoreLimits> = {}): RunStore {
  const sessions = createMemorySessions({
    maxBytes: limits.maxBytes ?? MAX_STORED_BYTES,
    maxBytesPerOwner: limits.maxBytesPerOwner ?? MAX_STORED_BYTES_PER_OWNER,
    onForgotten: (run) => events.forget(run),
  });

  const events = createMemoryEventLog({ sessions });
  const queue = createMemoryRunQueue({ sessions, inScope, events });
  let lastRunNo = 0;

  /** The sessions in a scope, without which no session is reached. */
  function* inScope(scope: DataScope): Iterable<SessionEntry> {
    if (scope.kind === "none") return;
    yield* sessions.list(scope.kind === "user" ? scope.owner : undefined);
  }

  function find(scope: DataScope, key: SessionKey): SessionEntry | undefined {
    return coversOwner(scope, key.owner) ? sessions.find(key) : undefined;
  }

  /** The session of the key, or the one that waits for its component. */
  function findOrUnbound(scope: DataScope, key: SessionKey): SessionEntry | undefined {
    return find(scope, key) ?? find(scope, unbound(key));
  }

  function* fitting(scope: DataScope, filter: SessionFilter): Iterable<SessionEntry> {
    for (const entry of inScope(scope)) {
      const { sessionId, component, owner } = entry.key;
      if (sessionId === filter.sessionId && fits({ component, owner }, filter)) yield entry;
    }
  }

  /** The run that a lease may write. */
  function held({ key, runId, attempt }: RunLease) {
    const session = sessions.find(key);
    const run = session?.runs.get(runId);
    if (session === undefined || run?.status !== "RUNNING" || run.lease.attempt !== attempt)
      throw new RunLeaseLost("the run has ended, is gone, or is another attempt's");
    return { session, run };
  }

  return {
    ...queue.port,
    events: events.port,

    async createRun(scope, newRun) {
      const { key, runId, createdAt, outputJson, input, changeState, bindsSession = false } = newRun;
      if (!coversOwner(scope, key.owner))
        throw new Error("INVARIANT: a run is kept only within its caller's scope");
      queue.require(newRun);
      if (bindsSession) bind(key);
      const session = sessions.find(key) ?? addSession({ key, createdAt });
      if (session.runs.has(runId)) throw new Error("INVARIANT: a run id is used once");
      const { status = "RUNNING", checkpointJson, keepsEvents = false } = newRun;
      const attempt = status === "PENDING" ? 0 : 1;
      const lease: RunLease = Object.freeze({ key, runId, runNo: (lastRunNo += 1), attempt });
      // While it lives, whoever drives it counts what it holds.
      const run: RunEntry = {
        lease,
        isLive: true,
        status,
        createdAt,
        outputJson,
        eventsJson: "[]",
        bytes: 0,
        checkpointJson,
        keepsEvents,
        isUnwanted: false,
        nextIndex: 0,
        rows: [],
      };
      session.runs.set(runId, run);
      queue.keep(newRun, run);
      events.add(run);
      session.updatedAt = createdAt;
      session.liveRuns += 1;
      let moreBytes = 0;
      if (session.firstInput === undefined) {
        session.firstInput = input.slice(0, MAX_FIRST_INPUT_LENGTH);
        moreBytes = sizeOfText(session.firstInput);
      }
      sessions.used(session, moreBytes + change(session, changeState));
      return lease;
    },

    async finishRun(lease, end) {
      const { status, outputJson, eventsJson, checkpointJson, tokens, changeState, changeSummary, replaces } =
        end;
      const { session, run } = held(lease);
      if (end.lastRow !== undefined) events.finish(run, [end.lastRow]);
      const texts = [outputJson, eventsJson, checkpointJson ?? ""];
      const bytes = texts.reduce((sum, text) => sum + sizeOfText(text), ENTRY_BYTES + sizeOfRows(run.rows));
      const nextIndex = end.terminalIndex + 1;
      Object.assign(run, { status, outputJson, eventsJson, checkpointJson, bytes, nextIndex, isLive: false });
      session.liveRuns -= 1;
      if (replaces !== undefined) sessions.used(session, replaceRun(session, replaces));
      session.tokens = addTokens(session.tokens, tokens);
      sessions.used(session, bytes + change(session, changeState) + summarize(session, changeSummary));
    },

    async findRun(scope, key, runId) {
      const run = find(scope, key)?.runs.get(runId);
      return run && readRun(run);
    },

    async listRuns(scope, key, { limit = Number.POSITIVE_INFINITY, ...query }) {
      const runs = find(scope, key)?.runs;
      if (runs === undefined) return [];
      // The newest are looked at first, so that a long session costs no more than what is asked for.
      return takeRuns([...runs.values()].toReversed(), query, limit)
        .toReversed()
        .map(readRun);
    },

    async listRunPiece(scope, key, { afterRunId, count, maxBytes, ...query }) {
      const runs = find(scope, key)?.runs ?? new Map<string, RunEntry>();
      const found = takeRuns(runsAfter(runs, afterRunId), query, count);
      let bytes = 0;
      const end = found.findIndex(({ outputJson, eventsJson }, index) => {
        bytes += Buffer.byteLength(outputJson) + Buffer.byteLength(eventsJson);
        return index > 0 && bytes > maxBytes;
      });
      const taken = end === -1 ? found : found.slice(0, end);
      return { runs: taken.map(readRun), isLast: end === -1 && found.length < count };
    },

    async addEndedRuns(scope, key, runs) {
      const session = find(scope, key);
      if (session === undefined) throw new RunLeaseLost("the session is gone");
      for (const run of runs) sessions.used(session, addEndedRun(session, run, (lastRunNo += 1)));
    },

    ...createMemoryContinue({ find, used: sessions.used, events }),

    async requestCancel(scope, { component, runId, sessionId }) {
      for (const { key, runs } of inScope(scope)) {
        const run = runs.get(runId);
        if (run === undefined || !fits(key, { kind: component.kind, componentId: component.id })) continue;
        const isMeant = run.status === "RUNNING" && (sessionId === undefined || key.sessionId === sessionId);
        run.isUnwanted ||= isMeant;
        return isMeant;
      }
      return false;
    },

    async findSession(scope, key) {
      const entry = findOrUnbound(scope, key);
      if (entry === undefined) return undefined;
      sessions.used(entry, 0);
      return readSession(entry);
    },

    async findSessions(scope, filter, limit) {
      const found: StoredSession[] = [];
      for (const entry of fitting(scope, filter)) {
        if (found.length === limit) break;
        found.push(readSession(entry));
      }
      return found;
    },

    async findSessionKeys(scope, filter, limit) {
      return [...fitting(scope, filter)].slice(0, limit).map(({ key }) => key);
    },

    async listSessions(scope, { name, sortBy, sortOrder, limit, page, ...filter }) {
      const wanted = name === undefined ? undefined : lowerAscii(name);
      const found = [...inScope(scope)].filter(
        ({ key, name: given }) =>
          fits(key, filter) &&
          (wanted === undefined || (given !== undefined && lowerAscii(given).includes(wanted))),
      );
      const direction = sortOrder === "asc" ? 1 : -1;
      found.sort((one, other) => direction * (one[sortBy] - other[sortBy] || one.number - other.number));
      const first = (page - 1) * limit;
      return { sessions: found.slice(first, first + limit).map(readListedSession), totalCount: found.length };
    },

    async createSession(scope, { key, name, state, metadata, createdAt }) {
      if (!coversOwner(scope, key.owner))
        throw new Error("INVARIANT: a session is kept only within its caller's scope");
      const own = { kind: "user", owner: key.owner } as const;
      for (const _ of fitting(own, { sessionId: key.sessionId })) return undefined;
      const entry = addSession({ key, createdAt });
      sessions.used(entry, replace(entry, { name, state, metadata }));
      return readSession(entry);
    },

    async changeSession(scope, key, { at, ...values }) {
      const entry = find(scope, key);
      if (entry === undefined) return undefined;
      entry.updatedAt = at;
      sessions.used(entry, replace(entry, values));
      return readSession(entry);
    },

    async deleteSession(scope, key) {
      const entry = find(scope, key);
      if (entry === undefined) return false;
      sessions.remove(entry);
      return true;
    },

    // What runs here ends with this process, and so does all that is kept of it.
    beat: async () => ({ cancelled: [], held: undefined }),
    endAbandoned: async () => 0,
    endOrphans: async () => 0,
  };

  /** A session that waits for its component gets the one of the key. */
  function bind(key: SessionKey): void {
    const entry = sessions.find(unbound(key));
    if (entry === undefined || sessions.find(key) !== undefined) return;
    sessions.remove(entry);
    sessions.add({ ...entry, key, counted: 0, bytes: 0 });
    const bound = sessions.find(key);
    if (bound !== undefined) sessions.used(bound, entry.bytes);
  }

  function addSession({ key, createdAt }: Pick<SessionEntry, "key" | "createdAt">): SessionEntry {
    const entry: SessionEntry = {
      key,
      number: sessions.nextNumber(),
      name: undefined,
      firstInput: undefined,
      stateJson: "{}",
      metadataJson: undefined,
      summaryJson: undefined,
      tokens: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
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
