/**
 * What has to be told to instances: written in the transaction of the change that makes it necessary, so that neither is
 * without the other, and sent from there by `send-revocations.ts`.
 */
import type { Change } from "../store/control-plane-store.ts";

/** Whose tokens end. */
export type RevokedTokens =
  /** Those of one session, in every organization. */
  | { readonly sessionId: string }
  /** Those of every session of a person but one. */
  | { readonly personId: string; readonly exceptSessionId?: string | undefined }
  /** Those that a person has for the instances of one organization. */
  | { readonly personId: string; readonly organizationId: string }
  /** Those that one key of an instance has signed. */
  | { readonly instanceId: string; readonly kid: string };

export type RevocationReason =
  | "session-ended"
  | "role-changed"
  | "member-removed"
  | "password-changed"
  | "key-retired";

const ROWS_PER_INSERT = 500;

/** Queues one row for each sign-in id of which a token may live, or one for the key; gives how many. */
export async function queueRevocations(
  { db, now }: Change,
  tokens: RevokedTokens,
  reason: RevocationReason,
): Promise<number> {
  const living = await db
    .selectFrom("agentos_cp_issued as issued")
    .innerJoin("agentos_cp_instances as instance", "instance.instance_id", "issued.instance_id")
    .select([
      "issued.instance_id",
      "issued.sid",
      "issued.kid",
      "issued.person_id",
      "issued.last_ends_at",
      "instance.organization_id",
    ])
    .where("issued.last_ends_at", ">", now)
    .$if("sessionId" in tokens, (query) =>
      query.where("issued.session_id", "=", "sessionId" in tokens ? tokens.sessionId : ""),
    )
    .$if("personId" in tokens, (query) =>
      query.where("issued.person_id", "=", "personId" in tokens ? tokens.personId : ""),
    )
    .$if("exceptSessionId" in tokens && tokens.exceptSessionId !== undefined, (query) =>
      query.where(
        "issued.session_id",
        "!=",
        "exceptSessionId" in tokens ? (tokens.exceptSessionId ?? "") : "",
      ),
    )
    .$if("organizationId" in tokens, (query) =>
      query.where("instance.organization_id", "=", "organizationId" in tokens ? tokens.organizationId : ""),
    )
    .$if("kid" in tokens, (query) =>
      query
        .where("issued.instance_id", "=", "kid" in tokens ? tokens.instanceId : "")
        .where("issued.kid", "=", "kid" in tokens ? tokens.kid : ""),
    )
    .execute();
  const isKey = "kid" in tokens;
  /** One for each thing that is revoked, until the last of its tokens ends. */
  const rows = new Map<string, (typeof living)[number]>();
  for (const row of living) {
    const key = JSON.stringify([row.instance_id, isKey ? row.kid : row.sid]);
    const known = rows.get(key);
    if (known === undefined || known.last_ends_at < row.last_ends_at) rows.set(key, row);
  }
  const queued = [...rows.values()].map((row) => ({
    organization_id: row.organization_id,
    instance_id: row.instance_id,
    kind: isKey ? "key" : "sid",
    value: isKey ? row.kid : row.sid,
    issued_before: null,
    reason,
    person_id: isKey ? null : row.person_id,
    until: row.last_ends_at,
    created_at: now,
    applied_at: null,
    attempts: 0,
    next_attempt_at: now,
    trouble: null,
  }));
  // A statement takes so many values and no more; SQLite the fewest.
  for (let start = 0; start < queued.length; start += ROWS_PER_INSERT) {
    const part = queued.slice(start, start + ROWS_PER_INSERT);
    await db.insertInto("agentos_cp_revocations").values(part).execute();
  }
  return queued.length;
}
