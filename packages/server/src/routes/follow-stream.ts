/**
 * A run that is followed by index, as server-sent events: each frame says which event it is, so that whoever loses the
 * connection asks for what came after it. One without an index says how the stream ends of a run that could not be stored:
 * the store may have another event in its place. Neither going away nor reading slowly stops the run.
 */
import { StreamCutError } from "@agentos/guard/app";
import type { RunEvents } from "../runs/events.ts";
import type { RunFollower } from "../runs/followers.ts";
import type { Readers } from "../runs/readers.ts";
import { encodeDamaged } from "./resume-frames.ts";
import { encodeFrame } from "./sse.ts";

export interface FollowStream {
  readonly follower: RunFollower;
  readonly toJson: RunEvents["toJson"];
  /** Counts who reads; where it takes nothing for long it is cut. It takes in turn with others. */
  readonly readers: Pick<Readers, "open" | "pause">;
  readonly onCut: (cause: Error) => void;
  /** Sent before anything else. */
  readonly intro?: string | undefined;
  /** Sent once, before the event of this index, or as soon as those before it have been sent. */
  readonly boundary?: { readonly index: number; readonly text: string } | undefined;
  /** Index of the first event. Default 0. */
  readonly firstIndex?: number | undefined;
  /** Where nothing happens for so long a comment keeps proxies from closing the connection, milliseconds. Default 30 s. */
  readonly heartbeatMs?: number | undefined;
}

/** Frames are sent together up to so many characters; what is more waits in the log. */
const CHUNK_LENGTH = 32 * 1024;
const HEARTBEAT_MS = 30_000;
const HEARTBEAT = ": heartbeat\n\n";

/** The frame of an event; its index stands at the end of the data (contract 5.6). */
export function encodeIndexedFrame(event: string, json: string, index: number): string {
  return encodeFrame(event, `${json.slice(0, -1)},"event_index":${index}}`);
}

export function openFollowStream(options: FollowStream): ReadableStream<Uint8Array> {
  const { follower, toJson, readers, onCut, heartbeatMs = HEARTBEAT_MS } = options;
  const encoder = new TextEncoder();
  let { intro = "", boundary, firstIndex: nextIndex = 0 } = options;
  let isOpen = true;
  let cutBy: Error | undefined;
  let tellClient: () => void = () => {};
  /** Asked once at a time: a heartbeat leaves it as it is. */
  let ready: Promise<boolean> | undefined;
  const closeReader = readers.open({
    taken: follower.taken,
    isBehind: follower.isBehind,
    onCut(cause) {
      if (!close()) return;
      cutBy = cause;
      onCut(cause);
      tellClient();
    },
  });

  function close(): boolean {
    if (!isOpen) return false;
    isOpen = false;
    follower.close();
    closeReader();
    return true;
  }

  function takeBoundary(index: number): string {
    if (boundary === undefined || index < boundary.index) return "";
    const { text } = boundary;
    boundary = undefined;
    return text;
  }

  async function takeFrames(): Promise<string> {
    const pause = readers.pause();
    if (pause !== undefined) await pause;
    let text = intro + takeBoundary(nextIndex);
    intro = "";
    while (text.length < CHUNK_LENGTH) {
      const taken = follower.take();
      if (taken === undefined) break;
      const { index, entry } = taken;
      if (index === undefined) {
        text += encodeFrame(entry.event, toJson(entry));
        continue;
      }
      text += takeBoundary(index) + encodeIndexedFrame(entry.event, toJson(entry), index);
      nextIndex = index + 1;
      text += takeBoundary(nextIndex);
    }
    return text;
  }

  async function waitForNews(): Promise<boolean | "nothing"> {
    ready ??= follower.ready();
    const { promise: beat, resolve } = Promise.withResolvers<"nothing">();
    const timer = setTimeout(() => resolve("nothing"), heartbeatMs);
    const found = await Promise.race([ready, beat]);
    clearTimeout(timer);
    if (found !== "nothing") ready = undefined;
    return found;
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // What was wrong is not for the client, and in the log already.
        tellClient = () => controller.error(new StreamCutError());
        if (cutBy !== undefined) tellClient();
      },
      async pull(controller) {
        let text = await takeFrames();
        if (text === "" && isOpen) {
          const found = follower.isDone() ? false : await waitForNews();
          text = found === "nothing" ? HEARTBEAT : await takeFrames();
        }
        // It may have been cut while it waited for its turn.
        if (!isOpen) return;
        if (follower.isDamaged()) text += encodeDamaged(nextIndex);
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (text !== "" && !follower.isDone()) return;
        close();
        controller.close();
      },
      cancel: () => void close(),
    },
    { highWaterMark: 0 },
  );
}
