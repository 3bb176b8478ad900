/**
 * The rows that are due. Several processes share them: whoever sends one has claimed it before, and a claim lapses, so that
 * what a process had in hand when it died is sent by another. A row that is sent twice does no harm.
 */
import type { Selectable } from "kysely";
import type { SentRevocationsTable } from "../schema/tables.ts";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";

export type RevocationRow = Selectable<SentRevocationsTable>;

/** Longer than a call to an instance takes. */
const CLAIM_SECONDS = 30;
const MAX_WAIT_SECONDS = 30;
/** After so many attempts, some ten minutes, it is no short trouble. */
const MANY_ATTEMPTS = 25;
const LONG_WAIT_SECONDS = 300;
/** How many rows of one instance are sent before others have their turn. */
const ROWS_AT_ONCE = 50;
/** Those that are over or in force are shown for so long. */
const KEPT_SECONDS = 7 * 24 * 3_600;

/** An instance that has to be told something. */
export interface DueInstance {
  readonly instanceId: string;
  /** One endpoint of it: what it was before is told by itself. */
  readonly issuerId: string;
  /** Null where it is at this one no longer. */
  readonly endpoint: string | null;
}

/**
 * Instances with something due, those that have failed least first: one that is down holds up nobody else. Of those that
 * nobody knows yet, the ones that are here for longest: whoever has connected many that hang delays none of before.
 */
export async function findDueInstances(
  store: ControlPlaneStore,
  { now, busy, limit }: { readonly now: number; readonly busy: ReadonlySet<string>; readonly limit: number },
): Promise<readonly DueInstance[]> {
  const rows = await store.read((db) =>
    db
      .selectFrom("agentos_cp_revocations as revocation")
      .leftJoin("agentos_cp_instances as instance", "instance.issuer_id", "revocation.issuer_id")
      .select(["revocation.instance_id", "revocation.issuer_id", "instance.endpoint"])
      .where("revocation.applied_at", "is", null)
      .where("revocation.next_attempt_at", "<=", now)
      .where("revocation.until", ">", now)
      .$if(busy.size > 0, (query) => query.where("revocation.issuer_id", "not in", [...busy]))
      .groupBy(["revocation.instance_id", "revocation.issuer_id", "instance.endpoint"])
      .orderBy((expression) => expression.fn.min("revocation.attempts"))
      .orderBy((expression) => expression.fn.min("revocation.next_attempt_at"))
      .orderBy((expression) => expression.fn.min("instance.created_at"))
      .limit(limit)
      .execute(),
  );
  return rows.map((row) => ({
    instanceId: row.instance_id,
    issuerId: row.issuer_id,
    endpoint: row.endpoint,
  }));
}

/** What is due of one instance, the oldest first. */
export async function readDue(
  store: ControlPlaneStore,
  issuerId: string,
  now: number,
): Promise<readonly RevocationRow[]> {
  const rows = await store.read((db) =>
    db
      .selectFrom("agentos_cp_revocations")
      .selectAll()
      .where("issuer_id", "=", issuerId)
      .where("applied_at", "is", null)
      .where("next_attempt_at", "<=", now)
      .where("until", ">", now)
      .orderBy("revocation_no")
      .limit(ROWS_AT_ONCE)
      .execute(),
  );
  // An instance that a start has made anew under its old id is told apart from the one before.
  return rows.filter((row) => row.last_known_json === rows[0]?.last_known_json);
}

/** Takes a row; false where somebody else has it, or nothing is to be done any more. */
export async function claim(store: ControlPlaneStore, row: RevocationRow): Promise<boolean> {
  return store.note(async (db, now) => {
    const { numUpdatedRows } = await db
      .updateTable("agentos_cp_revocations")
      .set({ next_attempt_at: now + CLAIM_SECONDS, attempts: row.attempts + 1 })
      .where("revocation_no", "=", row.revocation_no)
      .where("applied_at", "is", null)
      .where("next_attempt_at", "=", row.next_attempt_at)
      .where("attempts", "=", row.attempts)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  });
}

/** It is in force: nothing says otherwise later. */
export async function noteApplied(store: ControlPlaneStore, revocationNo: number): Promise<void> {
  await store.note((db, now) =>
    db
      .updateTable("agentos_cp_revocations")
      .set({ applied_at: now, trouble: null, last_known_json: null })
      .where("revocation_no", "=", revocationNo)
      .where("applied_at", "is", null)
      .execute(),
  );
}

/** Why these are not in force yet; they are tried again later, each time after a longer wait. */
export async function postpone(
  store: ControlPlaneStore,
  rows: readonly RevocationRow[],
  { trouble, random }: { readonly trouble: string; readonly random: () => number },
): Promise<void> {
  if (rows.length === 0) return;
  const attempts = Math.max(...rows.map((row) => row.attempts)) + 1;
  const waitSeconds =
    attempts > MANY_ATTEMPTS ? LONG_WAIT_SECONDS : Math.min(MAX_WAIT_SECONDS, 2 ** Math.min(attempts, 10));
  await store.note((db, now) =>
    db
      .updateTable("agentos_cp_revocations")
      .set({
        attempts,
        trouble,
        // Between a half and the whole of it, so that processes and instances do not come all at once.
        next_attempt_at: now + waitSeconds * (0.5 + random() / 2),
      })
      .where(
        "revocation_no",
        "in",
        rows.map((row) => row.revocation_no),
      )
      .where("applied_at", "is", null)
      .execute(),
  );
}

/** Removes those that have been in force, or over, for a week; and of those that are over, what they were to be told with. */
export async function sweepRevocations(store: ControlPlaneStore): Promise<void> {
  await store.note(async (db, now) => {
    await db
      .deleteFrom("agentos_cp_revocations")
      .where("until", "<", now - KEPT_SECONDS)
      .execute();
    await db
      .updateTable("agentos_cp_revocations")
      .set({ last_known_json: null })
      .where("until", "<=", now)
      .where("last_known_json", "is not", null)
      .execute();
  });
}
