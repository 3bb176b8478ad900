/** What every guarded server answers, agent server or not: what a refusal points to. */

import { errorSchema } from "../wire/problem.ts";
import { resourceMetadataSchema } from "../wire/resource-metadata.ts";
import type { RouteTable } from "./route.ts";

/** The public pages of the guard: error pages, and the metadata for OAuth clients (RFC 9728). */
// biome-ignore format: one route is one line, and its answers below it
export const pagesRoutes = {
  "core.error": { method: "GET", path: "/errors/{code}", access: "public", isAlwaysPublic: true, tag: "Core", summary: "What an error code means and how to fix it" },
  "core.resource": { method: "GET", path: "/.well-known/oauth-protected-resource", access: "public", isAlwaysPublic: true, tag: "Core", summary: "Where OAuth clients get tokens for this API (RFC 9728); only with an OAuth issuer",
    responses: { 200: { description: "the metadata", json: resourceMetadataSchema }, 404: { description: "no OAuth issuer is configured", json: errorSchema } } },
} as const satisfies RouteTable;
