/** OpenAPI 3.1 out of the route table and the wire schemas; nothing is described twice (design.md section 2). */
import {
  agentSchema,
  configSchema,
  errorSchema,
  healthSchema,
  infoSchema,
  modelsSchema,
  problemSchema,
  type RouteDefinition,
  resourceMetadataSchema,
  rootSchema,
  runEventSchema,
  runFormSchema,
  runOutputSchema,
  SERVED_ROUTES,
  SERVER_VERSION,
  type ServedRouteId,
  validationErrorSchema,
} from "@agentos/contract";
import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponseObject } from "zod-openapi";

const json = (description: string, schema: z.ZodType): ZodOpenApiResponseObject => ({
  description,
  content: { "application/json": { schema } },
});

type Bodies = Partial<Pick<ZodOpenApiOperationObject, "requestBody" | "responses">>;

/** Bodies by route; a route without an entry is described by its summary alone. */
const BODIES: Readonly<Record<string, Bodies>> = {
  "core.root": { responses: { "200": json("name and version", rootSchema) } },
  "core.health": { responses: { "200": json("alive", healthSchema) } },
  "core.info": { responses: { "200": json("what runs here", infoSchema) } },
  "core.config": { responses: { "200": json("the configuration", configSchema) } },
  "core.models": { responses: { "200": json("models in use", modelsSchema) } },
  "core.resource": {
    responses: {
      "200": json("the metadata", resourceMetadataSchema),
      "404": json("no OAuth issuer is configured", errorSchema),
    },
  },
  "agents.list": { responses: { "200": json("the agents", z.array(agentSchema)) } },
  "agents.read": {
    responses: { "200": json("the agent", agentSchema), "404": json("no such agent", errorSchema) },
  },
  "agents.run": {
    requestBody: {
      required: true,
      content: {
        "multipart/form-data": { schema: runFormSchema },
        "application/x-www-form-urlencoded": { schema: runFormSchema },
      },
    },
    responses: {
      "200": {
        description: "events of the run, or with stream=false the run itself",
        content: {
          "text/event-stream": { schema: runEventSchema },
          "application/json": { schema: runOutputSchema },
        },
      },
      "404": json("no such agent", errorSchema),
      "422": json("the form is not valid", validationErrorSchema),
    },
  },
} satisfies Partial<Record<ServedRouteId, Bodies>>;

export interface OpenApiOptions {
  readonly name: string;
  readonly description: string | undefined;
  /** Routes of the embedding application. */
  readonly customRoutes: readonly Pick<RouteDefinition, "method" | "path" | "tag" | "summary">[];
  /** Access in force, by "METHOD /path". */
  readonly accessOf: (route: string) => "public" | "authenticated" | readonly string[];
}

/** Builds the document of a server. */
export function createOpenApi({
  name,
  description,
  customRoutes,
  accessOf,
}: OpenApiOptions): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  const add = (
    id: string,
    route: Pick<RouteDefinition, "method" | "path" | "tag" | "summary">,
    bodies: Bodies = {},
  ) => {
    const access = accessOf(`${route.method} ${route.path}`);
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: describeOperation(id, route, access, bodies),
    };
  };
  for (const [id, route] of Object.entries(SERVED_ROUTES)) {
    if (!id.startsWith("docs.")) add(id, route, BODIES[id]);
  }
  for (const route of customRoutes) add(`${route.method.toLowerCase()}.${route.path}`, route);
  return createDocument({
    openapi: "3.1.0",
    info: { title: name, version: SERVER_VERSION, ...(description === undefined ? {} : { description }) },
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "a JWT, or the security key" },
      },
    },
  });
}

function describeOperation(
  id: string,
  route: Pick<RouteDefinition, "path" | "tag" | "summary">,
  access: "public" | "authenticated" | readonly string[],
  bodies: Bodies,
): ZodOpenApiOperationObject {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const isPublic = access === "public";
  const scopes = typeof access === "string" ? [] : access;
  return {
    operationId: id,
    summary: route.summary,
    tags: [route.tag],
    ...(scopes.length === 0
      ? {}
      : { description: `Requires ${scopes.map((scope) => `\`${scope}\``).join(" and ")}.` }),
    security: isPublic ? [] : [{ bearer: [] }],
    ...(names.length === 0
      ? {}
      : { requestParams: { path: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) } }),
    ...(bodies.requestBody === undefined ? {} : { requestBody: bodies.requestBody }),
    responses: {
      ...(bodies.responses ?? { "200": { description: "the answer" } }),
      ...(isPublic
        ? {}
        : { "401": json("not authenticated", problemSchema), "403": json("not allowed", problemSchema) }),
    },
  };
}
