/** The runs of a session, however many, a few at a time: what reads them holds neither all of them nor the event loop. */
import { setImmediate } from "node:timers/promises";
import type { DataScope } from "@agentos/auth";
import type { RunQuery, RunStore, SessionKey, StoredRun } from "../runs/store.ts";

const FIRST_RUNS = 4;
const MAX_RUNS = 20;
/** Text of the inputs and answers of a piece, UTF-16 units, near enough: written three times over, it is some milliseconds. */
const PIECE_LENGTH = 50_000;

export interface RunsPiece {
  readonly runs: readonly StoredRun[];
  readonly isLast: boolean;
}

/** Gives at least one piece. Oldest first. */
export async function* readRunPieces(
  store: Pick<RunStore, "listRuns">,
  scope: DataScope,
  { key, ...query }: { readonly key: SessionKey } & Omit<RunQuery, "limit" | "piece">,
): AsyncGenerator<RunsPiece, void> {
  let afterRunId: string | undefined;
  let count = FIRST_RUNS;
  for (;;) {
    const runs = await store.listRuns(scope, key, { ...query, piece: { afterRunId, count } });
    const isLast = runs.length < count;
    yield { runs, isLast };
    afterRunId = runs.at(-1)?.output.run_id;
    if (isLast) return;
    count = countNext(runs);
    // A client that takes all at once would otherwise keep others waiting.
    await setImmediate();
  }
}

/** Runs of a session are much alike: the next ones are taken to be as long as the last. */
function countNext(runs: readonly StoredRun[]): number {
  let length = 1;
  for (const { output } of runs) length += output.content.length + output.input.input_content.length;
  return Math.min(MAX_RUNS, Math.max(1, Math.floor((runs.length * PIECE_LENGTH) / length)));
}
