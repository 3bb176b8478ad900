/** OpenAPI 3.1 out of the route table and its wire schemas; nothing is described twice (design.md section 2). */
import { problemSchema, type RouteRequestBody, type RouteResponse, SERVER_VERSION } from "@agentos/contract";
import { type DescribedRoute, isPrivateRoute } from "@agentos/guard/app";
import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponseObject } from "zod-openapi";

export interface OpenApiOptions {
  readonly name: string;
  readonly description: string | undefined;
  /** Every route that is served, with the access in force. */
  readonly routes: readonly DescribedRoute[];
}

/** The document, for a caller. */
export type OpenApiReader = (caller: OpenApiCaller) => string;

/** Who reads the document: nobody who is known, or whoever may reach these routes. */
export type OpenApiCaller = ((route: DescribedRoute["route"]) => boolean) | undefined;

/** Documents kept: callers that may reach the same routes share one. */
const MAX_DOCUMENTS = 32;

/**
 * Describes a server to whoever asks. What the contract has is no secret; a route of the application is shown to a caller
 * who may reach it: to others its very existence is none of their business (an unknown path is 401 before it is 404).
 */
export function createOpenApiReader(options: OpenApiOptions): OpenApiReader {
  const { routes } = options;
  const texts = new Map<string, string>();
  return (mayReach) => {
    const shown = routes.filter(({ route }) => !isPrivateRoute(route) || mayReach?.(route) === true);
    const name = shown.map(({ route }) => route.id).join("\n");
    const known = texts.get(name);
    if (known !== undefined) return known;
    const [oldest] = texts.keys();
    if (texts.size >= MAX_DOCUMENTS && oldest !== undefined) texts.delete(oldest);
    const text = JSON.stringify(createOpenApi({ ...options, routes: shown }));
    texts.set(name, text);
    return text;
  };
}

/** Builds the document of a server. The reference itself is no part of it. */
export function createOpenApi({
  name,
  description,
  routes,
}: OpenApiOptions): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const described of routes) {
    const { id, method, template } = described.route;
    if (id.startsWith("docs.")) continue;
    paths[template.text] = {
      ...paths[template.text],
      [method.toLowerCase()]: describeOperation(described),
    };
  }
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

function describeOperation({ route, definition }: DescribedRoute): ZodOpenApiOperationObject {
  const { rule } = route.access;
  const { parameters } = route.template;
  const {
    summary,
    tag,
    query,
    headers,
    requestBody,
    responses = { 200: { description: "the answer" } },
  } = definition;
  const scopes = typeof rule === "string" ? [] : rule.map(({ text }) => `\`${text}\``);
  const refusals: Readonly<Record<number, RouteResponse>> =
    rule === "public"
      ? {}
      : {
          401: { description: "not authenticated", json: problemSchema },
          403: { description: "not allowed", json: problemSchema },
        };
  return {
    operationId: route.id,
    summary,
    tags: [tag],
    ...(scopes.length === 0 ? {} : { description: `Requires ${scopes.join(" and ")}.` }),
    security: rule === "public" ? [] : [{ bearer: [] }],
    requestParams: {
      ...(parameters.length === 0
        ? {}
        : { path: z.object(Object.fromEntries(parameters.map((name) => [name, z.string()]))) }),
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined ? {} : { header: headers }),
    },
    ...(requestBody === undefined
      ? {}
      : { requestBody: { required: requestBody.isOptional !== true, content: contentOf(requestBody) } }),
    responses: Object.fromEntries(
      Object.entries({ ...responses, ...refusals }).map(([status, response]) => [
        status,
        describeResponse(response),
      ]),
    ),
  };
}

function describeResponse({ description, ...bodies }: RouteResponse): ZodOpenApiResponseObject {
  const content = contentOf(bodies);
  return Object.keys(content).length === 0 ? { description } : { description, content };
}

const MEDIA_TYPES = {
  events: ["text/event-stream"],
  form: ["multipart/form-data", "application/x-www-form-urlencoded"],
  json: ["application/json"],
} as const;

/** Schemas by media type. */
function contentOf(
  bodies: RouteRequestBody & Omit<RouteResponse, "description">,
): Readonly<Record<string, { readonly schema: z.ZodType }>> {
  return Object.fromEntries(
    (["events", "form", "json"] as const).flatMap((kind) => {
      const schema = bodies[kind];
      return schema === undefined ? [] : MEDIA_TYPES[kind].map((type) => [type, { schema }] as const);
    }),
  );
}
