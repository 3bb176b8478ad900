import { customScope } from "@agentos/contract";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { createAuthGuard } from "../gate/auth-guard.ts";
import { type AuthVariables, protect } from "./hono.ts";

const issuer = await createTestIssuer();
const guard = await createAuthGuard({
  id: TEST_OS_ID,
  env: {},
  logger: createTestLogger(),
  authorizationConfig: { verificationKeys: [issuer.verificationKey] },
});

let calls: string[] = [];
const app = new Hono<AuthVariables>()
  .get("/reports/:id", protect(guard, [customScope("reports:{id}:read")]), (c) => {
    calls.push(c.req.param("id"));
    return c.json({ user: c.get("auth").identity.userId });
  })
  .use("/all/*", protect(guard, [customScope("reports:{id}:read")]))
  .get("/all/:id", (c) => c.text("in"))
  .get(
    "/customers/:customer_id/orders/:order_id",
    protect(guard, [customScope("orders:{order_id}:read")]),
    (c) => c.text("in"),
  );

async function get(path: string, headers: Headers | Record<string, string>, env?: object) {
  calls = [];
  const response = await app.request(path, { headers }, env);
  return { status: response.status, headers: response.headers, body: await response.text() };
}

describe("protect, as Hono middleware", () => {
  it("hands the caller to the handler, which runs only when the route's own id is granted", async () => {
    const headers = await issuer.bearer({ scopes: ["reports:q1:read"] });
    const allowed = await get("/reports/q1", headers);
    expect([allowed.status, JSON.parse(allowed.body), calls]).toEqual([200, { user: "alice" }, ["q1"]]);
    const refused = await get("/reports/q2", headers);
    expect([refused.status, calls]).toEqual([403, []]);
    expect(JSON.parse(refused.body)).toMatchObject({
      code: "SCOPE_OTHER_RESOURCE",
      missing_scopes: ["reports:q2:read"],
    });
  });

  it("authorises the parameter as the handler reads it: decoded", async () => {
    const headers = await issuer.bearer({ scopes: ["reports:q 1:read", "reports:a/b:read"] });
    expect((await get("/reports/a%2Fb", headers)).status).toBe(200);
    expect(calls).toEqual(["a/b"]);
    expect((await get("/reports/a", headers)).status).toBe(403);
  });

  it("refuses without a credential, with challenge, id and media type", async () => {
    const { status, headers, body } = await get("/reports/q1", { accept: "application/problem+json" });
    expect([status, headers.get("www-authenticate"), headers.get("content-type")]).toEqual([
      401,
      'Bearer realm="agentos"',
      "application/problem+json",
    ]);
    expect(JSON.parse(body)).toMatchObject({
      code: "AUTH_HEADER_MISSING",
      denial_id: expect.stringMatching(/^den_/) as unknown,
    });
    expect(calls).toEqual([]);
  });

  it("refuses two Authorization headers, even if one of them is good", async () => {
    const { authorization } = await issuer.bearer({ scopes: ["reports:read"] });
    const headers = new Headers({ authorization });
    expect((await get("/reports/q1", headers)).status).toBe(200);
    headers.append("authorization", "Bearer other");
    const { status, body } = await get("/reports/q1", headers);
    expect([status, calls]).toEqual([401, []]);
    expect(JSON.parse(body)).toMatchObject({ code: "AUTH_CREDENTIAL_REPEATED" });
  });

  it("binds a scope to the parameter that it names, and to no other of the route", async () => {
    const headers = await issuer.bearer({ scopes: ["orders:o1:read"] });
    expect((await get("/customers/c1/orders/o1", headers)).status).toBe(200);
    const { status, body } = await get("/customers/o1/orders/o2", headers);
    expect([status, JSON.parse(body)]).toMatchObject([403, { missing_scopes: ["orders:o2:read"] }]);
  });

  it("stays closed where it stands on a path that names no parameter, and says so", async () => {
    const narrow = await get("/all/q1", await issuer.bearer({ scopes: ["reports:q1:read"] }));
    const { code, fix, title } = JSON.parse(narrow.body) as Record<string, string>;
    expect([narrow.status, code]).toEqual([403, "SCOPE_PARAMETER_MISSING"]);
    expect(title).toContain('has no parameter "id"');
    expect(fix).toContain('protect the route whose path has "id"');
    // A wide scope is no way out of it, and is not advised.
    expect(narrow.body).not.toContain("reports:read");
    expect(narrow.headers.get("www-authenticate")).not.toContain("scope=");
    expect((await get("/all/q1", await issuer.bearer({ scopes: ["reports:read"] }))).status).toBe(200);
  });

  it("records the address of the socket that the Node adapter hands over", async () => {
    const env = { incoming: { socket: { remoteAddress: "203.0.113.9" } } };
    const { body } = await get("/reports/q1", {}, env);
    const { denial_id: id } = JSON.parse(body) as { denial_id: string };
    expect((await guard.denials.find(id, { kind: "all" }))?.client).toBe("203.0.113.9");
  });
});
