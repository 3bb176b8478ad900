// What strangers learn of an application's own routes: nothing, in the reference as on the wire.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createAuthGuard, customScope } from "@agentos/guard";
import { protect } from "@agentos/guard/node";
import { createTestKey, goodToken, signToken, type TestKey } from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, bearer, bodyOf, send } from "./support/http.ts";
import { createCustomRoutes } from "./support/route-rows.ts";
import { type Served, serve } from "./support/serve.ts";

let key: TestKey;
beforeAll(async () => {
  key = await createTestKey("ES256", { kid: "k1" });
});
const as = async (...scopes: string[]) =>
  bearer(await signToken(goodToken({ key, now: Math.floor(Date.now() / 1_000), scopes })));

describe("the reference", () => {
  let served: Served;
  beforeAll(async () => {
    const authorizationConfig = { verificationKeys: [key.verificationKey] };
    served = await serve({ id: "agent-os", authorizationConfig, routes: createCustomRoutes().routes });
  });
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    send(served.port, { path, headers });
  const ownPaths = (answer: Answer) =>
    Object.keys(bodyOf(answer)["paths"] as object).filter((path) => /^\/(custom|reports)/.test(path));

  test("hides a private route from strangers, as 401 before 404 does", async () => {
    expect((await get("/reports")).status).toBe((await get("/no-such-path")).status);
    const stranger = await get("/openapi.json");
    expect([stranger.status, ownPaths(stranger)]).toEqual([200, ["/custom/open"]]);
    expect(stranger.text).not.toContain("reports");
    expect(Object.keys(bodyOf(stranger)["paths"] as object)).toContain("/agents/{agent_id}/runs");
    const bad = await get("/openapi.json", bearer("junk"));
    expect([bad.status, bad.text]).toEqual([200, stranger.text]);
    expect((await get("/docs")).status).toBe(200);
  });

  test("shows it to whoever may call it", async () => {
    const anybody = ["/custom/open", "/custom/anybody"];
    expect(ownPaths(await get("/openapi.json", await as()))).toEqual(anybody);
    expect(ownPaths(await get("/openapi.json", await as("reports:read")))).toEqual([...anybody, "/reports"]);
    expect(ownPaths(await get("/openapi.json", await as("reports:q1:write")))).toEqual([
      ...anybody,
      "/reports/{id}",
    ]);
    expect(ownPaths(await get("/openapi.json", await as("agent_os:admin")))).toHaveLength(4);
    expect(ownPaths(await get("/openapi.json"))).toEqual(["/custom/open"]);
  });
});

describe("a guard in front of an application that protects each item by its own scope", () => {
  let server: Server;
  let keys: Server;
  let port = 0;
  const listen = async (one: Server) => {
    await new Promise<void>((resolve) => void one.listen(0, "127.0.0.1", resolve));
    return (one.address() as AddressInfo).port;
  };
  beforeAll(async () => {
    keys = createServer((_, response) => response.end(JSON.stringify({ keys: [key.jwk] })));
    const jwksUrl = `http://127.0.0.1:${await listen(keys)}/jwks`;
    const guard = await createAuthGuard({
      id: "agent-os",
      env: {},
      logger: { error() {}, warn() {}, info() {} },
      authorizationConfig: { issuer: "https://issuer.test", jwksUrl },
    });
    const handle = async (request: IncomingMessage, response: ServerResponse) => {
      const path = request.url ?? "";
      if (path === "/metadata")
        response.end(JSON.stringify(guard.resourceMetadata(request.headers.host ?? null)));
      else {
        const item = protect(guard, [customScope(`reports:${path.slice(1)}:read`)]);
        if ((await item(request, response)) !== undefined) response.end("report");
      }
    };
    server = createServer((request, response) => void handle(request, response));
    port = await listen(server);
  });
  afterAll(() => {
    for (const one of [server, keys]) {
      one.close();
      one.closeAllConnections();
    }
  });

  test("keeps none of the items that were asked for, and tells nobody of them", async () => {
    for (let n = 0; n < 1_200; n += 1) expect((await send(port, { path: `/secret-${n}` })).status).toBe(401);
    const { text } = await send(port, { path: "/metadata" });
    expect(JSON.parse(text)).toMatchObject({ scopes_supported: [] });
  });
});
