/**
 * What has to be told to instances: written in the transaction of the change that makes it necessary, so that neither is
 * without the other, and sent from there by `send-revocations.ts`. A token that has ended counts as one that lives: a
 * stream which was opened with it goes on, and a key that leaked signs others.
 */
import type { Insertable } from "kysely";
import type { SentRevocationsTable } from "../schema/tables.ts";
import type { Change } from "../store/control-plane-store.ts";

/** Whose tokens end. */
export type RevokedSignIns =
  /** Those of one session, in every organization. */
  | { readonly sessionId: string }
  /** Those of every session of a person but one. */
  | { readonly personId: string; readonly exceptSessionId?: string | undefined }
  /** Those that a person has for the instances of one organization. */
  | { readonly personId: string; readonly organizationId: string };

/** Those that one key of an instance has signed. */
export interface RevokedKey {
  readonly instanceId: string;
  readonly kid: string;
}

export type RevocationReason =
  | "session-ended"
  | "role-changed"
  | "member-removed"
  | "password-changed"
  | "key-retired"
  | "endpoint-changed"
  | "instance-deleted";

/** An AgentOS takes no token that is valid for longer; so long it is told, where it does not answer. */
const TOLD_SECONDS = 24 * 60 * 60;
const ROWS_PER_INSERT = 500;

/**
 * Queues one row for each sign-in id that an instance may know; gives how many. The change sees to it that no token with
 * one of them is minted again.
 */
export async function queueRevocations(
  change: Change,
  signIns: RevokedSignIns,
  reason: RevocationReason,
): Promise<number> {
  const { db } = change;
  const known = await db
    .selectFrom("agentos_cp_issued as issued")
    .innerJoin("agentos_cp_instances as instance", "instance.instance_id", "issued.instance_id")
    .select([
      "issued.sid",
      "issued.person_id",
      "instance.instance_id",
      "instance.name",
      "instance.issuer_id",
      "instance.organization_id",
    ])
    .distinct()
    .where((is) => {
      if ("sessionId" in signIns) return is("issued.session_id", "=", signIns.sessionId);
      const isOfPerson = is("issued.person_id", "=", signIns.personId);
      if ("organizationId" in signIns)
        return is.and([isOfPerson, is("instance.organization_id", "=", signIns.organizationId)]);
      const { exceptSessionId } = signIns;
      return exceptSessionId === undefined
        ? isOfPerson
        : is.and([isOfPerson, is("issued.session_id", "!=", exceptSessionId)]);
    })
    .execute();
  await insertRows(
    change,
    known.map((row) => ({ ...createRow(change, row, reason), kind: "sid", value: row.sid })),
  );
  for (let start = 0; start < known.length; start += ROWS_PER_INSERT) {
    const sids = known.slice(start, start + ROWS_PER_INSERT).map(({ sid }) => sid);
    await db.deleteFrom("agentos_cp_issued").where("sid", "in", sids).execute();
  }
  return known.length;
}

/** Queues that an instance no longer takes what one of its keys has signed, whoever has the key by now. */
export async function queueKeyRevocation(
  change: Change,
  { instanceId, kid }: RevokedKey,
  reason: RevocationReason,
): Promise<void> {
  const instance = await change.db
    .selectFrom("agentos_cp_instances")
    .select(["instance_id", "name", "issuer_id", "organization_id"])
    .where("instance_id", "=", instanceId)
    .executeTakeFirstOrThrow();
  await insertRows(change, [
    { ...createRow(change, { ...instance, person_id: null }, reason), kind: "key", value: kid },
  ]);
}

interface RevokedAt {
  readonly instance_id: string;
  readonly name: string;
  readonly issuer_id: string;
  readonly organization_id: string;
  readonly person_id: string | null;
}

function createRow(
  { now }: Change,
  { name, ...at }: RevokedAt,
  reason: RevocationReason,
): Omit<Insertable<SentRevocationsTable>, "kind" | "value"> {
  return {
    organization_id: at.organization_id,
    instance_id: at.instance_id,
    instance_name: name,
    issuer_id: at.issuer_id,
    last_known_json: null,
    issued_before: null,
    reason,
    person_id: at.person_id,
    until: now + TOLD_SECONDS,
    created_at: now,
    applied_at: null,
    attempts: 0,
    next_attempt_at: now,
    trouble: null,
  };
}

/** A statement takes so many values and no more; SQLite the fewest. */
async function insertRows({ db }: Change, rows: readonly Insertable<SentRevocationsTable>[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT)
    await db
      .insertInto("agentos_cp_revocations")
      .values(rows.slice(start, start + ROWS_PER_INSERT))
      .execute();
}
