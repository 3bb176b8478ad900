/** Workflows and their runs (contract 4.4). */
import type { RouteTable } from "./route.ts";
import { createRunnableRoutes } from "./runnables.ts";

// biome-ignore format: one route is one line
export const workflowsRoutes = {
  ...createRunnableRoutes({ resource: "workflows", item: "workflow", tag: "Workflows" }),
  "workflows.list": { method: "GET", path: "/workflows", access: ["workflows:read"], lists: "workflows", tag: "Workflows", summary: "Workflows that the caller may read; none can be configured yet" },
} as const satisfies RouteTable;
