/**
 * The scopes of a token: what the role gives on an AgentOS, or the part of it that is asked for. What is compared is what
 * a scope means, and what was compared is what the token says: an alias comes out as the scope that it stands for.
 */
import { compileGrants, type Grants, parseScope } from "@agentos/auth";
import {
  ACCESS_PREREQUISITES,
  ADMIN_SCOPE,
  GLOBAL_SCOPES,
  isPerResource,
  SCOPE_RESOURCES,
} from "@agentos/contract";
import { escapeUnprintable, nearest } from "@agentos/contract/text";
import { nameRolesWith, type Role } from "../people/roles/built-in-roles.ts";
import { reject } from "../store/rejected.ts";

/** RFC 6749 section 3.3. A token says nothing else. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
/** Scopes of the control plane's own routes: no AgentOS asks for them. */
const CONTROL_PLANE_RESOURCES = Object.entries(SCOPE_RESOURCES).flatMap(([name, { plane }]) =>
  plane === "control-plane" ? [name] : [],
);
const AGENTOS_SCOPES: readonly string[] = [
  ADMIN_SCOPE,
  ...GLOBAL_SCOPES.filter((scope) => !isOfControlPlane(scope)),
];

/** What a role gives on an AgentOS. */
export function instanceScopesOf({ scopes }: Role): readonly string[] {
  return scopes.filter((scope) => !isOfControlPlane(scope));
}

/**
 * Rejects with TOKEN_SCOPES_UNKNOWN, TOKEN_SCOPES_BEYOND_OWN or TOKEN_PREREQUISITE_MISSING. `asked` left out asks for
 * all that the role gives.
 */
export function chooseScopes(role: Role, asked: readonly string[] | undefined): readonly string[] {
  const own = instanceScopesOf(role);
  const scopes = asked === undefined ? own : [...new Set(asked.map(spellOut))];
  const held = compileGrants(own, ADMIN_SCOPE);
  const beyond = scopes.filter((scope) => !gives(held, scope));
  if (beyond.length > 0)
    throw reject("TOKEN_SCOPES_BEYOND_OWN", {
      role: role.title,
      scopes: beyond,
      who_can: nameRolesWith(beyond),
    });
  requirePrerequisites(role, compileGrants(scopes, ADMIN_SCOPE));
  return scopes;
}

/** What the console meets first has to be passed by the role, and on the instance by the token itself. */
function requirePrerequisites(role: Role, token: Grants): void {
  for (const { scope, blocks, enforcedBy } of ACCESS_PREREQUISITES) {
    const isHeld = enforcedBy === "agentos" ? gives(token, scope) : role.scopes.includes(scope);
    if (!isHeld)
      throw reject("TOKEN_PREREQUISITE_MISSING", { scope, blocks, who_can: nameRolesWith([scope]) });
  }
}

/** The one spelling of a scope. Rejects with TOKEN_SCOPES_UNKNOWN where it is none, or not one of an AgentOS. */
function spellOut(text: string): string {
  const scope = parseScope(text, ADMIN_SCOPE);
  if (scope.kind === "admin") return text;
  if (scope.kind === "scope" && SCOPE_TOKEN.test(text) && !isOfControlPlane(text)) {
    const { resource, id, action } = scope;
    const whole = `${resource}:${action}`;
    const isKnown = AGENTOS_SCOPES.includes(whole);
    if (isKnown && (id === undefined || isPerResource(resource)))
      return id === undefined || id === "*" ? whole : `${resource}:${id}:${action}`;
  }
  throw reject("TOKEN_SCOPES_UNKNOWN", {
    scopes: `"${escapeUnprintable(text)}"`,
    suggestion: suggestFor(text),
  });
}

function suggestFor(text: string): string {
  if (isOfControlPlane(text))
    return "leave it out: it is for the control plane, which reads it from your role";
  const meant = nearest(text, AGENTOS_SCOPES);
  return meant === undefined
    ? 'write "resource:action", or "resource:ID:action" for one agent, team or workflow; there is no wildcard for the action'
    : `write "${meant}" if that is meant; there is no wildcard for the action`;
}

function isOfControlPlane(scope: string): boolean {
  return CONTROL_PLANE_RESOURCES.some((resource) => scope.startsWith(`${resource}:`));
}

/** INVARIANT: true only if whoever holds these may do all that the scope allows. */
function gives(held: Grants, text: string): boolean {
  if (held.adminScope !== undefined) return true;
  const scope = parseScope(text, ADMIN_SCOPE);
  if (scope.kind !== "scope") return false;
  const key = `${scope.resource}:${scope.action}`;
  return held.wide.has(key) || (scope.id !== undefined && held.narrow.get(key)?.has(scope.id) === true);
}
