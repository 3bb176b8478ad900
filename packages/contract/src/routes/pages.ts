/** What every guarded server answers, agent server or not: what a refusal points to. */

import {
  denialCountListSchema,
  denialCountQuerySchema,
  denialListSchema,
  denialQuerySchema,
  denialSchema,
} from "../wire/denial.ts";
import { policySchema } from "../wire/policy.ts";
import { errorSchema, validationErrorSchema } from "../wire/problem.ts";
import { resourceMetadataSchema } from "../wire/resource-metadata.ts";
import type { RouteTable } from "./route.ts";

/** The guard's own routes: error pages, recorded refusals, and the metadata for OAuth clients (RFC 9728). */
// biome-ignore format: one route is one line, and its answers below it
export const pagesRoutes = {
  "core.error": { method: "GET", path: "/errors/{code}", access: "public", isAlwaysPublic: true, tag: "Core", summary: "What an error code means and how to fix it" },
  "core.resource": { method: "GET", path: "/.well-known/oauth-protected-resource", access: "public", isAlwaysPublic: true, tag: "Core", summary: "Where OAuth clients get tokens for this API (RFC 9728); only with an OAuth issuer",
    responses: { 200: { description: "the metadata", json: resourceMetadataSchema }, 404: { description: "no OAuth issuer is configured", json: errorSchema } } },
  "denials.list": { method: "GET", path: "/authz/denials", access: "authenticated", tag: "Authorization", summary: "Recorded refusals, newest first: all with authz:read, else the caller's own", query: denialQuerySchema,
    responses: { 200: { description: "a page of them", json: denialListSchema }, 422: { description: "a query value cannot be used", json: validationErrorSchema } } },
  "denials.count": { method: "GET", path: "/authz/denials/counts", access: "authenticated", tag: "Authorization", summary: "How many refusals were recorded, by code, route, client, subject or hour: of all with authz:read, else of the caller's own", query: denialCountQuerySchema,
    responses: { 200: { description: "a page of the groups", json: denialCountListSchema }, 422: { description: "a query value cannot be used", json: validationErrorSchema } } },
  "denials.read": { method: "GET", path: "/authz/denials/{denial_id}", access: "authenticated", tag: "Authorization", summary: "One recorded refusal: any with authz:read, else one of the caller's own",
    responses: { 200: { description: "the refusal", json: denialSchema }, 404: { description: "none that this caller may see", json: errorSchema } } },
  "policy.read": { method: "GET", path: "/authz/policy", access: ["authz:read"], tag: "Authorization", summary: "The policy in force: keys, issuers, switches, findings, and how many requests came with each key",
    responses: { 200: { description: "the policy", json: policySchema } } },
} as const satisfies RouteTable;
