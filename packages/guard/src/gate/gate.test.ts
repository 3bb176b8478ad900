import {
  type Access,
  type AuthEngine,
  type CompiledRoute,
  compileRoutes,
  createOwner,
  type Identity,
  ok,
  refuse,
} from "@agentos/auth";
import { describe, expect, it } from "vitest";
import type { CountedDecision } from "../decisions/decision-counter.ts";
import type { Denial, DenialRecorder } from "../denials/denial-recorder.ts";
import { createGate, type GateOptions, type GuardedRequest } from "./gate.ts";
import { clientAddressOf, guardedRequest } from "./guarded-request.ts";

const [open, closed] = compileRoutes(
  {
    open: { method: "GET", path: "/open", access: "public" },
    closed: { method: "GET", path: "/closed/{id}", access: ["things:read"] },
  },
  { adminScope: "agent_os:admin", scopeMappings: {}, allowUnmappedRoutes: false },
).routes as [CompiledRoute, CompiledRoute];

const identity = { kind: "user", userId: "alice", scopes: ["things:read"] } as unknown as Identity;

const anonymous: Access = {
  identity: { ...identity, kind: "anonymous", userId: undefined, scopes: [] },
  visible: "all",
  dataScope: { kind: "all" },
  decision: undefined,
};

const request: GuardedRequest = {
  method: "GET",
  clientAddress: "203.0.113.7",
  header: (name) => (name === "accept" ? "application/problem+json" : null),
};

function createTestGate(
  engine: Partial<AuthEngine>,
  record?: DenialRecorder["record"],
  options: Partial<GateOptions> = {},
) {
  const denials: Denial[] = [];
  const counted: CountedDecision[] = [];
  const keys: string[] = [];
  const seen: string[] = [];
  const gate = createGate({
    engine: {
      anonymous,
      mayReach: () => true,
      readmit: ok,
      isPublic: (route) => route.access.rule === "public",
      authenticate: () => {
        seen.push("authenticate");
        return ok(identity);
      },
      authorize: (who, route, parameters) => {
        seen.push(`authorize ${who.userId} ${route.name} ${JSON.stringify(parameters)}`);
        return ok({ identity: who, visible: "all", dataScope: { kind: "all" }, decision: undefined });
      },
      ...engine,
    },
    recorder: {
      record: record ?? ((denial) => `den_${denials.push(denial)}`),
      find: async () => undefined,
      list: async () => ({ records: [], totalCount: 0 }),
      count: async () => ({ groups: [], totalCount: 0 }),
    },
    decisions: { count: (decision) => void counted.push(decision) },
    keyCounter: { count: (key) => void keys.push(key) },
    judge: () => undefined,
    now: () => 1_800_000_000,
    cliCommand: "npx agentos",
    notConfigured: new Set(["revocation", "issuer"]),
    ...options,
  });
  return { gate, denials, counted, keys, seen };
}

describe("check", () => {
  it("reads no credential on a public route", async () => {
    const { gate, seen, denials } = createTestGate({});
    expect(await gate.check(request, open, {})).toEqual({ isAllowed: true, access: anonymous });
    expect([seen, denials]).toEqual([[], []]);
  });

  it("authenticates, then authorises the matched route with its decoded parameters", async () => {
    const { gate, seen, denials } = createTestGate({});
    const outcome = await gate.check(request, closed, { id: "a/b" });
    expect(outcome).toMatchObject({ isAllowed: true, access: { identity: { userId: "alice" } } });
    expect(seen).toEqual(["authenticate", 'authorize alice GET /closed/{id} {"id":"a/b"}']);
    expect(denials).toEqual([]);
  });

  it("answers without a promise when the engine does, and with one when it must wait", async () => {
    const { gate } = createTestGate({});
    expect(gate.check(request, closed, {})).not.toBeInstanceOf(Promise);
    const slow = createTestGate({ authenticate: async () => ok(identity) });
    const outcome = slow.gate.check(request, closed, {});
    expect(outcome).toBeInstanceOf(Promise);
    expect(await outcome).toMatchObject({ isAllowed: true });
  });

  it.each([
    ["at once", () => refuse("AUTH_SIGNATURE_INVALID")],
    ["later", async () => refuse("AUTH_SIGNATURE_INVALID")],
  ])("never authorises whom the engine refuses %s", async (_, authenticate) => {
    const { gate, seen } = createTestGate({ authenticate });
    expect(await gate.check(request, closed, {})).toMatchObject({
      isAllowed: false,
      answer: { status: 401 },
    });
    expect(seen).toEqual([]);
  });

  it("answers a refusal with the id of its record, in the media type that the client accepts", async () => {
    const { gate, denials } = createTestGate({ authenticate: () => refuse("AUTH_SIGNATURE_INVALID") });
    const outcome = await gate.check(request, closed, {});
    if (outcome.isAllowed) throw new Error("was allowed");
    expect(outcome.answer.headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(outcome.answer.body)).toMatchObject({
      code: "AUTH_SIGNATURE_INVALID",
      denial_id: "den_1",
      fix: expect.stringContaining("`npx agentos token inspect`") as unknown,
    });
    expect(denials).toMatchObject([
      {
        code: "AUTH_SIGNATURE_INVALID",
        time: 1_800_000_000,
        route: "GET /closed/{id}",
        client: "203.0.113.7",
        subject: undefined,
        fix: expect.stringContaining("`npx agentos token inspect`") as unknown,
      },
    ]);
  });

  it("keeps who was refused, the facts and the cause for the record, and away from the caller", async () => {
    const cause = new TypeError("connection to db.internal refused");
    const { gate, denials } = createTestGate({
      authorize: () => ({
        ok: false,
        fault: {
          ...refuse(
            "SCOPE_MISSING",
            { required_scopes: ["things:read"], held_scopes: ["secret:scope"] },
            cause,
          ).fault,
          subject: "alice",
          issuer: "partner",
        },
      }),
    });
    const outcome = await gate.check(request, closed, { id: "x" });
    expect(denials).toMatchObject([
      {
        subject: "alice",
        issuer: "partner",
        facts: {
          required_scopes: ["things:read"],
          held_scopes: ["secret:scope"],
          cause: "TypeError: connection to db.internal refused",
        },
      },
    ]);
    const text = JSON.stringify(outcome);
    expect(text).toContain("things:read");
    expect(text).not.toMatch(/secret:scope|db\.internal|alice|partner/);
  });

  it("draws the timeline: what passed, what failed, what was not reached, what is not configured", async () => {
    const { gate, denials } = createTestGate({ authenticate: () => refuse("AUTH_AUDIENCE_MISMATCH") });
    await gate.check(request, closed, {});
    const outcomes = new Map(denials[0]?.timeline.map(({ stage, outcome }) => [stage, outcome]));
    expect(
      ["signature", "issuer", "audience", "scopes", "revocation"].map((stage) =>
        outcomes.get(stage as never),
      ),
    ).toEqual(["passed", "not configured", "failed", "not reached", "not configured"]);
  });

  it("lets nobody in when the recorder fails", async () => {
    const { gate } = createTestGate({ authenticate: async () => refuse("AUTH_SIGNATURE_INVALID") }, () => {
      throw new Error("the disk is full");
    });
    await expect(gate.check(request, closed, {})).rejects.toThrow("the disk is full");
  });
});

describe("a decision is counted", () => {
  const owner = createOwner("default", "alice");
  const admit = (kind: Identity["kind"]) => () => ok({ ...identity, kind, owner });
  const refuseOwned = () => ({ ok: false, fault: { ...refuse("SCOPE_MISSING").fault, owner } }) as const;

  it("for whom it was made, with the matched route and its parameters", async () => {
    const { gate, counted } = createTestGate({ authenticate: admit("user") });
    await gate.check(request, closed, { id: "a" });
    const refusing = createTestGate({ authenticate: admit("user"), authorize: refuseOwned });
    await refusing.gate.check(request, closed, { id: "a" });
    const decision = { owner, route: closed, parameters: { id: "a" } };
    expect([counted, refusing.counted]).toEqual([
      [{ ...decision, outcome: "allowed" }],
      [{ ...decision, outcome: "SCOPE_MISSING" }],
    ]);
  });

  it.each<[string, Partial<AuthEngine>, boolean]>([
    ["is not known", { authenticate: () => refuse("AUTH_SIGNATURE_INVALID") }, false],
    ["needs no credential", { authenticate: admit("anonymous") }, false],
    ["is believed without verification", { authenticate: admit("user") }, true],
    ["is refused, and was believed", { authenticate: admit("user"), authorize: refuseOwned }, true],
  ])("for nobody where the caller %s", async (_, engine, isUnverified) => {
    const { gate, counted } = createTestGate(engine, undefined, { isUnverified });
    await gate.check(request, closed, { id: "a" });
    expect(counted).toMatchObject([{ owner: undefined, route: closed }]);
  });

  it("without a route where none matched, and not at all on a public one", async () => {
    const { gate, counted } = createTestGate({ authenticate: async () => refuse("AUTH_HEADER_MISSING") });
    await gate.authenticate(request, "/made-up");
    await gate.check(request, open, {});
    expect(counted).toEqual([
      { owner: undefined, route: undefined, parameters: {}, outcome: "AUTH_HEADER_MISSING" },
    ]);
  });
});

describe("the key that a request came with", () => {
  const by = (key: Partial<Identity>) => ({ authenticate: () => ok({ ...identity, ...key }) });

  it.each([
    ["a public key, by its thumbprint", { keyThumbprint: "t", keyLabel: "RS256" }, ["t"]],
    ["no secret, which has no name of its own", { keyLabel: "HS256 secret #1, 32 bytes" }, []],
    ["the security key", { kind: "security_key" }, ["security_key"]],
    ["none", { kind: "anonymous" }, []],
  ] as const)("is counted: %s", async (_, key, counted) => {
    const { gate, keys } = createTestGate(by(key));
    await gate.check(request, closed, {});
    expect(keys).toEqual(counted);
  });

  it("is counted whatever its caller is allowed, and wherever somebody is asked who calls", async () => {
    const { gate, keys } = createTestGate({
      ...by({ keyThumbprint: "t" }),
      authorize: () => refuse("SCOPE_MISSING"),
    });
    expect(await gate.check(request, closed, {})).toMatchObject({ isAllowed: false });
    await gate.authenticate(request, "/nowhere");
    await gate.identify(request);
    expect(keys).toEqual(["t", "t", "t"]);
  });

  it("is not counted where it verified nothing, nor where nobody is asked", async () => {
    const { gate, keys } = createTestGate({ authenticate: () => refuse("AUTH_SIGNATURE_INVALID") });
    await gate.check(request, closed, {});
    await gate.check(request, open, {});
    await gate.authenticate(request, "/nowhere");
    await gate.identify(request);
    expect(keys).toEqual([]);
  });
});

describe("authenticate, for requests that match no route", () => {
  it("asks only who calls", async () => {
    const { gate, seen } = createTestGate({});
    expect(await gate.authenticate(request, "/x")).toBeUndefined();
    expect(seen).toEqual(["authenticate"]);
  });

  it("records the path beside the route, cut off, since somebody may have made it up", async () => {
    const { gate, denials } = createTestGate({ authenticate: () => refuse("AUTH_HEADER_MISSING") });
    expect(await gate.authenticate(request, `/${"x".repeat(300)}`)).toMatchObject({ status: 401 });
    expect(denials).toMatchObject([{ route: "GET (no route)", facts: { path: `/${"x".repeat(199)}` } }]);
  });
});

describe("guardedRequest", () => {
  it("reads headers in any case, and null for one that is missing", () => {
    const guarded = guardedRequest(new Request("http://a.test/", { headers: { "X-Token": "t" } }), undefined);
    expect([guarded.header("x-token"), guarded.header("cookie")]).toEqual(["t", null]);
  });

  it("takes the host from the URL only when there is no header", () => {
    expect(guardedRequest(new Request("http://a.test:81/"), undefined).header("host")).toBe("a.test:81");
    const sent = {
      url: "http://a.test/",
      method: "GET",
      headers: new Headers({ host: "b.test" }),
    } as Request;
    expect(guardedRequest(sent, undefined).header("host")).toBe("b.test");
  });

  it("shows both of two headers of one name", () => {
    const headers = new Headers();
    headers.append("authorization", "Bearer a");
    headers.append("authorization", "Bearer b");
    const guarded = guardedRequest(new Request("http://a.test/", { headers }), undefined);
    expect(guarded.header("authorization")).toBe("Bearer a, Bearer b");
  });
});

describe("clientAddressOf", () => {
  it("reads the address of the socket", () => {
    expect(clientAddressOf({ incoming: { socket: { remoteAddress: "127.0.0.1" } } })).toBe("127.0.0.1");
  });

  it.each([
    undefined,
    null,
    "text",
    {},
    { incoming: null },
    { incoming: {} },
    { incoming: { socket: null } },
    { incoming: { socket: { remoteAddress: 7 } } },
  ])("has none in %j", (env) => {
    expect(clientAddressOf(env)).toBeUndefined();
  });
});
