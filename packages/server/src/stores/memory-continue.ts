/** Runs in memory that change after their end: paused ones go on, others are replaced, or copied. */
import type { DataScope } from "@agentos/auth";
import {
  type EndedRun,
  MAX_FIRST_INPUT_LENGTH,
  type RunEnd,
  type RunStore,
  type SessionKey,
} from "../runs/store.ts";
import { ENTRY_BYTES, sizeOfText } from "./accounts.ts";
import type { MemoryEventLog } from "./memory-event-log.ts";
import type { MemorySessions, SessionEntry } from "./memory-sessions.ts";
import { readRun } from "./memory-values.ts";

interface Options extends Pick<MemorySessions, "used"> {
  readonly events: Pick<MemoryEventLog, "add">;
  readonly find: (scope: DataScope, key: SessionKey) => SessionEntry | undefined;
}

export function createMemoryContinue({
  find,
  used,
  events,
}: Options): Pick<RunStore, "findPausedRun" | "continueRun"> {
  return {
    async findPausedRun(scope, key, runId) {
      const run = find(scope, key)?.runs.get(runId);
      if (run === undefined) return undefined;
      const { nextIndex, keepsEvents, checkpointJson } = run;
      return { ...readRun(run), attempt: run.lease.attempt, nextIndex, keepsEvents, checkpointJson };
    },

    async continueRun(scope, { key, runId }, { attempt, status, at, outputJson, keepsEvents }) {
      const session = find(scope, key);
      const run = session?.runs.get(runId);
      if (session === undefined || run?.status !== "PAUSED" || run.lease.attempt !== attempt)
        return undefined;
      const { bytes } = run;
      run.lease = Object.freeze({ ...run.lease, attempt: attempt + 1 });
      // While it lives, whoever drives it counts what it holds.
      Object.assign(run, {
        isLive: true,
        status,
        outputJson,
        keepsEvents,
        checkpointJson: undefined,
        isUnwanted: false,
        bytes: 0,
      });
      events.add(run);
      session.liveRuns += 1;
      session.updatedAt = at;
      used(session, -bytes);
      return run.lease;
    },
  };
}

/** Another run has taken its place. Gives how many bytes more it has. */
export function replaceRun(
  session: SessionEntry,
  { runId, outputJson }: NonNullable<RunEnd["replaces"]>,
): number {
  const run = session.runs.get(runId);
  if (run?.status !== "COMPLETED") return 0;
  const moreBytes = sizeOfText(outputJson) - sizeOfText(run.outputJson);
  Object.assign(run, { status: "REGENERATED", outputJson, bytes: run.bytes + moreBytes });
  return moreBytes;
}

/** Added as it ended. Gives how many bytes more the session has. */
export function addEndedRun(session: SessionEntry, run: EndedRun, runNo: number): number {
  const { runId, status, createdAt, outputJson, eventsJson, nextIndex } = run;
  const bytes = ENTRY_BYTES + sizeOfText(outputJson) + sizeOfText(eventsJson);
  session.runs.set(runId, {
    lease: Object.freeze({ key: session.key, runId, runNo, attempt: 1 }),
    isLive: false,
    status,
    createdAt,
    outputJson,
    eventsJson,
    bytes,
    checkpointJson: undefined,
    keepsEvents: false,
    isUnwanted: false,
    nextIndex,
    rows: [],
  });
  if (session.firstInput !== undefined) return bytes;
  session.firstInput = run.input.slice(0, MAX_FIRST_INPUT_LENGTH);
  return bytes + sizeOfText(session.firstInput);
}
