/** Why a control is disabled: which scope is missing, and who could give it. */
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
  const missing = needed.filter((scope) => !held.includes(scope));
  if (missing.length === 0) return undefined;
  const titles = roles
    .filter(({ scopes }) => needed.every((scope) => scopes.includes(scope)))
    .map(({ title }) => title);
  return { scopes: missing, whoCan: titles.length === 0 ? undefined : withArticle(joinWords(titles, "or")) };
}

function withArticle(title: string): string {
  return `${/^[aeiou]/i.test(title) ? "an" : "a"} ${title}`;
}
