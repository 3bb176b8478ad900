/** What was revoked, as the members see it who may, and the wish to try again now. */
import type { sentRevocationListSchema, sentRevocationQuerySchema } from "@agentos/contract/control-plane";
import type { z } from "zod";
import type { Change, ControlPlaneStore } from "../store/control-plane-store.ts";
import type { RevocationRow } from "./due-revocations.ts";

export type RevocationPage = z.infer<typeof sentRevocationListSchema>;
type Row = RevocationPage["data"][number];

export interface RevocationFilter extends z.output<typeof sentRevocationQuerySchema> {
  readonly organizationId: string;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** A page of it, newest first. */
export async function listRevocations(
  store: ControlPlaneStore,
  { organizationId, now, limit, before, state }: RevocationFilter,
): Promise<RevocationPage> {
  const rows = await store.read((db) =>
    db
      .selectFrom("agentos_cp_revocations")
      .selectAll()
      .where("organization_id", "=", organizationId)
      .$if(before !== undefined, (query) => query.where("revocation_no", "<", before ?? 0))
      .$if(state === "applied", (query) => query.where("applied_at", "is not", null))
      .$if(state === "pending", (query) => query.where("applied_at", "is", null).where("until", ">", now))
      .$if(state === "over", (query) => query.where("applied_at", "is", null).where("until", "<=", now))
      .orderBy("revocation_no", "desc")
      .limit(limit + 1)
      .execute(),
  );
  const page = rows.slice(0, limit);
  return {
    data: page.map((row) => show(row, now)),
    next: rows.length > limit ? (page.at(-1)?.revocation_no ?? null) : null,
  };
}

/** Makes everything pending due, and says how much that is. */
export async function retryRevocations(change: Change, organizationId: string): Promise<number> {
  const { db, now } = change;
  const { numUpdatedRows } = await db
    .updateTable("agentos_cp_revocations")
    .set({ next_attempt_at: now })
    .where("organization_id", "=", organizationId)
    .where("applied_at", "is", null)
    .where("until", ">", now)
    .executeTakeFirst();
  const count = Number(numUpdatedRows);
  await change.audit({
    organizationId,
    action: "revocations.retried",
    target: { kind: "organization", id: organizationId },
    after: { pending: count },
  });
  return count;
}

function show(row: RevocationRow, now: number): Row {
  const isApplied = row.applied_at !== null;
  return {
    number: row.revocation_no,
    instance_id: row.instance_id,
    instance_name: row.instance_name,
    kind: asKind(row.kind),
    reason: row.reason,
    person_id: row.person_id,
    state: isApplied ? "applied" : row.until > now ? "pending" : "over",
    created_at: row.created_at,
    applied_at: row.applied_at,
    until: row.until,
    trouble: isApplied ? null : row.trouble,
  };
}

function asKind(kind: string): Row["kind"] {
  if (kind === "sid" || kind === "subject" || kind === "key") return kind;
  throw new Error("INVARIANT: only kinds that there are have been queued");
}
