/** Runs that wait in memory, and the names of requests: both end with the process. */
import type { DataScope } from "@agentos/auth";
import {
  type ClaimedRun,
  type DescribeWaiting,
  KEY_SECONDS,
  type KnownRequest,
  type QueueDepth,
  RequestKnown,
  type RunName,
  type RunPlace,
  type RunQueue,
  requireRoomIn,
} from "../runs/run-queue.ts";
import type { NewRun, SessionKey } from "../runs/store.ts";
import { ENTRY_BYTES, pathOf, sizeOfText } from "./accounts.ts";
import { type MemoryEventLog, sizeOfRows } from "./memory-event-log.ts";
import type { MemorySessions, RunEntry, SessionEntry } from "./memory-sessions.ts";
import { appendTexts, readOutput } from "./run-texts.ts";
import { createTupleMap } from "./tuple-map.ts";

export interface MemoryRunQueue {
  /** Throws where the queue has no room for the run, or its request is known. Changes nothing. */
  require(run: NewRun): void;
  /** What was required is kept. */
  keep(run: NewRun, entry: RunEntry): void;
  readonly port: RunQueue;
}

export interface MemoryRunQueueOptions {
  readonly sessions: Pick<MemorySessions, "find" | "used">;
  readonly inScope: (scope: DataScope) => Iterable<SessionEntry>;
  readonly events: Pick<MemoryEventLog, "finish">;
}

/** Names beyond so many are forgotten, the oldest first. */
const MAX_KEYS = 10_000;

interface Key {
  readonly path: readonly string[];
  readonly known: KnownRequest;
  readonly session: SessionKey;
  readonly until: number;
}

export function createMemoryRunQueue({ sessions, inScope, events }: MemoryRunQueueOptions): MemoryRunQueue {
  /** Oldest first. Those that have ended since, or are gone with their session, leave when somebody looks. */
  const pending = new Set<RunEntry>();
  const keys = createTupleMap<Key>();
  const keysByAge = new Set<Key>();

  function* waiting(): Iterable<RunEntry> {
    for (const run of pending) {
      const isKept = sessions.find(run.lease.key)?.runs.get(run.lease.runId) === run;
      if (run.status === "PENDING" && isKept) yield run;
      else pending.delete(run);
    }
  }

  function depthFor(owner: NewRun["key"]["owner"]): QueueDepth {
    const depth = { runs: 0, runsOfOwner: 0, bytes: 0 };
    const path = JSON.stringify(pathOf(owner));
    for (const { lease, checkpointJson = "" } of waiting()) {
      depth.runs += 1;
      depth.bytes += Buffer.byteLength(checkpointJson);
      if (JSON.stringify(pathOf(lease.key.owner)) === path) depth.runsOfOwner += 1;
    }
    return depth;
  }

  function findKey(path: readonly string[]): KnownRequest | undefined {
    const key = keys.get(path);
    if (key === undefined || key.until <= performance.now()) return undefined;
    // It goes with its run, which goes with its session.
    return sessions.find(key.session)?.runs.has(key.known.runId) === true ? key.known : undefined;
  }

  function addKey({ path, ...named }: Omit<Key, "until">): void {
    const key = { path, ...named, until: performance.now() + KEY_SECONDS * 1_000 };
    const before = keys.get(path);
    if (before !== undefined) keysByAge.delete(before);
    keys.set(path, key);
    keysByAge.add(key);
    for (const oldest of keysByAge) {
      if (keysByAge.size <= MAX_KEYS) break;
      keysByAge.delete(oldest);
      keys.delete(oldest.path);
    }
  }

  function find(scope: DataScope, { component, runId, sessionId }: RunName) {
    for (const session of inScope(scope)) {
      const { key } = session;
      const run = session.runs.get(runId);
      if (run === undefined || key.component.kind !== component.kind || key.component.id !== component.id)
        continue;
      return sessionId === undefined || key.sessionId === sessionId ? { session, run } : undefined;
    }
    return undefined;
  }

  function claim(run: RunEntry): ClaimedRun {
    const { key, runId, runNo, attempt } = run.lease;
    run.lease = Object.freeze({ key, runId, runNo, attempt: attempt + 1 });
    setStatus(run, "RUNNING");
    pending.delete(run);
    return {
      lease: run.lease,
      output: readOutput(run.outputJson),
      checkpointJson: run.checkpointJson ?? "",
      nextIndex: run.nextIndex,
      keepsEvents: run.keepsEvents,
    };
  }

  function end(session: SessionEntry, run: RunEntry, describe: DescribeWaiting): void {
    const ended = describe(readOutput(run.outputJson), run.nextIndex);
    const bytesBefore = run.bytes;
    run.outputJson = ended.outputJson;
    run.eventsJson = appendTexts(run.eventsJson, ended.events);
    run.nextIndex += ended.events.length;
    run.checkpointJson = undefined;
    run.status = ended.status;
    if (run.keepsEvents) events.finish(run, ended.rows);
    run.bytes = ENTRY_BYTES + sizeOfText(run.outputJson) + sizeOfText(run.eventsJson) + sizeOfRows(run.rows);
    if (run.isLive) session.liveRuns -= 1;
    run.isLive = false;
    pending.delete(run);
    sessions.used(session, run.bytes - bytesBefore);
  }

  return {
    require({ key, status, checkpointJson = "", queueLimits, idempotency }) {
      const known = idempotency && findKey([...pathOf(key.owner), idempotency.key]);
      if (known !== undefined) throw new RequestKnown(known);
      if (status !== "PENDING" || queueLimits === undefined) return;
      const bytes = Buffer.byteLength(checkpointJson);
      requireRoomIn(depthFor(key.owner), { owner: key.owner, bytes, limits: queueLimits });
    },

    keep({ key, runId, idempotency }, entry) {
      if (entry.status === "PENDING") pending.add(entry);
      if (idempotency === undefined) return;
      const { requestHash } = idempotency;
      const known = { requestHash, runId, sessionId: key.sessionId };
      addKey({ path: [...pathOf(key.owner), idempotency.key], known, session: key });
    },

    port: {
      async claimRuns({ components, limit, full, placesOf, unreadable = [] }) {
        const taken: ClaimedRun[] = [];
        const left = new Map<string, number>(full.map((owner) => [JSON.stringify(pathOf(owner)), 0]));
        for (const run of waiting()) {
          if (taken.length >= limit) break;
          const { component, owner } = run.lease.key;
          if (unreadable.includes(run.lease.runNo)) continue;
          if (!components.some(({ kind, id }) => kind === component.kind && id === component.id)) continue;
          const name = JSON.stringify(pathOf(owner));
          const places = left.get(name) ?? placesOf(owner);
          left.set(name, places - 1);
          if (places > 0) taken.push(claim(run));
        }
        return taken;
      },

      async releaseRun({ key, runId, attempt }, describe) {
        const session = sessions.find(key);
        const run = session?.runs.get(runId);
        if (session === undefined || run?.status !== "RUNNING" || run.lease.attempt !== attempt) return;
        if (run.isUnwanted) return end(session, run, describe);
        run.lease = Object.freeze({ ...run.lease, attempt: attempt - 1 });
        setStatus(run, "PENDING");
        pending.add(run);
      },

      async listPending(afterRunNo, limit) {
        const leases = [...waiting()].map(({ lease }) => lease);
        const later = leases.filter(({ runNo }) => runNo > afterRunNo);
        return later.toSorted((one, other) => one.runNo - other.runNo).slice(0, limit);
      },

      async endWaiting(scope, name, describe) {
        const found = find(scope, name);
        const isWaiting = found?.run.status === "PENDING" || found?.run.status === "PAUSED";
        if (found === undefined || !isWaiting) return false;
        end(found.session, found.run, describe);
        return true;
      },

      async findPlace(scope, name) {
        const run = find(scope, name)?.run;
        return run && toPlace(run);
      },

      async requireRoomInQueue(owner, bytes, limits) {
        requireRoomIn(depthFor(owner), { owner, bytes, limits });
      },

      findRequest: async (owner, idempotencyKey) => findKey([...pathOf(owner), idempotencyKey]),
    },
  };
}

function setStatus(run: RunEntry, status: "PENDING" | "RUNNING"): void {
  run.status = status;
  run.outputJson = JSON.stringify({ ...readOutput(run.outputJson), status });
}

function toPlace(run: RunEntry): RunPlace {
  const { lease, isLive, status, outputJson, keepsEvents, nextIndex, rows } = run;
  return {
    key: lease.key,
    runNo: lease.runNo,
    status,
    output: readOutput(outputJson),
    keepsEvents,
    hasEvents: keepsEvents && (isLive || rows.length > 0),
    firstIndex: rows[0]?.firstIndex ?? nextIndex,
    nextIndex,
  };
}
