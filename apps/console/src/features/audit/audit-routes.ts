import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../lib/parent-routes.ts";

export const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/audit",
  staticData: { title: "Audit" },
  component: lazyRouteComponent(() => import("./audit-page.tsx"), "AuditPage"),
});
