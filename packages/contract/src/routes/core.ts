/** What runs here and how it is protected (contract 4.1). */
import { configSchema, healthSchema, infoSchema, modelsSchema, rootSchema } from "../wire/server-info.ts";
import type { RouteTable } from "./route.ts";

// biome-ignore format: one route is one line
export const coreRoutes = {
  "core.root": { method: "GET", path: "/", access: "public", tag: "Core", summary: "Name and version of this API", responses: { 200: { description: "name and version", json: rootSchema } } },
  "core.health": { method: "GET", path: "/health", access: "public", tag: "Core", summary: "Liveness", responses: { 200: { description: "alive", json: healthSchema } } },
  "core.info": { method: "GET", path: "/info", access: "public", tag: "Core", summary: "What runs here, and how it is protected", responses: { 200: { description: "what runs here", json: infoSchema } } },
  "core.config": { method: "GET", path: "/config", access: ["config:read"], tag: "Core", summary: "Configuration, limited to what the caller may read", responses: { 200: { description: "the configuration", json: configSchema } } },
  "core.models": { method: "GET", path: "/models", access: ["config:read"], tag: "Core", summary: "Models in use", responses: { 200: { description: "models in use", json: modelsSchema } } },
} as const satisfies RouteTable;
