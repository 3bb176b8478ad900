/**
 * The one authorization decision of every transport: caller and matched route in, verdict with its reasons out.
 * Pure; deny is the default.
 */
import type { RefusalCode } from "@agentos/contract";
import { compileGrants, type Grants, visibleItems } from "../scope/grants.ts";
import {
  findGrant,
  findMissingParameter,
  leastScope,
  type PathParameters,
  type Requirement,
  requirementText,
} from "../scope/requirement.ts";
import type { AccessRule, CompiledRoute } from "./compile-route.ts";

/** Why a request may go on, or what it lacks. */
export type Decision =
  | {
      readonly isAllowed: true;
      /** The caller's scopes that granted, one for each requirement. */
      readonly grantedBy: readonly string[];
      /** For a list: the items that the caller may see. */
      readonly visible: "all" | ReadonlySet<string>;
    }
  | {
      readonly isAllowed: false;
      /**
       * `SCOPE_OTHER_RESOURCE` when the caller holds the scope for other items, `SCOPE_ROUTE_UNMAPPED` when no rule
       * opens it.
       */
      readonly code: Extract<RefusalCode, "SCOPE_MISSING" | "SCOPE_OTHER_RESOURCE" | "SCOPE_ROUTE_UNMAPPED">;
      /** Every scope that the route asks for, for this request. */
      readonly required: readonly string[];
      /** Those of `required` that nothing grants. */
      readonly missing: readonly string[];
      /** The single scope that is the least to add; more may be missing after it. */
      readonly scopeToAdd: string | undefined;
    };

const UNCONDITIONAL: Decision = Object.freeze({ isAllowed: true, grantedBy: [], visible: "all" });
const UNMAPPED: Decision = Object.freeze({
  isAllowed: false,
  code: "SCOPE_ROUTE_UNMAPPED",
  required: [],
  missing: [],
  scopeToAdd: undefined,
});

/** The access rule that holds for this request. */
export function findRule({ access }: CompiledRoute, parameters: PathParameters): AccessRule {
  for (const { rule, appliesTo } of access.conditional) if (appliesTo(parameters)) return rule;
  return access.rule;
}

/**
 * Whether a request needs no caller. It is asked of strangers, so no more rules are matched than can say so: matching
 * costs by the length of the path, which they choose.
 */
export function isPublicFor(
  { access: { rule, conditional } }: CompiledRoute,
  parameters: PathParameters,
): boolean {
  if (conditional.length === 0) return rule === "public";
  // Where the route itself is open, every rule that restricts it counts; elsewhere only those up to the last that opens.
  const last =
    rule === "public" ? conditional.length - 1 : conditional.findLastIndex((one) => one.rule === "public");
  for (const one of conditional.slice(0, last + 1))
    if (one.appliesTo(parameters)) return one.rule === "public";
  return rule === "public";
}

/**
 * Whether grants suffice for some request of a route: for some item, under some rule. It only says what is worth showing;
 * every request is decided by itself.
 */
export function mayReach(grants: Grants, { access: { rule, conditional, lists } }: CompiledRoute): boolean {
  return [rule, ...conditional.map((one) => one.rule)].some((each) => {
    if (each === "public" || each === "authenticated") return true;
    if (each === "unmapped" || each.length === 0) return false;
    return each.every(
      (requirement) =>
        findGrant(grants, requirement, {}) !== undefined ||
        ((requirement.id.kind === "parameter" || requirement.resource === lists) &&
          grants.narrow.has(requirement.key)),
    );
  });
}

/** Decides whether grants suffice for a route. */
export function decide(grants: Grants, route: CompiledRoute, parameters: PathParameters): Decision {
  const rule = findRule(route, parameters);
  if (rule === "public" || rule === "authenticated") return UNCONDITIONAL;
  if (rule === "unmapped" || rule.length === 0) return UNMAPPED;

  const grantedBy: string[] = [];
  const missing: Requirement[] = [];
  for (const requirement of rule) {
    const grant = findGrant(grants, requirement, parameters);
    if (grant === undefined) missing.push(requirement);
    else grantedBy.push(grant);
  }
  const [first] = missing;
  if (first === undefined) return { isAllowed: true, grantedBy, visible: "all" };
  return relieveListing(grants, route, missing, grantedBy) ?? deny(grants, rule, missing, parameters);
}

/**
 * Of what a caller lacks, the scope of an item that this request does not name: the caller could hold it for every item
 * there is, and would not get in. Only a host that matches paths itself lets it come so far.
 */
export function findUnnamedItem(
  grants: Grants,
  { route, parameters }: Requested,
): { readonly parameter: string; readonly declared: string } | undefined {
  const rule = findRule(route, parameters);
  if (typeof rule === "string") return undefined;
  for (const requirement of rule) {
    const parameter = findMissingParameter(requirement, parameters);
    if (parameter !== undefined && findGrant(grants, requirement, parameters) === undefined)
      return { parameter, declared: requirement.text };
  }
  return undefined;
}

/** A matched route with its decoded parameters. */
interface Requested {
  readonly route: CompiledRoute;
  readonly parameters: PathParameters;
}

/** What a token names beyond the ceiling of its issuer. */
interface Withheld {
  readonly scopes: readonly string[];
  readonly adminScope: string;
}

/**
 * Of the scopes that an issuer may not grant, the one that would stand for what is missing first; the admin scope only
 * where no other would. Undefined: something else is missing.
 */
export function findWithheldGrant(
  grants: Grants,
  { scopes, adminScope }: Withheld,
  { route, parameters }: Requested,
): string | undefined {
  const rule = findRule(route, parameters);
  if (typeof rule === "string") return undefined;
  const missing = rule.filter((requirement) => findGrant(grants, requirement, parameters) === undefined);
  const [first] = missing;
  if (first === undefined) return undefined;
  const ordinary = compileGrants(
    scopes.filter((scope) => scope !== adminScope),
    adminScope,
  );
  const relief = relieveListing(ordinary, route, missing, []);
  return (
    findGrant(ordinary, first, parameters) ??
    (relief?.isAllowed === true ? relief.grantedBy[0] : undefined) ??
    (scopes.includes(adminScope) ? adminScope : undefined)
  );
}

/** A list shows a caller with per-resource scopes just those items, instead of refusing (contract 2.4). */
function relieveListing(
  grants: Grants,
  route: CompiledRoute,
  missing: readonly Requirement[],
  grantedBy: readonly string[],
): Decision | undefined {
  const [first, ...others] = missing;
  if (first === undefined || others.length > 0 || first.resource !== route.access.lists) return undefined;
  // A rule that demands one item by name means it: scopes for other items are no substitute.
  if (first.id.kind !== "none") return undefined;
  const visible = visibleItems(grants, first.resource, first.action);
  if (visible === "all" || visible.size === 0) return undefined;
  const narrow = grants.narrow.get(`${first.resource}:${first.action}`);
  return { isAllowed: true, grantedBy: [...grantedBy, ...(narrow?.values() ?? [])], visible };
}

function deny(
  grants: Grants,
  required: readonly Requirement[],
  missing: readonly Requirement[],
  parameters: PathParameters,
): Decision {
  const holdsOther = missing.some(
    ({ resource, action, id }) => id.kind !== "none" && grants.narrow.has(`${resource}:${action}`),
  );
  const [first] = missing;
  return {
    isAllowed: false,
    code: holdsOther ? "SCOPE_OTHER_RESOURCE" : "SCOPE_MISSING",
    required: required.map((requirement) => requirementText(requirement, parameters)),
    missing: missing.map((requirement) => requirementText(requirement, parameters)),
    scopeToAdd: first && leastScope(first, parameters),
  };
}
