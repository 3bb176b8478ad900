/** Stored agents, teams and workflows. */
import type { RouteTable } from "./route.ts";

// biome-ignore format: one route is one line
export const componentsRoutes = {
  "components.list": { method: "GET", path: "/components", access: ["components:read"], tag: "Components", summary: "List components", isPlanned: true },
  "components.create": { method: "POST", path: "/components", access: ["components:write"], tag: "Components", summary: "Create a component", isPlanned: true },
  "components.read": { method: "GET", path: "/components/{component_id}", access: ["components:read"], tag: "Components", summary: "Read a component", isPlanned: true },
  "components.update": { method: "PATCH", path: "/components/{component_id}", access: ["components:write"], tag: "Components", summary: "Change a component", isPlanned: true },
  "components.delete": { method: "DELETE", path: "/components/{component_id}", access: ["components:delete"], tag: "Components", summary: "Delete a component", isPlanned: true },
  "components.listConfigs": { method: "GET", path: "/components/{component_id}/configs", access: ["components:read"], tag: "Components", summary: "List configurations", isPlanned: true },
  "components.addConfig": { method: "POST", path: "/components/{component_id}/configs", access: ["components:write"], tag: "Components", summary: "Add a configuration", isPlanned: true },
  "components.readCurrentConfig": { method: "GET", path: "/components/{component_id}/configs/current", access: ["components:read"], tag: "Components", summary: "Current configuration", isPlanned: true },
  "components.readConfig": { method: "GET", path: "/components/{component_id}/configs/{version}", access: ["components:read"], tag: "Components", summary: "Read a configuration", isPlanned: true },
  "components.updateConfig": { method: "PATCH", path: "/components/{component_id}/configs/{version}", access: ["components:write"], tag: "Components", summary: "Change a configuration", isPlanned: true },
  "components.deleteConfig": { method: "DELETE", path: "/components/{component_id}/configs/{version}", access: ["components:delete"], tag: "Components", summary: "Delete a configuration", isPlanned: true },
  "components.setCurrentConfig": { method: "POST", path: "/components/{component_id}/configs/{version}/set-current", access: ["components:write"], tag: "Components", summary: "Set the current configuration", isPlanned: true },
} as const satisfies RouteTable;
