/** Scheduled calls. */
import type { RouteTable } from "./route.ts";

// biome-ignore format: one route is one line
export const schedulesRoutes = {
  "schedules.list": { method: "GET", path: "/schedules", access: ["schedules:read"], tag: "Schedules", summary: "List schedules", isPlanned: true },
  "schedules.create": { method: "POST", path: "/schedules", access: ["schedules:write"], tag: "Schedules", summary: "Create a schedule; the target's scopes are needed too", isPlanned: true },
  "schedules.read": { method: "GET", path: "/schedules/{schedule_id}", access: ["schedules:read"], tag: "Schedules", summary: "Read a schedule", isPlanned: true },
  "schedules.update": { method: "PATCH", path: "/schedules/{schedule_id}", access: ["schedules:write"], tag: "Schedules", summary: "Change a schedule", isPlanned: true },
  "schedules.delete": { method: "DELETE", path: "/schedules/{schedule_id}", access: ["schedules:delete"], tag: "Schedules", summary: "Delete a schedule", isPlanned: true },
  "schedules.enable": { method: "POST", path: "/schedules/{schedule_id}/enable", access: ["schedules:write"], tag: "Schedules", summary: "Enable a schedule", isPlanned: true },
  "schedules.disable": { method: "POST", path: "/schedules/{schedule_id}/disable", access: ["schedules:write"], tag: "Schedules", summary: "Disable a schedule", isPlanned: true },
  "schedules.trigger": { method: "POST", path: "/schedules/{schedule_id}/trigger", access: ["schedules:write"], tag: "Schedules", summary: "Run a schedule now", isPlanned: true },
  "schedules.listRuns": { method: "GET", path: "/schedules/{schedule_id}/runs", access: ["schedules:read"], tag: "Schedules", summary: "List runs of a schedule", isPlanned: true },
  "schedules.readRun": { method: "GET", path: "/schedules/{schedule_id}/runs/{run_id}", access: ["schedules:read"], tag: "Schedules", summary: "Read a run of a schedule", isPlanned: true },
} as const satisfies RouteTable;
