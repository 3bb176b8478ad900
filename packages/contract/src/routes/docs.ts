/** The API reference itself. */
import type { RouteTable } from "./route.ts";

// biome-ignore format: one route is one line
export const docsRoutes = {
  "docs.openapi": { method: "GET", path: "/openapi.json", access: "public", isCallerRead: true, tag: "Docs", summary: "This API as OpenAPI 3.1" },
  "docs.page": { method: "GET", path: "/docs", access: "public", tag: "Docs", summary: "Interactive reference" },
  "docs.asset": { method: "GET", path: "/docs/{asset}", access: "public", tag: "Docs", summary: "Files of the interactive reference" },
} as const satisfies RouteTable;
