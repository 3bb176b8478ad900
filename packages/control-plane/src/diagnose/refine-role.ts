/** A scope is missing in a token that was minted here: whether the role gives it, and who can give one that does. */
import { compileGrants, decide } from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import { ROLES, type Role } from "../people/roles/built-in-roles.ts";
import type { FoundRoute } from "./find-route.ts";
import { makeFinding } from "./make-finding.ts";
import type { Finding, MintedToken, RefusedRequest } from "./refused-request.ts";

/** Undefined where the token holds what the route asks for: the instance has rules of its own. */
export function refineRole(
  { role, cli }: RefusedRequest,
  minted: MintedToken,
  { route, parameters }: FoundRoute,
): Finding | undefined {
  const decideFor = (scopes: readonly string[]) =>
    decide(compileGrants(scopes, ADMIN_SCOPE), route, parameters);
  const ofToken = decideFor(minted.scopes);
  if (ofToken.isAllowed || ofToken.missing.length === 0) return undefined;
  const evidence = [
    { fact: `${route.name} needs ${ofToken.required.join(", ")}`, source: "the route table" },
    { fact: `the token holds ${describeScopes(minted.scopes)}`, source: "the token, as it was minted" },
  ];
  const ofRole = decideFor(role.scopes);
  if (ofRole.isAllowed)
    return makeFinding(
      {
        code: "TOKEN_SCOPE_LEFT_OUT",
        certainty: "certain",
        facts: { missing_scopes: ofToken.missing },
        evidence,
      },
      cli,
    );
  return makeFinding(
    {
      code: "TOKEN_ROLE_INSUFFICIENT",
      certainty: "certain",
      facts: {
        role: role.title,
        missing_scopes: ofRole.missing,
        who_can: nameRoles(Object.values(ROLES).filter(({ scopes }) => decideFor(scopes).isAllowed)),
      },
      evidence: [...evidence, { fact: `your role is ${role.title}`, source: "the members" }],
    },
    cli,
  );
}

function nameRoles(roles: readonly Role[]): string {
  return roles.length === 0
    ? "whoever manages the instance"
    : `an ${roles.map(({ title }) => title).join(" or ")}`;
}

const MAX_SHOWN = 12;

function describeScopes(scopes: readonly string[]): string {
  if (scopes.length === 0) return "no scope";
  const rest = scopes.length > MAX_SHOWN ? ` and ${scopes.length - MAX_SHOWN} more` : "";
  return scopes.slice(0, MAX_SHOWN).join(", ") + rest;
}
