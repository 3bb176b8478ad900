/** Refusals of authorization (contract 1.6, 2.7): the caller is known, and may not. */
import type { RefusalEntry } from "./entry.ts";

const SCOPE_FACTS = ["required_scopes", "missing_scopes", "scope_to_add", "scope_choice"] as const;
const DETAIL = "Insufficient permissions. Required scope(s): {required_scopes}";

const forbidden = { kind: "refusal", status: 403, since: "0.1.0" } as const;

export const scopeRefusals = {
  SCOPE_MISSING: {
    ...forbidden,
    stage: "scopes",
    challenge: "insufficient_scope",
    title: "the credential is valid, but lacks a scope that this route requires",
    detail: DETAIL,
    fix: "give the caller {scope_choice}, then get a new token",
    publicFacts: SCOPE_FACTS,
  },
  SCOPE_OTHER_RESOURCE: {
    ...forbidden,
    stage: "scopes",
    challenge: "insufficient_scope",
    title: "the credential holds this scope for other items, but not for this one",
    detail: DETAIL,
    fix: "give the caller {scope_choice}, then get a new token",
    publicFacts: SCOPE_FACTS,
  },
  SCOPE_OVER_CEILING: {
    ...forbidden,
    stage: "scopes",
    challenge: "insufficient_scope",
    title: "the token holds {scope_to_allow}, but its issuer may not grant that on this AgentOS",
    detail: DETAIL,
    fix: 'on the server, add {scope_to_allow} to "allowedScopes" of this issuer, the list of everything that its tokens may grant; or get a token from another issuer, one that may grant {scope_to_add}',
    publicFacts: [...SCOPE_FACTS, "scope_to_allow"],
  },
  SCOPE_PARAMETER_MISSING: {
    ...forbidden,
    stage: "scopes",
    challenge: "insufficient_scope",
    title:
      'this route asks for the scope of one item, but the request has no parameter "{parameter}" that names the item',
    detail: "Insufficient permissions",
    fix: 'in the application, protect the route whose path has "{parameter}", or correct the name in the scope "{declared_scope}"; no other scope of the caller is at fault',
    publicFacts: ["parameter", "declared_scope"],
  },
  SCOPE_ROUTE_UNMAPPED: {
    ...forbidden,
    stage: "scopes",
    challenge: "insufficient_scope",
    title: "no rule says who may call this route, so nobody may",
    detail: "Insufficient permissions",
    fix: 'declare "access" on the route, or map it in "scopeMappings"',
    publicFacts: [],
  },
  AUTH_USER_REQUIRED: {
    ...forbidden,
    stage: "isolation",
    challenge: "none",
    title: "each user sees only their own data here, and the credential names no user",
    detail: "A user identity is required",
    fix: 'issue the token with the claim "{user_id_claim}"{user_elsewhere}',
    publicFacts: ["user_id_claim", "user_elsewhere"],
  },
} as const satisfies Record<string, RefusalEntry>;
