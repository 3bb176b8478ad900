/** Compiles a route and the rules that lie over it into what `decide` reads, once at start. */
import { type Facts, type FaultCode, SCOPE_RESOURCES } from "@agentos/contract";
import { compileRequirement, type PathParameters, type Requirement } from "../scope/requirement.ts";
import {
  type AppliedRule,
  applyRules,
  parsePathPattern,
  parseScopeRule,
  type ScopeRule,
} from "../scope/rules.ts";

/** The part of a route that access depends on. */
export interface RouteAccessDefinition {
  /** HTTP method in upper case. */
  readonly method: string;
  /** Template; `{name}` is one path segment. */
  readonly path: string;
  /**
   * "public", "authenticated", or the scopes that are all required. Undefined: only a rule of the operator opens it.
   */
  readonly access?: "public" | "authenticated" | readonly string[] | undefined;
  /** Family of the route: its scopes are checked on the item that the first path parameter names (contract 2.3). */
  readonly resource?: string | undefined;
  /** A list that shows a caller just the items that their scopes name (contract 2.4). Default false. */
  readonly isListing?: boolean | undefined;
  /** Works on one user's data, so that isolation demands a user id (contract 2.7). Default false. */
  readonly isOwned?: boolean | undefined;
  /** Stays public whatever list of public paths is configured: pages that only explain errors. */
  readonly isAlwaysPublic?: boolean | undefined;
}

/** Who may call: anybody, any verified caller, nobody (no rule), or holders of all these scopes. */
export type CompiledAccess = "public" | "authenticated" | "unmapped" | readonly Requirement[];

/** A route with every rule that lies over it, ready for `decide`. */
export interface CompiledRoute {
  /** `METHOD /template`, as refusals and denial records name it. */
  readonly name: string;
  /** What it was compiled from. */
  readonly definition: RouteAccessDefinition;
  /** Who may call when no rule of `conditional` applies. */
  readonly access: CompiledAccess;
  /** Rules for some values of the parameters, most specific first; they come before `access`. */
  readonly conditional: readonly {
    readonly access: CompiledAccess;
    readonly appliesTo: (parameters: PathParameters) => boolean;
  }[];
}

/** A fault found while compiling; rendered by whoever reports it. */
export interface Fault {
  /** Its entry in the catalogue. */
  readonly code: FaultCode;
  /** Values for the places of the catalogue's texts. */
  readonly facts: Facts;
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
  /** In the order of the definitions. */
  readonly routes: readonly CompiledRoute[];
  /** Empty when every scope and rule makes sense. */
  readonly faults: readonly Fault[];
}

/** Compiles all routes; a scope or rule that is none, and a rule that can never match, become faults. */
export function compileRoutes(
  definitions: readonly RouteAccessDefinition[],
  options: CompileRoutesOptions,
): CompiledRoutes {
  const faults: Fault[] = [];
  const rules = parseRules(options.scopeMappings, faults);
  const publicPatterns = options.publicPaths && parsePublicPaths(options.publicPaths, faults);
  const used = new Set<ScopeRule>();
  const routes = definitions.map((definition) => {
    const applied = applyRules(rules, definition.method, definition.path);
    for (const { rule } of applied) used.add(rule);
    const ruled = overlay(applied, definition.access, (access) =>
      compileAccess(access, definition, options, faults),
    );
    const isReplaceable = publicPatterns !== undefined && definition.isAlwaysPublic !== true;
    const opened = isReplaceable ? applyRules(publicPatterns, definition.method, definition.path) : undefined;
    return {
      name: `${definition.method} ${definition.path}`,
      definition,
      ...(opened ? openPaths(ruled, opened) : ruled),
    };
  });
  for (const rule of rules) {
    if (!used.has(rule))
      faults.push({
        code: "CONFIG_RULE_UNREACHABLE",
        facts: { rule: rule.text, suggestion: suggest(rule, definitions) },
      });
  }
  return { routes, faults };
}

type RouteRules = Pick<CompiledRoute, "access" | "conditional">;

/** The route's own access with the rules that apply laid over it. */
function overlay(
  applied: readonly AppliedRule[],
  own: RouteAccessDefinition["access"],
  compile: (access: RouteAccessDefinition["access"]) => CompiledAccess,
): RouteRules {
  const always = applied.find(({ appliesTo }) => appliesTo === undefined);
  return {
    access: compile(always ? always.rule.scopes : own),
    conditional: applied.flatMap(({ rule, appliesTo }) =>
      appliesTo ? [{ access: compile(rule.scopes), appliesTo }] : [],
    ),
  };
}

/** A configured list of public paths replaces the default one: what it does not open needs a caller (contract 1.4). */
function openPaths(ruled: RouteRules, opened: readonly AppliedRule[]): RouteRules {
  if (opened.some(({ appliesTo }) => appliesTo === undefined)) return { access: "public", conditional: [] };
  const conditional = opened.flatMap(({ appliesTo }) =>
    appliesTo ? [{ access: "public" as const, appliesTo }] : [],
  );
  return {
    access: ruled.access === "public" ? "authenticated" : ruled.access,
    conditional: [...conditional, ...ruled.conditional],
  };
}

function parseRules(mappings: CompileRoutesOptions["scopeMappings"], faults: Fault[]): readonly ScopeRule[] {
  return Object.entries(mappings).flatMap(([text, scopes]) => {
    const rule = parseScopeRule(text, scopes);
    if (rule === undefined) faults.push({ code: "CONFIG_RULE_INVALID", facts: { rule: text } });
    return rule ?? [];
  });
}

function parsePublicPaths(paths: readonly string[], faults: Fault[]): readonly ScopeRule[] {
  return paths.flatMap((text) => {
    const pattern = parsePathPattern(text);
    const problem = `"${text}" is no path pattern`;
    if (pattern === undefined)
      faults.push({ code: "CONFIG_OPTION_INVALID", facts: { option: "excludedRoutePaths", problem } });
    return pattern ?? [];
  });
}

function compileAccess(
  access: RouteAccessDefinition["access"],
  route: RouteAccessDefinition,
  options: CompileRoutesOptions,
  faults: Fault[],
): CompiledAccess {
  if (access === undefined) return options.allowUnmappedRoutes ? "authenticated" : "unmapped";
  if (access === "public" || access === "authenticated") return access;
  // An explicit empty list opens the route to any verified caller (contract 2.6).
  if (access.length === 0) return "authenticated";
  const itemParameter = route.resource === undefined ? undefined : /\{(\w+)\}/.exec(route.path)?.[1];
  const context = { adminScope: options.adminScope, resource: route.resource, itemParameter };
  const requirements: Requirement[] = [];
  for (const text of access) {
    const requirement = compileRequirement(text, context);
    const fault = judgeRequirement(text, requirement, route);
    if (fault !== undefined) faults.push(fault);
    if (fault !== undefined || requirement === undefined) continue;
    requirements.push(requirement);
    const warning = warnOfAction(requirement, route);
    if (warning !== undefined) faults.push(warning);
  }
  // A requirement that cannot be checked closes the route; leaving it out would open it wider.
  return requirements.length === access.length ? requirements : "unmapped";
}

function judgeRequirement(
  text: string,
  requirement: Requirement | undefined,
  route: RouteAccessDefinition,
): Fault | undefined {
  if (requirement === undefined) return { code: "CONFIG_SCOPE_INVALID", facts: { scope: text } };
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  if (requirement.id.kind !== "parameter" || names.includes(requirement.id.name)) return undefined;
  const facts = {
    scope: text,
    route: `${route.method} ${route.path}`,
    parameters: names.join(", ") || "none",
  };
  return { code: "CONFIG_SCOPE_PARAMETER_UNKNOWN", facts };
}

/** A resource of ours with an action that it does not have is a typing error more often than a scope of the application. */
function warnOfAction(
  { text, resource, action }: Requirement,
  route: RouteAccessDefinition,
): Fault | undefined {
  const known = Object.entries(SCOPE_RESOURCES).find(([name]) => name === resource)?.[1].actions;
  if (known === undefined || known.some((name) => name === action)) return undefined;
  const scopes = known.map((name) => `${resource}:${name}`).join(", ");
  const facts = { scope: text, route: `${route.method} ${route.path}`, known: scopes };
  return { code: "CONFIG_SCOPE_ACTION_UNKNOWN", facts };
}

function suggest(rule: ScopeRule, routes: readonly RouteAccessDefinition[]): string {
  const near = routes
    .filter((route) => route.path.split("/")[1] === rule.path.split("/")[1])
    .map((route) => `${route.method} ${route.path}`);
  if (near.length === 0) return "remove it, or correct its path: no route begins like this";
  return `a more specific rule or another method may have taken its place; routes that begin alike: ${near.join(", ")}`;
}
