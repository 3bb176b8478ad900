/** All pages. A feature brings its routes; here they get their place. */
import { createRoute, createRouter } from "@tanstack/react-router";
import { auditRoute } from "../features/audit/audit-routes.ts";
import {
  agentRoute,
  agentSessionRoute,
  chatRoute,
  teamRoute,
  teamSessionRoute,
  workflowRoute,
  workflowSessionRoute,
} from "../features/chat/chat-routes.ts";
import { homeRoute, startRoute } from "../features/home/home-routes.ts";
import {
  connectRoute,
  connectStartRoute,
  instancePageRoute,
  instancesRoute,
} from "../features/instances/instances-routes.ts";
import { membersRoute } from "../features/members/members-routes.ts";
import { refusalRoute, refusalsRoute } from "../features/refusals/refusals-routes.ts";
import { sessionsRoute } from "../features/sessions/sessions-routes.ts";
import { settingsRoute } from "../features/settings/settings-routes.ts";
import { instanceRoute, rootRoute, shellRoute } from "../lib/parent-routes.ts";
import type { Services } from "../lib/services.ts";
import { InstanceFrame } from "./instance-frame.tsx";
import { NotFoundPage } from "./not-found-page.tsx";
import { PageFault } from "./page-fault.tsx";
import { Shell } from "./shell.tsx";

/** Every address that is no page, within the shell. */
const unknownRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "$",
  staticData: { title: "No such page" },
  component: NotFoundPage,
});

const routeTree = rootRoute.addChildren([
  shellRoute
    .update({ component: Shell })
    .addChildren([
      startRoute,
      instancesRoute,
      connectStartRoute,
      connectRoute,
      membersRoute,
      auditRoute,
      settingsRoute,
      refusalRoute,
      unknownRoute,
      instanceRoute
        .update({ component: InstanceFrame })
        .addChildren([
          homeRoute,
          chatRoute,
          agentRoute.addChildren([agentSessionRoute]),
          teamRoute.addChildren([teamSessionRoute]),
          workflowRoute.addChildren([workflowSessionRoute]),
          sessionsRoute,
          refusalsRoute,
          instancePageRoute,
        ]),
    ]),
]);

export function createConsoleRouter(services: Services) {
  return createRouter({
    routeTree,
    context: services,
    defaultPreload: "intent",
    defaultErrorComponent: PageFault,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
