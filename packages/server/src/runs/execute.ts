/**
 * Runs a runnable from its first event to its last. The start, the end, the answer to a failure and to a cancel are the
 * same for every runnable, and the run is stored before its last event is sent (contract 7.3).
 */
import type { DataScope } from "@agentos/auth";
import type { AnyRunEvent, AnyRunOutput, PrefixedKind } from "@agentos/contract";
import { createRunEvents } from "./events.ts";
import { createRunRecorder } from "./record.ts";
import { type RunContext, RunFailure, type RunInput, type Runnable } from "./runnable.ts";
import type { RunStore, SessionKey } from "./store.ts";
import { untilAborted } from "./until-aborted.ts";

export interface RunExecution {
  readonly runnable: Runnable<PrefixedKind>;
  readonly input: RunInput;
  readonly context: RunContext;
  readonly key: SessionKey;
  readonly scope: DataScope;
  readonly store: RunStore;
}

type Ending =
  | { readonly status: "COMPLETED" | "PAUSED" | "CANCELLED" }
  | {
      readonly status: "ERROR";
      readonly content: string;
      readonly errorType: string;
      readonly errorId: string;
    };

/** Yields the events, returns the run. Does not throw: whatever happens ends in an event. */
export async function* executeRun(execution: RunExecution): AsyncGenerator<AnyRunEvent, AnyRunOutput> {
  const { runnable, input, context } = execution;
  const events = createRunEvents({
    runnable,
    runId: context.runId,
    sessionId: context.sessionId,
    clock: context.clock,
  });
  const recorder = createRunRecorder(runnable, input, context);
  const record = (event: AnyRunEvent): AnyRunEvent => {
    recorder.addEvent(event);
    return event;
  };

  yield record(events.started());
  let ending: Ending = { status: "COMPLETED" };
  try {
    for await (const step of untilAborted(runnable.run(input, context), context.signal)) {
      recorder.addStep(step);
      // A stored run has its content whole: the deltas are not kept (contract 4.5).
      for (const event of events.ofStep(step)) yield step.type === "content" ? event : record(event);
      if (step.type === "paused") {
        ending = { status: "PAUSED" };
        break;
      }
    }
  } catch (cause) {
    ending = context.signal.aborted ? { status: "CANCELLED" } : describeFailure(cause, context);
  }

  if (ending.status === "COMPLETED" || ending.status === "PAUSED") yield record(events.contentCompleted());
  if (ending.status === "CANCELLED") yield record(events.cancelled(recorder.content));

  let output = recorder.build(ending.status, ending.status === "ERROR" ? ending.content : undefined);
  let last = lastEvent(ending, output);
  try {
    const stored = withEvents(output, [...recorder.events, last]);
    await execution.store.saveRun(execution.scope, { key: execution.key, output: stored });
  } catch (cause) {
    const failure = describeFailure(
      new RunFailure("The run could not be stored", { errorType: "store_error", cause }),
      context,
    );
    output = { ...output, status: "ERROR", content: failure.content };
    last = events.failed(failure);
  }
  yield last;
  return output;

  function lastEvent(end: Ending, run: AnyRunOutput): AnyRunEvent {
    switch (end.status) {
      case "COMPLETED":
      case "CANCELLED":
        return events.completed(run);
      case "PAUSED":
        return events.paused(run);
      default:
        return events.failed(end);
    }
  }
}

// INVARIANT: events and output of one run are of one kind.
function withEvents(output: AnyRunOutput, events: AnyRunEvent[]): AnyRunOutput {
  return { ...output, events } as AnyRunOutput;
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
