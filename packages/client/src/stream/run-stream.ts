/** The events of a run as an async iterator, and where it stands. */
import type { AnyRunEvent } from "@agentos/contract";
import { isRecord } from "@agentos/contract/text";
import { ConnectionFault, isClientError } from "../wire/client-errors.ts";
import type { EventPosition } from "./event-position.ts";
import type { Frame } from "./read-frames.ts";

/** One event, with what every frame of a run in the background has beside it. */
export type StreamedEvent = AnyRunEvent & {
  /** Place in the stream, from 0 on; undefined for a run that is not in the background. */
  readonly event_index?: number;
};

/**
 * The events of one run, to be iterated once. The request is sent when the iteration begins, and the connection is closed
 * when it ends, however it ends.
 *
 * The names are those of `AnyRunEvent`; a server of another version may send more, so a `switch` on `event` needs a default.
 * Throws `AgentOSRefusal`, `InvalidInput` or `ConnectionFault`.
 */
export interface RunStream extends AsyncIterable<StreamedEvent> {
  /** Undefined until the first event. */
  readonly runId: string | undefined;
  /** Undefined until the first event. */
  readonly sessionId: string | undefined;
  /** Of the last event that was given; undefined for a run that is not in the background. */
  readonly lastEventIndex: number | undefined;
}

interface RunStreamParts {
  readonly position: EventPosition;
  readonly frames: () => AsyncGenerator<Frame, undefined>;
  /** Told when the caller has left before the end: by its signal, or by leaving the loop. */
  readonly onLeft: () => void;
}

export function createRunStream({ position, frames, onLeft }: RunStreamParts): RunStream {
  let hasBegun = false;

  async function* iterate(): AsyncGenerator<StreamedEvent, undefined> {
    let isDone = false;
    try {
      for await (const frame of frames()) yield toEvent(frame);
      isDone = true;
    } catch (error) {
      isDone = !(isClientError(error) && error.kind === "connection" && error.reason === "aborted");
      throw error;
    } finally {
      if (!isDone) onLeft();
    }
    return undefined;
  }

  return {
    get runId() {
      return position.runId;
    },
    get sessionId() {
      return position.sessionId;
    },
    get lastEventIndex() {
      return position.lastEventIndex;
    },
    [Symbol.asyncIterator]() {
      if (hasBegun) throw new Error("the stream of a run is iterated once: ask for another one");
      hasBegun = true;
      return iterate();
    },
  };
}

/**
 * A server's word. What a program reaches into is looked at, so that it does not fall over there; all else is what the
 * contract says of that name, or is shown as the text that it is.
 */
function toEvent(frame: Frame): StreamedEvent {
  const { event, tool } = frame;
  const isTool = /^(?:Team)?ToolCall/.test(event);
  const isPause = /^(?:Team)?RunPaused$/.test(event);
  if (isTool && !isRecord(tool))
    throw new ConnectionFault("not-agentos", "an event about a tool call has no tool call");
  const lists = isPause ? { tools: listOf(frame["tools"]), requirements: listOf(frame["requirements"]) } : {};
  return { ...frame, ...lists } as unknown as StreamedEvent;
}

/** A Python AgentOS leaves out what is empty. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
