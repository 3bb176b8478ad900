// Route by credential: who may call what, generated from the route table, over a real socket.
import { matchTemplate, parseTemplate, SERVED_ROUTES, type ServedRouteId } from "@agentos/contract";
import {
  createTestKey,
  damageSignature,
  goodToken,
  signToken,
  type TestKey,
  withClaims,
} from "@agentos/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { CALLERS, type Caller, CUSTOM_ADMIN_CALLERS, type Expected, scopesAt } from "./support/callers.ts";
import { createCountingAgent } from "./support/counting-agent.ts";
import { expectRefusal, expectScopeRefusal } from "./support/expect-refusal.ts";
import type { SharedRefusalCode } from "./support/expected-refusals.ts";
import { type Answer, bearer, bodyOf, send } from "./support/http.ts";
import {
  AGENT_ID,
  CUSTOM_ROWS,
  createCustomRoutes,
  type RouteRow,
  SERVED_ROWS,
} from "./support/route-rows.ts";
import { type Served, serve } from "./support/serve.ts";

const ID = "agent-os";
const SECURITY_KEY = "e2e-security-key-of-32-characters";
const ROWS: readonly (readonly [string, RouteRow])[] = [
  ...Object.keys(SERVED_ROUTES).map((id) => [id, rowOf(id as ServedRouteId)] as const),
  ...Object.entries(CUSTOM_ROWS),
];
const PROTECTED = ROWS.filter(([, { demands }]) => demands !== "public");

function accessOf({ demands }: RouteRow): string | readonly string[] {
  if (typeof demands === "string") return demands;
  const scopes =
    demands.kind === "item" && demands.also !== undefined ? [demands.scope, demands.also] : [demands.scope];
  return scopes.map(({ resource, action }) => `${resource}:${action}`);
}

function rowOf(id: ServedRouteId): RouteRow {
  const row = SERVED_ROWS[id] as RouteRow | undefined;
  if (row === undefined) throw new Error(`the route "${id}" has no row in SERVED_ROWS`);
  return row;
}

/** A server with every kind of route, and what its handlers did. */
interface Subject extends Served {
  /** Times that some handler ran. */
  handled(): number;
}

async function start(
  options: Omit<Parameters<typeof serve>[0], "agents" | "routes" | "id">,
): Promise<Subject> {
  const agent = createCountingAgent(AGENT_ID);
  const custom = createCustomRoutes();
  const served = await serve({ id: ID, agents: [agent.agent], routes: custom.routes, ...options });
  return { ...served, handled: () => agent.uses() + custom.handled() };
}

let key: TestKey;
let jwt: Subject;
let customAdmin: Subject;
let unenforced: Subject;
let securityKey: Subject;
let open: Subject;

beforeAll(async () => {
  key = await createTestKey("ES256");
  const verificationKeys = [key.verificationKey];
  jwt = await start({ authorizationConfig: { verificationKeys } });
  customAdmin = await start({ authorizationConfig: { verificationKeys, adminScope: "root:all" } });
  unenforced = await start({ env: { JWT_VERIFICATION_KEY: key.verificationKey } });
  securityKey = await start({ securityKey: SECURITY_KEY });
  open = await start({});
});

const now = () => Math.floor(Date.now() / 1_000);
const tokenWith = (scopes: readonly string[]) => signToken(goodToken({ key, now: now(), scopes }));
const call = (
  { port }: Subject,
  { method, path, body }: RouteRow,
  headers: Readonly<Record<string, string>> = {},
) => send(port, { method, path, body, headers });

async function headersOf({ credential }: Caller, row: RouteRow): Promise<Readonly<Record<string, string>>> {
  if (credential === "none") return {};
  const good = goodToken({ key, now: now(), scopes: scopesAt(credential, row) });
  if (credential === "another audience")
    return bearer(await signToken(withClaims(good, { aud: "another-os" })));
  const token = await signToken(good);
  return bearer(credential === "damaged" ? damageSignature(token) : token);
}

/** Asserts the answer, and that the handler ran exactly when the caller passes. */
async function expectAt(
  subject: Subject,
  row: RouteRow,
  headers: Readonly<Record<string, string>>,
  expected: Expected,
) {
  const before = subject.handled();
  const answer = await call(subject, row, headers);
  const ran = subject.handled() - before;
  if (expected === "passes" || expected === "empty list") {
    const text: unknown = row.status === 204 ? "" : expect.stringMatching(/./);
    expect([answer.status, answer.text]).toEqual([row.status ?? 200, text]);
    if (expected === "empty list") expect(JSON.parse(answer.text)).toEqual([]);
    else if (row.usesAgents || answer.text === "handled") expect(ran).toBeGreaterThan(0);
    return;
  }
  expect(ran).toBe(0);
  await expectRefused(subject, answer, row, expected);
}

function expectRefused(
  subject: Subject,
  answer: Answer,
  { demands }: RouteRow,
  code: Exclude<Expected, "passes" | "empty list">,
) {
  if (code !== "SCOPE_MISSING" && code !== "SCOPE_OTHER_RESOURCE")
    return expectRefusal(subject, answer, code);
  if (typeof demands === "string") throw new Error("a route without scopes refuses nobody for scopes");
  const { resource, action } = demands.scope;
  // The application's own route names its item in the scope; ours are about their family's item without saying so.
  const isNamed = resource === "reports" && demands.kind === "item";
  const scope = isNamed ? `reports:${demands.id}:${action}` : `${resource}:${action}`;
  const second = demands.kind === "item" ? demands.also : undefined;
  const also = second === undefined ? [] : [`${second.resource}:${second.action}`];
  return expectScopeRefusal(subject, answer, { code, scope, also });
}

test("every route of the table has a row, and every row a route with the same access", () => {
  expect(Object.keys(SERVED_ROWS).toSorted()).toEqual(Object.keys(SERVED_ROUTES).toSorted());
  for (const id of Object.keys(SERVED_ROUTES) as ServedRouteId[]) {
    const { method, path, access } = SERVED_ROUTES[id];
    const row = SERVED_ROWS[id];
    expect([id, row.method]).toEqual([id, method]);
    expect(matchTemplate(parseTemplate(path), row.path.split("?")[0] ?? ""), id).toBeDefined();
    expect([id, access]).toEqual([id, accessOf(row)]);
  }
});

describe.each(ROWS)("%s", (_, row) => {
  const { demands } = row;
  const expectedOf = (caller: Caller): Expected =>
    demands === "public" ? "passes" : caller.expected(demands);

  describe("with JWT", () => {
    test.each(CALLERS)("answers $name as its access says", async (caller) => {
      await expectAt(jwt, row, await headersOf(caller, row), expectedOf(caller));
    });

    test.each(CUSTOM_ADMIN_CALLERS)("answers $name as its access says", async (caller) => {
      await expectAt(customAdmin, row, await headersOf(caller, row), expectedOf(caller));
    });

    test("answers HEAD as GET, without a body", async () => {
      if (row.method !== "GET") return;
      const before = jwt.handled();
      const head = (headers: Readonly<Record<string, string>>) =>
        send(jwt.port, { method: "HEAD", path: row.path, headers });
      const without = await head({});
      expect([without.status, without.text]).toEqual([demands === "public" ? (row.status ?? 200) : 401, ""]);
      if (demands !== "public") expect(jwt.handled()).toBe(before);
      const withToken = await head(bearer(await tokenWith(["agent_os:admin"])));
      expect([withToken.status, withToken.text]).toEqual([row.status ?? 200, ""]);
    });
  });

  test("lets every valid token pass, and no other, when scopes are not enforced", async () => {
    const passes = async (scopes: readonly string[]) =>
      expectAt(unenforced, row, bearer(await tokenWith(scopes)), "passes");
    await passes([]);
    await passes(["teams:read"]);
    for (const caller of CALLERS.filter(({ credential }) => typeof credential === "string")) {
      await expectAt(unenforced, row, await headersOf(caller, row), expectedOf(caller));
    }
  });

  test("takes the security key, and nothing else, where it is the only credential", async () => {
    const expected = (code: SharedRefusalCode): Expected => (demands === "public" ? "passes" : code);
    await expectAt(securityKey, row, {}, expected("AUTH_SECURITY_KEY_MISSING"));
    await expectAt(securityKey, row, bearer(`${SECURITY_KEY}x`), expected("AUTH_SECURITY_KEY_INVALID"));
    await expectAt(
      securityKey,
      row,
      bearer(SECURITY_KEY.toUpperCase()),
      expected("AUTH_SECURITY_KEY_INVALID"),
    );
    await expectAt(securityKey, row, bearer(`${SECURITY_KEY}é`), expected("AUTH_SECURITY_KEY_INVALID"));
    await expectAt(
      securityKey,
      row,
      bearer(await tokenWith(["agent_os:admin"])),
      expected("AUTH_TOKEN_NOT_ACCEPTED"),
    );
    await expectAt(securityKey, row, bearer(SECURITY_KEY), "passes");
  });

  test("answers everybody on this machine when no credential is configured, and no other host or page", async () => {
    const expected = (code: SharedRefusalCode): Expected => (demands === "public" ? "passes" : code);
    await expectAt(open, row, {}, "passes");
    await expectAt(open, row, bearer(await tokenWith([])), "passes");
    await expectAt(open, row, { host: "agents.example.com" }, expected("AUTH_HOST_NOT_ALLOWED"));
    await expectAt(open, row, { origin: "https://evil.example" }, expected("AUTH_ORIGIN_NOT_ALLOWED"));
    await expectAt(open, row, { origin: "http://localhost:3000" }, "passes");
  });
});

describe("the list of agents", () => {
  const ids = ["one", "two", "three"];

  test.each([
    [["agents:read"], ids],
    [["agents:*:read"], ids],
    [["agent_os:admin"], ids],
    [["agents:two:read"], ["two"]],
    [
      ["agents:one:read", "agents:three:read", "agents:two:run"],
      ["one", "three"],
    ],
    [["agents:nobody:read"], []],
  ])("shows a caller with %j just what it may read", async (scopes, visible) => {
    const agents = ids.map((id) => createCountingAgent(id).agent);
    const { port } = await serve({
      id: ID,
      agents,
      authorizationConfig: { verificationKeys: [key.verificationKey] },
    });
    const headers = bearer(await tokenWith([...scopes, "config:read"]));
    const listed = await send(port, { path: "/agents", headers });
    expect(JSON.parse(listed.text)).toEqual(visible.map((id) => expect.objectContaining({ id }) as unknown));
    const config = await send(port, { path: "/config", headers });
    expect(bodyOf(config)["agents"]).toEqual(visible.map((id) => expect.objectContaining({ id }) as unknown));
  });
});

describe("isolation of users", () => {
  test("demands a user where the data belongs to one, and only there", async () => {
    const isolated = await start({
      authorizationConfig: { verificationKeys: [key.verificationKey], userIsolation: true },
    });
    const tokenOf = async (subject: string | undefined, scope: string) =>
      bearer(await signToken(withClaims(goodToken({ key, now: now(), scopes: [scope] }), { sub: subject })));
    for (const subject of [undefined, "", " "]) {
      await expectAt(
        isolated,
        SERVED_ROWS["agents.run"],
        await tokenOf(subject, "agents:run"),
        "AUTH_USER_REQUIRED",
      );
      await expectAt(isolated, SERVED_ROWS["agents.list"], await tokenOf(subject, "agents:read"), "passes");
      await expectAt(isolated, SERVED_ROWS["agents.run"], await tokenOf(subject, "agent_os:admin"), "passes");
    }
    await expectAt(isolated, SERVED_ROWS["agents.run"], await tokenOf("alice", "agents:run"), "passes");
  });
});

describe("JWT wins over a security key that is configured too", () => {
  test("and a request with the security key is told so", async () => {
    const both = await start({
      authorizationConfig: { verificationKeys: [key.verificationKey] },
      securityKey: SECURITY_KEY,
    });
    for (const [, row] of PROTECTED) {
      await expectAt(both, row, bearer(SECURITY_KEY), "AUTH_SECURITY_KEY_NOT_ACCEPTED");
      await expectAt(both, row, bearer(await tokenWith(["agent_os:admin"])), "passes");
    }
  });
});

describe("an item with a hostile name", () => {
  test.each([
    "%22",
    "%5c",

    "%C3%A9",
    "%22%2C%20error=%22x",
    "a%20b",
    "%3Cscript%3E",
    "*",
    "%2A",
    "a:b",
  ])("is refused in one well-formed header: %s", async (name) => {
    const headers = bearer(await tokenWith(["reports:q1:write"]));
    const post = (path: string) => send(jwt.port, { method: "POST", path, body: "x=1", headers });
    const answer = await post(`/reports/${name}`);
    expect([answer.status, bodyOf(answer)["code"]]).toEqual([403, "SCOPE_OTHER_RESOURCE"]);
    expect(answer.headers["www-authenticate"]).toMatch(
      /^Bearer (\w+="[\x20-\x21\x23-\x5b\x5d-\x7e]*"(, |$))+$/,
    );
    expect((await post("/reports/q1")).status).toBe(200);
  });
});

describe("a request that no route answers", () => {
  const admin = async () => bearer(await tokenWith(["agent_os:admin"]));
  const nothing = async () => bearer(await tokenWith([]));

  test.each(["/nothing", "/agents/web-agent/nothing", "/config/x", "/errors", "/docs/a/b"])(
    "is 401 without a credential and 404 with one: %s",
    async (path) => {
      await expectRefusal(jwt, await send(jwt.port, { path }), "AUTH_HEADER_MISSING");
      for (const headers of [await admin(), await nothing()]) {
        const answer = await send(jwt.port, { path, headers });
        expect([answer.status, bodyOf(answer)]).toEqual([404, { detail: "Not Found" }]);
      }
    },
  );

  test.each([
    ["DELETE", "/agents", "GET, HEAD"],
    ["PUT", "/config", "GET, HEAD"],
    ["PUT", "/agents/web-agent/runs", "POST, GET, HEAD"],
    ["PATCH", "/reports/q1", "POST"],
    ["HEAD", "/reports/q1", "POST"],
  ])("is 405 with a credential for a wrong method: %s %s", async (method, path, allow) => {
    const before = jwt.handled();
    expect((await send(jwt.port, { method, path })).status).toBe(401);
    const answer = await send(jwt.port, { method, path, headers: await admin() });
    expect([answer.status, answer.headers["allow"]]).toEqual([405, allow]);
    if (method !== "HEAD") expect(bodyOf(answer)).toEqual({ detail: "Method Not Allowed" });
    expect(jwt.handled()).toBe(before);
  });

  test.each(["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])(
    "is not turned into another method by the header %s",
    async (header) => {
      const before = jwt.handled();
      const answer = await send(jwt.port, {
        method: "PATCH",
        path: "/agents/web-agent/runs",
        headers: { ...(await admin()), [header]: "POST" },
      });
      expect(answer.status).toBe(405);
      expect(jwt.handled()).toBe(before);
    },
  );
});

describe.each(PROTECTED)("OPTIONS for %s", (name, { method, path }) => {
  const preflight = (origin: string) =>
    send(jwt.port, {
      method: "OPTIONS",
      path,
      headers: {
        origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization",
      },
    });

  test("is answered without a credential, and never by the handler", async () => {
    const before = jwt.handled();
    const allowed = await preflight("http://localhost:3000");
    expect([allowed.status, allowed.text]).toEqual([200, "OK"]);
    expect(allowed.headers).toMatchObject({
      "access-control-allow-origin": "http://localhost:3000",
      "access-control-allow-headers": "authorization",
    });
    const foreign = await preflight("https://evil.example");
    expect([foreign.status, foreign.text]).toEqual([400, "Disallowed CORS origin"]);
    expect(foreign.headers).not.toHaveProperty("access-control-allow-origin");
    // Whether the application has such a route is for who may call it; those of the contract everybody knows.
    const plain = await send(jwt.port, { method: "OPTIONS", path });
    expect(plain.status).toBe(name.startsWith("custom") ? 404 : 405);
    expect(jwt.handled()).toBe(before);
  });
});
