/** Knowledge bases. */
import type { RouteTable } from "./route.ts";

// biome-ignore format: one route is one line
export const knowledgeRoutes = {
  "knowledge.list": { method: "GET", path: "/knowledge/content", access: ["knowledge:read"], tag: "Knowledge", summary: "List content", isPlanned: true },
  "knowledge.add": { method: "POST", path: "/knowledge/content", access: ["knowledge:write"], tag: "Knowledge", summary: "Add content", isPlanned: true },
  "knowledge.deleteAll": { method: "DELETE", path: "/knowledge/content", access: ["knowledge:delete"], tag: "Knowledge", summary: "Delete all content", isPlanned: true },
  "knowledge.addRemote": { method: "POST", path: "/knowledge/remote-content", access: ["knowledge:write"], tag: "Knowledge", summary: "Add remote content", isPlanned: true },
  "knowledge.read": { method: "GET", path: "/knowledge/content/{content_id}", access: ["knowledge:read"], tag: "Knowledge", summary: "Read content", isPlanned: true },
  "knowledge.update": { method: "PATCH", path: "/knowledge/content/{content_id}", access: ["knowledge:write"], tag: "Knowledge", summary: "Change content", isPlanned: true },
  "knowledge.delete": { method: "DELETE", path: "/knowledge/content/{content_id}", access: ["knowledge:delete"], tag: "Knowledge", summary: "Delete content", isPlanned: true },
  "knowledge.readStatus": { method: "GET", path: "/knowledge/content/{content_id}/status", access: ["knowledge:read"], tag: "Knowledge", summary: "Processing status", isPlanned: true },
  "knowledge.search": { method: "POST", path: "/knowledge/search", access: ["knowledge:read"], tag: "Knowledge", summary: "Search", isPlanned: true },
  "knowledge.readConfig": { method: "GET", path: "/knowledge/config", access: ["knowledge:read"], tag: "Knowledge", summary: "Readers, chunkers, filters", isPlanned: true },
  "knowledge.listSources": { method: "GET", path: "/knowledge/{knowledge_id}/sources", access: ["knowledge:read"], tag: "Knowledge", summary: "Remote sources", isPlanned: true },
  "knowledge.listFiles": { method: "GET", path: "/knowledge/{knowledge_id}/sources/{source_id}/files", access: ["knowledge:read"], tag: "Knowledge", summary: "Files of a source", isPlanned: true },
} as const satisfies RouteTable;
