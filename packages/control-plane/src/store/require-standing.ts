/**
 * Who acts is read again where it counts: in the transaction of the change. Between the gate and there may lie a body
 * that arrives slowly, a key that is made, a call to an instance; whoever was removed, lowered or signed out meanwhile
 * changes nothing any more. On PostgreSQL what was read is held, so that it stays true until the change is over.
 */
import type { Transaction } from "kysely";
import type { Tables } from "../schema/tables.ts";
import type { Actor } from "./actor.ts";
import { reject } from "./rejected.ts";

export interface StandingContext {
  /** Rows that are read have to be held against others. */
  readonly isHeld: boolean;
  readonly now: number;
}

/** Rejects with SESSION_OVER or MEMBERSHIP_CHANGED. Nothing is asked of whoever acts without a session. */
export async function requireStanding(
  db: Transaction<Tables>,
  { sessionId, personId = "", standing }: Actor,
  { isHeld, now }: StandingContext,
): Promise<void> {
  if (standing !== undefined && isHeld)
    // Whoever changes members holds the whole organization.
    await db
      .selectFrom("agentos_cp_organizations")
      .select("organization_id")
      .where("organization_id", "=", standing.organizationId)
      .forKeyShare()
      .execute();
  if (sessionId !== undefined) {
    const session = await db
      .selectFrom("agentos_cp_sign_ins")
      .select("expires_at")
      .where("id", "=", sessionId)
      .where("person_id", "=", personId)
      .$if(isHeld, (query) => query.forKeyShare())
      .executeTakeFirst();
    if (session === undefined || session.expires_at <= now) throw reject("SESSION_OVER");
  }
  if (standing === undefined) return;
  const membership = await db
    .selectFrom("agentos_cp_members")
    .select(["version", "created_at"])
    .where("organization_id", "=", standing.organizationId)
    .where("person_id", "=", personId)
    .executeTakeFirst();
  if (membership?.version !== standing.version || membership.created_at !== standing.memberSince)
    throw reject("MEMBERSHIP_CHANGED");
}
