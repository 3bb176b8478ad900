/**
 * A person becomes a member. A new person gets a one-time link, to be handed over. Somebody who is in another organization
 * gets none: the link would sign in as them there, too, and this organization decides nothing there.
 */
import { randomUUID } from "node:crypto";
import { createLink, endLinks, type MadeLink } from "../sign-in/create-link.ts";
import type { Change } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import { type Managed, manageMembers, requireWithin } from "./manage-members.ts";
import { findMember, type Member } from "./members.ts";
import type { Role } from "./roles/built-in-roles.ts";

/** As the schema of the route has read it: the name without what cannot be seen, the address in lower case. */
export interface NewMember {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  /** The list of members is one answer: so many are the most. */
  readonly maxMembers: number;
}

export interface AddedMember {
  readonly member: Member;
  /** Null for somebody who signs in as they do already. */
  readonly link: MadeLink | null;
}

/** Rejects with ROLE_ABOVE_OWN, MEMBER_EXISTS or MEMBERS_FULL. */
export async function addMember(
  change: Change,
  managed: Managed,
  { name, email, role, maxMembers }: NewMember,
): Promise<AddedMember> {
  const { db, now } = change;
  const { organizationId, own } = await manageMembers(change, managed);
  requireWithin(role, own);
  await requireRoom(change, organizationId, maxMembers);
  const person = await takePerson(change, { name, email });
  const memberships = await db
    .selectFrom("agentos_cp_members")
    .select("organization_id")
    .where("person_id", "=", person.id)
    .execute();
  if (memberships.some((one) => one.organization_id === organizationId)) throw reject("MEMBER_EXISTS");
  await db
    .insertInto("agentos_cp_members")
    .values({
      organization_id: organizationId,
      person_id: person.id,
      role: role.name,
      version: 1,
      created_at: now,
    })
    .execute();
  await change.audit({
    organizationId,
    action: "member.added",
    target: { kind: "person", id: person.id, name: person.name },
    after: { email, role: role.name },
  });
  // What their other organization has handed out would now sign in here, too.
  await endLinks(change, person.id);
  const link =
    memberships.length > 0
      ? null
      : await createLink(change, { organizationId, purpose: "invitation", personId: person.id });
  const member = await findMember(db, organizationId, person.id);
  if (member === undefined) throw new Error("INVARIANT: who was added is a member");
  return { member, link };
}

async function requireRoom({ db }: Change, organizationId: string, maxMembers: number): Promise<void> {
  const { count } = await db
    .selectFrom("agentos_cp_members")
    .select((eb) => eb.fn.countAll().as("count"))
    .where("organization_id", "=", organizationId)
    .executeTakeFirstOrThrow();
  if (Number(count) >= maxMembers) throw reject("MEMBERS_FULL", { limit: maxMembers });
}

/** The person of this address, made where there is none. Locked: two organizations may add, or remove, one person at once. */
async function takePerson(
  change: Change,
  { name, email }: Pick<NewMember, "name" | "email">,
): Promise<{ readonly id: string; readonly name: string }> {
  const { db, now } = change;
  await db
    .insertInto("agentos_cp_persons")
    .values({
      id: randomUUID(),
      name,
      email,
      email_verified: 0,
      image: null,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.column("email").doNothing())
    .execute();
  // An update that changes nothing locks the row on both databases.
  const person = await db
    .updateTable("agentos_cp_persons")
    .set({ email })
    .where("email", "=", email)
    .returning(["id", "name"])
    .executeTakeFirst();
  // Another organization has forgotten the person in between.
  return person ?? takePerson(change, { name, email });
}
