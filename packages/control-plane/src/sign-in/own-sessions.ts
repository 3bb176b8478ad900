/** Sessions of one person: shown to them, and ended. Tokens that were minted within one end on the instances with it. */

import { queueRevocations, type RevocationReason } from "../revocations/queue-revocations.ts";
import type { Actor } from "../store/actor.ts";
import type { Change, ControlPlaneStore } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import { auditForPerson } from "./audit-for-person.ts";

export interface OwnSession {
  readonly id: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly address: string | null;
  /** Words of the browser. */
  readonly userAgent: string | null;
}

/** The newest first. */
export async function listSessions(
  store: ControlPlaneStore,
  personId: string,
  now: number,
): Promise<readonly OwnSession[]> {
  const rows = await store.read((db) =>
    db
      .selectFrom("agentos_cp_sign_ins")
      .select(["id", "created_at", "expires_at", "address", "user_agent"])
      .where("person_id", "=", personId)
      .where("expires_at", ">", now)
      .orderBy("created_at", "desc")
      .orderBy("id")
      .limit(MAX_SHOWN)
      .execute(),
  );
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    address: row.address,
    userAgent: row.user_agent,
  }));
}

const MAX_SHOWN = 500;

export interface EndedSession {
  readonly personId: string;
  readonly sessionId: string;
  /** `session.signed-out` for one's own, `session.ended` for another one. */
  readonly action: "session.signed-out" | "session.ended";
}

/** Ends one. Rejects with SESSION_UNKNOWN, also for one of somebody else. */
export async function endSession(store: ControlPlaneStore, actor: Actor, ended: EndedSession): Promise<void> {
  const { personId, sessionId, action } = ended;
  await store.change(actor, async (change) => {
    const { numDeletedRows } = await change.db
      .deleteFrom("agentos_cp_sign_ins")
      .where("id", "=", sessionId)
      .where("person_id", "=", personId)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw reject("SESSION_UNKNOWN");
    await queueRevocations(change, { sessionId }, "session-ended");
    await auditForPerson(change, personId, { action, target: { kind: "session", id: sessionId } });
  });
}

/** Somebody who signs in again and again, or a script of theirs, fills no disk. */
const MAX_SESSIONS = 100;

/** Ends the oldest sessions of a person within a change, so that one more is not too many. */
export async function makeRoomForSession(change: Change, personId: string): Promise<void> {
  const newest = change.db
    .selectFrom("agentos_cp_sign_ins")
    .select("id")
    .where("person_id", "=", personId)
    .orderBy("created_at", "desc")
    .orderBy("id")
    .limit(MAX_SESSIONS - 1);
  const ended = await change.db
    .deleteFrom("agentos_cp_sign_ins")
    .where("person_id", "=", personId)
    .where("id", "not in", newest)
    .returning("id")
    .execute();
  for (const { id } of ended) {
    await queueRevocations(change, { sessionId: id }, "session-ended");
    await auditForPerson(change, personId, { action: "session.ended", target: { kind: "session", id } });
  }
}

/** Ends all of a person within a change, but one where it is named; gives how many. The audit entry is the caller's. */
export async function endSessions(
  change: Change,
  { personId, exceptSessionId }: { readonly personId: string; readonly exceptSessionId?: string | undefined },
  reason: RevocationReason,
): Promise<number> {
  const { numDeletedRows } = await change.db
    .deleteFrom("agentos_cp_sign_ins")
    .where("person_id", "=", personId)
    .$if(exceptSessionId !== undefined, (query) => query.where("id", "!=", exceptSessionId ?? ""))
    .executeTakeFirst();
  await queueRevocations(change, { personId, exceptSessionId }, reason);
  return Number(numDeletedRows);
}
