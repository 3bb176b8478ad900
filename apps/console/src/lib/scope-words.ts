/** Why a control is disabled, or a request refused: which scope is missing, and who could give it. */
import { ADMIN_SCOPE } from "@agentos/contract";
import { joinWords } from "./words.ts";

interface RoleScopes {
  readonly title: string;
  readonly scopes: readonly string[];
}

export interface MissingScope {
  readonly scopes: readonly string[];
  /** `an Owner or Administrator`; undefined where no role gives them, or the roles are not known. */
  readonly whoCan: string | undefined;
}

/** Undefined for whoever may. Nothing is allowed that is not listed. */
export function findMissingScopes(
  needed: readonly string[],
  held: readonly string[],
  roles: readonly RoleScopes[],
): MissingScope | undefined {
  const missing = needed.filter((scope) => !gives(held, scope));
  return missing.length === 0 ? undefined : { scopes: missing, whoCan: nameRolesThatGive(needed, roles) };
}

/** `an Owner or Administrator`; undefined where no role gives all of them, or the roles are not known. */
export function nameRolesThatGive(
  needed: readonly string[],
  roles: readonly RoleScopes[],
): string | undefined {
  const titles = roles
    .filter(({ scopes }) => needed.every((scope) => gives(scopes, scope)))
    .map(({ title }) => title);
  return titles.length === 0 ? undefined : withArticle(joinWords(titles, "or"));
}

/** The admin scope gives what no role lists. */
function gives(held: readonly string[], scope: string): boolean {
  return held.includes(scope) || held.includes(ADMIN_SCOPE);
}

function withArticle(title: string): string {
  return `${/^[aeiou]/i.test(title) ? "an" : "a"} ${title}`;
}
