/** All routes of an AgentOS, joined; which of them this version answers is derived. */
import { agentsRoutes } from "./agents.ts";
import { approvalsRoutes } from "./approvals.ts";
import { componentsRoutes } from "./components.ts";
import { coreRoutes } from "./core.ts";
import { databasesRoutes } from "./databases.ts";
import { docsRoutes } from "./docs.ts";
import { evalsRoutes } from "./evals.ts";
import { knowledgeRoutes } from "./knowledge.ts";
import { learningsRoutes } from "./learnings.ts";
import { memoriesRoutes } from "./memories.ts";
import { metricsRoutes } from "./metrics.ts";
import { pagesRoutes } from "./pages.ts";
import { registryRoutes } from "./registry.ts";
import { revocationsRoutes } from "./revocations.ts";
import type { RouteDefinition, RouteTable } from "./route.ts";
import { schedulesRoutes } from "./schedules.ts";
import { serviceAccountsRoutes } from "./service-accounts.ts";
import { sessionsRoutes } from "./sessions.ts";
import { teamsRoutes } from "./teams.ts";
import { tracesRoutes } from "./traces.ts";
import { workflowsRoutes } from "./workflows.ts";

/** Every route of the contract (2.6, 4) by its id, served and planned. */
export const ROUTES = {
  ...coreRoutes,
  ...pagesRoutes,
  ...revocationsRoutes,
  ...agentsRoutes,
  ...teamsRoutes,
  ...workflowsRoutes,
  ...docsRoutes,
  ...sessionsRoutes,
  ...memoriesRoutes,
  ...learningsRoutes,
  ...knowledgeRoutes,
  ...metricsRoutes,
  ...evalsRoutes,
  ...tracesRoutes,
  ...serviceAccountsRoutes,
  ...schedulesRoutes,
  ...approvalsRoutes,
  ...registryRoutes,
  ...componentsRoutes,
  ...databasesRoutes,
} satisfies RouteTable;

type Routes = typeof ROUTES;

/** Id of a route, such as `agents.run`. */
export type RouteId = keyof Routes;

/** Id of a route that a later release answers. */
export type PlannedRouteId = {
  [Id in RouteId]: Routes[Id] extends { readonly isPlanned: true } ? Id : never;
}[RouteId];

/** Id of a route that this version answers; `Group` narrows it to those that begin with one word. */
export type ServedRouteId<Group extends string = string> = Extract<
  Exclude<RouteId, PlannedRouteId>,
  `${Group}.${string}`
>;

/** Id of a page that every guarded server has. */
export type PageRouteId = keyof typeof pagesRoutes;

/** Routes that this version answers. A handler exists for each, checked by the compiler and at start. */
export const SERVED_ROUTES: { readonly [Id in ServedRouteId]: RouteDefinition } = pick<ServedRouteId>(
  ({ isPlanned }) => isPlanned !== true,
);

/** Routes of the contract that later releases bring; until then an authenticated caller gets 404. */
export const PLANNED_ROUTES: { readonly [Id in PlannedRouteId]: RouteDefinition } = pick<PlannedRouteId>(
  ({ isPlanned }) => isPlanned === true,
);

/** The entries that pass; their ids are those of the type, which reads the same mark. */
function pick<Id extends RouteId>(isMeant: (route: RouteDefinition) => boolean) {
  return Object.fromEntries(
    Object.entries<RouteDefinition>(ROUTES).filter(([, route]) => isMeant(route)),
  ) as { readonly [Each in Id]: RouteDefinition };
}
