/** A member gets another role, a link, or goes. */
import { queueRevocations } from "../revocations/queue-revocations.ts";
import { createLink, endLinks, type MadeLink } from "../sign-in/create-link.ts";
import type { Change } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import {
  findManaged,
  type Managed,
  manageMembers,
  requireOtherOwner,
  requireWithin,
} from "./manage-members.ts";
import type { Member } from "./members.ts";
import { isWithin, type Role } from "./roles/built-in-roles.ts";

/**
 * Tokens of the role before are revoked. Rejects with MEMBER_UNKNOWN, ROLE_ABOVE_OWN (the role that the member has, or the
 * one that they would get) or MEMBER_LAST_OWNER.
 */
export async function changeRole(
  change: Change,
  managed: Managed,
  { personId, role }: { readonly personId: string; readonly role: Role },
): Promise<Member> {
  const { db } = change;
  const now = await manageMembers(change, managed);
  const { organizationId, own } = now;
  const member = await findManaged(change, now, personId);
  requireWithin(role, own);
  if (member.role.name === "owner" && role.name !== "owner") await requireOtherOwner(change, now, personId);
  await db
    .updateTable("agentos_cp_members")
    .set((eb) => ({ role: role.name, version: eb("version", "+", 1) }))
    .where("organization_id", "=", organizationId)
    .where("person_id", "=", personId)
    .execute();
  // Who has handed out a link for a Member would hold one for an Owner.
  if (!isWithin(role, member.role)) await endLinks(change, personId);
  await queueRevocations(change, { personId, organizationId }, "role-changed");
  await change.audit({
    organizationId,
    action: "member.role-changed",
    target: { kind: "person", id: personId, name: member.name },
    before: { role: member.role.name },
    after: { role: role.name },
  });
  return { ...member, role };
}

/**
 * Tokens of the member are revoked, and drafts that only they could see are gone. A person who is in no organization any
 * more is forgotten, with password, links and sessions: whoever gets the address later does not become them. Rejects with
 * MEMBER_UNKNOWN, ROLE_ABOVE_OWN or MEMBER_LAST_OWNER.
 */
export async function removeMember(change: Change, managed: Managed, personId: string): Promise<void> {
  const { db } = change;
  const now = await manageMembers(change, managed);
  const { organizationId } = now;
  const member = await findManaged(change, now, personId);
  if (member.role.name === "owner") await requireOtherOwner(change, now, personId);
  await queueRevocations(change, { personId, organizationId }, "member-removed");
  await db
    .deleteFrom("agentos_cp_members")
    .where("organization_id", "=", organizationId)
    .where("person_id", "=", personId)
    .execute();
  await db
    .deleteFrom("agentos_cp_instances")
    .where("organization_id", "=", organizationId)
    .where("created_by", "=", personId)
    .where("is_draft", "=", 1)
    .execute();
  await change.audit({
    organizationId,
    action: "member.removed",
    target: { kind: "person", id: personId, name: member.name },
    before: { email: member.email, role: member.role.name },
  });
  if (!(await isElsewhere(change, personId, organizationId)))
    await db.deleteFrom("agentos_cp_persons").where("id", "=", personId).execute();
}

/**
 * A link that lets the member choose a password; older ones end. Rejects with MEMBER_UNKNOWN, ROLE_ABOVE_OWN (the link
 * signs in as the member), LINK_FOR_SELF, MEMBER_ELSEWHERE or LINK_RESET_BY_OWNER.
 */
export async function createMemberLink(
  change: Change,
  managed: Managed,
  personId: string,
): Promise<MadeLink> {
  const now = await manageMembers(change, managed);
  const { organizationId, own } = now;
  const member = await findManaged(change, now, personId);
  if (personId === change.actor.personId) throw reject("LINK_FOR_SELF");
  if (await isElsewhere(change, personId, organizationId)) throw reject("MEMBER_ELSEWHERE");
  const purpose = member.hasPassword ? "reset-password" : "invitation";
  // Who sets the password of somebody reads their data as they do: that is the Owner's alone.
  if (purpose === "reset-password" && own.name !== "owner") throw reject("LINK_RESET_BY_OWNER");
  return createLink(change, { organizationId, purpose, personId });
}

/** Whether the person is in another organization, too. The person is locked: nobody adds them to one meanwhile. */
async function isElsewhere({ db }: Change, personId: string, organizationId: string): Promise<boolean> {
  await db
    .updateTable("agentos_cp_persons")
    .set((eb) => ({ email: eb.ref("email") }))
    .where("id", "=", personId)
    .execute();
  const other = await db
    .selectFrom("agentos_cp_members")
    .select("organization_id")
    .where("person_id", "=", personId)
    .where("organization_id", "!=", organizationId)
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}
