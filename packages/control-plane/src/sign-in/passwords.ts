/** Which new passwords are refused although they are long enough, and how one is kept. */
import { randomUUID } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "../schema/tables.ts";
import type { Change } from "../store/control-plane-store.ts";
import { Rejected, reject } from "../store/rejected.ts";

/** Of at least 12 characters, from the lists of what is tried first. Length is what protects; this is the rest. */
const COMMON = new Set([
  "123456789012",
  "1234567890123",
  "1234567890qwerty",
  "12345678901234567890",
  "123412341234",
  "administrator",
  "adminadminadmin",
  "changemechangeme",
  "changeme1234",
  "iloveyou1234",
  "letmeinletmein",
  "letmein12345",
  "password1234",
  "password12345",
  "password123456",
  "passwordpassword",
  "p@ssw0rd1234",
  "qwerty123456",
  "qwertyqwerty",
  "qwertyuiop12",
  "qwertyuiop123",
  "qwertyuiopasdfghjkl",
  "qwertyuiop[]",
  "1q2w3e4r5t6y",
  "1qaz2wsx3edc",
  "1qaz2wsx3edc4rfv",
  "zaq12wsxcde3",
  "abcdefghijkl",
  "abcdefghijklmnopqrstuvwxyz",
  "abc123abc123",
  "welcome12345",
  "correct horse battery staple",
  "correcthorsebatterystaple",
  "secretsecret",
  "testtesttest",
  "agentosagentos",
]);
const FEWEST_CHARACTERS = 12;
const FEWEST_DIFFERENT_CHARACTERS = 5;
/** Of the password, besides the name in the e-mail address. */
const FEWEST_OWN_CHARACTERS = 6;

/** Rejects with PASSWORD_TOO_COMMON. */
export function checkNewPassword(password: string, email: string): void {
  // As it is hashed: what looks different there is the same password.
  const plain = password.normalize("NFKC");
  const text = plain.toLowerCase();
  const [name = ""] = email.split("@");
  const rest = name.length < 3 ? text : text.replaceAll(email, "").replaceAll(name, "");
  if (
    COMMON.has(text) ||
    plain.length < FEWEST_CHARACTERS ||
    new Set(text).size < FEWEST_DIFFERENT_CHARACTERS ||
    rest.length < FEWEST_OWN_CHARACTERS
  )
    throw reject("PASSWORD_TOO_COMMON");
}

/** True where a password was not looked at, so that nothing has failed. */
export function wasBusy(cause: unknown): boolean {
  return cause instanceof Rejected && cause.code === "SIGN_IN_BUSY";
}

/** What better-auth calls an account with a password. */
export const PASSWORD_PROVIDER = "credential";

/**
 * Keeps everybody else from changing how this person signs in until the change is over. False for somebody who is gone.
 * What was read before is old: it is read again now.
 */
export async function lockPerson({ db }: Change, personId: string): Promise<boolean> {
  // An update that changes nothing locks the row on both databases.
  const { numUpdatedRows } = await db
    .updateTable("agentos_cp_persons")
    .set((row) => ({ email: row.ref("email") }))
    .where("id", "=", personId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Null for who has none. */
export async function readPasswordHash(
  db: Kysely<Tables> | Transaction<Tables>,
  personId: string,
): Promise<string | null> {
  const account = await db
    .selectFrom("agentos_cp_accounts")
    .select("password")
    .where("person_id", "=", personId)
    .where("provider_id", "=", PASSWORD_PROVIDER)
    .executeTakeFirst();
  return account?.password ?? null;
}

/** Keeps the hash of a password, in place of the one before. The audit entry is the caller's. */
export async function keepPassword({ db, now }: Change, personId: string, hash: string): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("agentos_cp_accounts")
    .set({ password: hash, updated_at: now })
    .where("person_id", "=", personId)
    .where("provider_id", "=", PASSWORD_PROVIDER)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  await db
    .insertInto("agentos_cp_accounts")
    .values({
      id: randomUUID(),
      person_id: personId,
      account_id: personId,
      provider_id: PASSWORD_PROVIDER,
      password: hash,
      access_token: null,
      refresh_token: null,
      id_token: null,
      access_token_expires_at: null,
      refresh_token_expires_at: null,
      scope: null,
      created_at: now,
      updated_at: now,
    })
    .execute();
}
