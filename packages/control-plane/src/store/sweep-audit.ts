/**
 * Deletes audit entries past their time, a little at a time: others write between two batches. An entry says so in each
 * organization, in the transaction that deletes: nothing leaves the log without a trace.
 */
import type { Transaction } from "kysely";
import type { Tables } from "../schema/tables.ts";
import { SYSTEM } from "./actor.ts";
import { toAuditJson, writeAudit } from "./audit-entry.ts";
import type { ControlPlaneStore } from "./control-plane-store.ts";

export interface AuditSweepOptions {
  readonly store: ControlPlaneStore;
  /** For how long an entry is kept. */
  readonly keptDays: number;
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** Between two batches; rejects when the sweep is to end. */
  readonly pause: () => Promise<void>;
}

/** Entries of one commit. */
const BATCH = 200;
const DAY_SECONDS = 86_400;
const SWEPT = "audit.swept";

/** The entry of this sweep in one organization, and how many others it tells of. */
interface Trace {
  readonly number: number;
  readonly entries: number;
}
type Traces = ReadonlyMap<string | null, Trace>;

/** Gives how many were deleted. */
export async function sweepAudit({ store, keptDays, now, pause }: AuditSweepOptions): Promise<number> {
  const before = Math.floor(now() - keptDays * DAY_SECONDS);
  let traces: Traces = new Map();
  let deleted = 0;
  for (;;) {
    const swept = await store.note(async (db, at) => {
      const { entries, counts } = await deleteOldest(db, before);
      return { entries, traces: await leaveTraces(db, { at, before, keptDays, counts, traces }) };
    });
    if (swept.entries === 0) return deleted;
    deleted += swept.entries;
    traces = swept.traces;
    await pause();
  }
}

interface Deleted {
  readonly entries: number;
  /** Of each organization, without the traces of earlier sweeps: one of a trace alone would come back every day. */
  readonly counts: ReadonlyMap<string | null, number>;
}

async function deleteOldest(db: Transaction<Tables>, before: number): Promise<Deleted> {
  const oldest = db
    .selectFrom("agentos_cp_audit")
    .select("audit_no")
    .where("at", "<", before)
    .orderBy("at")
    .limit(BATCH);
  const gone = await db
    .deleteFrom("agentos_cp_audit")
    .where("audit_no", "in", oldest)
    .returning(["organization_id", "action"])
    .execute();
  const counts = new Map<string | null, number>();
  for (const { organization_id: id, action } of gone)
    if (action !== SWEPT) counts.set(id, (counts.get(id) ?? 0) + 1);
  return { entries: gone.length, counts };
}

interface Swept {
  readonly at: number;
  readonly before: number;
  readonly keptDays: number;
  readonly counts: ReadonlyMap<string | null, number>;
  /** Of the batches before. */
  readonly traces: Traces;
}

/** One entry for a sweep in each organization, whatever the number of its batches. */
async function leaveTraces(
  db: Transaction<Tables>,
  { at, before, keptDays, counts, traces }: Swept,
): Promise<Traces> {
  const left = new Map(traces);
  for (const [organizationId, count] of counts) {
    const known = traces.get(organizationId);
    const entries = (known?.entries ?? 0) + count;
    const after = { entries, written_before_at: before, kept_days: keptDays };
    if (known === undefined) {
      const entry = { organizationId, action: SWEPT, target: { kind: "audit", id: "audit" }, after };
      left.set(organizationId, { number: await writeAudit(db, { actor: SYSTEM, at }, entry), entries });
      continue;
    }
    await db
      .updateTable("agentos_cp_audit")
      .set({ after_json: toAuditJson(after) })
      .where("audit_no", "=", known.number)
      .execute();
    left.set(organizationId, { ...known, entries });
  }
  return left;
}
