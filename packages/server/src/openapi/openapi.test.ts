import { compileRoutes, type RouteAccessDefinition } from "@agentos/auth";
import { parseTemplate, SERVED_ROUTES, SERVER_VERSION } from "@agentos/contract";
import type { DescribedRoute } from "@agentos/guard/app";
import { describe, expect, it } from "vitest";
import { createOpenApi, type OpenApiOptions } from "./openapi.ts";

/** The parts of a document that are looked at here. */
interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Record<string, object> };
  readonly responses: Record<string, { readonly description: string; readonly content?: object }>;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly schemas: Record<string, object>;
    readonly securitySchemes: Record<string, object>;
  };
}

const described = Object.entries(SERVED_ROUTES).filter(([id]) => !id.startsWith("docs."));

type Definitions = Readonly<Record<string, RouteAccessDefinition & DescribedRoute["definition"]>>;

/** The routes of a table under the rules of an operator. */
function describeRoutes(
  table: Definitions = SERVED_ROUTES,
  scopeMappings: Readonly<Record<string, readonly string[]>> = {},
  publicPaths?: readonly string[],
): readonly DescribedRoute[] {
  const options = { adminScope: "agent_os:admin", scopeMappings, publicPaths, allowUnmappedRoutes: false };
  return compileRoutes(table, options).routes.flatMap((route) => {
    const definition = table[route.id];
    return definition === undefined ? [] : [{ route, definition }];
  });
}

function build(options: Partial<OpenApiOptions> = {}): Document {
  const document = createOpenApi({
    name: "Shop",
    description: undefined,
    routes: describeRoutes(),
    ...options,
  });
  // As a client reads it.
  return JSON.parse(JSON.stringify(document)) as Document;
}

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

describe("the document", () => {
  it("is OpenAPI 3.1 with a title and this server's version", () => {
    const document = build({ description: "Sells things." });
    expect(document.openapi).toBe("3.1.0");
    expect(document.info).toEqual({ title: "Shop", version: SERVER_VERSION, description: "Sells things." });
    expect(build().info).not.toHaveProperty("description");
  });

  it.each(described)("has %s with its access", (id, route) => {
    const operation = build().paths[route.path]?.[route.method.toLowerCase()];
    expect(operation).toMatchObject({ operationId: id, summary: route.summary, tags: [route.tag] });
    expect(operation?.security).toEqual(route.access === "public" ? [] : [{ bearer: [] }]);
    for (const status of ["401", "403"])
      expect(status in (operation?.responses ?? {})).toBe(route.access !== "public");
    if (typeof route.access === "string") expect(operation).not.toHaveProperty("description");
    else for (const scope of route.access) expect(operation?.description).toContain(`\`${scope}\``);
  });

  it("has the routes of the table and nothing else, but for the reference itself", () => {
    expect(operationsOf(build()).map(({ operation }) => operation.operationId)).toEqual(
      described.map(([id]) => id),
    );
  });

  it("describes the access in force, not the one that the table declares", () => {
    const rules = { "GET /agents": ["reports:read", "agents:read"] };
    const { paths } = build({ routes: describeRoutes(SERVED_ROUTES, rules, ["/config"]) });
    expect(paths["/agents"]?.["get"]?.description).toBe("Requires `reports:read` and `agents:read`.");
    expect(paths["/health"]?.["get"]?.security).toEqual([{ bearer: [] }]);
    expect(paths["/config"]?.["get"]?.security).toEqual([]);
  });

  it("has the application's own routes beside ours", () => {
    const document = build({
      routes: describeRoutes({
        ...SERVED_ROUTES,
        "get./reports/{report_id}": {
          method: "GET",
          path: "/reports/{report_id}",
          access: "authenticated",
          tag: "Reports",
          summary: "Read a report",
        },
        "delete./reports/{report_id}": {
          method: "DELETE",
          path: "/reports/{report_id}",
          access: ["reports:delete"],
          tag: "Reports",
          summary: "Delete a report",
        },
      }),
    });
    const path = document.paths["/reports/{report_id}"];
    expect(path?.["get"]).toMatchObject({
      summary: "Read a report",
      tags: ["Reports"],
      security: [{ bearer: [] }],
    });
    expect(path?.["delete"]?.description).toBe("Requires `reports:delete`.");
  });

  it("lets a run be sent as either kind of form or as JSON, and answered as a stream or as JSON", () => {
    const run = build().paths["/agents/{agent_id}/runs"]?.["post"];
    expect(run?.requestBody?.content).toEqual({
      "multipart/form-data": { schema: { $ref: "#/components/schemas/RunForm" } },
      "application/x-www-form-urlencoded": { schema: { $ref: "#/components/schemas/RunForm" } },
      "application/json": { schema: { $ref: "#/components/schemas/RunJson" } },
    });
    expect(Object.keys(run?.responses["200"]?.content ?? {})).toEqual([
      "text/event-stream",
      "application/json",
    ]);
  });
});

it("describes every answer of a run that a client has to tell apart", () => {
  const responses = build().paths["/agents/{agent_id}/runs"]?.["post"]?.responses ?? {};
  expect(Object.keys(responses)).toEqual([
    "200",
    "202",
    "400",
    "401",
    "403",
    "404",
    "409",
    "413",
    "422",
    "429",
    "503",
  ]);
  const schemaOf = (status: string) => responses[status]?.content;
  const limit = { $ref: "#/components/schemas/Limit" };
  for (const status of ["413", "429"])
    expect(schemaOf(status)).toEqual({ "application/json": { schema: limit } });
  expect(schemaOf("503")).toEqual({
    "application/json": { schema: { anyOf: [limit, { $ref: "#/components/schemas/Problem" }] } },
  });
  expect(schemaOf("400")).toEqual({ "application/json": { schema: { $ref: "#/components/schemas/Error" } } });
});

/** The rules of OpenAPI 3.1 that a schema of the format would check here, without a dependency for it. */
describe("the document is valid", () => {
  const document = build({
    routes: describeRoutes({
      ...SERVED_ROUTES,
      "put./a/{b}/c/{d}": {
        method: "PUT",
        path: "/a/{b}/c/{d}",
        access: "authenticated",
        tag: "Application",
        summary: "Two parameters",
      },
    }),
  });
  const operations = operationsOf(document);

  it("gives every operation an id of its own, a summary and at least one response with a description", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations) {
      expect(operation.summary).toBeTruthy();
      const responses = Object.entries(operation.responses);
      expect(responses.length).toBeGreaterThan(0);
      for (const [status, { description }] of responses) {
        expect(status).toMatch(/^[1-5]\d\d$/);
        expect(description).toBeTruthy();
      }
    }
  });

  it("declares exactly the parameters of each path, as required strings", () => {
    for (const { path, operation } of operations) {
      const declared = (operation.parameters ?? []).filter(({ in: place }) => place === "path");
      expect(
        declared.map(({ name }) => name),
        path,
      ).toEqual(parseTemplate(path).parameters);
      for (const parameter of declared) expect(parameter).toMatchObject({ in: "path", required: true });
    }
  });

  it("declares what a query may have, none of it required", () => {
    const list = operations.find(({ path }) => path === "/authz/denials")?.operation.parameters ?? [];
    expect(list.map(({ name }) => name)).toEqual([
      "limit",
      "page",
      "code",
      "route",
      "client",
      "subject",
      "since",
      "until",
    ]);
    for (const parameter of list) expect(parameter).toMatchObject({ in: "query" });
    for (const parameter of list) expect(parameter["required"]).not.toBe(true);
  });

  it("asks for a body where one is needed", () => {
    const optional = operations.filter(({ operation: { requestBody } }) => requestBody?.required === false);
    expect(optional.map(({ operation }) => operation.operationId)).toEqual(["agents.resumeRun"]);
  });

  it("declares the header that names a request, where it is read and nowhere else", () => {
    const named = operations.filter(({ operation: { parameters = [] } }) =>
      parameters.some(({ name, in: place }) => name === "Idempotency-Key" && place === "header"),
    );
    expect(named.map(({ operation }) => operation.operationId)).toEqual(["agents.run"]);
  });

  it("refers only to what it contains", () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? "");
    for (const reference of references) {
      expect(reference).toMatch(/^#\/components\/schemas\//);
      expect(document.components.schemas).toHaveProperty([reference.slice("#/components/schemas/".length)]);
    }
    for (const { operation } of operations)
      for (const requirement of operation.security)
        for (const name of Object.keys(requirement))
          expect(document.components.securitySchemes).toHaveProperty(name);
  });

  it("has no keyword that OpenAPI 3.1 dropped", () => {
    expect(JSON.stringify(document)).not.toMatch(/"nullable":|"exclusiveMinimum":(true|false)/);
  });
});
