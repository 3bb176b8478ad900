/** Is a scope one of the catalogue, and if not, which one may have been meant? */
import { parseScope } from "@agentos/auth";
import {
  ADMIN_SCOPE,
  GLOBAL_SCOPES,
  isPerResource,
  SCOPE_RESOURCES,
  type ScopeResourceName,
} from "@agentos/contract";
import { nearest } from "@agentos/auth";

/** One sentence for a scope that the catalogue does not have; undefined for one that it has. */
export function describeUnknownScope(scope: string): string | undefined {
  if (isCatalogueScope(scope)) return undefined;
  const parsed = parseScope(scope, ADMIN_SCOPE);
  const plain = parsed.kind === "scope" ? `${parsed.resource}:${parsed.action}` : scope;
  const suggestion = nearest(plain, [ADMIN_SCOPE, ...GLOBAL_SCOPES]);
  const id = parsed.kind === "scope" ? parsed.id : undefined;
  const meant = suggestion === undefined ? undefined : withId(suggestion, id);
  const hint = /:\*$|^\*/.test(scope)
    ? `there is no wildcard for actions; name each one, or use "${ADMIN_SCOPE}"`
    : meant !== undefined && meant !== scope
      ? `did you mean "${meant}"?`
      : `"agentos scopes list" shows all; a scope of your own application is fine as it is`;
  return `"${scope}" is not a scope of the catalogue and grants nothing on its routes: ${hint}`;
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
