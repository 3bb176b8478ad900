/** Joins the sockets of a product with its actions, and each action with the route whose access decides it. */
import type { CompiledRoute, RouteAccessDefinition } from "@agentos/auth";
import { ROUTES, type SocketDefinition } from "@agentos/contract";
import type { AuthRuntime } from "../gate/auth-runtime.ts";
import type { RoutedAction, SocketAction } from "../sockets/socket-action.ts";
import type { SocketRoute } from "./socket-server.ts";

type Sockets = Readonly<Record<string, SocketDefinition>>;
/** By the id of the socket, and then by the name on the wire. */
export type SocketActions = Readonly<Record<string, Readonly<Record<string, SocketAction>>>>;

/**
 * What is compiled with the rules of the operator, by id: each socket as a route that any verified caller may open, and the
 * routes that decide its actions, whether or not they are served.
 */
export function describeSocketRoutes(sockets: Sockets): Readonly<Record<string, RouteAccessDefinition>> {
  const entries = Object.entries(sockets).flatMap(([id, { path, actions }]) => [
    [id, { method: "GET", path, access: "authenticated" }] as const,
    ...Object.values(actions).map((routeId) => [routeId, ROUTES[routeId]] as const),
  ]);
  return Object.fromEntries<RouteAccessDefinition>(entries);
}

/** Each socket as it is served. Throws for an action without a route or the reverse: that is ours to mend. */
export function joinSockets(
  sockets: Sockets,
  handlers: SocketActions,
  {
    routes,
    auth,
  }: {
    readonly routes: ReadonlyMap<string, CompiledRoute>;
    readonly auth: Pick<AuthRuntime, "createSocketGate">;
  },
): readonly SocketRoute[] {
  const find = (id: string): CompiledRoute => {
    const route = routes.get(id);
    if (route === undefined) throw new Error(`INVARIANT: the route ${id} is compiled`);
    return route;
  };
  return Object.entries(sockets).map(([id, { path, actions }]) => ({
    path,
    gate: auth.createSocketGate(find(id)),
    actions: new Map(
      Object.entries(actions).map(([name, routeId]): readonly [string, RoutedAction] => {
        const action = handlers[id]?.[name];
        if (action === undefined) throw new Error(`INVARIANT: the action "${name}" of ${id} has a handler`);
        const { refusal, unnamed } = action;
        return [name, { route: find(routeId), refusal, unnamed, read: (frame) => action.read(frame) }];
      }),
    ),
  }));
}
