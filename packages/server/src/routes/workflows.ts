/** Handlers of workflows. None can be configured yet. */
import type { ServedRouteId } from "@agentos/contract";
import { jsonTextResponse, type RouteHandler } from "@agentos/guard/app";

/** Web UIs ask for workflows before agents, and take a 404 for a broken server (contract 7.1). */
export function createWorkflowsRoutes(): Record<ServedRouteId<"workflows">, RouteHandler> {
  return { "workflows.list": () => jsonTextResponse("[]") };
}
