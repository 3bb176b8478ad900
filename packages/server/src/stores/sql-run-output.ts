/** The output of a run whose text may be damaged: one such run must not stop those that only come by. */
import type { Transaction } from "kysely";
import { toBareOutput } from "../runs/abandoned.ts";
import type { StoredOutput } from "../runs/store.ts";
import { fromKeyText } from "./schema/key-text.ts";
import type { Tables } from "./schema/tables.ts";
import { KEY_COLUMNS, readSessionKey } from "./sql-rows.ts";

/** Undefined where the text is damaged. */
export function tryReadOutput(json: string): StoredOutput | undefined {
  try {
    const value: unknown = JSON.parse(json);
    const isOutput = typeof value === "object" && value !== null && "run_id" in value;
    // INVARIANT: the run service wrote it, where it can be read.
    return isOutput ? (value as StoredOutput) : undefined;
  } catch {
    return undefined;
  }
}

/** Where the text is damaged: what the columns of the run and of its session say. */
export async function readOutputOrBare(
  transaction: Transaction<Tables>,
  { run_no, output_json }: { readonly run_no: number; readonly output_json: string },
): Promise<StoredOutput> {
  const output = tryReadOutput(output_json);
  if (output !== undefined) return output;
  const row = await transaction
    .selectFrom("agentos_runs")
    .innerJoin("agentos_sessions", "agentos_sessions.session_no", "agentos_runs.session_no")
    .select([...KEY_COLUMNS, "run_id", "agentos_runs.created_at"])
    .where("run_no", "=", run_no)
    .executeTakeFirstOrThrow();
  const runId = fromKeyText(row.run_id);
  return toBareOutput({ key: readSessionKey(row), runId, createdAt: row.created_at });
}
