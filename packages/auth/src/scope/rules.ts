/**
 * Custom scope rules ("METHOD /pattern" to scopes) laid over the routes at start.
 *
 * A custom rule comes before the route's own; among custom rules the most specific wins, whatever their order
 * (repair of weak-spots A7). Rules are matched against route templates, so a request can never be authorised by a
 * string that differs from what is routed.
 */
import { fillTemplate, splitParameters, type Template } from "@agentos/contract";
import { CONTROL_CHARACTER } from "@agentos/contract/text";
import type { PathParameters } from "./requirement.ts";
import { compilePattern, relatePattern } from "./rule-pattern.ts";

export interface ScopeRule {
  readonly text: string;
  /** `*` means every method. */
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly string[];
  readonly matches: (path: string) => boolean;
  readonly weight: readonly [literalSegments: number, literalCharacters: number, crossings: number];
}

/** A rule that applies to a route: always, or when the path that the parameters spell matches. */
export interface AppliedRule {
  readonly rule: ScopeRule;
  readonly appliesTo?: ((parameters: PathParameters) => boolean) | undefined;
}

const RULE = /^(GET|POST|PUT|PATCH|DELETE) (\/[^\s?#]*)$/;
const PATH = /^\/[^\s?#]*$/;
const ANY_METHOD = "*";

/** Parses a rule's key, or gives undefined when it is not "METHOD /path". */
export function parseScopeRule(text: string, scopes: readonly string[]): ScopeRule | undefined {
  const [, method, path] = RULE.exec(text) ?? [];
  const decoded = path === undefined ? undefined : decodeLiterals(path);
  return method === undefined || decoded === undefined
    ? undefined
    : createRule({ text, method, path: decoded, scopes });
}

/** Parses a path pattern that holds for every method, or gives undefined when it is none. */
export function parsePathPattern(text: string): ScopeRule | undefined {
  const path = PATH.test(text) ? decodeLiterals(text) : undefined;
  return path === undefined ? undefined : createRule({ text, method: ANY_METHOD, path, scopes: [] });
}

/** What means something in a pattern, written so that it should not: `*`, `{` and `}`. */
const ENCODED_WILDCARD = /%(?:2a|7b|7d)/i;

/** Parameters as other frameworks write them: taken for a literal, such a rule would restrict nothing. */
const FOREIGN_PARAMETER = /[{}]|\/(?::\w|<)/;

/**
 * Rules are compared with decoded parameters, so `caf%C3%A9` in a rule means the same as in a request. Undefined where
 * decoding would turn a letter into a wildcard, which opens more than was meant.
 */
function decodeLiterals(path: string): string | undefined {
  const others = splitParameters(path).map((part) => (part.kind === "parameter" ? "x" : part.text));
  if (ENCODED_WILDCARD.test(path) || FOREIGN_PARAMETER.test(others.join(""))) return undefined;
  try {
    const decoded = path
      .split("/")
      .map((segment) => decodeURIComponent(segment).replaceAll("/", "%2F"))
      .join("/");
    return CONTROL_CHARACTER.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}

function createRule(rule: Pick<ScopeRule, "text" | "method" | "path" | "scopes">): ScopeRule {
  const path = rule.path.replace(/(?<=.)\/+$/, "");
  const literals = path.split("/").filter((segment) => !/[*{]/.test(segment));
  const crossings = path.match(/\*/g)?.length ?? 0;
  const text = splitParameters(path).map((part) => (part.kind === "literal" ? part.text : ""));
  const characters = text.join("").replaceAll("*", "").length;
  return { ...rule, path, matches: compilePattern(path), weight: [literals.length, characters, -crossings] };
}

/** The rules that apply to a route, most specific first, up to the first that always applies. */
export function applyRules(
  rules: readonly ScopeRule[],
  method: string,
  template: Template,
): readonly AppliedRule[] {
  const applied: AppliedRule[] = [];
  for (const rule of rules.toSorted(bySpecificity)) {
    const isAsked = rule.method === ANY_METHOD || rule.method === method;
    const relation = isAsked ? relatePattern(rule.path, template) : "never";
    if (relation === "always") return [...applied, { rule }];
    if (relation === "sometimes") {
      applied.push({ rule, appliesTo: (parameters) => rule.matches(spell(template, parameters)) });
    }
  }
  return applied;
}

function bySpecificity(a: ScopeRule, b: ScopeRule): number {
  return b.weight[0] - a.weight[0] || b.weight[1] - a.weight[1] || b.weight[2] - a.weight[2];
}

/** The path that a template's parameters spell: as a person would write it, except that each value stays one segment. */
function spell(template: Template, parameters: PathParameters): string {
  return fillTemplate(template, (name) => (parameters[name] ?? "").replaceAll("/", "%2F"));
}
