import {
  denialCountListSchema,
  denialListSchema,
  denialSchema,
  pagesRoutes,
  type RouteTable,
} from "@agentos/contract";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import type { AuthOptions } from "../config/auth-options.ts";
import { createGuardedApp } from "./guarded-app.ts";
import { openNothing } from "./guarded-app-parts.ts";

const issuer = await createTestIssuer();
const partner = await createTestIssuer();

const table = {
  ...pagesRoutes,
  "things.list": { method: "GET", path: "/things", access: ["traces:read"], tag: "Things", summary: "x" },
} as const satisfies RouteTable;

function create(options: AuthOptions = {}) {
  const app = createGuardedApp<keyof typeof table>({
    options: {
      id: TEST_OS_ID,
      env: {},
      logger: createTestLogger(),
      authorizationConfig: { verificationKeys: [issuer.verificationKey] },
      ...options,
    },
    table,
    defaultPort: 0,
    open: openNothing,
    createHandlers: () => ({ handlers: { "things.list": () => new Response("[]") } }),
  });
  const env = { incoming: { socket: { remoteAddress: "127.0.0.1" } } };
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await app.fetch(new Request(`http://localhost${path}`, { headers }), env);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
  return { app, ask };
}

function parse(text: string): Record<string, unknown> {
  return text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
}

const list = (text: string) => denialListSchema.parse(JSON.parse(text));
const as = (sub: string, scopes: readonly string[] = [], claims = {}) =>
  issuer.bearer({ scopes, claims: { sub, ...claims } });

/** Refusals of alice, of bob, and of somebody without a name, each once. */
async function withRefusals(options: AuthOptions = {}) {
  const { ask } = create(options);
  const alice = await ask("/things", await as("alice"));
  const bob = await ask("/things", await as("bob"));
  const stranger = await ask("/things");
  const idOf = ({ body }: Awaited<ReturnType<typeof ask>>) => String(body["denial_id"]);
  return { ask, alice, ids: { alice: idOf(alice), bob: idOf(bob), stranger: idOf(stranger) } };
}

describe("a caller", () => {
  it("sees what they were told, and nothing of anybody else", async () => {
    const { ask, alice, ids } = await withRefusals();
    const answer = await ask(`/authz/denials/${ids.alice}`, await as("alice"));
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const denial = denialSchema.parse(answer.body);
    expect(denial).toMatchObject({ ...alice.body, view: "caller", route: "GET /things", count: 1 });
    for (const name of ["exact_code", "facts", "timeline", "client", "subject"])
      expect(answer.body).not.toHaveProperty(name);

    const own = list((await ask("/authz/denials", await as("alice"))).text);
    expect(own.data).toEqual([denial]);
    expect(own.meta).toMatchObject({ page: 1, limit: 20, total_count: 1, total_pages: 1 });
  });

  it.each(["bob", "stranger"] as const)("gets for the id of %s what an unknown id gets", async (whose) => {
    const { ask, ids } = await withRefusals();
    const headers = await as("alice");
    const foreign = await ask(`/authz/denials/${ids[whose]}`, headers);
    const unknown = await ask("/authz/denials/den_unknown", headers);
    expect([foreign.status, foreign.text]).toEqual([404, '{"detail":"Denial not found"}']);
    expect([unknown.status, unknown.text]).toEqual([foreign.status, foreign.text]);
    expect([...unknown.headers]).toEqual([...foreign.headers]);
  });

  it("who is called like one of another issuer sees nothing of theirs", async () => {
    const { ask } = create({
      authorizationConfig: {
        issuers: [
          { issuer: "https://one.test", name: "one", verificationKeys: [issuer.verificationKey] },
          { issuer: "https://two.test", name: "two", verificationKeys: [partner.verificationKey] },
        ],
      },
    });
    const alice = await as("alice", [], { iss: "https://one.test" });
    const other = await partner.bearer({ scopes: [], claims: { sub: "alice", iss: "https://two.test" } });
    const refused = await ask("/things", alice);
    const path = `/authz/denials/${String(refused.body["denial_id"])}`;
    expect((await ask(path, alice)).status).toBe(200);
    expect((await ask(path, other)).status).toBe(404);
  });

  it("finds the refusal of their expired token with the next one, and not that of a token that names them falsely", async () => {
    const { ask } = create();
    const expired = await ask("/things", await as("alice", [], { exp: 1_000, iat: 900 }));
    const forged = await ask("/things", await partner.bearer({ claims: { sub: "alice" } }));
    expect([expired.body["code"], forged.body["code"]]).toEqual([
      "AUTH_TOKEN_EXPIRED",
      "AUTH_SIGNATURE_INVALID",
    ]);
    const { data } = list((await ask("/authz/denials", await as("alice"))).text);
    expect(data.map(({ code }) => code)).toEqual(["AUTH_TOKEN_EXPIRED"]);
  });

  it("without a user id sees nothing, although nobody's refusals have none either", async () => {
    const { ask } = create();
    const headers = await issuer.bearer({ scopes: [], claims: { sub: undefined } });
    const refused = await ask("/things", headers);
    expect(refused.body["code"]).toBe("SCOPE_MISSING");
    expect(list((await ask("/authz/denials", headers)).text).data).toEqual([]);
  });

  it("who is not let in gets the refusal of any route", async () => {
    const { ask } = await withRefusals();
    expect([(await ask("/authz/denials")).status, (await ask("/authz/denials/x")).status]).toEqual([
      401, 401,
    ]);
  });
});

describe("the operator", () => {
  const all = ["SCOPE_MISSING", "SCOPE_MISSING", "AUTH_HEADER_MISSING"];

  it.each([
    ["authz:read", ["authz:read"]],
    ["the admin scope", ["agent_os:admin"]],
  ])("with %s sees everything", async (_, scopes) => {
    const { ask, ids } = await withRefusals();
    const headers = await as("operator", scopes);
    const { data } = list((await ask("/authz/denials", headers)).text);
    expect(data.map(({ code }) => code).toSorted()).toEqual(all.toSorted());
    const denial = denialSchema.parse((await ask(`/authz/denials/${ids.alice}`, headers)).body);
    expect(denial).toMatchObject({
      view: "operator",
      exact_code: "SCOPE_MISSING",
      stage: "scopes",
      subject: "alice",
      client: "127.0.0.1",
      facts: { required_scopes: ["traces:read"] },
    });
    expect(denial).not.toHaveProperty("facts.cli");
  });

  it.each([["authz:write"], ["authz:x:read"], ["authz:explain"]])("is nobody with %s", async (scope) => {
    const { ask } = await withRefusals();
    expect(list((await ask("/authz/denials", await as("eve", [scope]))).text).data).toEqual([]);
  });

  it("is whoever has the security key, and whoever calls a server without credentials on its own machine", async () => {
    const key = "a-security-key-of-32-characters!";
    const keyed = create({ authorizationConfig: undefined, securityKey: key });
    await keyed.ask("/things");
    const seen = list((await keyed.ask("/authz/denials", { authorization: `Bearer ${key}` })).text);
    expect(seen.data).toMatchObject([{ view: "operator", code: "AUTH_SECURITY_KEY_MISSING" }]);

    const open = create({ authorizationConfig: undefined });
    await open.ask("/things", { host: "evil.test" });
    expect(list((await open.ask("/authz/denials")).text).data).toMatchObject([
      { view: "operator", code: "AUTH_HOST_NOT_ALLOWED" },
    ]);
  });

  it.each<[string, AuthOptions]>([
    [
      "with tokens",
      { authorizationConfig: { verificationKeys: [issuer.verificationKey], excludedRoutePaths: ["/*"] } },
    ],
    [
      "without credentials",
      { authorizationConfig: { excludedRoutePaths: ["/authz/*"] }, authorization: false },
    ],
  ])("is nobody where the path was opened to everybody, %s", async (_, options) => {
    const { ask } = create(options);
    await ask("/nowhere", { host: "evil.test" });
    expect(list((await ask("/authz/denials", { host: "evil.test" })).text).data).toEqual([]);
  });
});

describe("a list", () => {
  it("is filtered by code and route, and paged, newest first", async () => {
    const { ask } = await withRefusals();
    const headers = await as("operator", ["authz:read"]);
    const get = async (query: string) => list((await ask(`/authz/denials?${query}`, headers)).text);
    expect((await get("code=AUTH_HEADER_MISSING")).meta.total_count).toBe(1);
    expect((await get("code=NO_SUCH_CODE")).data).toEqual([]);
    expect((await get("route=GET%20%2Fthings")).meta.total_count).toBe(3);
    expect((await get("route=GET%20%2Felsewhere")).data).toEqual([]);
    const pages = [await get("limit=2"), await get("limit=2&page=2"), await get("limit=2&page=3")];
    expect(pages.map(({ data }) => data.length)).toEqual([2, 1, 0]);
    expect(pages.map(({ meta }) => [meta.page, meta.total_pages, meta.total_count])).toEqual([
      [1, 2, 3],
      [2, 2, 3],
      [3, 2, 3],
    ]);
    const ids = pages.flatMap(({ data }) => data.map(({ denial_id }) => denial_id));
    expect(new Set(ids).size).toBe(3);
  });

  it("is filtered by client, subject and time, for the operator", async () => {
    const { ask } = await withRefusals();
    const headers = await as("operator", ["authz:read"]);
    const count = async (query: string) =>
      list((await ask(`/authz/denials?${query}`, headers)).text).meta.total_count;
    const now = Math.floor(Date.now() / 1_000);
    expect(await count("subject=alice")).toBe(1);
    expect(await count("subject=nobody")).toBe(0);
    expect(await count("client=127.0.0.1")).toBe(3);
    expect(await count("client=127.0.0.2")).toBe(0);
    expect(await count(`since=${now - 100}`)).toBe(3);
    expect(await count(`since=${now + 100}`)).toBe(0);
    expect(await count(`until=${now - 100}`)).toBe(0);
    expect(await count(`since=${now - 100}&until=${now + 100}&subject=bob`)).toBe(1);
  });

  it.each(["client=127.0.0.1", "subject=alice", "client=x&subject=bob"])(
    "tells a caller nothing by %s, which they are not shown",
    async (query) => {
      const { ask } = await withRefusals();
      for (const path of ["/authz/denials", "/authz/denials/counts"]) {
        const answer = await ask(`${path}?${query}`, await as("alice"));
        expect(answer.status).toBe(422);
        expect(answer.text).toContain("authz:read");
        expect(answer.text).not.toMatch(/127|alice|bob/);
      }
    },
  );

  it.each([
    "limit=0",
    "limit=101",
    "limit=x",
    "limit=1.5",
    "page=0",
    "page=-1",
    "page=1e3",
    "route=a%00b",
    "code=%00",
    "since=-1",
    "since=1.5",
    "until=tomorrow",
    "page=1000001",
  ])("answers %s with 422", async (query) => {
    const { ask } = create();
    const answer = await ask(`/authz/denials?${query}`, await as("alice"));
    expect(answer.status).toBe(422);
    expect(answer.body["detail"]).toMatchObject([{ loc: ["query", query.split("=")[0]] }]);
  });
});

describe("the query of both lists", () => {
  it.each(["/authz/denials", "/authz/denials/counts"])("is read as on all other routes: %s", async (path) => {
    const { ask } = create();
    const headers = await as("alice");
    // An empty value is none, and of a name that stands there twice the last value counts (contract 4.0).
    expect((await ask(`${path}?limit=&since=&code=`, headers)).status).toBe(200);
    expect((await ask(`${path}?limit=x&limit=5`, headers)).body["meta"]).toMatchObject({ limit: 5 });
    expect((await ask(`${path}?limit=101`, headers)).body["detail"]).toEqual([
      {
        type: "less_than_equal",
        loc: ["query", "limit"],
        msg: "Input should be less than or equal to 100",
        input: "101",
        ctx: { le: 100 },
      },
    ]);
  });
});

describe("the counts", () => {
  const counts = (text: string) => denialCountListSchema.parse(JSON.parse(text));

  it("are those of everything for the operator, by what is asked for", async () => {
    const { ask } = await withRefusals();
    await ask("/things", await as("alice"));
    const headers = await as("operator", ["authz:read"]);
    const get = async (query: string) => {
      const answer = await ask(`/authz/denials/counts${query}`, headers);
      expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
      return counts(answer.text).data.map(({ value, count, records }) => [value, count, records]);
    };
    const byCode = [
      ["SCOPE_MISSING", 3, 2],
      ["AUTH_HEADER_MISSING", 1, 1],
    ];
    expect(await get("")).toEqual(byCode);
    expect(await get("?by=code")).toEqual(byCode);
    expect(await get("?by=route")).toEqual([["GET /things", 4, 3]]);
    expect(await get("?by=client")).toEqual([["127.0.0.1", 4, 3]]);
    expect(await get("?by=subject&code=SCOPE_MISSING")).toEqual([
      ["alice", 2, 1],
      ["bob", 1, 1],
    ]);
    const [[hour]] = (await get("?by=hour")) as [[string]];
    expect(Number(hour) % 3_600).toBe(0);
    expect((await get(`?by=hour&since=${hour}&until=${Number(hour) + 3_600}`))[0]?.[0]).toBe(hour);
    expect(await get("?by=code&limit=1&page=2")).toEqual(byCode.slice(1));
    expect(await get("?by=code&limit=1&page=3")).toEqual([]);
  });

  it("are those of a caller's own refusals for anybody else, and nothing for a stranger's", async () => {
    const { ask } = await withRefusals();
    const own = counts((await ask("/authz/denials/counts", await as("alice"))).text);
    expect(own.data).toMatchObject([{ value: "SCOPE_MISSING", count: 1, records: 1 }]);
    expect(own.meta).toMatchObject({ page: 1, limit: 20, total_count: 1, total_pages: 1 });
    const second = counts((await ask("/authz/denials/counts?page=2", await as("alice"))).text);
    expect([second.data, second.meta.total_count]).toEqual([[], 1]);
    expect(counts((await ask("/authz/denials/counts", await as("carol"))).text).data).toEqual([]);
    const nameless = await issuer.bearer({ scopes: [], claims: { sub: undefined } });
    await ask("/things", nameless);
    expect(counts((await ask("/authz/denials/counts", nameless)).text).data).toEqual([]);
    expect((await ask("/authz/denials/counts")).status).toBe(401);
  });

  it.each(["by=cause", "by=exact_code", "limit=0"])("answer %s with 422", async (query) => {
    const { ask } = create();
    const answer = await ask(`/authz/denials/counts?${query}`, await as("o", ["authz:read"]));
    expect(answer.status).toBe(422);
    expect(answer.body["detail"]).toMatchObject([{ loc: ["query", query.split("=")[0]] }]);
  });

  it.each(["client", "subject"])("are not given to a caller by %s", async (by) => {
    const { ask } = await withRefusals();
    expect((await ask(`/authz/denials/counts?by=${by}`, await as("alice"))).status).toBe(422);
  });
});
