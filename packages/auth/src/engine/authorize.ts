/** Whether a caller may use a route: scopes, then whose data. The decision itself is made in `decide/`. */
import type { CompiledRoute } from "../decide/compile-route.ts";
import { type Decision, decide, findRule, findUnnamedItem, findWithheldGrant } from "../decide/decide.ts";
import { describeScopeChoice } from "../decide/scope-choice.ts";
import type { Identity } from "../identity/identity.ts";
import { fail, ok, type Refusal, type Result, refuse } from "../outcome/result.ts";
import type { AuthPolicy } from "../policy/policy.ts";
import type { PathParameters } from "../scope/requirement.ts";
import { type Access, findDataScope } from "./access.ts";

/** A matched route with its decoded parameters. */
export interface RequestedRoute {
  readonly route: CompiledRoute;
  readonly parameters: PathParameters;
}

type Rules = Pick<AuthPolicy, "adminScope" | "claimNames" | "enforcesScopes" | "isolatesUsers">;

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
            held_scopes: identity.scopes,
          },
          ...nameOf(identity),
        });
      const withheld = findWithheldGrant(grants, { scopes, adminScope: rules.adminScope }, requested);
      return fail({
        code: withheld === undefined ? decision.code : "SCOPE_OVER_CEILING",
        facts: describeLack(identity, decision, withheld),
        ...nameOf(identity),
      });
    }
  } else if (findRule(route, parameters) === "unmapped") {
    return refuse("SCOPE_ROUTE_UNMAPPED");
  }
  const dataScope = findDataScope(identity, rules);
  if (route.access.isOwned && dataScope.kind === "none")
    return refuse("AUTH_USER_REQUIRED", { user_id_claim: rules.claimNames.userId });
  const visible = decision?.isAllowed === true ? decision.visible : "all";
  return ok({ identity, visible, dataScope, decision });
}

function nameOf({ userId, issuer, owner }: Identity): Pick<Refusal, "subject" | "issuer" | "owner"> {
  return { subject: userId, issuer, owner };
}

function describeLack(
  { scopes, withheldScopes }: Identity,
  { required, missing, scopeToAdd }: Extract<Decision, { isAllowed: false }>,
  scopeToAllow: string | undefined,
) {
  return {
    required_scopes: required,
    missing_scopes: missing,
    held_scopes: scopes,
    ...(withheldScopes === undefined ? {} : { withheld_scopes: withheldScopes }),
    ...(scopeToAllow === undefined ? {} : { scope_to_allow: scopeToAllow }),
    ...(scopeToAdd === undefined
      ? {}
      : { scope_to_add: scopeToAdd, scope_choice: describeScopeChoice(scopeToAdd, missing) }),
  };
}
