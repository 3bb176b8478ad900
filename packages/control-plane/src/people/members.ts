/** Members of an organization, as lists show them. */
import type { memberSchema } from "@agentos/contract/control-plane";
import { type Kysely, sql, type Transaction } from "kysely";
import type { z } from "zod";
import type { Tables } from "../schema/tables.ts";
import { findRole, type Role } from "./roles/built-in-roles.ts";

type Db = Kysely<Tables> | Transaction<Tables>;
export type MemberObject = z.infer<typeof memberSchema>;

/** A member, with what their role gives. */
export interface Member {
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly hasPassword: boolean;
  readonly hasSignedIn: boolean;
  readonly createdAt: number;
}

/** In the order in which they were added. */
export async function listMembers(db: Db, organizationId: string): Promise<readonly Member[]> {
  const rows = await selectMembers(db, organizationId)
    .orderBy("member.created_at")
    .orderBy("member.person_id")
    .execute();
  return rows.flatMap((row) => readRow(row) ?? []);
}

/** Undefined for a person of another organization, as for one who does not exist. */
export async function findMember(
  db: Db,
  organizationId: string,
  personId: string,
): Promise<Member | undefined> {
  const row = await selectMembers(db, organizationId)
    .where("member.person_id", "=", personId)
    .executeTakeFirst();
  return row === undefined ? undefined : readRow(row);
}

export function toMemberObject(member: Member): MemberObject {
  return {
    person_id: member.personId,
    name: member.name,
    email: member.email,
    role: member.role.name,
    has_signed_in: member.hasSignedIn,
    created_at: member.createdAt,
  };
}

function selectMembers(db: Db, organizationId: string) {
  return db
    .selectFrom("agentos_cp_members as member")
    .innerJoin("agentos_cp_persons as person", "person.id", "member.person_id")
    .select(["member.person_id", "member.role", "member.created_at", "person.name", "person.email"])
    .select([
      sql<number>`case when exists (
        select 1 from agentos_cp_accounts where person_id = member.person_id and password is not null
      ) then 1 else 0 end`.as("has_password"),
      // Who was only ever let in by links has no password; a session, or a link that was used, tells of them.
      sql<number>`case when exists (select 1 from agentos_cp_sign_ins where person_id = member.person_id)
        or exists (select 1 from agentos_cp_links where person_id = member.person_id and used_at is not null)
      then 1 else 0 end`.as("has_been_let_in"),
    ])
    .where("member.organization_id", "=", organizationId);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectMembers>["execute"]>>[number];

/** Undefined where the stored role is none: it gives nothing, and who holds it is no member. */
function readRow(row: Row): Member | undefined {
  const role = findRole(row.role);
  if (role === undefined) return undefined;
  const hasPassword = row.has_password === 1;
  return {
    personId: row.person_id,
    name: row.name,
    email: row.email,
    role,
    hasPassword,
    hasSignedIn: hasPassword || row.has_been_let_in === 1,
    createdAt: row.created_at,
  };
}
