/** The end of a run that nobody runs: one that waits for a server, or for somebody's decision. */
import { type RawBuilder, sql, type Transaction } from "kysely";
import type { DescribeWaiting } from "../runs/run-queue.ts";
import { appendTexts } from "./run-texts.ts";
import type { RunsTable, Tables } from "./schema/tables.ts";
import { readOutputOrBare } from "./sql-run-output.ts";
import { addUsage, sizeOfRun, USAGE_COLUMNS } from "./sql-usage.ts";

/** Those of a {@link WaitingRow}. */
export const WAITING_COLUMNS = [
  "agentos_runs.run_no",
  "agentos_runs.session_no",
  "agentos_runs.status",
  "next_index",
  "keeps_events",
  "output_json",
  "events_json",
  "checkpoint_json",
] as const;

export type WaitingRow = Pick<
  RunsTable,
  "session_no" | "status" | "next_index" | "output_json" | "events_json" | "checkpoint_json"
> & { readonly run_no: number; readonly keeps_events: number };

export interface WaitingEnd {
  /** Locked. */
  readonly run: WaitingRow;
  readonly describe: DescribeWaiting;
  readonly deployment: string;
  readonly now: RawBuilder<number>;
  /** How long its events are kept. */
  readonly eventsSeconds: number;
}

export async function endWaiting(
  transaction: Transaction<Tables>,
  { run: row, describe, deployment, now, eventsSeconds }: WaitingEnd,
): Promise<void> {
  const nextIndex = await findNextIndex(transaction, row);
  const end = describe(await readOutputOrBare(transaction, row), nextIndex);
  const eventsJson = appendTexts(row.events_json, end.events);
  const keepsEvents = row.keeps_events === 1;
  await transaction
    .updateTable("agentos_runs")
    .set({
      status: end.status,
      output_json: end.outputJson,
      events_json: eventsJson,
      next_index: nextIndex + end.events.length,
      checkpoint_json: null,
      node_id: null,
      ended_at: now,
      cancel_at: null,
      ...(keepsEvents ? { events_until: sql<number>`${now} + ${eventsSeconds}` } : {}),
    })
    .where("run_no", "=", row.run_no)
    .execute();
  if (keepsEvents) await keepRows(transaction, row.run_no, end.rows);
  const before = row.status === "PAUSED" ? sizeOfRow(row) : 0;
  const bytes = sizeOfRun({ outputJson: end.outputJson, eventsJson }) - before;
  const session = await transaction
    .updateTable("agentos_sessions")
    .set((columns) => ({ bytes: columns("bytes", "+", bytes) }))
    .where("session_no", "=", row.session_no)
    .returning(USAGE_COLUMNS)
    .executeTakeFirstOrThrow();
  await addUsage(transaction, { ...session, deployment, bytes });
}

async function keepRows(
  transaction: Transaction<Tables>,
  runNo: number,
  rows: ReturnType<DescribeWaiting>["rows"],
): Promise<void> {
  for (const { firstIndex, lastIndex, kind, data } of rows)
    await transaction
      .insertInto("agentos_run_events")
      .values({ run_no: runNo, first_index: firstIndex, last_index: lastIndex, kind, data })
      .execute();
}

function sizeOfRow({ output_json, events_json, checkpoint_json }: WaitingRow): number {
  return sizeOfRun({
    outputJson: output_json,
    eventsJson: events_json ?? "",
    checkpointJson: checkpoint_json ?? "",
  });
}

/** Behind all that the log has of it: its server may have gone before the row said so. */
export async function findNextIndex(
  transaction: Transaction<Tables>,
  row: Pick<WaitingRow, "run_no" | "next_index" | "keeps_events">,
): Promise<number> {
  if (row.keeps_events !== 1) return row.next_index;
  const last = await transaction
    .selectFrom("agentos_run_events")
    .select("last_index")
    .where("run_no", "=", row.run_no)
    // The highest of a column that is not in the key would be looked for in every row.
    .orderBy("first_index", "desc")
    .limit(1)
    .executeTakeFirst();
  return Math.max(row.next_index, (last?.last_index ?? -1) + 1);
}
