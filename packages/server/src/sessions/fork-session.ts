/**
 * A session as a new one of its owner: its values, and its runs that have ended, under ids of their own. What runs or
 * waits stays where it is: what somebody confirms is to be done once.
 */
import { type DataScope, fail, ok, type Result } from "@agentos/auth";
import { type InputFault, inputFault, type RequestFault, type Runtime } from "@agentos/guard/app";
import { refuseFull } from "../runs/refuse-full.ts";
import { readSummary } from "../runs/session-summary.ts";
import type {
  EndedRun,
  RunStore,
  SessionFilter,
  SessionKey,
  StoredRun,
  StoredSession,
} from "../runs/store.ts";
import { findOneSession } from "./find-session.ts";
import { readRunPieces } from "./run-pieces.ts";

/** Gives the id of the new session; undefined where there is none to copy. */
export type ForkSession = (
  scope: DataScope,
  filter: SessionFilter,
) => Promise<Result<string | undefined, RequestFault>>;

export interface ForkSessionOptions {
  readonly store: RunStore;
  readonly runtime: Pick<Runtime, "clock" | "generateId">;
}

const NO_RUNS = "Source session has no runs to fork.";
/** It has runs, and none of them has ended. */
const NONE_ENDED =
  "wait until a run of the session has ended, or cancel it: runs that are paused, wait or still run are not copied";

const COPIED: ReadonlySet<string> = new Set(["COMPLETED", "ERROR", "CANCELLED"]);

export function createForkSession({ store, runtime }: ForkSessionOptions): ForkSession {
  const { clock, generateId } = runtime;

  /** Ids of the copies, by those of the runs, and whether a run was left where it is. */
  async function copyRuns(
    scope: DataScope,
    source: SessionKey,
    target: SessionKey,
  ): Promise<{ readonly ids: ReadonlyMap<string, string>; readonly hasLeft: boolean }> {
    const ids = new Map<string, string>();
    let hasLeft = false;
    for await (const { runs } of readRunPieces(store, scope, { key: source })) {
      const copies = runs
        .filter(({ output }) => COPIED.has(output.status))
        .map((run) => copyRun(run, target));
      hasLeft ||= copies.length < runs.length;
      if (copies.length > 0) await store.addEndedRuns(scope, target, copies);
    }
    return { ids, hasLeft };

    function copyRun(run: StoredRun, { sessionId }: SessionKey): EndedRun {
      const runId = generateId();
      ids.set(run.output.run_id, runId);
      return toCopy(run, { runId, sessionId });
    }
  }

  async function fork(scope: DataScope, source: StoredSession): Promise<Result<string, InputFault>> {
    const { key, name, state, metadata } = source;
    const target: SessionKey = { ...key, sessionId: generateId() };
    const createdAt = Math.floor(clock.now());
    await store.createSession(scope, { key: target, name, state, metadata, createdAt });
    let copied: Awaited<ReturnType<typeof copyRuns>>;
    try {
      copied = await copyRuns(scope, key, target);
      const { ids } = copied;
      if (ids.size > 0) {
        const summary = renameSummary(source.summary, ids);
        if (summary !== undefined) await store.changeSession(scope, target, { summary, at: createdAt });
        return ok(target.sessionId);
      }
    } catch (cause) {
      // Half a copy would look like a whole one.
      await store.deleteSession(scope, target);
      throw cause;
    }
    await store.deleteSession(scope, target);
    return fail(inputFault(400, NO_RUNS, copied.hasLeft ? NONE_ENDED : undefined));
  }

  return async (scope, filter) => {
    const found = await findOneSession(store, scope, filter);
    if (!found.ok) return found;
    if (found.value === undefined) return ok(undefined);
    const forked = await refuseFull(fork(scope, found.value));
    return forked.ok ? forked.value : forked;
  };
}

function toCopy(
  { key, output, events }: StoredRun,
  { runId, sessionId }: { readonly runId: string; readonly sessionId: string },
): EndedRun {
  const renamed = { run_id: runId, session_id: sessionId };
  return {
    runId,
    status: output.status,
    createdAt: output.created_at,
    input: output.input.input_content,
    outputJson: JSON.stringify({ ...output, ...renamed, forked_from_session_id: key.sessionId }),
    eventsJson: JSON.stringify(events.map((event) => ({ ...event, ...renamed }))),
    nextIndex: events.length,
  };
}

/** It says up to which run it reaches. Of one that was not copied it stands for what it has, as its owner's would. */
function renameSummary(
  summary: StoredSession["summary"],
  ids: ReadonlyMap<string, string>,
): StoredSession["summary"] {
  const lastRunId = readSummary(summary)?.last_run_id;
  if (summary === undefined || lastRunId === undefined) return summary;
  const { last_run_id: _, ...rest } = summary;
  const copied = ids.get(lastRunId);
  return copied === undefined ? rest : { ...rest, last_run_id: copied };
}
