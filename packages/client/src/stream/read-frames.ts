/** Server-sent events of one answer, one after the other. What a server sends without an end is bounded, not believed. */
import { isRecord } from "@agentos/contract/text";
import { createParser } from "eventsource-parser";
import { onWire } from "../wire/attempt.ts";
import { ConnectionFault } from "../wire/client-errors.ts";
import { parseJson } from "../wire/read-body.ts";
import type { Answer } from "../wire/transport.ts";

/** An event as it came: its `event` is the one inside its JSON. */
export type Frame = Readonly<Record<string, unknown>> & { readonly event: string };

interface FrameLimits {
  /** Longest event, in characters. */
  readonly maxEventLength: number;
  /** Longest silence from now on, heartbeats included, in milliseconds; undefined: as long as it takes. */
  readonly patience: () => number | undefined;
}

/** Ends where the answer ends, and throws where it is cut. */
export async function* readFrames(
  { response, attempt }: Answer,
  { maxEventLength, patience }: FrameLimits,
): AsyncGenerator<Frame, undefined> {
  if (!/^text\/event-stream\b/i.test(response.headers.get("content-type") ?? ""))
    throw new ConnectionFault("not-agentos", "the answer is no stream of events, as that of a run would be");
  const reader = response.body?.getReader();
  if (reader === undefined) return undefined;
  const decoder = new TextDecoder();
  const arrived: string[] = [];
  let isTooLong = false;
  const parser = createParser({
    maxBufferSize: maxEventLength,
    onEvent: ({ data }) => {
      isTooLong ||= data.length > maxEventLength;
      if (!isTooLong) arrived.push(data);
    },
    onError: ({ type }) => {
      isTooLong ||= type === "max-buffer-size-exceeded";
    },
  });
  try {
    for (;;) {
      attempt.allow(patience());
      const { done, value } = await onWire(reader.read());
      attempt.allow(undefined);
      if (done) return undefined;
      parser.feed(decoder.decode(value, { stream: true }));
      for (const data of arrived.splice(0)) {
        const frame = toFrame(data);
        if (frame !== undefined) yield frame;
      }
      if (isTooLong)
        throw new ConnectionFault("too-large", `an event is longer than ${maxEventLength} characters`);
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** A frame without a name says nothing: a Python workflow that pauses ends with one. */
function toFrame(data: string): Frame | undefined {
  const parsed = parseJson(data);
  if (parsed === undefined)
    throw new ConnectionFault("not-agentos", "an event of the stream is no JSON, as each of an AgentOS is");
  return isFrame(parsed.value) ? parsed.value : undefined;
}

function isFrame(value: unknown): value is Frame {
  return isRecord(value) && typeof value["event"] === "string";
}
