import { once } from "node:events";
import { createServer, request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { customScope } from "@agentos/contract";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthGuard } from "../gate/auth-guard.ts";
import { protect } from "./node.ts";

const issuer = await createTestIssuer();
const options = { id: TEST_OS_ID, env: {}, logger: createTestLogger() };
const authorizationConfig = { verificationKeys: [issuer.verificationKey] };
const guard = await createAuthGuard({ ...options, authorizationConfig });
const byCookie = await createAuthGuard({
  ...options,
  authorizationConfig: { ...authorizationConfig, tokenSource: "cookie" },
});
const byOwnHeader = await createAuthGuard({
  ...options,
  authorizationConfig: { ...authorizationConfig, tokenHeaderKey: "X-Agent-Token" },
});

const protections = {
  plain: protect(guard, [customScope("reports:read")]),
  item: protect(guard, [customScope("reports:{id}:read")]),
  cookie: protect(byCookie, "authenticated"),
  header: protect(byOwnHeader, "authenticated"),
};

let calls = 0;
const server = createServer((request, response) => {
  const [, name = "", id] = (request.url ?? "").split("/");
  const protection = protections[name as keyof typeof protections];
  void answer();

  async function answer(): Promise<void> {
    const access = await protection(request, response, { id });
    if (access === undefined) return;
    calls += 1;
    response.end(JSON.stringify({ user: access.identity.userId }));
  }
});

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  for (const one of [guard, byCookie, byOwnHeader]) one.close();
  server.close();
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: { readonly user?: string; readonly code?: string; readonly denial_id?: string };
  readonly calls: number;
}

/** A request with its headers exactly as given: a list sends a header twice. */
function send(
  path: string,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
  method = "GET",
): Promise<Answer> {
  calls = 0;
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: "127.0.0.1", port, path, headers: headers as OutgoingHttpHeaders, method, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode,
            headers: response.headers,
            body: JSON.parse(text) as Answer["body"],
            calls,
          }),
        );
      },
    );
    request.on("error", reject).end();
  });
}

describe("protect, in a plain Node server", () => {
  it("gives the access of an allowed caller", async () => {
    const answer = await send("/plain", await issuer.bearer({ scopes: ["reports:read"] }));
    expect([answer.status, answer.body, answer.calls]).toEqual([200, { user: "alice" }, 1]);
  });

  it("has answered a refused one, with everything that a refusal has", async () => {
    const answer = await send("/plain", await issuer.bearer({ scopes: ["reports:write"] }));
    expect([answer.status, answer.calls]).toEqual([403, 0]);
    expect(answer.body).toMatchObject({ code: "SCOPE_MISSING" });
    expect(answer.headers).toMatchObject({
      "content-type": "application/json",
      "cache-control": "no-store",
      vary: "Accept",
      "www-authenticate": expect.stringContaining('scope="reports:read"') as unknown,
    });
    expect(await guard.denials.find(answer.body.denial_id ?? "", { kind: "all" })).toMatchObject({
      client: "127.0.0.1",
      subject: "alice",
    });
  });

  it("takes the id of a scope from the parameters that the application passes", async () => {
    const headers = await issuer.bearer({ scopes: ["reports:q1:read"] });
    expect((await send("/item/q1", headers)).status).toBe(200);
    expect((await send("/item/q2", headers)).body.code).toBe("SCOPE_OTHER_RESOURCE");
    expect((await send("/item", headers)).status).toBe(403);
  });

  it("sees the second of two Authorization headers, which Node itself hides", async () => {
    const { authorization } = await issuer.bearer({ scopes: ["reports:read"] });
    expect((await send("/plain", { authorization: [authorization] })).status).toBe(200);
    for (const both of [
      [authorization, "Bearer other"],
      ["Bearer other", authorization],
      [authorization, authorization],
    ]) {
      const answer = await send("/plain", { authorization: both });
      expect([answer.status, answer.body.code, answer.calls]).toEqual([401, "AUTH_CREDENTIAL_REPEATED", 0]);
    }
  });

  it("refuses a configured header that is sent twice", async () => {
    const token = await issuer.token();
    expect((await send("/header", { "X-Agent-Token": [token] })).status).toBe(200);
    expect((await send("/header", { "X-Agent-Token": [token, token] })).body.code).toBe(
      "AUTH_CREDENTIAL_REPEATED",
    );
    expect((await send("/header", { authorization: `Bearer ${token}` })).body.code).toBe(
      "AUTH_HEADER_MISSING",
    );
  });

  it("finds the token among cookies, and refuses two of its name, in one header or in two", async () => {
    const token = await issuer.token();
    expect((await send("/cookie", { cookie: `a=1; access_token=${token}; b=2` })).body.user).toBe("alice");
    for (const cookie of [
      `access_token=${token}; access_token=other`,
      [`access_token=${token}`, "access_token=other"],
    ])
      expect((await send("/cookie", { cookie })).body.code).toBe("AUTH_COOKIE_REPEATED");
  });

  it("refuses a form of another site that carries only the cookie", async () => {
    const cookie = `access_token=${await issuer.token()}`;
    const { port } = server.address() as AddressInfo;
    const from = (origin: string) => send("/cookie", { cookie, origin }, "POST");
    expect((await from(`http://127.0.0.1:${port}`)).status).toBe(200);
    const answer = await from("https://evil.test");
    expect([answer.status, answer.body.code, answer.calls]).toEqual([403, "AUTH_COOKIE_CROSS_SITE", 0]);
  });
});
