/** The routes that the server answers today. A handler exists for each, checked by the compiler and at start. */
import type { RouteDefinition } from "./route.ts";

/** Routes that this version answers, by the name of their handler. */
export const SERVED_ROUTES = {
  "core.root": {
    method: "GET",
    path: "/",
    access: "public",
    tag: "Core",
    summary: "Name and version of this API",
  },
  "core.health": { method: "GET", path: "/health", access: "public", tag: "Core", summary: "Liveness" },
  "core.info": {
    method: "GET",
    path: "/info",
    access: "public",
    tag: "Core",
    summary: "What runs here, and how it is protected",
  },
  "core.config": {
    method: "GET",
    path: "/config",
    access: ["config:read"],
    tag: "Core",
    summary: "Configuration, limited to what the caller may read",
  },
  "core.models": {
    method: "GET",
    path: "/models",
    access: ["config:read"],
    tag: "Core",
    summary: "Models in use",
  },
  "core.error": {
    method: "GET",
    path: "/errors/{code}",
    access: "public",
    isAlwaysPublic: true,
    tag: "Core",
    summary: "What an error code means and how to fix it",
  },
  "core.resource": {
    method: "GET",
    path: "/.well-known/oauth-protected-resource",
    access: "public",
    isAlwaysPublic: true,
    tag: "Core",
    summary: "Where OAuth clients get tokens for this API (RFC 9728); only with an OAuth issuer",
  },
  "agents.list": {
    method: "GET",
    path: "/agents",
    access: ["agents:read"],
    resource: "agents",
    isListing: true,
    tag: "Agents",
    summary: "Agents that the caller may read",
  },
  "agents.read": {
    method: "GET",
    path: "/agents/{agent_id}",
    access: ["agents:read"],
    resource: "agents",
    tag: "Agents",
    summary: "One agent",
  },
  "agents.run": {
    method: "POST",
    path: "/agents/{agent_id}/runs",
    access: ["agents:run"],
    resource: "agents",
    isOwned: true,
    tag: "Agents",
    summary: "Run an agent, streaming or not",
  },
  "teams.list": {
    method: "GET",
    path: "/teams",
    access: ["teams:read"],
    resource: "teams",
    isListing: true,
    tag: "Teams",
    summary: "Teams that the caller may read; none can be configured yet",
  },
  "workflows.list": {
    method: "GET",
    path: "/workflows",
    access: ["workflows:read"],
    resource: "workflows",
    isListing: true,
    tag: "Workflows",
    summary: "Workflows that the caller may read; none can be configured yet",
  },
  "docs.openapi": {
    method: "GET",
    path: "/openapi.json",
    access: "public",
    tag: "Docs",
    summary: "This API as OpenAPI 3.1",
  },
  "docs.page": {
    method: "GET",
    path: "/docs",
    access: "public",
    tag: "Docs",
    summary: "Interactive reference",
  },
  "docs.asset": {
    method: "GET",
    path: "/docs/{asset}",
    access: "public",
    tag: "Docs",
    summary: "Files of the interactive reference",
  },
} as const satisfies Record<string, RouteDefinition>;

/** Name of a route that the server answers. */
export type ServedRouteId = keyof typeof SERVED_ROUTES;
