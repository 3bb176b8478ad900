/**
 * The routes that others hang below. They have no look here: `app/` gives it to them, so that a feature can name its parent
 * without knowing the shell.
 */
import { createRootRouteWithContext, createRoute } from "@tanstack/react-router";
import type { RunnableKind } from "./runnable-kinds.ts";
import type { Services } from "./services.ts";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** What the page is called: in the breadcrumbs and in the title of the tab. */
    readonly title?: string;
    /** It belongs to the list of instances, and stands below it in the breadcrumbs. */
    readonly isOfInstances?: boolean;
    /** It is about one agent, team or workflow, whose name is the better title. */
    readonly runnable?: RunnableKind;
  }
}

export const rootRoute = createRootRouteWithContext<Services>()();

/** Pages with the bar at the left, for who is signed in. */
export const shellRoute = createRoute({ getParentRoute: () => rootRoute, id: "shell" });

/** Pages about one instance. */
export const instanceRoute = createRoute({ getParentRoute: () => shellRoute, path: "/i/$instanceId" });
