/**
 * Drives a run to its end, whoever watches. The start, the end, the answer to a failure and to a cancel are the same for
 * every runnable: the run is stored before its first event and before its last (contract 7.3), and the last one alone
 * ends it.
 */
import type { Message, PrefixedKind, RunStatus } from "@agentos/contract";
import { toLastRow } from "./event-rows.ts";
import { type RunEvents, withState } from "./events.ts";
import { type EndHold, finishWithHold } from "./finish-with-hold.ts";
import type { EventText } from "./log-entry.ts";
import { type PauseCheckpoint, writePauseCheckpoint } from "./pause-checkpoint.ts";
import type { RunRecorder } from "./record.ts";
import type { RunLog } from "./run-log.ts";
import { type RunContext, RunFailure, type RunInput, type Runnable } from "./runnable.ts";
import { changeBetween, readState, withoutTokens } from "./session-state.ts";
import type { RunStep } from "./steps.ts";
import { type RunEnd, RunLeaseLost, type StoredOutput } from "./store.ts";
import type { Turns } from "./turns.ts";
import { type AbortableReader, readUntilAborted } from "./until-aborted.ts";

export interface RunDrive {
  readonly runnable: Runnable<PrefixedKind>;
  readonly input: RunInput;
  readonly context: RunContext;
  /** State of the session when the run began: what stays when the run's own cannot be kept. */
  readonly startingStateJson: string;
  /** Kept where it pauses. */
  readonly checkpoint: PauseCheckpoint;
  /** As it was paused, where it goes on. */
  readonly paused?: object | undefined;
  /** The run whose place it takes once it has completed. */
  readonly replaces?: RunEnd["replaces"];
  readonly events: RunEvents;
  readonly recorder: RunRecorder;
  readonly log: RunLog;
  readonly turns: Turns;
  /** Whose turn it takes. */
  readonly caller: object;
  /** Told how many bytes more the run holds. */
  readonly grow: (bytes: number) => void;
  /** Its last event is kept in the log of events too. */
  readonly keepsEvents: boolean;
  /** The run is another's: whoever follows is not told of an end. */
  readonly onLost: (cause: Error) => void;
  /** Keeps the end. */
  readonly finish: (end: RunEnd) => Promise<void>;
  /** Where it cannot be kept for a moment. */
  readonly hold: EndHold;
  /** Takes an end that could not be kept, and has been told all the same. */
  readonly onUnstored: (end: RunEnd) => void;
}

/** A run that has ended. */
export interface FinishedRun {
  readonly status: RunStatus;
  /** The output as the wire shows it, with the session's state. */
  readonly json: string;
  /** False where it may be told otherwise: its end could not be kept, or is another's. */
  readonly isKept: boolean;
}

type Outcome =
  | { readonly status: "COMPLETED" | "PAUSED" | "CANCELLED" }
  | {
      readonly status: "ERROR";
      readonly content: string;
      readonly errorType: string;
      readonly errorId: string;
    };

/** Resolves with the run once it is stored. Does not reject: whatever happens ends in an event. */
export async function driveRun(drive: RunDrive): Promise<FinishedRun> {
  try {
    return await driveToEnd(drive);
  } catch {
    // Neither logger nor recorder can be trusted any more.
    return announceUnstored(drive, lastResort(drive));
  }
}

async function driveToEnd(drive: RunDrive): Promise<FinishedRun> {
  const { context, events, recorder, log } = drive;
  log.append(drive.paused === undefined ? events.started() : events.continued());
  const { isAnswered, ...taken } = await takeSteps(drive);
  // Whoever follows is told no end that is not the run's.
  if (isLost(context.signal.reason)) return endLost(drive);
  let { outcome } = taken;
  let stateJson = drive.startingStateJson;
  try {
    stateJson = readState(context, stateJson);
  } catch (cause) {
    outcome = describeFailure(cause, context);
  }
  const isWhole = outcome.status === "COMPLETED" || outcome.status === "PAUSED";
  if (isWhole && !isAnswered) log.append(events.contentCompleted());
  if (outcome.status === "CANCELLED") log.append(events.cancelled(recorder.content()));
  try {
    await log.settle();
    return await storeEnd(drive, outcome, stateJson);
  } catch (cause) {
    // It may have become another's while its end was held.
    return isLost(cause) || isLost(context.signal.reason) ? endLost(drive) : endUnstored(drive, cause);
  }
}

interface TakenSteps {
  readonly outcome: Outcome;
  /** The runnable said where its answer ends, and it was told. */
  readonly isAnswered: boolean;
}

/** The steps of the runnable as events, as far as they go. */
async function takeSteps(drive: RunDrive): Promise<TakenSteps> {
  const { runnable, input, context, events, recorder, log, turns } = drive;
  let steps: AbortableReader<RunStep> | undefined;
  let isAnswered = false;
  try {
    steps = readUntilAborted(runnable.run(input, context), context.signal);
    for (;;) {
      const next = await steps.next();
      if (next.done === true) return { outcome: { status: "COMPLETED" }, isAnswered };
      const step = next.value;
      recorder.addStep(step);
      if (step.type === "message") drive.grow(sizeOfMessage(step.message));
      // A stored run has its content whole: the deltas are not kept (contract 4.5).
      if (step.type === "content") log.append(events.delta(step));
      else for (const event of events.ofStep(step)) log.append(event);
      if (step.type === "answer-completed" && !isAnswered) {
        isAnswered = true;
        log.append(events.contentCompleted());
      }
      if (step.type === "paused") return { outcome: { status: "PAUSED" }, isAnswered };
      const pause = turns.pause(drive.caller);
      if (pause !== undefined) await pause;
    }
  } catch (cause) {
    return { outcome: isAnswered ? endAfterAnswer(cause, context) : endEarly(cause, context), isAnswered };
  } finally {
    steps?.close();
  }
}

function endEarly(cause: unknown, context: RunContext): Outcome {
  const reason: unknown = context.signal.reason;
  if (!context.signal.aborted) return describeFailure(cause, context);
  // Stopped by the server itself: its reason is fit for the caller.
  return reason instanceof RunFailure ? describeFailure(reason, context) : { status: "CANCELLED" };
}

/** The caller has the whole answer: what went wrong after it is the operator's. */
function endAfterAnswer(cause: unknown, { signal, logger, runId }: RunContext): Outcome {
  if (!signal.aborted) logger.error({ run_id: runId, cause }, "a run failed after its answer was complete");
  return { status: "COMPLETED" };
}

/** Stores the end, then tells it: nobody hears of the waits. Rejects when it cannot be stored; then nothing has been told. */
async function storeEnd(drive: RunDrive, outcome: Outcome, stateJson: string): Promise<FinishedRun> {
  const prepared = prepareEnd(drive, outcome, stateJson);
  const end = toRunEnd(drive, prepared);
  await finishWithHold(() => drive.finish(end), drive.hold, drive.context);
  return announce(drive, prepared);
}

/** What could not be stored ends as an error; it is told even where that cannot be stored either, and tried again later. */
async function endUnstored(drive: RunDrive, cause: unknown): Promise<FinishedRun> {
  const failure = new RunFailure("The run could not be stored", { errorType: "store_error", cause });
  const prepared = prepareEnd(drive, describeFailure(failure, drive.context), drive.startingStateJson);
  const end = toRunEnd(drive, prepared);
  try {
    await drive.finish(end);
  } catch (again) {
    // The first end may have been kept, and only the answer to it lost: a second one would contradict it.
    if (isLost(again)) return endLost(drive);
    drive.onUnstored(end);
    return announceUnstored(drive, prepared);
  }
  return announce(drive, prepared);
}

function toRunEnd(
  { recorder, log, startingStateJson, keepsEvents, checkpoint, replaces }: RunDrive,
  end: PreparedEnd,
): RunEnd {
  const lastRow = () =>
    toLastRow(log.committed(), toAnnounced(end), end.status === "PAUSED" ? "pause" : "end");
  return {
    status: end.status,
    outputJson: end.outputJson,
    eventsJson: recorder.listEvents(end.last),
    terminalIndex: log.committed(),
    ...(keepsEvents ? { lastRow: lastRow() } : {}),
    checkpointJson: end.status === "PAUSED" ? writePauseCheckpoint(checkpoint) : undefined,
    replaces: end.status === "COMPLETED" ? replaces : undefined,
    tokens: recorder.tokens(),
    changeState: changeBetween(startingStateJson, end.stateJson),
    changeSummary: end.status === "COMPLETED" ? recorder.changeSummary() : undefined,
  };
}

/** Told to nobody but the log: another attempt, or nobody, goes on with the run. */
function endLost(drive: RunDrive): FinishedRun {
  const { context } = drive;
  context.logger.info({ run_id: context.runId }, "a run was given up: it is gone, or another server has it");
  drive.onLost(new Error("the run is gone"));
  return announceUnstored(drive, lastResort(drive));
}

function isLost(cause: unknown): boolean {
  return cause instanceof RunLeaseLost || (cause instanceof Error && cause.cause instanceof RunLeaseLost);
}

/** An end that is made of nothing that could fail. */
function lastResort({ context, events, startingStateJson }: RunDrive): PreparedEnd {
  const content = "Run failed";
  const { runId: run_id, sessionId: session_id } = context;
  const output = { run_id, session_id, content, content_type: "str", status: "ERROR" };
  return {
    status: "ERROR",
    outputJson: JSON.stringify(output),
    last: events.failed({ content, errorType: "run_error", errorId: run_id }),
    stateJson: startingStateJson,
  };
}

interface PreparedEnd {
  readonly status: RunEnd["status"];
  /** Neither it nor the last event has the session's state: what is stored does without. */
  readonly outputJson: string;
  readonly last: EventText;
  readonly stateJson: string;
}

function prepareEnd({ events, recorder }: RunDrive, outcome: Outcome, stateJson: string): PreparedEnd {
  const { status } = outcome;
  const output = withoutTokens(
    recorder.build(status, outcome.status === "ERROR" ? outcome.content : undefined),
  );
  return { status, outputJson: output.json, last: lastEvent(events, output.value, outcome), stateJson };
}

function announce({ log }: RunDrive, end: PreparedEnd): FinishedRun {
  log.end(toAnnounced(end));
  return toFinished(end, true);
}

/** The store may have, or get, another event in its place. */
function announceUnstored({ log }: RunDrive, end: PreparedEnd): FinishedRun {
  log.endUnstored(toAnnounced(end));
  return toFinished(end, false);
}

function toFinished({ status, outputJson, stateJson }: PreparedEnd, isKept: boolean): FinishedRun {
  return { status, json: withState(outputJson, stateJson), isKept };
}

/** The last event as whoever follows is told it. */
function toAnnounced({ status, last, stateJson }: PreparedEnd): EventText {
  const hasState = status === "COMPLETED" || status === "CANCELLED";
  return hasState ? { event: last.event, json: withState(last.json, stateJson) } : last;
}

function lastEvent(events: RunEvents, output: StoredOutput, outcome: Outcome): EventText {
  switch (outcome.status) {
    case "COMPLETED":
    // After `RunCancelled`: the last event of a cancelled run is this one too (contract 5.3).
    case "CANCELLED":
      return events.completed(output);
    case "PAUSED":
      return events.paused(output);
    default:
      return events.failed(outcome);
  }
}

/** Memory of a message, near enough: its text goes to the store and to the model's provider too. */
function sizeOfMessage(message: Message): number {
  return 4 * JSON.stringify(message).length;
}

/** The caller gets a text that says nothing of the inside, and an id by which an operator finds the cause in the log. */
function describeFailure(failure: unknown, context: RunContext): Extract<Outcome, { status: "ERROR" }> {
  const errorId = context.generateId();
  const isMeant = failure instanceof RunFailure;
  const cause = isMeant ? failure.cause : failure;
  const errorType = isMeant ? failure.errorType : "run_error";
  context.logger.error(
    {
      ...(isMeant ? failure.facts : {}),
      error_id: errorId,
      error_type: errorType,
      run_id: context.runId,
      cause,
    },
    "run failed",
  );
  const said = isMeant ? failure.message : "Run failed";
  const content = cause === undefined ? said : `${said} (error ${errorId}: the server's log has its cause)`;
  return { status: "ERROR", content, errorType, errorId };
}
