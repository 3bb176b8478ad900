/** Sessions: conversations. */
import type { RouteTable } from "./route.ts";

const sessions = { tag: "Sessions", isOwned: true } as const;

// biome-ignore format: one route is one line
export const sessionsRoutes = {
  "sessions.list": { ...sessions, method: "GET", path: "/sessions", access: ["sessions:read"], summary: "List sessions", isPlanned: true },
  "sessions.create": { ...sessions, method: "POST", path: "/sessions", access: ["sessions:write"], summary: "Create a session", isPlanned: true },
  "sessions.deleteMany": { ...sessions, method: "DELETE", path: "/sessions", access: ["sessions:delete"], summary: "Delete several sessions", isPlanned: true },
  "sessions.read": { ...sessions, method: "GET", path: "/sessions/{session_id}", access: ["sessions:read"], summary: "Read a session", isPlanned: true },
  "sessions.update": { ...sessions, method: "PATCH", path: "/sessions/{session_id}", access: ["sessions:write"], summary: "Change a session", isPlanned: true },
  "sessions.delete": { ...sessions, method: "DELETE", path: "/sessions/{session_id}", access: ["sessions:delete"], summary: "Delete a session", isPlanned: true },
  "sessions.rename": { ...sessions, method: "POST", path: "/sessions/{session_id}/rename", access: ["sessions:write"], summary: "Rename a session", isPlanned: true },
  "sessions.listRuns": { ...sessions, method: "GET", path: "/sessions/{session_id}/runs", access: ["sessions:read"], summary: "List runs of a session", isPlanned: true },
  "sessions.readRun": { ...sessions, method: "GET", path: "/sessions/{session_id}/runs/{run_id}", access: ["sessions:read"], summary: "Read a run of a session", isPlanned: true },
} as const satisfies RouteTable;
