/**
 * A JSON answer with a list in it that may be long: it leaves piece by piece, as fast as its client takes it, so that a
 * server holds one piece of it at a time.
 */
import { jsonTextResponse, StreamCutError } from "@agentos/guard/app";

export interface JsonPiece {
  /** JSON texts of the next items. */
  readonly items: readonly string[];
  readonly isLast: boolean;
}

export interface PiecedAnswer {
  /** What stands before the list, its bracket included, and what stands behind it. */
  readonly before: string;
  readonly pieces: AsyncIterator<JsonPiece, void>;
  readonly after: string;
  /** Told why an answer was cut that had begun. */
  readonly onCut: (cause: unknown) => void;
}

/** Rejects where the first piece cannot be had: then nothing has been answered. */
export async function answerInPieces({ before, pieces, after, onCut }: PiecedAnswer): Promise<Response> {
  let hasItems = false;
  const write = ({ items }: JsonPiece): string => {
    if (items.length === 0) return "";
    const text = (hasItems ? "," : "") + items.join(",");
    hasItems = true;
    return text;
  };
  const first = await pieces.next();
  const start = before + (first.done === true ? "" : write(first.value));
  if (first.done === true || first.value.isLast) return jsonTextResponse(start + after);
  const encoder = new TextEncoder();
  let isStarted = false;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!isStarted) {
          isStarted = true;
          controller.enqueue(encoder.encode(start));
          return;
        }
        try {
          const piece = await pieces.next();
          const isLast = piece.done === true || piece.value.isLast;
          const text = piece.done === true ? "" : write(piece.value);
          // A space, where a piece has no item: a chunk has to have something in it.
          controller.enqueue(encoder.encode(isLast ? text + after : text || " "));
          if (isLast) controller.close();
        } catch (cause) {
          onCut(cause);
          controller.error(new StreamCutError());
        }
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "application/json" } });
}
