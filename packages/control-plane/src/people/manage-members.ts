/**
 * What every change of members begins with: the organization is locked, and what the actor may is read again behind the
 * lock. Who was removed or lowered a moment ago changes nothing any more.
 */
import type { Change } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import { findMember, type Member } from "./members.ts";
import { isWithin, nameRolesWith, type Role } from "./roles/built-in-roles.ts";

/** The organization, and who acts in it. */
export interface Managed {
  readonly organizationId: string;
  /** The role with which the request was let in. */
  readonly role: Role;
}

/** The organization while it is locked, and the actor's own role in it. */
export interface ManagedNow {
  readonly organizationId: string;
  readonly own: Role;
}

/** Rejects with MEMBERSHIP_CHANGED where the actor's role is another one than when the request was let in. */
export async function manageMembers(change: Change, { organizationId, role }: Managed): Promise<ManagedNow> {
  await change.lockOrganization(organizationId);
  const { personId } = change.actor;
  const actor = personId === undefined ? undefined : await findMember(change.db, organizationId, personId);
  if (actor?.role.name !== role.name) throw reject("MEMBERSHIP_CHANGED");
  return { organizationId, own: actor.role };
}

/** The member that something is done to. Rejects with MEMBER_UNKNOWN, also for a person of another organization. */
export async function findManaged(
  { db }: Change,
  { organizationId, own }: ManagedNow,
  personId: string,
): Promise<Member> {
  const member = await findMember(db, organizationId, personId);
  if (member === undefined) throw reject("MEMBER_UNKNOWN");
  requireWithin(member.role, own);
  return member;
}

/** Rejects with ROLE_ABOVE_OWN for a role that gives what the own one does not. */
export function requireWithin(role: Role, own: Role): void {
  if (!isWithin(role, own))
    throw reject("ROLE_ABOVE_OWN", {
      role: role.title,
      own_role: own.title,
      who_can: nameRolesWith(role.scopes),
    });
}

/** Rejects with MEMBER_LAST_OWNER where nobody else is Owner. The organization is locked: the answer holds. */
export async function requireOtherOwner(
  { db }: Change,
  { organizationId }: ManagedNow,
  personId: string,
): Promise<void> {
  const other = await db
    .selectFrom("agentos_cp_members")
    .select("person_id")
    .where("organization_id", "=", organizationId)
    .where("role", "=", "owner")
    .where("person_id", "!=", personId)
    .limit(1)
    .executeTakeFirst();
  if (other === undefined) throw reject("MEMBER_LAST_OWNER");
}
