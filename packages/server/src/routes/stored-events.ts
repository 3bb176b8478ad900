/** The events that are stored with a run, as whoever followed it was told them. */
import { withState } from "../runs/events.ts";
import type { SessionState, StoredEvent, StoredRun } from "../runs/store.ts";

export interface ShownEvent {
  readonly event: string;
  readonly json: string;
}

/** The state is the one that the session has now. */
export function showEvents(
  { events }: Pick<StoredRun, "events">,
  state: SessionState,
): readonly ShownEvent[] {
  const stateJson = JSON.stringify(state);
  return events.map((event) => ({ event: String(event.event), json: showEvent(event, stateJson) }));
}

function showEvent(event: StoredEvent, stateJson: string): string {
  const json = JSON.stringify(event);
  return String(event.event).endsWith("RunCompleted") ? withState(json, stateJson) : json;
}

/** Texts as a stream, one after the other: what is not read yet waits. */
export function streamTexts(texts: readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const text = texts[at];
        at += 1;
        if (text === undefined) controller.close();
        else controller.enqueue(encoder.encode(text));
      },
    },
    { highWaterMark: 0 },
  );
}
