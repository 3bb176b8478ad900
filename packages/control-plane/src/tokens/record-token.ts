/** That a token exists: which sign-in and key it has, for whoever revokes it; and what it holds, for whoever asks. */
import type { Transaction } from "kysely";
import type { Tables } from "../schema/tables.ts";
import type { Asker } from "./read-standing.ts";

export interface TokenRecord extends Asker {
  readonly signInId: string;
  readonly tokenId: string;
  readonly kid: string;
  readonly client: string;
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly issuedAt: number;
  readonly endsAt: number;
}

/** Of one person and instance so many are kept to be looked up; the oldest go first. */
const MAX_KEPT_TOKENS = 100;
/** For how long after its end it is told what a token held. */
const KEPT_SECONDS = 60 * 60;
/**
 * A stream that was opened with a token goes on after its end, and only a revocation ends it: the sign-in is known for so
 * long after its last token. A person has 100 sessions, so these are bounded.
 */
const SIGN_IN_KEPT_SECONDS = 30 * 24 * 60 * 60;
/** The row of a key says up to so much too late when its last token ends. Else all tokens of it would wait for the row. */
const KEY_STEP_SECONDS = 60;

/** Writes it down, in the transaction that decides that there is to be one. */
export async function recordToken(db: Transaction<Tables>, record: TokenRecord): Promise<void> {
  const { instanceId, signInId, tokenId, kid, personId, sessionId, endsAt } = record;
  await db
    .insertInto("agentos_cp_issued")
    .values({
      instance_id: instanceId,
      sid: signInId,
      kid,
      person_id: personId,
      session_id: sessionId,
      last_ends_at: endsAt,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["instance_id", "sid", "kid"])
        .doUpdateSet({ last_ends_at: endsAt })
        .where("agentos_cp_issued.last_ends_at", "<", endsAt),
    )
    .execute();
  await db
    .updateTable("agentos_cp_keys")
    .set({ last_token_ends_at: endsAt + KEY_STEP_SECONDS })
    .where("kid", "=", kid)
    .where((is) => is.or([is("last_token_ends_at", "is", null), is("last_token_ends_at", "<", endsAt)]))
    .execute();
  await db
    .insertInto("agentos_cp_minted")
    .values({
      jti: tokenId,
      instance_id: instanceId,
      person_id: personId,
      kid,
      sid: signInId,
      client: record.client,
      audience: record.audience,
      scopes_json: JSON.stringify(record.scopes),
      issued_at: record.issuedAt,
      ends_at: endsAt,
    })
    .execute();
  const oldest = db
    .selectFrom("agentos_cp_minted")
    .select("jti")
    .where("person_id", "=", personId)
    .where("instance_id", "=", instanceId)
    .orderBy("issued_at", "desc")
    .orderBy("jti")
    .offset(MAX_KEPT_TOKENS)
    .limit(1_000);
  await db.deleteFrom("agentos_cp_minted").where("jti", "in", oldest).execute();
}

/** Forgets what nobody has to revoke or asks for any more. The upkeep calls it; it gives how many rows are gone. */
export async function forgetTokens(db: Transaction<Tables>, now: number): Promise<number> {
  const issued = await db
    .deleteFrom("agentos_cp_issued")
    .where("last_ends_at", "<", now - SIGN_IN_KEPT_SECONDS)
    .executeTakeFirst();
  const minted = await db
    .deleteFrom("agentos_cp_minted")
    .where("ends_at", "<", now - KEPT_SECONDS)
    .executeTakeFirst();
  return Number(issued.numDeletedRows + minted.numDeletedRows);
}
