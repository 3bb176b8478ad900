/** What agents have learned. */
import type { RouteTable } from "./route.ts";

const learnings = { tag: "Learnings", isOwned: true } as const;

// biome-ignore format: one route is one line
export const learningsRoutes = {
  "learnings.list": { ...learnings, method: "GET", path: "/learnings", access: ["learnings:read"], summary: "List learnings", isPlanned: true },
  "learnings.create": { ...learnings, method: "POST", path: "/learnings", access: ["learnings:write"], summary: "Create a learning", isPlanned: true },
  "learnings.listUsers": { ...learnings, method: "GET", path: "/learnings/users", access: ["learnings:read"], summary: "List users with learnings", isPlanned: true },
  "learnings.deleteOfUser": { ...learnings, method: "DELETE", path: "/learnings/users/{user_id}", access: ["learnings:delete"], summary: "Delete learnings of a user", isPlanned: true },
  "learnings.read": { ...learnings, method: "GET", path: "/learnings/{learning_id}", access: ["learnings:read"], summary: "Read a learning", isPlanned: true },
  "learnings.update": { ...learnings, method: "PATCH", path: "/learnings/{learning_id}", access: ["learnings:write"], summary: "Change a learning", isPlanned: true },
  "learnings.delete": { ...learnings, method: "DELETE", path: "/learnings/{learning_id}", access: ["learnings:delete"], summary: "Delete a learning", isPlanned: true },
} as const satisfies RouteTable;
