/** Joins the sockets of a product with its actions, and each action with the route whose access decides it. */
import type { CompiledRoute } from "@agentos/auth";
import { ROUTES, type RouteDefinition, type SocketDefinition } from "@agentos/contract";
import type { AuthRuntime } from "../gate/auth-runtime.ts";
import type { RoutedAction, SocketAction } from "../sockets/socket-action.ts";
import type { SocketRoute } from "./socket-server.ts";

type Sockets = Readonly<Record<string, SocketDefinition>>;
/** By the id of the socket, and then by the name on the wire. */
export type SocketActions = Readonly<Record<string, Readonly<Record<string, SocketAction>>>>;

/** The routes that decide, by id: they are compiled with the rules of the operator, whether or not they are served. */
export function findDecidingRoutes(sockets: Sockets): Readonly<Record<string, RouteDefinition>> {
  const ids = Object.values(sockets).flatMap(({ actions }) => Object.values(actions));
  return Object.fromEntries(ids.map((id) => [id, ROUTES[id]]));
}

/** Each socket as it is served. Throws for an action without a route or the reverse: that is ours to mend. */
export function joinSockets(
  sockets: Sockets,
  handlers: SocketActions,
  {
    routes,
    auth,
  }: { readonly routes: readonly CompiledRoute[]; readonly auth: Pick<AuthRuntime, "createSocketGate"> },
): readonly SocketRoute[] {
  const byId = new Map(routes.map((route) => [route.id, route]));
  return Object.entries(sockets).map(([id, { path, actions }]) => ({
    path,
    gate: auth.createSocketGate(`GET ${path}`),
    actions: new Map(
      Object.entries(actions).map(([name, routeId]): readonly [string, RoutedAction] => {
        const action = handlers[id]?.[name];
        const route = byId.get(routeId);
        if (action === undefined || route === undefined)
          throw new Error(`INVARIANT: the action "${name}" of ${id} has a handler and a route`);
        return [name, { route, refusal: action.refusal, read: (frame) => action.read(frame) }];
      }),
    ),
  }));
}
