/** The organization, its members and roles, and what was changed in it. */
import type { HandlersOf } from "../app/handler.ts";
import type { PersonMembership } from "../app/signed-in-person.ts";
import { addMember } from "../people/add-member.ts";
import { listAudit } from "../people/audit/list-audit.ts";
import { changeRole, createMemberLink, removeMember } from "../people/change-member.ts";
import type { Managed } from "../people/manage-members.ts";
import { findMember, listMembers, toMemberObject } from "../people/members.ts";
import { renameOrganization } from "../people/rename-organization.ts";
import { ROLES } from "../people/roles/built-in-roles.ts";
import { linkUrl, type MadeLink } from "../sign-in/create-link.ts";
import type { Actor } from "../store/actor.ts";
import type { Change, ControlPlaneStore } from "../store/control-plane-store.ts";

export interface PeopleServices {
  readonly store: ControlPlaneStore;
  /** Address of the control plane, for links to hand over. */
  readonly publicUrl: string;
  /** For how long entries of the audit log are kept. */
  readonly auditDays: number;
  /** Default: 1,000. */
  readonly maxMembers?: number | undefined;
}

const MAX_MEMBERS = 1_000;

/** Creates the handlers. */
export function createPeopleRoutes({
  store,
  publicUrl,
  auditDays,
  maxMembers = MAX_MEMBERS,
}: PeopleServices): HandlersOf<"organizations" | "roles" | "members" | "audit"> {
  const toHanded = (link: MadeLink) => ({ url: linkUrl(publicUrl, link), expires_at: link.expiresAt });
  /** Two that change members wait for each other. */
  const manage = <Result>(actor: Actor, work: (change: Change) => Promise<Result>) =>
    store.change(actor, work, { locks: "organization" });
  return {
    "organizations.read": async ({ membership }) => toOrganization(membership),
    "organizations.update": async ({ actor, membership, body }) => {
      await manage(actor, (change) => renameOrganization(change, toManaged(membership), body.name));
      return toOrganization({ ...membership, organizationName: body.name });
    },
    "roles.list": async () => ({
      data: Object.values(ROLES).map(({ name, title, description, scopes }) => ({
        name,
        title,
        description,
        scopes: [...scopes],
      })),
    }),
    "members.list": async ({ membership }) => {
      const members = await store.read((db) => listMembers(db, membership.organizationId));
      return { data: members.map(toMemberObject) };
    },
    "members.add": async ({ actor, membership, body }) => {
      const { member, link } = await manage(actor, (change) =>
        addMember(change, toManaged(membership), {
          name: body.name,
          email: body.email,
          role: ROLES[body.role],
          maxMembers,
        }),
      );
      return { member: toMemberObject(member), link: link && toHanded(link) };
    },
    "members.changeRole": async ({ actor, membership, parameters, body }) => {
      const { person_id: personId } = parameters;
      const role = ROLES[body.role];
      const before = await store.read((db) => findMember(db, membership.organizationId, personId));
      // Nothing changes: no token is revoked for it, and nothing is audited.
      if (before?.role === role) return toMemberObject(before);
      const after = await manage(actor, (change) =>
        changeRole(change, toManaged(membership), { personId, role }),
      );
      return toMemberObject(after);
    },
    "members.remove": async ({ actor, membership, parameters }) => {
      await manage(actor, (change) => removeMember(change, toManaged(membership), parameters.person_id));
      return { is_done: true };
    },
    "members.createLink": async ({ actor, membership, parameters }) => {
      const link = await manage(actor, (change) =>
        createMemberLink(change, toManaged(membership), parameters.person_id),
      );
      return toHanded(link);
    },
    "audit.list": async ({ membership, query }) => ({
      ...(await store.read((db) => listAudit(db, membership.organizationId, query))),
      kept_days: auditDays,
    }),
  };
}

function toManaged({ organizationId, role }: PersonMembership): Managed {
  return { organizationId, role };
}

function toOrganization({ organizationId, organizationName, organizationCreatedAt }: PersonMembership) {
  return { id: organizationId, name: organizationName, created_at: organizationCreatedAt };
}
