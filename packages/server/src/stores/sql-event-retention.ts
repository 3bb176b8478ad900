/** Deletes the events of runs whose time is over, a little at a time. The run stays as it ended. */
import type { Database } from "@agentos/storage";
import { sql, type Transaction } from "kysely";
import type { Tables } from "./schema/tables.ts";

export interface EventSweepOptions {
  readonly deployment: string;
  /** Between two batches; rejects when the sweep is to end. */
  readonly pause: () => Promise<void>;
}

/** Runs, and rows of them, of one commit. */
const RUNS = 50;
const ROWS = 2_000;

/** Deletes all that is too old; gives how many rows. */
export async function sweepEvents(
  database: Database<Tables>,
  { deployment, pause }: EventSweepOptions,
): Promise<number> {
  let deleted = 0;
  for (;;) {
    const batch = await database.write((transaction) => sweepSome(database, transaction, deployment));
    deleted += batch.rows;
    if (batch.runs === 0) return deleted;
    await pause();
  }
}

async function sweepSome(
  { dialect }: Pick<Database<Tables>, "dialect">,
  transaction: Transaction<Tables>,
  deployment: string,
): Promise<{ readonly runs: number; readonly rows: number }> {
  const over = transaction
    .selectFrom("agentos_runs")
    .select("run_no")
    .where("deployment", "=", deployment)
    .where("events_until", "is not", null)
    .where("events_until", "<", dialect.now)
    .orderBy("events_until")
    .limit(RUNS);
  // A run that goes on meanwhile keeps its events, and servers that sweep at the same time share the work.
  const locked = dialect.name === "postgres" ? over.forUpdate().skipLocked() : over;
  const runs = (await locked.execute()).map(({ run_no }) => run_no);
  if (runs.length === 0) return { runs: 0, rows: 0 };
  const { numAffectedRows = 0n } = await sql`
    delete from agentos_run_events where (run_no, first_index) in (
      select run_no, first_index from agentos_run_events where run_no in (${sql.join(runs)})
      order by run_no, first_index limit ${ROWS}
    )`.execute(transaction);
  const rows = Number(numAffectedRows);
  if (rows < ROWS)
    await transaction
      .updateTable("agentos_runs")
      .set({ events_until: null })
      .where("run_no", "in", runs)
      .execute();
  return { runs: runs.length, rows };
}
