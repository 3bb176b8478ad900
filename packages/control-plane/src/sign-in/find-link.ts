/** Finds a link by its secret, and says why one cannot be used. Nothing is spent here. */
import type { LinkPurpose } from "@agentos/contract/control-plane";
import { LINK_PURPOSES } from "@agentos/contract/control-plane";
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "../schema/tables.ts";
import { type Rejected, reject } from "../store/rejected.ts";
import { hashLinkSecret } from "./create-link.ts";

export interface FoundLink {
  readonly secretHash: string;
  readonly purpose: LinkPurpose;
  /** Null for the first owner. */
  readonly person: { readonly id: string; readonly name: string; readonly email: string } | null;
  readonly expiresAt: number;
  /** Id of the person who made it; null for one that was made on the machine. */
  readonly madeBy: string | null;
}

/** Gives a link that can be used now; else why not: LINK_UNKNOWN, LINK_USED or LINK_EXPIRED. */
export async function findLink(
  db: Kysely<Tables> | Transaction<Tables>,
  secret: string,
  now: number,
): Promise<FoundLink | Rejected> {
  const secretHash = hashLinkSecret(secret);
  const row = await db
    .selectFrom("agentos_cp_links as link")
    .leftJoin("agentos_cp_persons as person", "person.id", "link.person_id")
    .select([
      "link.purpose",
      "link.expires_at",
      "link.used_at",
      "link.created_by",
      "person.id",
      "person.name",
      "person.email",
    ])
    .where("link.secret_hash", "=", secretHash)
    .executeTakeFirst();
  const purpose = LINK_PURPOSES.find((known) => known === row?.purpose);
  if (row === undefined || purpose === undefined) return reject("LINK_UNKNOWN");
  if (row.used_at !== null) return reject("LINK_USED", { used_at: showTime(row.used_at) });
  if (row.expires_at <= now) return reject("LINK_EXPIRED", { expired_at: showTime(row.expires_at) });
  const { id, name, email } = row;
  const person = id === null || name === null || email === null ? null : { id, name, email };
  if (person === null && purpose !== "owner") return reject("LINK_UNKNOWN");
  return { secretHash, purpose, person, expiresAt: row.expires_at, madeBy: row.created_by };
}

/** Whether a password has to be chosen when it is used: only who is known already, and comes back, needs none. */
export function needsPassword(purpose: LinkPurpose): boolean {
  return purpose !== "sign-in";
}

function showTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(/\.\d+Z$/, "Z");
}
