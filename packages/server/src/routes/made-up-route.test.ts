import { pagesRoutes, type RouteTable } from "@agentos/contract";
import { createGuardedApp, jsonResponse, openNothing, type RouteHandler } from "@agentos/guard/app";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createOpenApi } from "../openapi/openapi.ts";
import { deriveMatrix } from "./route-matrix.fixture.ts";

/** What a new route takes: one line in a table, with its scopes and schemas… */
const widgetsRoutes = {
  "widgets.paint": {
    method: "POST",
    path: "/teams/{team_id}/agents/{agent_id}/paint",
    access: ["teams:read", "agents:run"],
    items: { teams: "team_id", agents: "agent_id" },
    tag: "Widgets",
    summary: "Paint a widget",
    requestBody: { json: z.object({ color: z.string() }) },
    responses: { 200: { description: "the widget", json: z.object({ painted: z.boolean() }) } },
  },
} as const satisfies RouteTable;

/** … and one function. */
function createWidgetsRoutes(calls: string[]): Record<keyof typeof widgetsRoutes, RouteHandler> {
  return {
    "widgets.paint": ({ parameters, access }) => {
      calls.push(`${access.identity.userId} ${parameters["team_id"]} ${parameters["agent_id"]}`);
      return jsonResponse({ painted: true });
    },
  };
}

const issuer = await createTestIssuer();
const table = { ...pagesRoutes, ...widgetsRoutes };
const calls: string[] = [];
let document: unknown;
const app = createGuardedApp<keyof typeof table>({
  options: {
    id: TEST_OS_ID,
    env: {},
    logger: createTestLogger(),
    authorizationConfig: { verificationKeys: [issuer.verificationKey] },
  },
  table,
  defaultPort: 0,
  open: openNothing,
  createHandlers: ({ routes }) => {
    document = createOpenApi({ name: "Widgets", description: undefined, routes });
    return { handlers: createWidgetsRoutes(calls) };
  },
});
await app.ready();

async function send(method: string, path: string, scopes?: readonly string[]) {
  const headers = scopes === undefined ? {} : await issuer.bearer({ scopes });
  const response = await app.fetch(new Request(`http://localhost${path}`, { method, headers }));
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.endsWith("json") === true;
  return { status: response.status, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

describe("a route that is one entry and one function", () => {
  it("is served under its scopes, each on its own item", async () => {
    expect(
      await send("POST", "/teams/sales/agents/web/paint", ["teams:sales:read", "agents:web:run"]),
    ).toEqual({ status: 200, body: { painted: true } });
    expect(calls.splice(0)).toEqual([expect.stringMatching(/ sales web$/)]);
  });

  it.each([
    [["teams:web:read", "agents:web:run"], ["teams:read"], "teams:sales:read"],
    [["teams:sales:read", "agents:sales:run"], ["agents:run"], "agents:web:run"],
  ])(
    "refuses %j, which names the neighbour's id, in the words of other routes",
    async (scopes, ...missing) => {
      const { status, body } = await send("POST", "/teams/sales/agents/web/paint", scopes);
      expect([status, body["code"]]).toEqual([403, "SCOPE_OTHER_RESOURCE"]);
      expect([body["required_scopes"], body["missing_scopes"]]).toEqual([
        ["teams:read", "agents:run"],
        missing[0],
      ]);
      expect(body["fix"]).toContain(`or just "${missing[1]}" for this item`);
      expect(calls).toEqual([]);
    },
  );

  it("appears in OpenAPI with its scopes and schemas", () => {
    expect(JSON.parse(JSON.stringify(document))).toMatchObject({
      paths: {
        "/teams/{team_id}/agents/{agent_id}/paint": {
          post: {
            operationId: "widgets.paint",
            tags: ["Widgets"],
            description: "Requires `teams:read` and `agents:run`.",
            parameters: [{ name: "team_id" }, { name: "agent_id" }],
            requestBody: {
              required: true,
              content: { "application/json": { schema: { properties: { color: { type: "string" } } } } },
            },
            responses: {
              200: {
                content: { "application/json": { schema: { properties: { painted: { type: "boolean" } } } } },
              },
              403: { description: "not allowed" },
            },
          },
        },
      },
    });
  });

  it("has its rows in the matrix that is derived from the table", () => {
    const rows = deriveMatrix(table).filter(({ name }) => name.startsWith("widgets.paint"));
    expect(rows.map(({ name }) => name.slice("widgets.paint: ".length))).toEqual([
      "no token",
      "a token without scopes",
      "all but teams:read",
      "all but agents:run",
      "exactly its scopes",
      "the admin scope",
      "the scopes of this item",
      "the scopes of another item",
    ]);
  });

  it.each(deriveMatrix(table))("$name", async ({ method, path, scopes, code }) => {
    const { status, body } = await send(method, path, scopes);
    const ran = calls.splice(0).length;
    if (code === undefined) expect([401, 403]).not.toContain(status);
    else expect([body["code"], ran]).toEqual([code, 0]);
    if (code === undefined && path.includes("paint")) expect(ran).toBe(1);
  });
});
