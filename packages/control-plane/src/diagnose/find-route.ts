/** Which route of an AgentOS a request asks for, and with which parameters: what its scopes are decided by. */
import { type CompiledRoute, compileRoutes, type PathParameters } from "@agentos/auth";
import { ADMIN_SCOPE, SERVED_ROUTES } from "@agentos/contract";

const { routes } = compileRoutes(SERVED_ROUTES, {
  adminScope: ADMIN_SCOPE,
  scopeMappings: {},
  allowUnmappedRoutes: false,
});

export interface FoundRoute {
  readonly route: CompiledRoute;
  readonly parameters: PathParameters;
}

/** Undefined for a path that no AgentOS of ours serves, or that cannot be read. */
export function findRoute(method: string, path: string): FoundRoute | undefined {
  const [pathOnly = ""] = path.split(/[?#]/);
  const segments = splitPath(pathOnly);
  if (segments === undefined) return undefined;
  for (const route of routes) {
    if (route.method !== method) continue;
    const parameters = matchSegments(route.name.slice(method.length + 1).split("/"), segments);
    if (parameters !== undefined) return { route, parameters };
  }
  return undefined;
}

function splitPath(path: string): readonly string[] | undefined {
  try {
    return path
      .replace(/(?<=.)\/$/, "")
      .split("/")
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function matchSegments(template: readonly string[], segments: readonly string[]): PathParameters | undefined {
  if (template.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    const segment = segments[index] ?? "";
    if (name === undefined ? part !== segment : segment === "") return undefined;
    if (name !== undefined) parameters[name] = segment;
  }
  return parameters;
}
