/** The runs of a session, however many, a few at a time: what reads them holds neither all of them nor the event loop. */
import { setImmediate } from "node:timers/promises";
import type { DataScope } from "@agentos/auth";
import type { RunQuery, RunStore, SessionKey, StoredRun } from "../runs/store.ts";

const PIECE_RUNS = 10;

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
  for (;;) {
    const runs = await store.listRuns(scope, key, { ...query, piece: { afterRunId, count: PIECE_RUNS } });
    const isLast = runs.length < PIECE_RUNS;
    yield { runs, isLast };
    afterRunId = runs.at(-1)?.output.run_id;
    if (isLast) return;
    // A client that takes all at once would otherwise keep others waiting.
    await setImmediate();
  }
}
