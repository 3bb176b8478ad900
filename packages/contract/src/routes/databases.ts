/** Databases of the server. */
import type { RouteTable } from "./route.ts";

// biome-ignore format: one route is one line
export const databasesRoutes = {
  "databases.migrateAll": { method: "POST", path: "/databases/all/migrate", access: ["config:write"], tag: "Databases", summary: "Migrate all databases", isPlanned: true },
  "databases.migrate": { method: "POST", path: "/databases/{db_id}/migrate", access: ["config:write"], tag: "Databases", summary: "Migrate a database", isPlanned: true },
} as const satisfies RouteTable;
