/** Finds the route of the contract that a request matches, served or planned. */
import { type CompiledRoute, compileRoutes, type PathParameters } from "@agentos/auth";
import { PLANNED_ROUTES, type RouteDefinition, SERVED_ROUTES } from "@agentos/contract";

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

/** The route for a method and a path; literal segments win over parameters. */
export function matchRoute(method: string, target: string, adminScope: string): MatchedRoute | NoRoute {
  const path = readPath(target);
  const served: readonly RouteDefinition[] = Object.values(SERVED_ROUTES);
  const table = [...served, ...PLANNED_ROUTES];
  const fitting = table
    .flatMap((definition) => {
      const parameters = matchTemplate(definition.path, path);
      return parameters === undefined ? [] : [{ definition, parameters }];
    })
    .sort((a, b) => Object.keys(a.parameters).length - Object.keys(b.parameters).length);
  const found = fitting.find(({ definition }) => definition.method === method.toUpperCase());
  if (found === undefined) {
    const [, first = ""] = path.split("/");
    return {
      path,
      methods: [...new Set(table.map((route) => route.method))],
      otherMethods: [...new Set(fitting.map(({ definition }) => definition.method))],
      similar: table
        .filter((route) => route.path.split("/")[1] === first && first !== "")
        .map((route) => `${route.method} ${route.path}`)
        .slice(0, 6),
    };
  }
  return toMatched(found.definition, found.parameters, adminScope);
}

/** Every route of the contract, the served ones first; none has values for its parameters. */
export function listRoutes(adminScope: string): readonly MatchedRoute[] {
  return [...Object.values<RouteDefinition>(SERVED_ROUTES), ...PLANNED_ROUTES].map((definition) =>
    toMatched(definition, {}, adminScope),
  );
}

function toMatched(
  definition: RouteDefinition,
  parameters: PathParameters,
  adminScope: string,
): MatchedRoute {
  const served: readonly RouteDefinition[] = Object.values(SERVED_ROUTES);
  const [route] = compileRoutes([definition], {
    adminScope,
    scopeMappings: {},
    allowUnmappedRoutes: false,
  }).routes;
  if (route === undefined) throw new TypeError("INVARIANT: one definition compiles to one route");
  const requirements = typeof route.access === "string" ? [] : route.access;
  return {
    route,
    parameters,
    summary: definition.summary,
    isServed: served.includes(definition),
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

function matchTemplate(template: string, path: string): PathParameters | undefined {
  const expected = template.split("/");
  const given = path.split("/");
  if (expected.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of expected.entries()) {
    const value = given[index] ?? "";
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined ? value !== segment : value === "") return undefined;
    if (name !== undefined) parameters[name] = decode(value);
  }
  return parameters;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
