/** A scope is missing in a token that was minted here: whether the role gives it, and who can give one that does. */
import { compileGrants, decide, listMissing, readNamedScopes } from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import { ROLES, type Role } from "../people/roles/built-in-roles.ts";
import { readObservedAnswer } from "./describe-request.ts";
import { findRoute } from "./find-route.ts";
import { makeFinding } from "./make-finding.ts";
import type { Finding, MintedToken, RefusedRequest } from "./refused-request.ts";

/** What a request needs, and what of it some scopes do not give. */
interface Need {
  readonly evidence: Finding["evidence"][number];
  listLacking(scopes: readonly string[]): readonly string[];
}

/** Undefined where nothing says what is missing, or where the token holds it: then the instance limits who may grant it. */
export function refineRole(refused: RefusedRequest, minted: MintedToken): Finding | undefined {
  const { role, cli } = refused;
  const need = readNeed(refused) ?? findNeed(refused);
  if (need === undefined || need.listLacking(minted.scopes).length === 0) return undefined;
  const evidence = [
    need.evidence,
    { fact: `the token holds ${describeScopes(minted.scopes)}`, source: "the token, as it was minted" },
  ];
  const lacking = need.listLacking(role.scopes);
  if (lacking.length === 0)
    return makeFinding(
      {
        code: "TOKEN_SCOPE_LEFT_OUT",
        certainty: "certain",
        facts: { missing_scopes: need.listLacking(minted.scopes) },
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
        missing_scopes: lacking,
        who_can: nameRoles(
          Object.values(ROLES).filter(({ scopes }) => need.listLacking(scopes).length === 0),
        ),
      },
      evidence: [...evidence, { fact: `your role is ${role.title}`, source: "the members" }],
    },
    cli,
  );
}

/** What the instance itself has named: it may ask for more than the routes of every AgentOS do. */
function readNeed(refused: RefusedRequest): Need | undefined {
  const answer = readObservedAnswer(refused);
  if (answer === undefined) return undefined;
  const { required = [], missing = required } = readNamedScopes(answer);
  if (missing.length === 0) return undefined;
  const asked = required.length > 0 ? required : missing;
  return {
    evidence: { fact: `the instance asks for ${describeScopes(asked)}`, source: "the answer" },
    listLacking: (scopes) =>
      listMissing(compileGrants(scopes, ADMIN_SCOPE), missing, { adminScope: ADMIN_SCOPE }),
  };
}

/** An instance that names none: what the route needs in every AgentOS. */
function findNeed({ request }: RefusedRequest): Need | undefined {
  const found = findRoute(request.method, request.path);
  if (found === undefined) return undefined;
  const { route, parameters } = found;
  const decideFor = (scopes: readonly string[]) =>
    decide(compileGrants(scopes, ADMIN_SCOPE), route, parameters);
  const nobody = decideFor([]);
  if (nobody.isAllowed) return undefined;
  return {
    evidence: { fact: `${route.name} needs ${nobody.required.join(", ")}`, source: "the route table" },
    listLacking(scopes) {
      const decision = decideFor(scopes);
      return decision.isAllowed ? [] : decision.missing;
    },
  };
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
