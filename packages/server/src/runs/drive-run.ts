/**
 * Drives a run to its end, whoever watches. The start, the end, the answer to a failure and to a cancel are the same for
 * every runnable: the run is stored before its first event and before its last (contract 7.3), and the last one alone
 * ends it.
 */
import type { PrefixedKind, RunStatus } from "@agentos/contract";
import { type RunEvents, withState } from "./events.ts";
import type { EventText } from "./log-entry.ts";
import type { RunRecorder } from "./record.ts";
import type { RunLog } from "./run-log.ts";
import { type RunContext, RunFailure, type RunInput, type Runnable } from "./runnable.ts";
import { readState, withoutTokens } from "./session-state.ts";
import type { RunStep } from "./steps.ts";
import type { RunEnd, StoredOutput } from "./store.ts";
import type { Turns } from "./turns.ts";
import { type AbortableReader, readUntilAborted } from "./until-aborted.ts";

export interface RunDrive {
  readonly runnable: Runnable<PrefixedKind>;
  readonly input: RunInput;
  readonly context: RunContext;
  /** State of the session when the run began: what stays when the run's own cannot be kept. */
  readonly startingStateJson: string;
  readonly events: RunEvents;
  readonly recorder: RunRecorder;
  readonly log: RunLog;
  readonly turns: Turns;
  /** Keeps the end. */
  readonly finish: (end: RunEnd) => Promise<void>;
}

/** A run that has ended. */
export interface FinishedRun {
  readonly status: RunStatus;
  /** The output as the wire shows it, with the session's state. */
  readonly json: string;
}

type Ending =
  | { readonly status: "COMPLETED" | "PAUSED" | "CANCELLED" }
  | {
      readonly status: "ERROR";
      readonly content: string;
      readonly errorType: string;
      readonly errorId: string;
    };

/** Resolves with the run once it is stored. Does not reject: whatever happens ends in an event. */
export async function driveRun(drive: RunDrive): Promise<FinishedRun> {
  const { context, events, recorder, log } = drive;
  const append = (event: EventText) => {
    recorder.addEvent(event);
    log.append(event);
  };
  append(events.started());
  let ending = await takeSteps(drive, append);
  let stateJson = drive.startingStateJson;
  try {
    stateJson = readState(context);
  } catch (cause) {
    ending = describeFailure(cause, context);
  }
  if (ending.status === "COMPLETED" || ending.status === "PAUSED") append(events.contentCompleted());
  if (ending.status === "CANCELLED") append(events.cancelled(recorder.content));
  try {
    await log.settle();
    return await finish(drive, ending, stateJson);
  } catch (cause) {
    return finishUnstored(drive, cause);
  }
}

/** The steps of the runnable as events, as far as they go. */
async function takeSteps(drive: RunDrive, append: (event: EventText) => void): Promise<Ending> {
  const { runnable, input, context, events, recorder, log, turns } = drive;
  let steps: AbortableReader<RunStep> | undefined;
  try {
    steps = readUntilAborted(runnable.run(input, context), context.signal);
    for (;;) {
      const next = await steps.next();
      if (next.done === true) return { status: "COMPLETED" };
      const step = next.value;
      recorder.addStep(step);
      // A stored run has its content whole: the deltas are not kept (contract 4.5).
      if (step.type === "content") log.append(events.delta(step));
      else for (const event of events.ofStep(step)) append(event);
      if (step.type === "paused") return { status: "PAUSED" };
      const pause = turns.pause();
      if (pause !== undefined) await pause;
    }
  } catch (cause) {
    const reason: unknown = context.signal.reason;
    if (!context.signal.aborted) return describeFailure(cause, context);
    // Stopped by the server itself: its reason is fit for the caller.
    return reason instanceof RunFailure ? describeFailure(reason, context) : { status: "CANCELLED" };
  } finally {
    steps?.close();
  }
}

/** Stores the end, then tells it. Rejects when it cannot be stored; then nothing has been told. */
async function finish(drive: RunDrive, ending: Ending, stateJson: string): Promise<FinishedRun> {
  const { recorder, log } = drive;
  const end = conclude(drive, ending, stateJson);
  await drive.finish({
    status: ending.status,
    outputJson: end.outputJson,
    eventsJson: recorder.listEvents(end.last),
    terminalIndex: log.committed,
    stateJson,
  });
  return tell(drive, end);
}

/** What could not be stored ends as an error; it is told even where that cannot be stored either. */
async function finishUnstored(drive: RunDrive, cause: unknown): Promise<FinishedRun> {
  const failure = new RunFailure("The run could not be stored", { errorType: "store_error", cause });
  const ending = describeFailure(failure, drive.context);
  try {
    return await finish(drive, ending, drive.startingStateJson);
  } catch {
    return tell(drive, conclude(drive, ending, drive.startingStateJson));
  }
}

interface Conclusion {
  readonly status: RunStatus;
  /** Neither it nor the last event has the session's state: what is stored does without. */
  readonly outputJson: string;
  readonly last: EventText;
  readonly stateJson: string;
}

function conclude({ events, recorder }: RunDrive, ending: Ending, stateJson: string): Conclusion {
  const { status } = ending;
  const output = recorder.build(status, ending.status === "ERROR" ? ending.content : undefined);
  return { status, outputJson: withoutTokens(output), last: lastEvent(events, output, ending), stateJson };
}

function tell({ log }: RunDrive, { status, outputJson, last, stateJson }: Conclusion): FinishedRun {
  const hasState = status === "COMPLETED" || status === "CANCELLED";
  log.end(hasState ? { event: last.event, json: withState(last.json, stateJson) } : last);
  return { status, json: withState(outputJson, stateJson) };
}

function lastEvent(events: RunEvents, output: StoredOutput, ending: Ending): EventText {
  switch (ending.status) {
    case "COMPLETED":
    case "CANCELLED":
      return events.completed(output);
    case "PAUSED":
      return events.paused(output);
    default:
      return events.failed(ending);
  }
}

/** The caller gets a text that says nothing of the inside, and an id by which an operator finds the cause in the log. */
function describeFailure(failure: unknown, context: RunContext): Extract<Ending, { status: "ERROR" }> {
  const errorId = context.generateId();
  const isMeant = failure instanceof RunFailure;
  const cause = isMeant ? failure.cause : failure;
  const errorType = isMeant ? failure.errorType : "run_error";
  context.logger.error(
    { error_id: errorId, error_type: errorType, run_id: context.runId, cause },
    "run failed",
  );
  return { status: "ERROR", content: isMeant ? failure.message : "Run failed", errorType, errorId };
}
