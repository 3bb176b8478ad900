/** Usage metrics. */
import type { RouteTable } from "./route.ts";

// biome-ignore format: one route is one line
export const metricsRoutes = {
  "metrics.read": { method: "GET", path: "/metrics", access: ["metrics:read"], tag: "Metrics", summary: "Daily metrics", isPlanned: true },
  "metrics.refresh": { method: "POST", path: "/metrics/refresh", access: ["metrics:write"], tag: "Metrics", summary: "Recompute metrics", isPlanned: true },
  "metrics.readRefresh": { method: "GET", path: "/metrics/refresh/status", access: ["metrics:read"], tag: "Metrics", summary: "State of the last refresh", isPlanned: true },
} as const satisfies RouteTable;
