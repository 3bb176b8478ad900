import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { instanceRoute } from "../../lib/parent-routes.ts";

export const refusalsRoute = createRoute({
  getParentRoute: () => instanceRoute,
  path: "/refusals",
  staticData: { title: "Refusals" },
  component: lazyRouteComponent(() => import("./refusals-page.tsx"), "RefusalsPage"),
});
