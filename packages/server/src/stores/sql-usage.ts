/**
 * What each owner has in a database, in bytes. Whoever changes a row that counts adds the difference in the same
 * transaction, to its session and, last, to its owner: locked last, it is held shortest.
 */
import type { Owner } from "@agentos/auth";
import { prepareQuery } from "@agentos/storage";
import { type Kysely, sql, type Transaction } from "kysely";
import { type RunEnd, SessionsFull } from "../runs/store.ts";
import { ENTRY_BYTES, isVerified } from "./accounts.ts";
import type { Tables, UsageTable } from "./schema/tables.ts";

/** What a session that was made without a run costs besides its texts. */
export const SESSION_ENTRY_BYTES = ENTRY_BYTES;
/** The same of a run that has ended, with the session that it may have made. */
const RUN_ENTRY_BYTES = 2 * ENTRY_BYTES;
/** A state that is empty belongs to the entry. */
const EMPTY_STATE_BYTES = Buffer.byteLength("{}");

/** What the values of a session count for, as the database knows it. */
export const VALUE_BYTES = sql<number>`octet_length(state_json) - ${sql.lit(EMPTY_STATE_BYTES)} + coalesce(octet_length(name), 0) + coalesce(octet_length(metadata_json), 0) + coalesce(octet_length(summary_json), 0)`;

export function sizeOfRun({
  outputJson,
  eventsJson,
  checkpointJson = "",
}: Pick<RunEnd, "outputJson" | "eventsJson" | "checkpointJson">): number {
  return (
    RUN_ENTRY_BYTES +
    [outputJson, eventsJson, checkpointJson].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  );
}

/** The same of a row, as the database knows it: what a paused run counts for until it goes on. */
export const RUN_BYTES = sql<number>`${sql.lit(RUN_ENTRY_BYTES)} + octet_length(output_json) + coalesce(octet_length(events_json), 0) + coalesce(octet_length(checkpoint_json), 0)`;

/** By how much a text is longer than another one. */
export function growthOf(before: string | null | undefined, after: string | null | undefined): number {
  return Buffer.byteLength(after ?? "") - Buffer.byteLength(before ?? "");
}

/** Throws {@link SessionsFull} where the owner is one that is limited, and has it all. */
export function requireRoom(owner: Owner, bytes: number, maxBytes: number): void {
  // Who names itself as it likes, or not at all, has the operator's own credential.
  if (isVerified(owner) && bytes >= maxBytes) throw new SessionsFull(maxBytes);
}

/** Gives what the owner has then. */
const addBytes = prepareQuery((db: Kysely<Tables>, added: UsageTable) =>
  db
    .insertInto("agentos_usage")
    .values({
      deployment: added.deployment,
      owner_issuer: added.owner_issuer,
      owner_kind: added.owner_kind,
      owner_id: added.owner_id,
      bytes: added.bytes,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["deployment", "owner_issuer", "owner_kind", "owner_id"])
        .doUpdateSet((row) => ({ bytes: row("agentos_usage.bytes", "+", row.ref("excluded.bytes")) })),
    )
    .returning("bytes"),
);

/** Gives what the owner had before. */
export async function addUsage(transaction: Transaction<Tables>, added: UsageTable): Promise<number> {
  const [usage] = await addBytes(transaction, added);
  return (usage?.bytes ?? 0) - added.bytes;
}

/** Adds up by owner first, and adds in one order, so that no two wait for one another. A negative sum is what has gone. */
export async function addUsages(
  transaction: Transaction<Tables>,
  added: readonly UsageTable[],
): Promise<void> {
  const byOwner = new Map<string, UsageTable>();
  for (const row of added) {
    const key = JSON.stringify([row.deployment, row.owner_issuer, row.owner_kind, row.owner_id]);
    byOwner.set(key, { ...row, bytes: row.bytes + (byOwner.get(key)?.bytes ?? 0) });
  }
  for (const [, row] of [...byOwner].toSorted(([one], [other]) => (one < other ? -1 : 1)))
    await addUsage(transaction, row);
}

/** Of a row of a session that counts or has gone. */
export const USAGE_COLUMNS = ["deployment", "owner_issuer", "owner_kind", "owner_id", "bytes"] as const;
