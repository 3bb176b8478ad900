/** Runs and sessions in memory, bounded in bytes. What is stored is text: nobody can change it, and it costs what it is long. */

import type { DataScope } from "@agentos/auth";
import {
  coversOwner,
  type ListedSession,
  MAX_FIRST_INPUT_LENGTH,
  MAX_LISTED_BYTES,
  type RunLease,
  RunLeaseLost,
  type RunQuery,
  type RunStore,
  type SessionChange,
  type SessionFilter,
  type SessionKey,
  type StateChange,
  type StoredSession,
  type SummaryChange,
  type TokenSums,
} from "../runs/store.ts";
import { ENTRY_BYTES, sizeOfText } from "./accounts.ts";
import { createMemoryContinue, readRun, replaceRun } from "./memory-continue.ts";
import {
  createMemorySessions,
  type RunEntry,
  type SessionEntry,
  type StoreLimits,
} from "./memory-sessions.ts";
import { MAX_STORED_BYTES, MAX_STORED_BYTES_PER_OWNER } from "./store-limits.ts";

/** Makes a store that forgets when the process ends. Default limits: those of `store-limits.ts`. */
export function createMemoryRunStore(limits: Partial<StoreLimits> = {}): RunStore {
  const sessions = createMemorySessions({
    maxBytes: limits.maxBytes ?? MAX_STORED_BYTES,
    maxBytesPerOwner: limits.maxBytesPerOwner ?? MAX_STORED_BYTES_PER_OWNER,
  });

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
    if (session === undefined || run === undefined || !run.isLive || run.lease.attempt !== attempt)
      throw new RunLeaseLost("the run has ended, is gone, or is another attempt's");
    return { session, run };
  }

  return {
    async createRun(scope, { key, runId, createdAt, outputJson, input, changeState, bindsSession = false }) {
      if (!coversOwner(scope, key.owner))
        throw new Error("INVARIANT: a run is kept only within its caller's scope");
      if (bindsSession) bind(key);
      const session = sessions.find(key) ?? addSession({ key, createdAt });
      if (session.runs.has(runId)) throw new Error("INVARIANT: a run id is used once");
      const lease: RunLease = Object.freeze({ key, runId, runNo: (lastRunNo += 1), attempt: 1 });
      // While it lives, whoever drives it counts what it holds.
      session.runs.set(runId, {
        lease,
        isLive: true,
        status: "RUNNING",
        createdAt,
        outputJson,
        eventsJson: "[]",
        checkpointJson: undefined,
        keepsEvents: false,
        nextIndex: 0,
        bytes: 0,
      });
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

    async finishRun(lease, { status, outputJson, eventsJson, tokens, changeState, changeSummary, ...end }) {
      const { session, run } = held(lease);
      const { checkpointJson, terminalIndex, replaces } = end;
      const bytes =
        ENTRY_BYTES + sizeOfText(outputJson) + sizeOfText(eventsJson) + sizeOfText(checkpointJson ?? "");
      Object.assign(run, { status, outputJson, eventsJson, checkpointJson, bytes, isLive: false });
      run.nextIndex = terminalIndex + 1;
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

    ...createMemoryContinue({ find, used: sessions.used }),

    async requestCancel(scope, { component, runId, sessionId }) {
      for (const { key, runs } of inScope(scope)) {
        const run = runs.get(runId);
        if (run === undefined || !fits(key, { kind: component.kind, componentId: component.id })) continue;
        return run.isLive && (sessionId === undefined || key.sessionId === sessionId);
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

function unbound(key: SessionKey): SessionKey {
  return { ...key, component: { kind: key.component.kind, id: "" } };
}

function fits(
  { component, owner }: Pick<SessionKey, "component" | "owner">,
  { kind, componentId, userId }: Omit<SessionFilter, "sessionId">,
): boolean {
  return (
    (kind === undefined || component.kind === kind) &&
    (componentId === undefined || component.id === componentId) &&
    (userId === undefined || owner.id === userId)
  );
}

/** Those that follow the run of this id, in their order. */
function* runsAfter(
  runs: ReadonlyMap<string, RunEntry>,
  afterRunId: string | undefined,
): Generator<RunEntry, void> {
  let isAfter = afterRunId === undefined;
  for (const [id, run] of runs) {
    if (isAfter) yield run;
    else isAfter = id === afterRunId;
  }
}

/** The first so many that fit. */
function takeRuns(
  runs: Iterable<RunEntry>,
  { status, createdAfter, createdBefore }: Omit<RunQuery, "limit">,
  count: number,
): RunEntry[] {
  const found: RunEntry[] = [];
  if (count <= 0) return found;
  for (const run of runs) {
    if (status !== undefined && run.status !== status) continue;
    if (createdAfter !== undefined && run.createdAt < createdAfter) continue;
    if (createdBefore !== undefined && run.createdAt > createdBefore) continue;
    found.push(run);
    if (found.length >= count) break;
  }
  return found;
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function addTokens(one: TokenSums, other: TokenSums): TokenSums {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    totalTokens: one.totalTokens + other.totalTokens,
  };
}

/** Gives how many bytes more it costs than the one before. */
function change(session: SessionEntry, changeState: StateChange | undefined): number {
  return changeState === undefined ? 0 : put(session, "stateJson", changeState(session.stateJson));
}

function summarize(session: SessionEntry, changeSummary: SummaryChange | undefined): number {
  const summaryJson = changeSummary?.(session.summaryJson);
  return summaryJson === undefined ? 0 : put(session, "summaryJson", summaryJson);
}

type TextName = "name" | "stateJson" | "metadataJson" | "summaryJson";

/** Each value that is given stands in the place of the one before. Gives how many bytes more they cost. */
function replace(entry: SessionEntry, { name, state, metadata, summary }: Omit<SessionChange, "at">): number {
  let moreBytes = name === undefined ? 0 : put(entry, "name", name);
  if (state !== undefined) moreBytes += put(entry, "stateJson", JSON.stringify(state));
  if (metadata !== undefined) moreBytes += put(entry, "metadataJson", JSON.stringify(metadata));
  if (summary !== undefined) moreBytes += put(entry, "summaryJson", JSON.stringify(summary));
  return moreBytes;
}

function put(entry: SessionEntry, name: TextName, text: string): number {
  const moreBytes = sizeOfText(text) - sizeOfText(entry[name] ?? "");
  entry[name] = text;
  return moreBytes;
}

/** INVARIANT: the run service wrote these texts, from values of these types. */
function parse<Value>(json: string): Value {
  return JSON.parse(json) as Value;
}

function readListedSession({ key, ...entry }: SessionEntry): ListedSession {
  const { stateJson, metadataJson, summaryJson } = entry;
  const short = (json: string | undefined) =>
    json !== undefined && Buffer.byteLength(json) <= MAX_LISTED_BYTES ? json : undefined;
  const values = {
    stateJson: short(stateJson) ?? "{}",
    metadataJson: short(metadataJson),
    summaryJson: short(summaryJson),
  };
  const session = readSession({ key, ...entry, ...values });
  return short(stateJson) === undefined ? { ...session, state: undefined } : session;
}

function readSession(entry: SessionEntry): StoredSession {
  const { key, name, firstInput, stateJson, metadataJson, summaryJson, tokens, createdAt, updatedAt } = entry;
  return {
    key,
    name,
    firstInput,
    state: parse<StoredSession["state"]>(stateJson),
    metadata: metadataJson === undefined ? undefined : parse<StoredSession["state"]>(metadataJson),
    summary: summaryJson === undefined ? undefined : parse<StoredSession["state"]>(summaryJson),
    tokens,
    createdAt,
    updatedAt,
  };
}
