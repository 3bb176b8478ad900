// "Why do I get a 401?", asked of the server itself: the operator sees every refusal, a caller their own.
import { denialListSchema, denialSchema } from "@agentos/contract";
import { customScope } from "@agentos/server";
import { createTestKey, goodToken, signToken, type TestKey, withClaims } from "@agentos/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { type Answer, bearer, bodyOf, send } from "./support/http.ts";
import { type Served, serve } from "./support/serve.ts";

let key: TestKey;
let served: Served;

beforeAll(async () => {
  key = await createTestKey("ES256");
  served = await serve({
    id: "agent-os",
    authorizationConfig: { verificationKeys: [key.verificationKey] },
    routes: [
      {
        method: "GET",
        path: "/reports/{id}",
        access: [customScope("reports:{id}:read")],
        handler: () => new Response("report"),
      },
    ],
  });
});

async function as(sub: string, scopes: readonly string[] = []): Promise<Readonly<Record<string, string>>> {
  const good = goodToken({ key, now: Math.floor(Date.now() / 1_000), scopes });
  return bearer(await signToken(withClaims(good, { sub })));
}

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  send(served.port, { path, headers });
const idOf = (answer: Answer) => String(bodyOf(answer)["denial_id"]);

describe("GET /authz/denials", () => {
  test("an operator finds the exact refusal by its id, with expected and found, and how often it came", async () => {
    const alice = await as("alice", ["reports:q1:read"]);
    const refused = await get("/reports/q2", alice);
    expect(idOf(await get("/reports/q2", alice))).toBe(idOf(refused));
    const answer = await get(`/authz/denials/${idOf(refused)}`, await as("olga", ["authz:read"]));
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(denialSchema.parse(bodyOf(answer))).toMatchObject({
      view: "operator",
      exact_code: "SCOPE_OTHER_RESOURCE",
      route: "GET /reports/{id}",
      subject: "alice",
      client: "127.0.0.1",
      count: 2,
      facts: { held_scopes: ["reports:q1:read"], missing_scopes: ["reports:q2:read"] },
    });
  });

  test("a caller sees what they were told, and the same 404 for everybody else's and for none", async () => {
    const bob = await as("bob");
    const own = await get("/reports/q2", bob);
    const strangers = await get("/reports/q2");
    const carols = await get("/reports/q2", await as("carol"));
    const told = denialSchema.parse(bodyOf(await get(`/authz/denials/${idOf(own)}`, bob)));
    expect(told).toMatchObject({ ...bodyOf(own), view: "caller", route: "GET /reports/{id}", count: 1 });
    expect(Object.keys(told)).not.toContain("facts");

    // All three came from one address; that makes them no one caller.
    const answers = await Promise.all(
      [idOf(strangers), idOf(carols), "den_none"].map((id) => get(`/authz/denials/${id}`, bob)),
    );
    for (const { status, text } of answers)
      expect([status, text]).toEqual([404, '{"detail":"Denial not found"}']);
    const list = denialListSchema.parse(JSON.parse((await get("/authz/denials", bob)).text));
    expect(list.data.map(({ denial_id }) => denial_id)).toEqual([idOf(own)]);
    expect((await get(`/authz/denials/${idOf(carols)}`, await as("carol"))).status).toBe(200);
  });

  test("a stranger gets a refusal like anywhere else", async () => {
    expect(bodyOf(await get("/authz/denials"))).toMatchObject({ code: "AUTH_HEADER_MISSING" });
    expect(bodyOf(await get("/authz/denials/den_none"))).toMatchObject({ code: "AUTH_HEADER_MISSING" });
  });
});

describe("the page about a code", () => {
  test.each(["AUTH_TOKEN_EXPIRED", "INPUT_TARGET_TOO_LONG", "AUTH_CORS_ORIGIN_REFUSED", "AUTH_PEER_UNKNOWN"])(
    "is there for %s, and says nothing of this server",
    async (code) => {
      const page = await get(`/errors/${code}`);
      expect([page.status, page.text]).toEqual([200, expect.stringContaining(code)]);
      expect(page.text).not.toContain("agent-os");
      const head = await send(served.port, { method: "HEAD", path: `/errors/${code}` });
      expect([head.status, head.text, head.headers["content-type"]]).toEqual([
        200,
        "",
        page.headers["content-type"],
      ]);
    },
  );

  test.each([
    "NO_SUCH_CODE",
    "auth_token_expired",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "AUTH_TOKEN_EXPIRED%00",
    "AUTH_TOKEN_EXPIRED%0d%0aX-Injected:%201",
    "AUTH_TOKEN_EXPIRED%2F..",
    "%41UTH_TOKEN_EXPIRED%20",
    "%c0%af",
    "%",
  ])("is not there for %s, and nothing of it is repeated", async (code) => {
    const own = (await get("/errors/NO_SUCH_CODE")).text;
    for (const method of ["GET", "HEAD"]) {
      const answer = await send(served.port, { method, path: `/errors/${code}` });
      // What is no path of this server at all asks for a credential first.
      expect([401, 404]).toContain(answer.status);
      if (answer.status === 404) expect(answer.text).toBe(method === "HEAD" ? "" : own);
      for (const part of ["script", "Injected", "NO_SUCH", "proto", "EXPIRED"])
        expect(answer.text + answer.rawHeaders.join()).not.toContain(part);
    }
  });
});
