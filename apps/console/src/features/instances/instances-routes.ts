import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../lib/parent-routes.ts";

export const instancesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/instances",
  staticData: { title: "Instances" },
  component: lazyRouteComponent(() => import("./instances-page.tsx"), "InstancesPage"),
});
