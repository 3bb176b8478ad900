import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { instanceRoute, shellRoute } from "../../lib/parent-routes.ts";
import { readRefusalFilters } from "./refusal-filters.ts";

/** All of an instance. Filters and what is open stand in the address. */
export const refusalsRoute = createRoute({
  getParentRoute: () => instanceRoute,
  path: "/refusals",
  staticData: { title: "Refusals" },
  validateSearch: readRefusalFilters,
  component: lazyRouteComponent(() => import("./refusals-page.tsx"), "RefusalsPage"),
});

interface RefusalSearch {
  /** Where it was recorded. Without it every instance is asked. */
  readonly instance?: string;
}

/** One, by the id that the answer named. */
export const refusalRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/r/$denialId",
  staticData: { title: "Refusal" },
  validateSearch: ({ instance }: Record<string, unknown>): RefusalSearch =>
    typeof instance === "string" ? { instance } : {},
  component: lazyRouteComponent(() => import("./refusal-page.tsx"), "RefusalPage"),
});
