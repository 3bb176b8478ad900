/** A scope that a route requires, compiled at start and matched against a caller's grants (contract 2.2, 2.3). */
import { splitParameters } from "@agentos/contract";
import type { Grants } from "./grants.ts";
import { parseScope } from "./parse.ts";

/** Where the id of a requirement comes from. */
type RequiredId =
  | { readonly kind: "none" }
  | { readonly kind: "fixed"; readonly id: string }
  | { readonly kind: "parameter"; readonly name: string };

/** One required scope, compiled. */
export interface Requirement {
  /** As declared; this is what refusals name. */
  readonly text: string;
  /** Resource, aliases resolved. */
  readonly resource: string;
  /** Empty for the admin scope. */
  readonly action: string;
  /** `resource:action`, the key that grants are looked up with. */
  readonly key: string;
  /** Which item it is about. */
  readonly id: RequiredId;
}

/** Decoded path parameters of the matched route. */
export type PathParameters = Readonly<Record<string, string | undefined>>;

/** What a requirement is compiled against. */
export interface RequirementContext {
  readonly adminScope: string;
  /** The path parameter that names the item, by resource. */
  readonly items?: Readonly<Record<string, string>> | undefined;
}

/**
 * Compiles one required scope, or gives undefined for a text that is no scope.
 *
 * `resource:action` becomes a check on the item only where the route says which parameter names one of this very
 * resource: a requirement of another resource keeps its name (repair of contract Q6). `resource:{parameter}:action`
 * takes the id from the path.
 */
export function compileRequirement(text: string, context: RequirementContext): Requirement | undefined {
  const scope = parseScope(text, context.adminScope);
  // Its key has no action, so that no grant has it: "agent_os:*:admin" is not the admin scope.
  if (scope.kind === "admin")
    return { text, resource: text, action: "", key: `${text}:`, id: { kind: "none" } };
  if (scope.kind === "unknown") return undefined;
  const { resource, action } = scope;
  const named = { text, resource, action, key: `${resource}:${action}` };
  if (scope.id !== undefined && scope.id !== "*") return { ...named, id: readId(scope.id) };
  const { items = {} } = context;
  // Own properties only: "constructor" is no item.
  const name = Object.hasOwn(items, resource) ? items[resource] : undefined;
  return { ...named, id: name === undefined ? { kind: "none" } : { kind: "parameter", name } };
}

/** Only an id that is all `{name}` is a parameter. */
function readId(id: string): RequiredId {
  const [part, ...more] = splitParameters(id);
  return part?.kind === "parameter" && more.length === 0 ? part : { kind: "fixed", id };
}

/** The id that a requirement is about in this request. */
function requiredId(requirement: Requirement, parameters: PathParameters): string | undefined {
  const { id } = requirement;
  if (id.kind === "fixed") return id.id;
  // Own properties only: "constructor" is no parameter.
  return id.kind === "parameter" && Object.hasOwn(parameters, id.name) ? parameters[id.name] : undefined;
}

/** The parameter that a requirement takes its id from, where the request has none of that name. */
export function findMissingParameter(
  requirement: Requirement,
  parameters: PathParameters,
): string | undefined {
  const isMissing = requirement.id.kind === "parameter" && requiredId(requirement, parameters) === undefined;
  return isMissing ? requirement.id.name : undefined;
}

/** The scope of the caller that satisfies the requirement, or undefined when none does. */
export function findGrant(
  grants: Grants,
  requirement: Requirement,
  parameters: PathParameters,
): string | undefined {
  if (grants.adminScope !== undefined) return grants.adminScope;
  const { key } = requirement;
  const wide = grants.wide.get(key);
  if (wide !== undefined) return wide;
  // Equality always satisfies (repair of contract Q7), except where the text stands for an id that is still to be filled in.
  if (requirement.id.kind !== "parameter" && grants.exact.has(requirement.text)) return requirement.text;
  const id = requiredId(requirement, parameters);
  return id === undefined ? undefined : grants.narrow.get(key)?.get(id);
}

/** Those of some required scopes that nothing grants, where no route says which item a request is about. */
export function listMissing(
  grants: Grants,
  required: readonly string[],
  context: RequirementContext,
): readonly string[] {
  return required.filter((text) => {
    const requirement = compileRequirement(text, context);
    return requirement === undefined || findGrant(grants, requirement, {}) === undefined;
  });
}

/** The least scope that would satisfy the requirement in this request. */
export function leastScope(requirement: Requirement, parameters: PathParameters): string {
  const id = requiredId(requirement, parameters);
  // An id that a scope cannot hold (or that would mean every item) leaves the whole resource as the least that works.
  if (requirement.id.kind !== "parameter") return requirement.text;
  if (id === undefined || /^\*?$|[:\s]/.test(id))
    return requirement.text.replace(`:{${requirement.id.name}}:`, ":");
  return `${requirement.resource}:${id}:${requirement.action}`;
}

/** The requirement as a refusal names it: as declared, with a `{parameter}` of its own filled in. */
export function requirementText(requirement: Requirement, parameters: PathParameters): string {
  return requirement.text.includes("{") ? leastScope(requirement, parameters) : requirement.text;
}
