/** Registered building blocks. */
import type { RouteTable } from "./route.ts";

// biome-ignore format: one route is one line
export const registryRoutes = {
  "registry.list": { method: "GET", path: "/registry", access: ["registry:read"], tag: "Registry", summary: "List registered building blocks", isPlanned: true },
} as const satisfies RouteTable;
