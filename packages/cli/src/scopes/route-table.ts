/** Finds the route of the contract that a request matches, served or planned. */
import { type CompiledRoute, compileRoutes, type PathParameters } from "@agentos/auth";
import {
  compareTemplates,
  matchTemplate,
  PLANNED_ROUTES,
  type RouteTable,
  SERVED_ROUTES,
} from "@agentos/contract";

export interface MatchedRoute {
  readonly route: CompiledRoute;
  readonly parameters: PathParameters;
  readonly summary: string;
  /** False for a route of the contract that this version does not answer yet. */
  readonly isServed: boolean;
  readonly requiredScopes: readonly string[];
  /** The same requirement, narrowed to the item of this path. */
  readonly narrowScopes: readonly string[];
}

export interface NoRoute {
  readonly path: string;
  /** Of all routes. */
  readonly methods: readonly string[];
  readonly otherMethods: readonly string[];
  readonly similar: readonly string[];
}

/**
 * The route for a method and a path; literal segments win over parameters, as they do in a server. `inForce` are the
 * routes of one server, with its own rules; without them those of the contract.
 */
export function matchRoute(
  method: string,
  target: string,
  adminScope: string,
  inForce?: readonly CompiledRoute[],
): MatchedRoute | NoRoute {
  const path = readPath(target);
  const routes = compileTable(adminScope, inForce);
  const fitting = routes
    .flatMap((route) => {
      const parameters = matchTemplate(route.template, path);
      return parameters === undefined ? [] : [{ route, parameters }];
    })
    .sort((a, b) => compareTemplates(a.route.template, b.route.template));
  const found = fitting.find(({ route }) => route.method === method.toUpperCase());
  if (found !== undefined) return describeMatch(found.route, found.parameters);
  const [, first = ""] = path.split("/");
  return {
    path,
    methods: [...new Set(routes.map((route) => route.method))],
    otherMethods: [...new Set(fitting.map(({ route }) => route.method))],
    similar: routes
      .filter(({ template }) => template.text.split("/")[1] === first && first !== "")
      .map(({ name }) => name)
      .slice(0, 6),
  };
}

/** Every route, the served ones first; none has values for its parameters. `inForce` as in {@link matchRoute}. */
export function listRoutes(adminScope: string, inForce?: readonly CompiledRoute[]): readonly MatchedRoute[] {
  return compileTable(adminScope, inForce).map((route) => describeMatch(route, {}));
}

/** What is served comes first, here and wherever routes are listed. */
const table: RouteTable = { ...SERVED_ROUTES, ...PLANNED_ROUTES };

function compileTable(
  adminScope: string,
  inForce: readonly CompiledRoute[] | undefined,
): readonly CompiledRoute[] {
  const { routes } = compileRoutes(table, { adminScope, scopeMappings: {}, allowUnmappedRoutes: false });
  if (inForce === undefined) return routes;
  const names = new Set(inForce.map(({ name }) => name));
  return [...inForce, ...routes.filter(({ name }) => !names.has(name))];
}

function describeMatch(route: CompiledRoute, parameters: PathParameters): MatchedRoute {
  const { summary = "", isPlanned = false } = table[route.id] ?? {};
  const requirements = typeof route.access.rule === "string" ? [] : route.access.rule;
  return {
    route,
    parameters,
    summary,
    isServed: !isPlanned,
    requiredScopes: requirements.map(({ text }) => text),
    narrowScopes: requirements.flatMap(({ resource, action, id }) => {
      const item = id.kind === "parameter" ? parameters[id.name] : undefined;
      return item === undefined || item.includes(":") ? [] : [`${resource}:${item}:${action}`];
    }),
  };
}

/** A path, or the path of a URL; query and final slashes do not matter (contract 1.3). */
function readPath(target: string): string {
  const path =
    /^https?:\/\//i.test(target) && URL.canParse(target)
      ? new URL(target).pathname
      : (target.split(/[?#]/)[0] ?? "");
  const rooted = path.startsWith("/") ? path : `/${path}`;
  return rooted.length > 1 ? rooted.replace(/\/+$/, "") || "/" : rooted;
}
