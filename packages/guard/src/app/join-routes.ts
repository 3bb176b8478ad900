/** Joins the routes of a table and of an application with their handlers, and with what describes them. */
import type { CompiledRoute } from "@agentos/auth";
import type { RouteDefinition, SocketDefinition } from "@agentos/contract";
import type { AppRoute } from "./create-app.ts";
import { type CustomRoute, idOf } from "./custom-route.ts";
import type { DescribedRoute } from "./guarded-app-parts.ts";
import type { RouteHandler } from "./route-handler.ts";

/** Where routes are declared: by the product, and by whoever builds on it. */
export interface DeclaredRoutes {
  readonly table: Readonly<Record<string, RouteDefinition>>;
  readonly customRoutes: readonly CustomRoute[];
  readonly sockets: Readonly<Record<string, SocketDefinition>>;
}

/** Each route with the handler of its id; the last of an id counts. */
export function joinHandlers(
  routes: readonly CompiledRoute[],
  declared: DeclaredRoutes,
  handlers: Iterable<readonly [id: string, handler: RouteHandler]>,
): readonly AppRoute[] {
  const byId = new Map(handlers);
  const traits = findTraits(declared);
  return routes.map((route) => {
    const handler = byId.get(route.id);
    if (handler === undefined) throw new Error(`route without a handler: ${route.id}`);
    return { route, handler, ...traits(route) };
  });
}

/** What is particular about a route beside who may call it. One of the application may answer with anything, streams too. */
function findTraits({
  table,
  customRoutes,
}: DeclaredRoutes): (route: CompiledRoute) => Omit<AppRoute, "route" | "handler"> {
  const custom = new Set(customRoutes.map(idOf));
  return ({ id, access }) => {
    const { responses = {}, isCallerRead = false } = (custom.has(id) ? undefined : table[id]) ?? {};
    const hasEvents = Object.values(responses).some(({ events }) => events !== undefined);
    return {
      isStreaming: hasEvents || custom.has(id),
      // Where an operator has closed it, who calls is known anyway.
      isCallerRead: isCallerRead && access.rule === "public",
    };
  };
}

/** What the API reference says about each route that is served. */
export function describeRoutes(
  routes: readonly CompiledRoute[],
  { table, customRoutes }: DeclaredRoutes,
): readonly DescribedRoute[] {
  const definitions = new Map<string, DescribedRoute["definition"]>([
    ...Object.entries(table),
    ...customRoutes.map((route) => {
      const { tag = "Application", summary = route.path } = route;
      return [idOf(route), { tag, summary }] as const;
    }),
  ]);
  return routes.flatMap((route) => {
    const definition = definitions.get(route.id);
    return definition === undefined ? [] : [{ route, definition }];
  });
}
