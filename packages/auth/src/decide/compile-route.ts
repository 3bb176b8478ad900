/** Compiles a route table and the rules that lie over it into what `decide` reads, once at start. */
import { createFault, type Fault, parseTemplate, SCOPE_RESOURCES, type Template } from "@agentos/contract";
import { compileRequirement, type PathParameters, type Requirement } from "../scope/requirement.ts";
import {
  type AppliedRule,
  applyRules,
  parsePathPattern,
  parseScopeRule,
  type ScopeRule,
} from "../scope/rules.ts";
import {
  describePathFault,
  describeRuleFault,
  describeScopeFault,
  type TextFault,
} from "./describe-rule-fault.ts";

/** The part of a route that access depends on. */
export interface RouteAccessDefinition {
  /** HTTP method in upper case. */
  readonly method: string;
  /** Template, or its text; `{name}` is one path segment. */
  readonly path: string | Template;
  /**
   * "public", "authenticated", or the scopes that are all required. Undefined: only a rule of the operator opens it.
   */
  readonly access?: "public" | "authenticated" | readonly string[] | undefined;
  /** The path parameter that names the item, by the resource of the scope (contract 2.3). Default: none. */
  readonly items?: Readonly<Record<string, string>> | undefined;
  /** The resource that it lists: a caller sees just the items that their scopes name (contract 2.4). Default: none. */
  readonly lists?: string | undefined;
  /** Works on one user's data, so that isolation demands a user id (contract 2.7). Default false. */
  readonly isOwned?: boolean | undefined;
  /** Stays public whatever list of public paths is configured: pages that only explain errors. */
  readonly isAlwaysPublic?: boolean | undefined;
}

/** Who may call: anybody, any verified caller, nobody (no rule), or holders of all these scopes. */
export type AccessRule = "public" | "authenticated" | "unmapped" | readonly Requirement[];

/** Everything that decides who may call a route, and what they see. */
export interface CompiledAccess {
  /** Who may call when none of `conditional` applies. */
  readonly rule: AccessRule;
  /** Rules for some values of the parameters, most specific first; they come before `rule`. */
  readonly conditional: readonly {
    readonly rule: AccessRule;
    readonly appliesTo: (parameters: PathParameters) => boolean;
  }[];
  /** The resource that the route lists; undefined for a route that is no list. */
  readonly lists: string | undefined;
  /** It works on one user's data. */
  readonly isOwned: boolean;
}

/** A route with every rule that lies over it, ready for `decide`. */
export interface CompiledRoute {
  /** Its key in the route table. */
  readonly id: string;
  /** HTTP method in upper case. */
  readonly method: string;
  /** Its path. */
  readonly template: Template;
  /** `METHOD /template`, as refusals and denial records name it. */
  readonly name: string;
  /** Who may call, and what they see. */
  readonly access: CompiledAccess;
}

/** What the operator configured about routes. */
export interface CompileRoutesOptions {
  /** The scope that satisfies every requirement. */
  readonly adminScope: string;
  /** Laid over the routes: `METHOD /pattern` to the scopes required; an empty list opens to every verified caller. */
  readonly scopeMappings: Readonly<Record<string, readonly string[]>>;
  /** Replaces the routes that are public by themselves (contract 1.4); undefined keeps them. */
  readonly publicPaths?: readonly string[] | undefined;
  /** Opens a route without a rule to every verified caller. Unsafe. */
  readonly allowUnmappedRoutes: boolean;
}

/** The routes, and what is wrong with them or the rules; a fault of severity `error` has to stop the start. */
export interface CompiledRoutes {
  /** In the order of the table. */
  readonly routes: readonly CompiledRoute[];
  /** Empty when every scope and rule makes sense. */
  readonly faults: readonly Fault[];
}

/** A route of the table on its way to a compiled one. */
interface NamedRoute extends Omit<CompiledRoute, "access"> {
  readonly definition: RouteAccessDefinition;
}

/** Compiles all routes; a scope or rule that is none, and a rule that can never match, become faults. */
export function compileRoutes(
  table: Readonly<Record<string, RouteAccessDefinition>>,
  options: CompileRoutesOptions,
): CompiledRoutes {
  const faults: Fault[] = [];
  const rules = parseRules(options.scopeMappings, faults);
  const publicPatterns = options.publicPaths && parsePublicPaths(options.publicPaths, faults);
  const used = new Set<ScopeRule>();
  const routes = Object.entries(table).map(([id, definition]): CompiledRoute => {
    const { method, path, lists, isOwned = false, isAlwaysPublic = false } = definition;
    const template = typeof path === "string" ? parseTemplate(path) : path;
    const route = { id, method, template, name: `${method} ${template.text}` };
    const named = { ...route, definition };
    faults.push(...findItemFaults(named));
    const applied = applyRules(rules, method, template);
    for (const { rule } of applied) used.add(rule);
    const ruled = overlay(applied, definition.access, (access) =>
      compileRule(access, named, options, faults),
    );
    const opened =
      publicPatterns === undefined || isAlwaysPublic
        ? undefined
        : applyRules(publicPatterns, method, template);
    return { ...route, access: { ...(opened ? openPaths(ruled, opened) : ruled), lists, isOwned } };
  });
  for (const rule of rules) {
    if (used.has(rule)) continue;
    const facts = { rule: rule.text, ...explainUnused(rule, { rules, routes }) };
    faults.push(createFault({ code: "CONFIG_RULE_UNREACHABLE", facts }));
  }
  return { routes, faults };
}

type Rules = Pick<CompiledAccess, "rule" | "conditional">;

/** The route's own access with the rules that apply laid over it. */
function overlay(
  applied: readonly AppliedRule[],
  own: RouteAccessDefinition["access"],
  compile: (access: RouteAccessDefinition["access"]) => AccessRule,
): Rules {
  const always = applied.find(({ appliesTo }) => appliesTo === undefined);
  return {
    rule: compile(always ? always.rule.scopes : own),
    conditional: applied.flatMap(({ rule, appliesTo }) =>
      appliesTo ? [{ rule: compile(rule.scopes), appliesTo }] : [],
    ),
  };
}

/** A configured list of public paths replaces the default one: what it does not open needs a caller (contract 1.4). */
function openPaths(ruled: Rules, opened: readonly AppliedRule[]): Rules {
  if (opened.some(({ appliesTo }) => appliesTo === undefined)) return { rule: "public", conditional: [] };
  const conditional = opened.flatMap(({ appliesTo }) =>
    appliesTo ? [{ rule: "public" as const, appliesTo }] : [],
  );
  return {
    rule: ruled.rule === "public" ? "authenticated" : ruled.rule,
    conditional: [...conditional, ...ruled.conditional],
  };
}

function parseRules(mappings: CompileRoutesOptions["scopeMappings"], faults: Fault[]): readonly ScopeRule[] {
  return Object.entries(mappings).flatMap(([text, scopes]) => {
    const rule = parseScopeRule(text, scopes);
    if (rule === undefined)
      faults.push(
        createFault({ code: "CONFIG_RULE_INVALID", facts: { rule: text, ...describeRuleFault(text) } }),
      );
    return rule ?? [];
  });
}

function parsePublicPaths(paths: readonly string[], faults: Fault[]): readonly ScopeRule[] {
  return paths.flatMap((text) => {
    const pattern = parsePathPattern(text);
    const { problem, suggestion } = describePathFault(text);
    const facts = { problem: `"${text}" ${problem}`, suggestion };
    if (pattern === undefined)
      faults.push(createFault({ code: "CONFIG_OPTION_INVALID", at: "excludedRoutePaths", facts }));
    return pattern ?? [];
  });
}

function compileRule(
  access: RouteAccessDefinition["access"],
  route: NamedRoute,
  options: CompileRoutesOptions,
  faults: Fault[],
): AccessRule {
  if (access === undefined) return options.allowUnmappedRoutes ? "authenticated" : "unmapped";
  if (access === "public" || access === "authenticated") return access;
  // An explicit empty list opens the route to any verified caller (contract 2.6).
  if (access.length === 0) return "authenticated";
  const context = { adminScope: options.adminScope, items: route.definition.items };
  const requirements: Requirement[] = [];
  for (const text of access) {
    const requirement = compileRequirement(text, context);
    if (requirement === undefined)
      faults.push(
        createFault({ code: "CONFIG_SCOPE_INVALID", facts: { scope: text, ...describeScopeFault(text) } }),
      );
    else if (hasStrayBraces(requirement))
      faults.push(createFault({ code: "CONFIG_SCOPE_INVALID", facts: { scope: text, ...BRACES } }));
    else if (hasItsParameter(requirement, route)) {
      requirements.push(requirement);
      faults.push(...findActionFaults(requirement, route));
    }
    // What "items" names wrongly is a fault of the route, told once.
    else if (text.includes("{")) faults.push(createParameterFault(text, route));
  }
  // A requirement that cannot be checked closes the route; leaving it out would open it wider.
  return requirements.length === access.length ? requirements : "unmapped";
}

const BRACES: TextFault = {
  problem: "has braces that are no parameter",
  suggestion:
    'write "resource:{parameter}:action" with the name of a path parameter, of letters, digits and "_" only; braces mean nothing elsewhere',
};

/** Meant for a parameter, and taken to the letter: no scope for a real item would ever satisfy it. */
function hasStrayBraces({ text, id }: Requirement): boolean {
  return /[{}]/.test(id.kind === "parameter" ? text.replace(`{${id.name}}`, "") : text);
}

function hasItsParameter({ id }: Requirement, { template }: NamedRoute): boolean {
  return id.kind !== "parameter" || template.parameters.includes(id.name);
}

/** An item that is taken from a parameter that the path does not have would never be compared with anything. */
function findItemFaults(route: NamedRoute): readonly Fault[] {
  return Object.entries(route.definition.items ?? {})
    .filter(([, parameter]) => !route.template.parameters.includes(parameter))
    .map(([resource, parameter]) => createParameterFault(`${resource}:{${parameter}}`, route));
}

function createParameterFault(scope: string, { name, template }: NamedRoute): Fault {
  const parameters = template.parameters.join(", ") || "none";
  return createFault({ code: "CONFIG_SCOPE_PARAMETER_UNKNOWN", facts: { scope, route: name, parameters } });
}

/** A resource of ours with an action that it does not have is a typing error more often than a scope of the application. */
function findActionFaults({ text, resource, action }: Requirement, { name }: NamedRoute): readonly Fault[] {
  const known = Object.entries(SCOPE_RESOURCES).find(([own]) => own === resource)?.[1].actions;
  if (known === undefined || known.some((own) => own === action)) return [];
  const facts = { scope: text, route: name, known: known.map((own) => `${resource}:${own}`).join(", ") };
  return [createFault({ code: "CONFIG_SCOPE_ACTION_UNKNOWN", facts })];
}

/** Why a rule matches no route: another takes its place, its method is that of none, or no path is like its own. */
function explainUnused(
  rule: ScopeRule,
  { rules, routes }: { readonly rules: readonly ScopeRule[]; readonly routes: readonly CompiledRoute[] },
): TextFault {
  const ofPath = routes.filter(
    ({ method, template }) => applyRules([{ ...rule, method }], method, template).length > 0,
  );
  const ofBoth = ofPath.filter(({ method }) => rule.method === method);
  const [hidden] = ofBoth;
  const before = hidden === undefined ? undefined : applyRules(rules, hidden.method, hidden.template)[0];
  if (before !== undefined)
    return {
      problem: `"${before.rule.text}" comes before it wherever it would match`,
      suggestion: "remove one of the two",
    };
  if (ofPath.length > 0) {
    const methods = [...new Set(ofPath.map(({ method }) => method))].join(", ");
    return {
      problem: `no route that it matches has the method ${rule.method}`,
      suggestion: `write it with the method of one: ${methods}`,
    };
  }
  const near = routes.filter(({ template }) => template.text.split("/")[1] === rule.path.split("/")[1]);
  return {
    problem: "no route has such a path",
    suggestion:
      near.length === 0
        ? "remove it, or correct its path: no route begins like this"
        : `write it as one of the routes that begin alike: ${near.map(({ name }) => name).join(", ")}`,
  };
}
