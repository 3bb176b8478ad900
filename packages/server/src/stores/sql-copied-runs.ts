/** Runs that have ended elsewhere and are added as they are: copies. They count like any other. */
import type { Database } from "@agentos/storage";
import {
  coversOwner,
  type EndedRun,
  MAX_FIRST_INPUT_LENGTH,
  RunLeaseLost,
  type RunStore,
} from "../runs/store.ts";
import { toKeyText, toPlainText } from "./schema/key-text.ts";
import { toOwnerColumns } from "./schema/owner-columns.ts";
import type { Tables } from "./schema/tables.ts";
import type { WriteOfOwner } from "./sql-full-owners.ts";
import { isSession } from "./sql-sessions.ts";
import { addUsage, requireRoom, sizeOfRun } from "./sql-usage.ts";

interface Options {
  readonly deployment: string;
  readonly maxBytesPerOwner: number;
  readonly writeOfOwner: WriteOfOwner;
}

export function createSqlCopiedRuns(
  database: Database<Tables>,
  { deployment, maxBytesPerOwner, writeOfOwner }: Options,
): Pick<RunStore, "addEndedRuns"> {
  return {
    async addEndedRuns(scope, key, runs) {
      const [first] = runs;
      if (first === undefined) return;
      if (!coversOwner(scope, key.owner))
        throw new Error("INVARIANT: a run is kept only within its caller's scope");
      const bytes = runs.reduce((sum, run) => sum + sizeOfRun(run), 0);
      await writeOfOwner(key.owner, () =>
        database.write(async (transaction) => {
          const firstInput = toPlainText(first.input.slice(0, MAX_FIRST_INPUT_LENGTH));
          const session = await transaction
            .updateTable("agentos_sessions")
            .set((row) => ({
              bytes: row("bytes", "+", bytes),
              first_input: row.fn.coalesce("first_input", row.val(firstInput)),
            }))
            .where(isSession(deployment, key))
            .returning("session_no")
            .executeTakeFirst();
          if (session === undefined) throw new RunLeaseLost("the session is gone");
          const { session_no } = session;
          await transaction
            .insertInto("agentos_runs")
            .values(runs.map((run) => ({ ...toColumns(run), deployment, session_no })))
            .execute();
          const owner = toOwnerColumns(key.owner);
          const before = await addUsage(transaction, { deployment, ...owner, bytes });
          requireRoom(key.owner, before, maxBytesPerOwner);
        }),
      );
    },
  };
}

function toColumns(run: EndedRun) {
  return {
    run_id: toKeyText(run.runId),
    status: run.status,
    attempt: 1,
    max_attempts: 1,
    next_index: run.nextIndex,
    created_at: run.createdAt,
    ended_at: Date.now() / 1_000,
    output_json: run.outputJson,
    events_json: run.eventsJson,
  };
}
