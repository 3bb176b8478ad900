/** From the options of a policy to the routes under its rules, and to all that is wrong with it before keys are looked at. */
import type { CompiledRoute } from "@agentos/auth";
import { createFault, type Fault } from "@agentos/contract";
import type { AuthOptions } from "../config/auth-options.ts";
import { findPublicOwnedFaults } from "../config/public-owned-faults.ts";
import { type ResolvedPolicy, resolvePolicy } from "../config/resolve-policy.ts";
import { compileRoutesFor } from "../gate/compile-routes-for.ts";
import { findRouteFaults, idOf } from "./custom-route.ts";
import type { DeclaredRoutes } from "./join-routes.ts";
import { describeSocketRoutes } from "./join-sockets.ts";

/** A policy laid over the routes of a server. */
export interface CompiledPolicy {
  readonly resolved: ResolvedPolicy;
  readonly routes: readonly CompiledRoute[];
  /** By id: sockets as routes of their own, and the routes whose access decides their actions, served or not. */
  readonly socketRoutes: ReadonlyMap<string, CompiledRoute>;
  /** Of the rules over the routes; those of the options are in `resolved`. */
  readonly faults: readonly Fault[];
}

/** Compiles checked options. Nothing is thrown: what is wrong is among the faults. */
export function compilePolicy(
  options: AuthOptions,
  { table, customRoutes, sockets }: DeclaredRoutes,
): CompiledPolicy {
  const resolved = resolvePolicy(options, process.env);
  const ofSockets = describeSocketRoutes(sockets);
  const served = { ...table, ...Object.fromEntries(customRoutes.map((route) => [idOf(route), route])) };
  const { routes: all, faults } = compileRoutesFor(resolved, { ...ofSockets, ...served });
  const routes = all.filter(({ id }) => Object.hasOwn(served, id));
  return {
    resolved,
    routes,
    socketRoutes: new Map(
      all.flatMap((route) => (Object.hasOwn(ofSockets, route.id) ? [[route.id, route] as const] : [])),
    ),
    faults: [
      ...faults,
      ...findHealthWarning(resolved, routes),
      ...findPublicOwnedFaults(resolved, all),
      ...findRouteFaults(customRoutes, routes),
    ],
  };
}

/** A configured list of public paths that leaves out the route that probes ask for. */
function findHealthWarning(
  { rules: { publicPaths } }: ResolvedPolicy,
  routes: readonly CompiledRoute[],
): readonly Fault[] {
  const health = routes.find(({ name }) => name === "GET /health");
  return publicPaths === undefined || health === undefined || health.access.rule === "public"
    ? []
    : [createFault({ code: "CONFIG_HEALTH_NOT_PUBLIC" })];
}
