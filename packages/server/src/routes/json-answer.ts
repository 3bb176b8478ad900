/** The answer to a run that is not streamed. */
import { jsonTextResponse } from "@agentos/guard/app";
import type { LiveRun } from "../runs/live-run.ts";

/** A longer answer leaves piece by piece, and counts as held until its client has taken it. */
const SHORT_LENGTH = 4 * 1024;
const PIECE_LENGTH = 32 * 1024;

/** Waits for the run. `onCut` is told when nobody reads the answer, or others need the memory. */
export async function answerWithRun(
  run: LiveRun,
  { onCut }: { readonly onCut: (cause: Error) => void },
): Promise<Response> {
  let at = 0;
  let json = "";
  let tellClient: () => void = () => {};
  const close = run.readers.open({
    taken: () => at,
    isBehind: () => at < json.length,
    onCut(cause) {
      close();
      onCut(cause);
      tellClient();
    },
  });
  ({ json } = await run.finished);
  run.dropEvents();
  if (json.length <= SHORT_LENGTH) {
    close();
    return jsonTextResponse(json);
  }
  run.hold(json.length * 2);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        tellClient = () => controller.error(new Error("the answer was cut"));
      },
      pull(controller) {
        const end = endOfPiece(json, at);
        controller.enqueue(encoder.encode(json.slice(at, end)));
        at = end;
        if (at < json.length) return;
        close();
        controller.close();
      },
      cancel: () => close(),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "application/json" } });
}

/** Not between the two halves of a character: each piece is encoded by itself. */
function endOfPiece(text: string, start: number): number {
  const end = Math.min(start + PIECE_LENGTH, text.length);
  const last = text.charCodeAt(end - 1);
  return end < text.length && last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}
