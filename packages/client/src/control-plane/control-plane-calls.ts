/** What the client needs of each route of the control plane while it runs. The schemas stay behind: they are types here. */
import type { ControlPlaneRoutes as AllRoutes } from "@agentos/contract/control-plane";
import type { CallTable } from "../wire/call-types.ts";

/** The routes with an answer for programs. */
export type ControlPlaneRoutes = {
  readonly [Id in keyof AllRoutes as AllRoutes[Id] extends { readonly responses: object }
    ? Id
    : never]: AllRoutes[Id];
};

const ORGANIZATION = "/api/organizations/{organization_id}";
const INSTANCE = `${ORGANIZATION}/instances/{instance_id}` as const;

// biome-ignore format: one route is one line
export const CONTROL_PLANE_CALLS = {
  "shell.health": ["GET", "/health", "object"],
  "signIn.password": ["POST", "/api/sign-in", "object"],
  "signIn.inspectLink": ["POST", "/api/links/inspect", "object"],
  "signIn.redeemLink": ["POST", "/api/links/redeem", "object"],
  "account.read": ["GET", "/api/session", "object"],
  "account.signOut": ["POST", "/api/sign-out", "object"],
  "account.update": ["PATCH", "/api/person", "object"],
  "account.setPassword": ["POST", "/api/password", "object"],
  "account.listSessions": ["GET", "/api/sessions", "page"],
  "account.endSession": ["DELETE", "/api/sessions/{session_id}", "object"],
  "account.endOtherSessions": ["DELETE", "/api/sessions", "object"],
  "organizations.read": ["GET", ORGANIZATION, "object"],
  "organizations.update": ["PATCH", ORGANIZATION, "object"],
  "roles.list": ["GET", `${ORGANIZATION}/roles`, "page"],
  "members.list": ["GET", `${ORGANIZATION}/members`, "page"],
  "members.add": ["POST", `${ORGANIZATION}/members`, "object"],
  "members.changeRole": ["PATCH", `${ORGANIZATION}/members/{person_id}`, "object"],
  "members.remove": ["DELETE", `${ORGANIZATION}/members/{person_id}`, "object"],
  "members.createLink": ["POST", `${ORGANIZATION}/members/{person_id}/link`, "object"],
  "audit.list": ["GET", `${ORGANIZATION}/audit`, "page"],
  "instances.list": ["GET", `${ORGANIZATION}/instances`, "page"],
  "instances.create": ["POST", `${ORGANIZATION}/instances`, "object"],
  "instances.read": ["GET", INSTANCE, "object"],
  "instances.updateDraft": ["PATCH", `${INSTANCE}/draft`, "object"],
  "instances.connect": ["POST", `${INSTANCE}/connect`, "object"],
  "instances.update": ["PATCH", INSTANCE, "object"],
  "instances.setSwitches": ["PATCH", `${INSTANCE}/switches`, "object"],
  "instances.delete": ["DELETE", INSTANCE, "object"],
  "instances.discardDraft": ["DELETE", `${INSTANCE}/draft`, "object"],
  "instances.observe": ["POST", `${INSTANCE}/observations`, "object"],
  "instances.readPolicy": ["POST", `${INSTANCE}/policy`, "object"],
  "instances.configuration": ["GET", `${INSTANCE}/configuration`, "object"],
  "keys.list": ["GET", `${INSTANCE}/keys`, "page"],
  "keys.publish": ["POST", `${INSTANCE}/keys`, "page"],
  "keys.sign": ["POST", `${INSTANCE}/keys/{kid}/sign`, "page"],
  "keys.retire": ["POST", `${INSTANCE}/keys/{kid}/retire`, "page"],
  "tokens.mint": ["POST", `${INSTANCE}/tokens`, "object"],
  "diagnoses.create": ["POST", `${INSTANCE}/diagnoses`, "object"],
  "revocations.list": ["GET", `${ORGANIZATION}/revocations`, "page"],
  "revocations.retry": ["POST", `${ORGANIZATION}/revocations/retry`, "object"],
  "documents.discovery": ["GET", "/instances/{instance_id}/.well-known/openid-configuration", "object"],
  "documents.jwks": ["GET", "/instances/{instance_id}/.well-known/jwks.json", "object"],
} as const satisfies CallTable<ControlPlaneRoutes>;
