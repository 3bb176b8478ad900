import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { instanceRoute, shellRoute } from "../../lib/parent-routes.ts";

/** Leads to the instance that was shown last, or says how to connect the first one. */
export const startRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/",
  staticData: { title: "Home" },
  component: lazyRouteComponent(() => import("./start-page.tsx"), "StartPage"),
});

export const homeRoute = createRoute({
  getParentRoute: () => instanceRoute,
  path: "/",
  staticData: { title: "Home" },
  component: lazyRouteComponent(() => import("./home-page.tsx"), "HomePage"),
});
