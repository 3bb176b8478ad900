/** The runs of a session, however many, a few at a time: what reads them holds neither all of them nor the event loop. */
import { setImmediate } from "node:timers/promises";
import type { DataScope } from "@agentos/auth";
import type { RunPiece, RunQuery, RunStore, SessionKey } from "../runs/store.ts";

const MAX_RUNS = 20;
/** JSON of a piece: read, and written again, it is some milliseconds. */
const MAX_PIECE_BYTES = 256 * 1024;

/** Gives at least one piece. Oldest first. */
export async function* readRunPieces(
  store: Pick<RunStore, "listRunPiece">,
  scope: DataScope,
  { key, ...query }: { readonly key: SessionKey } & Omit<RunQuery, "limit">,
): AsyncGenerator<RunPiece, void> {
  const size = { count: MAX_RUNS, maxBytes: MAX_PIECE_BYTES };
  let afterRunId: string | undefined;
  for (;;) {
    const piece = await store.listRunPiece(scope, key, { ...query, ...size, afterRunId });
    yield piece;
    if (piece.isLast) return;
    afterRunId = piece.runs.at(-1)?.output.run_id;
    // A client that takes all at once would otherwise keep others waiting.
    await setImmediate();
  }
}
