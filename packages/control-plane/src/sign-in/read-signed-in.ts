/** Who a session belongs to, and what they are where: read each time that its cookie is sent, so that nothing is out of date. */
import type { Kysely, Transaction } from "kysely";
import type { PersonMembership, SignedIn } from "../app/signed-in-person.ts";
import { findRole } from "../people/roles/built-in-roles.ts";
import type { Tables } from "../schema/tables.ts";
import { PASSWORD_PROVIDER } from "./passwords.ts";

/** Undefined for a session that is unknown, or over at this time. One query. */
export async function readSignedIn(
  db: Kysely<Tables> | Transaction<Tables>,
  sessionId: string,
  now: number,
): Promise<SignedIn | undefined> {
  const rows = await db
    .selectFrom("agentos_cp_sign_ins as session")
    .innerJoin("agentos_cp_persons as person", "person.id", "session.person_id")
    .leftJoin("agentos_cp_accounts as account", (join) =>
      join
        .onRef("account.person_id", "=", "person.id")
        .on("account.provider_id", "=", PASSWORD_PROVIDER)
        .on("account.password", "is not", null),
    )
    .leftJoin("agentos_cp_members as member", "member.person_id", "person.id")
    .leftJoin(
      "agentos_cp_organizations as organization",
      "organization.organization_id",
      "member.organization_id",
    )
    .select([
      "session.id as session_id",
      "session.created_at as began_at",
      "session.expires_at",
      "person.id as person_id",
      "person.name",
      "person.email",
      "account.id as account_id",
      "organization.organization_id",
      "organization.name as organization_name",
      "organization.created_at as organization_created_at",
      "member.role",
      "member.version",
      "member.created_at as member_since",
    ])
    .where("session.id", "=", sessionId)
    .where("session.expires_at", ">", now)
    .orderBy("organization.created_at")
    .orderBy("organization.organization_id")
    .execute();
  const [first] = rows;
  if (first === undefined) return undefined;
  return {
    person: {
      id: first.person_id,
      name: first.name,
      email: first.email,
      hasPassword: first.account_id !== null,
    },
    session: { id: first.session_id, createdAt: first.began_at, expiresAt: first.expires_at },
    memberships: rows.flatMap(toMembership),
  };
}

interface Joined {
  readonly organization_id: string | null;
  readonly organization_name: string | null;
  readonly organization_created_at: number | null;
  readonly role: string | null;
  readonly version: number | null;
  readonly member_since: number | null;
}

/** A role that nobody knows is no membership: it would give nothing. */
function toMembership(row: Joined): PersonMembership[] {
  const role = row.role === null ? undefined : findRole(row.role);
  if (
    role === undefined ||
    row.organization_id === null ||
    row.organization_name === null ||
    row.organization_created_at === null ||
    row.version === null ||
    row.member_since === null
  )
    return [];
  return [
    {
      organizationId: row.organization_id,
      organizationName: row.organization_name,
      organizationCreatedAt: row.organization_created_at,
      role,
      version: row.version,
      memberSince: row.member_since,
    },
  ];
}
