/** Events as server-sent events, framed as contract 5.1: `event`, `data` in one line, nothing else. */

/** One frame. JSON text has no line breaks, so it cannot end the frame early. */
export function encodeEvent(event: { readonly event: string }): string {
  return `event: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`;
}

export interface EventStreamOptions {
  /** Told once when the client goes away. The events are then read to their end, unsent, so that the run is stored. */
  readonly onCancel: (reason: unknown) => void;
  /** A fault of the server while reading events; the stream is cut. */
  readonly onError: (cause: unknown) => void;
}

/** Reads the next event only when the client has taken the last one: a slow reader slows its own run and no other. */
export function createEventStream(
  events: AsyncIterator<{ readonly event: string }>,
  options: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let isCancelled = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await events.next();
          // The client may have gone while the event was awaited; then nobody is left to send it to.
          if (isCancelled) return;
          if (next.done === true) controller.close();
          else controller.enqueue(encoder.encode(encodeEvent(next.value)));
        } catch (cause) {
          options.onError(cause);
          if (isCancelled) return;
          controller.error(new Error("the stream failed"));
        }
      },
      cancel(reason) {
        isCancelled = true;
        options.onCancel(reason);
        // Not awaited: the client is gone, and the run may take a moment to end.
        readToEnd(events).catch(options.onError);
      },
    },
    { highWaterMark: 0 },
  );
}

async function readToEnd(events: AsyncIterator<unknown>): Promise<void> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) return;
  }
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
