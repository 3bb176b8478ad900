import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { instanceRoute } from "../../lib/parent-routes.ts";

export const sessionsRoute = createRoute({
  getParentRoute: () => instanceRoute,
  path: "/sessions",
  staticData: { title: "Sessions" },
  component: lazyRouteComponent(() => import("./sessions-page.tsx"), "SessionsPage"),
});
