/** Traces of runs. */
import type { RouteTable } from "./route.ts";

// biome-ignore format: one route is one line
export const tracesRoutes = {
  "traces.list": { method: "GET", path: "/traces", access: ["traces:read"], tag: "Traces", summary: "List traces", isPlanned: true },
  "traces.search": { method: "POST", path: "/traces/search", access: ["traces:read"], tag: "Traces", summary: "Search traces", isPlanned: true },
  "traces.readFilters": { method: "GET", path: "/traces/filter-schema", access: ["traces:read"], tag: "Traces", summary: "Filter fields", isPlanned: true },
  "traces.read": { method: "GET", path: "/traces/{trace_id}", access: ["traces:read"], tag: "Traces", summary: "Read a trace", isPlanned: true },
  "traces.readStatistics": { method: "GET", path: "/trace_session_stats", access: ["traces:read"], tag: "Traces", summary: "Trace statistics by session", isPlanned: true },
} as const satisfies RouteTable;
