/** An organization, its members and roles, and what was changed in it. */
import { auditListSchema, auditQuerySchema } from "../../wire/control-plane/audit.ts";
import {
  addedMemberSchema,
  changedMemberInputSchema,
  handedLinkSchema,
  memberInputSchema,
  memberListSchema,
  memberSchema,
  organizationInputSchema,
  organizationSchema,
  roleListSchema,
} from "../../wire/control-plane/person.ts";
import { doneSchema, refusals } from "./answers.ts";
import type { ControlPlaneTable } from "./table.ts";

const ORGANIZATION = "/api/organizations/{organization_id}";

// biome-ignore format: one route is one line, and its answers below it
export const peopleRoutes = {
  "organizations.read": { method: "GET", path: ORGANIZATION, access: ["org:read"], isWrite: false, tag: "Organization", summary: "The organization",
    responses: { 200: { description: "the organization", json: organizationSchema } } },
  "organizations.update": { method: "PATCH", path: ORGANIZATION, access: ["org:read", "org:write"], isWrite: true, tag: "Organization", summary: "Rename the organization", requestBody: { json: organizationInputSchema },
    responses: { 200: { description: "as it is now", json: organizationSchema }, ...refusals } },
  "roles.list": { method: "GET", path: `${ORGANIZATION}/roles`, access: ["org:read"], isWrite: false, tag: "Members", summary: "Roles, and the scopes that each gives",
    responses: { 200: { description: "the roles", json: roleListSchema } } },
  "members.list": { method: "GET", path: `${ORGANIZATION}/members`, access: ["org:read", "org:members:read"], isWrite: false, tag: "Members", summary: "Members",
    responses: { 200: { description: "the members", json: memberListSchema } } },
  "members.add": { method: "POST", path: `${ORGANIZATION}/members`, access: ["org:read", "org:members:write"], isWrite: true, tag: "Members", summary: "Add a person; the answer has a one-time link to hand over", requestBody: { json: memberInputSchema },
    responses: { 201: { description: "added", json: addedMemberSchema }, ...refusals } },
  "members.changeRole": { method: "PATCH", path: `${ORGANIZATION}/members/{person_id}`, access: ["org:read", "org:members:write"], isWrite: true, tag: "Members", summary: "Give a member another role; tokens of the old one are revoked", requestBody: { json: changedMemberInputSchema },
    responses: { 200: { description: "as it is now", json: memberSchema }, ...refusals } },
  "members.remove": { method: "DELETE", path: `${ORGANIZATION}/members/{person_id}`, access: ["org:read", "org:members:delete"], isWrite: true, tag: "Members", summary: "Remove a member; their tokens are revoked",
    responses: { 200: { description: "removed", json: doneSchema }, ...refusals } },
  "members.createLink": { method: "POST", path: `${ORGANIZATION}/members/{person_id}/link`, access: ["org:read", "org:members:write"], isWrite: true, tag: "Members", summary: "A new one-time link for a member who has never signed in, or has lost the password",
    responses: { 201: { description: "a link to hand over; older ones of this member end", json: handedLinkSchema }, ...refusals } },
  "audit.list": { method: "GET", path: `${ORGANIZATION}/audit`, access: ["org:read", "authz:read"], isWrite: false, tag: "Audit", summary: "Who changed what, newest first", query: auditQuerySchema,
    responses: { 200: { description: "a page of it", json: auditListSchema }, 422: refusals[422] } },
} as const satisfies ControlPlaneTable;
