/** Whether a caller may use a route: scopes, then whose data. The decision itself is made in `decide/`. */
import type { Facts } from "@agentos/contract";
import type { CompiledRoute } from "../decide/compile-route.ts";
import { type Decision, decide, findRule, findUnnamedItem, findWithheldGrant } from "../decide/decide.ts";
import { describeScopeChoiceFor } from "../decide/scope-choice.ts";
import type { Identity } from "../identity/identity.ts";
import { DEFAULT_ISSUER_NAME } from "../identity/owner.ts";
import { fail, ok, type Refusal, type Result, refuse } from "../outcome/result.ts";
import type { AuthPolicy } from "../policy/policy.ts";
import { compileGrants } from "../scope/grants.ts";
import { ceilingOf, limitScopes } from "../scope/limit-scopes.ts";
import type { PathParameters } from "../scope/requirement.ts";
import { findScopesElsewhere, findUserElsewhere, notRead } from "../token/find-elsewhere.ts";
import { findScopesClaims } from "../token/read-scopes.ts";
import { type Access, findDataScope } from "./access.ts";

/** A matched route with its decoded parameters. */
export interface RequestedRoute {
  readonly route: CompiledRoute;
  readonly parameters: PathParameters;
}

type Denied = Extract<Decision, { isAllowed: false }>;
type Rules = Pick<AuthPolicy, "adminScope" | "claimNames" | "enforcesScopes" | "isolatesUsers" | "tokens">;

/** Gives the access of an identity to a route, or says what it lacks. */
export function authorize(identity: Identity, requested: RequestedRoute, rules: Rules): Result<Access> {
  const { route, parameters } = requested;
  let decision: Decision | undefined;
  if (identity.kind === "user" && rules.enforcesScopes) {
    decision = decide(identity.grants, route, parameters);
    if (!decision.isAllowed) {
      const { grants, withheldScopes: scopes = [] } = identity;
      const unnamed = findUnnamedItem(grants, requested);
      if (unnamed !== undefined)
        return fail({
          code: "SCOPE_PARAMETER_MISSING",
          facts: {
            parameter: unnamed.parameter,
            declared_scope: unnamed.declared,
            ...describeHeld(identity, rules),
          },
          ...nameOf(identity),
        });
      const withheld = findWithheldGrant(grants, { scopes, adminScope: rules.adminScope }, requested);
      return fail({
        code: withheld === undefined ? decision.code : "SCOPE_OVER_CEILING",
        facts: {
          ...describeHeld(identity, rules),
          ...describeLack(identity, decision, withheld),
          ...(withheld === undefined ? findUnreadScopes(identity, requested, rules) : {}),
        },
        ...nameOf(identity),
      });
    }
  } else if (findRule(route, parameters) === "unmapped") {
    return refuse("SCOPE_ROUTE_UNMAPPED");
  }
  const dataScope = findDataScope(identity, rules);
  if (route.access.isOwned && dataScope.kind === "none")
    return fail({ code: "AUTH_USER_REQUIRED", facts: describeNobody(identity, rules), ...nameOf(identity) });
  const visible = decision?.isAllowed === true ? decision.visible : "all";
  return ok({ identity, visible, dataScope, decision });
}

function nameOf({ userId, issuer, owner }: Identity): Pick<Refusal, "subject" | "issuer" | "owner"> {
  return { subject: userId, issuer, owner };
}

/** For the operator: what the caller holds, and which claims it was read from. */
function describeHeld({ scopes, withheldScopes, claims }: Identity, { claimNames }: Rules): Facts {
  return {
    held_scopes: scopes,
    scopes_claim: findScopesClaims(claims, claimNames.scopes),
    ...(withheldScopes === undefined ? {} : { withheld_scopes: withheldScopes }),
  };
}

function describeLack(
  { scopes }: Identity,
  { required, missing, scopeToAdd }: Denied,
  scopeToAllow: string | undefined,
): Facts {
  return {
    required_scopes: required,
    missing_scopes: missing,
    ...(scopeToAllow === undefined ? {} : { scope_to_allow: scopeToAllow }),
    ...(scopeToAdd === undefined
      ? {}
      : {
          scope_to_add: scopeToAdd,
          scope_choice: describeScopeChoiceFor(scopes, scopeToAdd, missing),
        }),
  };
}

/** The scopes that would do stand in the token, under a claim that is not read. */
function findUnreadScopes(
  { claims, scopes, issuer }: Identity,
  { route, parameters }: RequestedRoute,
  rules: Rules,
): Facts {
  const { adminScope, claimNames, tokens } = rules;
  const own = tokens.filter(({ name = DEFAULT_ISSUER_NAME }) => name === issuer);
  // What the issuer may not grant would be withheld there as well.
  const grantable = (more: readonly string[]) =>
    own.reduce((kept, part) => limitScopes(kept, ceilingOf(part, rules)).kept, more);
  const read = findScopesClaims(claims, claimNames.scopes);
  const other = findScopesElsewhere(claims, read, (more) => {
    if (more.length === 0) return false;
    return decide(compileGrants([...scopes, ...grantable(more)], adminScope), route, parameters).isAllowed;
  });
  if (other === undefined) return {};
  const list = JSON.stringify([...read, other]);
  const home = read[0] ?? "scopes";
  return {
    other_claim: other,
    // The other one may be a claim that is read where the first is absent.
    scope_choice: `its scopes under the claim "${home}" (the token has them under "${other}", which this AgentOS does not read${read[0] === undefined ? "" : ` beside "${home}"`})`,
    suggestion: `set "scopesClaim" to ${list} on the server, which then reads all of these claims; or let the issuer write the scopes into "${home}"`,
  };
}

function describeNobody({ claims }: Identity, { claimNames: { userId } }: Rules): Facts {
  const other = findUserElsewhere(claims, userId);
  return {
    user_id_claim: userId,
    user_elsewhere: notRead(other),
    ...(other === undefined
      ? {}
      : {
          other_claim: other,
          suggestion: `set "userIdClaim" to "${other}" on the server, if no two users ever have the same; or issue the token with the claim "${userId}"`,
        }),
  };
}
