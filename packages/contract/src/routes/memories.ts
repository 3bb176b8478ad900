/** What is remembered of users. */
import type { RouteTable } from "./route.ts";

const memories = { tag: "Memories", isOwned: true } as const;

// biome-ignore format: one route is one line
export const memoriesRoutes = {
  "memories.list": { ...memories, method: "GET", path: "/memories", access: ["memories:read"], summary: "List memories", isPlanned: true },
  "memories.create": { ...memories, method: "POST", path: "/memories", access: ["memories:write"], summary: "Create a memory", isPlanned: true },
  "memories.deleteMany": { ...memories, method: "DELETE", path: "/memories", access: ["memories:delete"], summary: "Delete several memories", isPlanned: true },
  "memories.read": { ...memories, method: "GET", path: "/memories/{memory_id}", access: ["memories:read"], summary: "Read a memory", isPlanned: true },
  "memories.update": { ...memories, method: "PATCH", path: "/memories/{memory_id}", access: ["memories:write"], summary: "Change a memory", isPlanned: true },
  "memories.delete": { ...memories, method: "DELETE", path: "/memories/{memory_id}", access: ["memories:delete"], summary: "Delete a memory", isPlanned: true },
  "memories.listTopics": { ...memories, method: "GET", path: "/memory_topics", access: ["memories:read"], summary: "List memory topics", isPlanned: true },
  "memories.readStatistics": { ...memories, method: "GET", path: "/user_memory_stats", access: ["memories:read"], summary: "Memory statistics by user", isPlanned: true },
  "memories.optimize": { ...memories, method: "POST", path: "/optimize-memories", access: ["memories:write"], summary: "Merge memories", isPlanned: true },
} as const satisfies RouteTable;
