/** Events as server-sent events, framed as contract 5.1: `event`, `data` in one line, nothing else. */
import { StreamCutError } from "@agentos/guard/app";
import type { LiveRun } from "../runs/live-run.ts";

/** One frame. JSON text has no line breaks, so it cannot end the frame early. */
export function encodeFrame(event: string, json: string): string {
  return `event: ${event}\ndata: ${json}\n\n`;
}

/** Frames are sent together up to so many characters; what is more waits in the run, not in the connection. */
const CHUNK_LENGTH = 32 * 1024;

/**
 * A run as a stream. Everything that is ready leaves in one write. A client that goes away stops the run; one that reads
 * slowly does not, until it is cut. Resolves when there is something to send, so that it goes with the headers.
 */
export async function openEventStream(
  run: LiveRun,
  options: { readonly onCut: (cause: Error) => void },
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let isOpen = true;
  let isCut = false;
  let tellClient: () => void = () => {};
  const watcher = run.watch((cause) => {
    if (!close()) return;
    isCut = true;
    // Nobody is left to read the run; one that has ended does not mind.
    run.abort(cause);
    options.onCut(cause);
    tellClient();
  });
  await watcher.ready();

  function close(): boolean {
    if (!isOpen) return false;
    isOpen = false;
    watcher.close();
    return true;
  }

  function takeFrames(): string {
    let text = "";
    while (text.length < CHUNK_LENGTH) {
      const entry = watcher.take();
      if (entry === undefined) break;
      text += encodeFrame(entry.event, run.toJson(entry));
    }
    return text;
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // What was wrong is not for the client, and in the log already.
        tellClient = () => controller.error(new StreamCutError());
        if (isCut) tellClient();
      },
      async pull(controller) {
        const hasMore = watcher.isBehind() || (await watcher.ready());
        if (!isOpen) return;
        if (hasMore) controller.enqueue(encoder.encode(takeFrames()));
        if (hasMore && !watcher.isDone()) return;
        close();
        controller.close();
      },
      cancel(reason) {
        if (close()) run.abort(reason ?? new Error("the client went away"));
      },
    },
    { highWaterMark: 0 },
  );
}

export function eventStreamResponse(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      // Proxies that buffer would hold events back.
      "x-accel-buffering": "no",
    },
  });
}
