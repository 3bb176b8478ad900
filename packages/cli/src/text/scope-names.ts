/** Is a scope one of the catalogue, and if not, which one may have been meant? */
import { parseScope } from "@agentos/auth";
import {
  ADMIN_SCOPE,
  GLOBAL_SCOPES,
  isPerResource,
  SCOPE_RESOURCES,
  type ScopeResourceName,
} from "@agentos/contract";
import { countChanges, nearest } from "@agentos/contract/text";

/** One sentence for a scope that the catalogue does not have; undefined for one that it has. */
export function describeUnknownScope(scope: string, cli: string): string | undefined {
  if (isCatalogueScope(scope)) return undefined;
  if (/:\*$|^\*/.test(scope)) {
    return `"${scope}" is no scope and grants nothing: there is no wildcard for actions; name each one, or use "${ADMIN_SCOPE}"`;
  }
  const meant = findMeantScope(scope);
  return meant === undefined
    ? `"${scope}" is no scope of AgentOS itself; it works only where the application declares it (customScope). \`${cli} scopes list\` shows those of AgentOS`
    : `"${scope}" is no scope of AgentOS and grants nothing on its routes: did you mean "${meant}"?`;
}

/** The scope of the catalogue that was meant with one that it does not have; undefined where none is near. */
export function findMeantScope(scope: string): string | undefined {
  if (isCatalogueScope(scope)) return undefined;
  const meant = findMeant(scope);
  return meant === scope ? undefined : meant;
}

/** Slips of the hand in either part; another resource altogether is the application's own, whatever its action. */
function findMeant(scope: string): string | undefined {
  const parsed = parseScope(scope, ADMIN_SCOPE);
  if (parsed.kind !== "scope") return nearest(scope, [ADMIN_SCOPE, ...GLOBAL_SCOPES]);
  const resource = nearest(parsed.resource, Object.keys(SCOPE_RESOURCES));
  if (resource === undefined || !isSlip(parsed.resource, resource)) return undefined;
  const suggestion = nearest(
    `${resource}:${parsed.action}`,
    GLOBAL_SCOPES.filter((known) => known.startsWith(`${resource}:`)),
  );
  return suggestion === undefined ? undefined : withId(suggestion, parsed.id);
}

/** Two changes at most, so that "reports" is not taken for "models". */
function isSlip(word: string, meant: string): boolean {
  return countChanges(word.toLowerCase(), meant, 3) <= 2;
}

function isCatalogueScope(scope: string): boolean {
  if (scope === ADMIN_SCOPE || (GLOBAL_SCOPES as readonly string[]).includes(scope)) return true;
  const parsed = parseScope(scope, ADMIN_SCOPE);
  if (parsed.kind !== "scope" || !Object.hasOwn(SCOPE_RESOURCES, parsed.resource)) return false;
  const actions: readonly string[] = SCOPE_RESOURCES[parsed.resource as ScopeResourceName].actions;
  return actions.includes(parsed.action) && (parsed.id === undefined || isPerResource(parsed.resource));
}

function withId(globalScope: string, id: string | undefined): string {
  const [resource = "", action = ""] = globalScope.split(":");
  return id !== undefined && isPerResource(resource) ? `${resource}:${id}:${action}` : globalScope;
}

/** Scopes separated by spaces or commas. */
export function splitScopes(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((scope) => scope !== "");
}
