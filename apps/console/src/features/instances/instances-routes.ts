import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { instanceRoute, shellRoute } from "../../lib/parent-routes.ts";
import { INSTANCE_TABS, type InstanceTab } from "./instance-tabs.ts";

export const instancesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/instances",
  staticData: { title: "Instances" },
  component: lazyRouteComponent(() => import("./instances-page.tsx"), "InstancesPage"),
});

export const connectStartRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/connect",
  staticData: { title: "Connect an instance", isOfInstances: true },
  component: lazyRouteComponent(() => import("./connect-start-page.tsx"), "ConnectStartPage"),
});

/** Loaded as a document after a draft is made, so that its policy knows the origin that is probed. */
export const connectRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/connect/$instanceId",
  staticData: { title: "Connection", isOfInstances: true },
  component: lazyRouteComponent(() => import("./connect-page.tsx"), "ConnectPage"),
});

/** Everything about the instance itself: what guards it, and what it is called. */
export const instancePageRoute = createRoute({
  getParentRoute: () => instanceRoute,
  path: "/instance",
  staticData: { title: "Access & keys" },
  validateSearch: (search: Record<string, unknown>): { readonly tab?: InstanceTab } => {
    const tab = INSTANCE_TABS.find((known) => known === search["tab"]);
    return tab === undefined || tab === "switches" ? {} : { tab };
  },
  component: lazyRouteComponent(() => import("./instance-page.tsx"), "InstancePage"),
});
