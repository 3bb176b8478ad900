/** A scope is missing in a token that was minted here: whether the role gives it, and who can give one that does. */
import { compileGrants, decide, listMissing, readNamedScopes } from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import { ROLES, type Role } from "../people/roles/built-in-roles.ts";
import { findListSource, readObservedAnswer } from "./describe-request.ts";
import { findRoute } from "./find-route.ts";
import { makeFinding } from "./make-finding.ts";
import type { Finding, MintedToken, RefusedRequest } from "./refused-request.ts";

/** What a request needs, and what of it some scopes do not give. */
interface Need {
  readonly evidence: Finding["evidence"][number];
  readonly required: readonly string[];
  listLacking(scopes: readonly string[]): readonly string[];
}

/** Undefined where nothing says what is missing, or where the token holds it: then the instance limits who may grant it. */
export function refineRole(refused: RefusedRequest, minted: MintedToken): Finding | undefined {
  const { role, cli } = refused;
  const ofTable = findNeed(refused);
  const need = readNeed(refused) ?? ofTable;
  if (need === undefined || need.listLacking(minted.scopes).length === 0) return undefined;
  const isLeftOut = need.listLacking(role.scopes).length === 0;
  const holder = isLeftOut ? minted : role;
  const missing = need.listLacking(holder.scopes);
  const evidence = [
    need.evidence,
    { fact: `the token holds ${describeScopes(minted.scopes)}`, source: "the token, as it was minted" },
  ];
  // What the instance alone asks for is its word.
  const known = ofTable?.listLacking(holder.scopes) ?? [];
  const certainty = missing.every((scope) => known.includes(scope)) ? "certain" : "likely";
  const finding = isLeftOut
    ? makeFinding(
        { code: "TOKEN_SCOPE_LEFT_OUT", certainty, facts: { missing_scopes: missing }, evidence },
        cli,
      )
    : makeFinding(
        {
          code: "TOKEN_ROLE_INSUFFICIENT",
          certainty,
          facts: {
            role: role.title,
            missing_scopes: missing,
            who_can: nameRoles(
              Object.values(ROLES).filter(({ scopes }) => need.listLacking(scopes).length === 0),
            ),
          },
          evidence: [...evidence, { fact: `your role is ${role.title}`, source: "the members" }],
        },
        cli,
      );
  return { ...finding, required_scopes: [...need.required], missing_scopes: [...missing] };
}

/** What the instance itself has named: it may ask for more than the routes of every AgentOS do. */
function readNeed(refused: RefusedRequest): Need | undefined {
  const answer = readObservedAnswer(refused);
  if (answer === undefined) return undefined;
  const { required = [], missing = required } = readNamedScopes(answer);
  if (missing.length === 0) return undefined;
  const [asked, list] =
    required.length > 0 ? ([required, "required_scopes"] as const) : ([missing, "missing_scopes"] as const);
  return {
    evidence: {
      fact: `the instance asks for ${describeScopes(asked)}`,
      source: findListSource(refused, list),
    },
    required: asked,
    listLacking: (scopes) =>
      listMissing(compileGrants(scopes, ADMIN_SCOPE), missing, { adminScope: ADMIN_SCOPE }),
  };
}

/** What the route needs in every AgentOS: where an instance names nothing, and to hold against what it names. */
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
    required: nobody.required,
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
