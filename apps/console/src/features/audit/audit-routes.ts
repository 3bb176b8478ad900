import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../../lib/parent-routes.ts";
import { readAuditSearch } from "./audit-search.ts";

export const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/audit",
  staticData: { title: "Audit" },
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import("./audit-page.tsx"), "AuditPage"),
});
