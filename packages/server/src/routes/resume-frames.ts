/** Frames that say where a stream stands that is taken up again (contract 5.6). Their JSON has spaces, as Python writes it. */
import { encodeFrame } from "./sse.ts";

type Values = Readonly<Record<string, string | number | null>>;

export interface ResumedRun {
  readonly runId: string;
  /** Of the run, upper case; `running` of one that runs. */
  readonly status: string;
}

export function encodeCatchUp({ runId, status }: ResumedRun, missed: number, count: number): string {
  return encodeControl("catch_up", {
    run_id: runId,
    status,
    missed_events: missed,
    current_event_count: count,
    message: `Catching up on ${missed} missed events`,
  });
}

export function encodeSubscribed({ runId, status }: ResumedRun, count: number): string {
  return encodeControl("subscribed", {
    run_id: runId,
    status,
    current_event_count: count,
    message: "Listening for live events",
  });
}

/** Of a run that has ended, or is paused, while its events can be read. */
export function encodeReplay(
  { runId, status }: ResumedRun,
  count: number,
  lastEventIndex: number | undefined,
): string {
  return encodeControl("replay", {
    run_id: runId,
    status,
    total_events: count,
    total_buffered: count,
    last_event_index_requested: lastEventIndex ?? null,
    message: `Run ${runId} is ${status}: replaying its events`,
  });
}

/** Of a run whose events are those that its record has. */
export function encodeStoredReplay({ runId, status }: ResumedRun, count: number): string {
  return encodeControl("replay", {
    run_id: runId,
    status,
    total_events: count,
    message: `Run ${runId} is ${status}: replaying the events that are stored with it`,
  });
}

export function encodeUnknown(runId: string): string {
  return encodeControl("error", { error: `Run ${runId} not found in buffer or database` });
}

/** The last frame of a stream whose run has an event that cannot be read any more. */
export function encodeDamaged(index: number): string {
  return encodeControl("error", {
    error: `Event ${index} of this run is damaged, and this stream ends before it: read the run itself, which has its whole answer when it has ended`,
  });
}

function encodeControl(event: string, values: Values): string {
  const texts = Object.entries({ event, ...values }).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return encodeFrame(event, `{${texts.join(", ")}}`);
}
