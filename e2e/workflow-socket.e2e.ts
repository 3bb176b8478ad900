// The WebSocket of workflows as contract.md 6 has it: its frames in their order, who is let in, and what each action says.
// Where a request of HTTP has the same credential or the same scope, the decision is the same.
import { once } from "node:events";
import {
  createTestKey,
  damageSignature,
  encryptedToken,
  goodToken,
  signToken,
  type TestKey,
  type TokenParts,
  unsignedToken,
  withClaims,
} from "@agentos/testkit";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { CALLERS, type Caller, scopesAt } from "./support/callers.ts";
import { stopClock } from "./support/clock.ts";
import { createCountingAgent } from "./support/counting-agent.ts";
import { bearer, bodyOf, send } from "./support/http.ts";
import { SOCKET_ROWS, WORKFLOW_ID } from "./support/route-rows.ts";
import { type Served, serve } from "./support/serve.ts";
import { closeSockets, type Frame, openSocket, SOCKET_PATH } from "./support/socket.ts";

const SECURITY_KEY = "k9-tRw3z_Qp7vXe2mYb8sLd4";
const clock = stopClock();
let key: TestKey;
let jwt: Served;
let isolated: Served;
let securityKey: Served;
let open: Served;

beforeAll(async () => {
  key = await createTestKey("ES256");
  const { agent } = createCountingAgent("web-agent");
  const authorizationConfig = { verificationKeys: [key.verificationKey] };
  jwt = await serve({ agents: [agent], id: "agent-os", authorization: true, authorizationConfig });
  isolated = await serve({
    agents: [agent],
    id: "agent-os",
    authorization: true,
    authorizationConfig: { ...authorizationConfig, userIsolation: true },
  });
  securityKey = await serve({ agents: [agent], securityKey: SECURITY_KEY });
  open = await serve({ agents: [agent] });
});
afterEach(closeSockets);

const good = (claims: Readonly<Record<string, unknown>> = {}): TokenParts =>
  withClaims(goodToken({ key, now: clock.now(), scopes: ["workflows:run"] }), claims);
const tokenOf = (claims: Readonly<Record<string, unknown>> = {}) => signToken(good(claims));
const authenticate = (token: unknown) => ({ action: "authenticate", token });
const FIRST = {
  event: "authenticated",
  message: "Authentication successful. You can now send commands.",
};

/** A connection that is authenticated. */
async function enter(served: Served, token: string) {
  const client = await openSocket(served.port);
  expect(await client.ask(authenticate(token))).toEqual(FIRST);
  if (served !== securityKey) await client.next();
  return client;
}

describe("a connection is greeted", () => {
  const message = "Connected to AgentOS.";

  test("and asked to authenticate where a credential is configured", async () => {
    const greeting = { event: "connected", message: `${message} Please authenticate to continue.` };
    for (const { port } of [jwt, securityKey])
      expect((await openSocket(port)).greeting).toEqual({ ...greeting, requires_auth: true });
  });

  test("and let in where none is", async () => {
    const client = await openSocket(open.port);
    expect(client.greeting).toEqual({ event: "connected", message, requires_auth: false });
    expect(await client.ask({ action: "ping" })).toEqual({ event: "pong" });
    expect(await client.ask({ action: "start-workflow", workflow_id: "w1" })).toEqual({
      event: "error",
      error: "Workflow w1 not found",
    });
  });
});

describe("authenticate", () => {
  test("says both frames for a token, and one for a security key or where none is needed", async () => {
    const client = await openSocket(jwt.port);
    expect(await client.ask(authenticate(await tokenOf()))).toEqual(FIRST);
    const message = "JWT authentication successful.";
    expect(await client.next()).toEqual({ event: "authenticated", message, user_id: "alice" });
    expect(await client.ask({ action: "ping" })).toEqual({ event: "pong" });

    for (const [served, token] of [
      [securityKey, SECURITY_KEY],
      [open, "anything"],
    ] as const) {
      const other = await openSocket(served.port);
      expect(await other.ask(authenticate(token))).toEqual(FIRST);
      // Nothing stands between the two.
      expect(await other.ask({ action: "ping" })).toEqual({ event: "pong" });
    }
  });

  test.each([undefined, null, "", "  ", 7, ["a"]])("without a token (%j) says so", async (token) => {
    for (const { port } of [jwt, securityKey, open]) {
      const client = await openSocket(port);
      expect(await client.ask(authenticate(token))).toEqual({
        event: "auth_error",
        error: "Token is required",
      });
    }
  });

  test.each<[string, () => string | Promise<string>, string, string, string]>([
    [
      "an expired one",
      () => tokenOf({ exp: clock.now() - 60 }),
      "Signature has expired",
      "expired",
      "AUTH_TOKEN_EXPIRED",
    ],
    ["no token at all", () => "x", "Not enough segments", "invalid_token", "AUTH_TOKEN_MALFORMED"],
    [
      "a damaged one",
      async () => damageSignature(await tokenOf()),
      "Signature verification failed",
      "invalid_token",
      "AUTH_SIGNATURE_INVALID",
    ],
    [
      "one for another audience",
      () => tokenOf({ aud: "another" }),
      "Invalid token audience - token not valid for this AgentOS instance",
      "invalid_token",
      "AUTH_AUDIENCE_MISMATCH",
    ],
    [
      "one of a reserved subject",
      () => tokenOf({ sub: "__scheduler__" }),
      "Invalid token subject",
      "invalid_token",
      "AUTH_SUBJECT_RESERVED",
    ],
  ])("refuses %s in the contract's words, and says cause and fix", async (_, make, error, type, code) => {
    const client = await openSocket(jwt.port);
    const told = await client.ask(authenticate(await make()));
    expect(told).toEqual({
      event: "auth_error",
      error,
      error_type: type,
      code,
      title: expect.stringMatching(/\S/) as unknown,
      fix: expect.stringMatching(/\S/) as unknown,
      denial_id: expect.stringMatching(/^den_/) as unknown,
    });
    const denial = await (await jwt.os.denials()).find(String(told["denial_id"]), { kind: "all" });
    expect(denial).toMatchObject({ code, route: "GET /workflows/ws", facts: { source: "socket" } });
    // The connection stays open, and the next attempt counts for itself.
    expect(await client.ask(authenticate(await tokenOf()))).toEqual(FIRST);
  });

  test("refuses a wrong security key as the contract does", async () => {
    const client = await openSocket(securityKey.port);
    const told = await client.ask(authenticate(`${SECURITY_KEY}x`));
    expect(told).toMatchObject({
      event: "auth_error",
      error: "Invalid token",
      code: "AUTH_SECURITY_KEY_INVALID",
    });
    expect(told).not.toHaveProperty("error_type");
    expect(await client.ask(authenticate(SECURITY_KEY))).toEqual(FIRST);
  });

  test("refuses a service account token by name", async () => {
    const client = await openSocket(jwt.port);
    const told = await client.ask(authenticate("agno_pat_abc"));
    expect(told).toMatchObject({ error: "Service accounts are not enabled on this AgentOS instance" });
    expect(told).not.toHaveProperty("error_type");
  });

  test("decides like a request with the same credential", async () => {
    const stranger = await createTestKey("ES256");
    const expiry = clock.now() + 100_000;
    const tokens = [
      "",
      "agno_pat_x",
      "undefined",
      "a.b.c",
      "Basic YTpi",
      `${await tokenOf()}, ${await tokenOf()}`,
      damageSignature(await tokenOf()),
      unsignedToken(good()),
      await encryptedToken(good()),
      await signToken({ ...good(), key: stranger }),
      await tokenOf({ exp: undefined }),
      await tokenOf({ exp: expiry }),
      await tokenOf({ nbf: clock.now() + 60 }),
      await tokenOf({ aud: [] }),
      await tokenOf({ sub: 7 }),
      await tokenOf({ scopes: [7] }),
      await tokenOf(),
    ].filter((token) => token !== "");
    for (const served of [jwt, securityKey]) {
      const codes = { rest: [] as unknown[], socket: [] as unknown[] };
      for (const token of tokens) {
        const answer = await send(served.port, { path: "/authz/denials", headers: bearer(token) });
        codes.rest.push(answer.status === 200 ? undefined : bodyOf(answer)["code"]);
        const client = await openSocket(served.port);
        codes.socket.push((await client.ask(authenticate(token)))["code"]);
      }
      expect(codes.socket).toEqual(codes.rest);
      expect(new Set(codes.socket).size).toBeGreaterThan(served === jwt ? 10 : 3);
    }
  });

  test("reads nothing that came with the upgrade: no header, no cookie, no query", async () => {
    const token = await tokenOf();
    const headers = { authorization: `Bearer ${token}`, cookie: `access_token=${token}` };
    const client = await openSocket(jwt.port, headers);
    expect(await client.ask({ action: "ping" })).toMatchObject({ event: "auth_required" });
    expect(await client.ask(authenticate("x"))).toMatchObject({ code: "AUTH_TOKEN_MALFORMED" });
  });

  test("takes the token where only a cookie is read", async () => {
    const served = await serve({
      agents: [createCountingAgent("web-agent").agent],
      id: "agent-os",
      authorization: true,
      authorizationConfig: { verificationKeys: [key.verificationKey], tokenSource: "cookie" },
    });
    const client = await openSocket(served.port);
    expect(await client.ask(authenticate("x"))).toMatchObject({ code: "AUTH_TOKEN_MALFORMED" });
    expect(await client.ask(authenticate(await tokenOf()))).toEqual(FIRST);
  });

  test("leaves nothing of a token in the log or in a record", async () => {
    const secret = damageSignature(await tokenOf({ sub: "mallory" }));
    const client = await openSocket(jwt.port);
    client.send(authenticate(secret));
    await client.next();
    const plain = await openSocket(securityKey.port);
    await plain.ask(authenticate("guess-of-a-key-7351"));
    const { records } = await (await jwt.os.denials()).list({ kind: "all" }, { limit: 100 });
    const all = JSON.stringify([records, jwt.logLines, securityKey.logLines]);
    for (const part of [...secret.split("."), "guess-of-a-key-7351", "mallory"])
      expect(all).not.toContain(part);
  });
});

describe("before authentication", () => {
  test.each(["ping", "start-workflow", "reconnect", "continue-workflow", "nothing", undefined])(
    "the action %s asks for it",
    async (action) => {
      const frame: Frame = { action, workflow_id: "w1", run_id: "r1" };
      const error = "Authentication required. Send authenticate action with valid";
      const required = (credential: string) => ({
        event: "auth_required",
        error: `${error} ${credential}.`,
      });
      expect(await (await openSocket(jwt.port)).ask(frame)).toEqual(required("JWT"));
      expect(await (await openSocket(securityKey.port)).ask(frame)).toEqual(required("bearer token"));
    },
  );
});

describe("an action", () => {
  const actions = Object.entries(SOCKET_ROWS);

  describe.each(actions)("%s", (action, row) => {
    async function credentialOf({ credential }: Caller): Promise<string | undefined> {
      if (credential === "none") return undefined;
      const parts = good({ scopes: scopesAt(credential, row) });
      if (credential === "another audience") return signToken(withClaims(parts, { aud: "another-os" }));
      const token = await signToken(parts);
      return credential === "damaged" ? damageSignature(token) : token;
    }

    test.each(CALLERS.map((caller) => [caller.name, caller] as const))("as %s", async (_, caller) => {
      const expected = caller.expected(row.demands);
      const token = await credentialOf(caller);
      const client = await openSocket(jwt.port);
      if (token !== undefined) {
        const told = await client.ask(authenticate(token));
        if (told["event"] === "authenticated") await client.next();
        else expect(told["code"]).toBe(expected);
      }
      const told = await client.ask({ action, ...row.frame });
      if (expected === "passes") expect(told).toEqual({ event: "error", error: row.answer });
      else if (expected === "SCOPE_MISSING" || expected === "SCOPE_OTHER_RESOURCE") {
        expect(told).toMatchObject({
          event: "error",
          error: row.refusal,
          code: expected,
          required_scopes: ["workflows:run"],
          fix: expect.stringMatching(/\S/) as unknown,
        });
        const denial = await (await jwt.os.denials()).find(String(told["denial_id"]), { kind: "all" });
        expect(denial).toMatchObject({ subject: "alice", facts: { source: "socket", action } });
      } else expect(told).toMatchObject({ event: "auth_required" });
    });
  });

  test.each([
    [{ action: "start-workflow" }, "workflow_id is required"],
    [{ action: "start-workflow", workflow_id: 7 }, "workflow_id is required"],
    [{ action: "reconnect" }, "run_id is required for subscription"],
    [{ action: "continue-workflow", run_id: "r1" }, "workflow_id is required"],
    [{ action: "continue-workflow", workflow_id: "w1" }, "run_id is required"],
    [{ action: "fly" }, "Unknown action: fly"],
    [{ action: "agno_pat_0123456789abcdef0123456789abcdef" }, "Unknown action: [redacted token]"],
  ])("%j is answered with what is wrong", async (frame, error) => {
    const client = await enter(jwt, await tokenOf());
    expect(await client.ask(frame)).toEqual({ event: "error", error });
  });

  test("needs the workflow for a scope that is for one only", async () => {
    const client = await enter(jwt, await tokenOf({ scopes: [`workflows:${WORKFLOW_ID}:run`] }));
    const reconnect = { action: "reconnect", run_id: "r1" };
    expect(await client.ask(reconnect)).toEqual({
      event: "error",
      error: "workflow_id is required to reconnect to a workflow run",
    });
    expect(await client.ask({ ...reconnect, workflow_id: "another" })).toMatchObject({
      error: "Insufficient permissions to reconnect to this workflow",
      code: "SCOPE_OTHER_RESOURCE",
    });
    expect(await client.ask({ ...reconnect, workflow_id: WORKFLOW_ID })).toEqual({
      event: "error",
      error: "Run r1 not found in buffer or database",
    });
  });

  test("of an isolated user says where the run is, and nothing of runs of others", async () => {
    const client = await enter(isolated, await tokenOf());
    const reconnect = { action: "reconnect", run_id: "r1" };
    const error = (text: string) => ({ event: "error", error: text });
    expect(await client.ask(reconnect)).toEqual(
      error("workflow_id is required to reconnect to a workflow run"),
    );
    expect(await client.ask({ ...reconnect, workflow_id: "w1" })).toEqual(
      error("session_id is required to reconnect to a workflow run"),
    );
    expect(await client.ask({ ...reconnect, workflow_id: "w1", session_id: "s1" })).toEqual(
      error("Run r1 not found"),
    );
    const admin = await enter(isolated, await tokenOf({ scopes: ["agent_os:admin"] }));
    expect(await admin.ask(reconnect)).toEqual(error("Run r1 not found in buffer or database"));
  });

  test("of an isolated caller without a user id is refused", async () => {
    const client = await enter(isolated, await tokenOf({ sub: undefined }));
    expect(await client.ask({ action: "start-workflow", workflow_id: "w1" })).toMatchObject({
      event: "error",
      error: "A user identity is required",
      code: "AUTH_USER_REQUIRED",
    });
  });

  test("follows the rules that an operator lays over its route", async () => {
    const served = await serve({
      agents: [createCountingAgent("web-agent").agent],
      id: "agent-os",
      authorizationConfig: {
        verificationKeys: [key.verificationKey],
        scopeMappings: { "POST /workflows/*/runs": ["workflows:run", "config:read"] },
      },
    });
    const start = { action: "start-workflow", workflow_id: "w1" };
    const without = await enter(served, await tokenOf());
    expect(await without.ask(start)).toMatchObject({
      code: "SCOPE_MISSING",
      missing_scopes: ["config:read"],
    });
    const both = await enter(served, await tokenOf({ scopes: ["workflows:run", "config:read"] }));
    expect(await both.ask(start)).toEqual({ event: "error", error: "Workflow w1 not found" });
  });

  test("asks for no scope where requests are asked for none", async () => {
    const served = await serve({
      agents: [createCountingAgent("web-agent").agent],
      id: "agent-os",
      env: { JWT_VERIFICATION_KEY: key.verificationKey },
    });
    const client = await enter(served, await tokenOf({ scopes: [] }));
    expect(await client.ask({ action: "start-workflow", workflow_id: "w1" })).toEqual({
      event: "error",
      error: "Workflow w1 not found",
    });
  });
});

describe("the identity of a connection", () => {
  const ping = { action: "ping" };
  const start = { action: "start-workflow", workflow_id: "w1" };

  test("is renewed by a later token of the same caller", async () => {
    const client = await enter(jwt, await tokenOf({ exp: clock.now() + 60 }));
    expect(await client.ask(authenticate(await tokenOf({ exp: clock.now() + 600 })))).toEqual(FIRST);
    await client.next();
    clock.advance(120);
    expect(await client.ask(start)).toEqual({ event: "error", error: "Workflow w1 not found" });
  });

  test.each([
    ["another caller", { sub: "bob" }, "AUTH_SOCKET_OTHER_CALLER"],
    ["more scopes", { scopes: ["workflows:run", "agents:run"] }, "AUTH_SOCKET_SCOPES_WIDER"],
    ["the admin scope", { scopes: ["agent_os:admin"] }, "AUTH_SOCKET_SCOPES_WIDER"],
  ])("is never changed to %s", async (_, claims, code) => {
    const client = await enter(jwt, await tokenOf({ exp: clock.now() + 60 }));
    expect(await client.ask(authenticate(await tokenOf(claims)))).toMatchObject({
      event: "auth_error",
      error_type: "invalid_token",
      code,
    });
    // It is as it was: alice's, and for as long as her token.
    expect(await client.ask(start)).toEqual({ event: "error", error: "Workflow w1 not found" });
    clock.advance(120);
    expect(await client.ask(start)).toMatchObject({ event: "auth_error", error_type: "expired" });
    expect(await client.ask(authenticate(await tokenOf(claims)))).toMatchObject({ code });
    expect(await client.ask(start)).toMatchObject({ event: "auth_required" });
  });

  test("of a token that names nobody is not taken over by another one that names nobody", async () => {
    const nobody = await tokenOf({ sub: undefined });
    const client = await enter(jwt, nobody);
    const another = await tokenOf({ sub: undefined, exp: clock.now() + 61 });
    expect(await client.ask(authenticate(another))).toMatchObject({ code: "AUTH_SOCKET_OTHER_CALLER" });
    expect(await client.ask(authenticate(nobody))).toEqual(FIRST);
  });

  test("that expires is told, and nothing but its renewal goes on", async () => {
    const client = await enter(jwt, await tokenOf({ exp: clock.now() + 60 }));
    clock.advance(75);
    // Nobody has asked for it.
    expect(await client.next()).toMatchObject({
      event: "auth_error",
      error: "Signature has expired",
      error_type: "expired",
      code: "AUTH_TOKEN_EXPIRED",
    });
    expect(await client.ask(ping)).toEqual({ event: "pong" });
    expect(await client.ask(start)).toMatchObject({ event: "auth_required" });
    expect(await client.ask(authenticate(await tokenOf()))).toEqual(FIRST);
    await client.next();
    expect(await client.ask(start)).toEqual({ event: "error", error: "Workflow w1 not found" });
  });

  test("is one, however many attempts arrive at once", async () => {
    const client = await openSocket(jwt.port);
    client.send(authenticate(await tokenOf()));
    client.send(authenticate(await tokenOf({ sub: "bob" })));
    client.send(ping);
    const events = [];
    while (events.at(-1) !== "pong") {
      const { event, user_id: user, code } = await client.next();
      events.push(user ?? code ?? event);
    }
    expect(events).toEqual(["authenticated", "alice", "AUTH_SOCKET_OTHER_CALLER", "pong"]);
  });
});

describe("what is revoked", () => {
  const revoke = async (revocation: object) => {
    const operator = await tokenOf({ sub: "operator", jti: "operator", scopes: ["authz:revoke"] });
    const answer = await send(jwt.port, {
      method: "POST",
      path: "/authz/revocations",
      headers: { ...bearer(operator), "content-type": "application/json" },
      body: JSON.stringify(revocation),
    });
    expect([answer.status, answer.text]).toEqual([200, expect.any(String) as unknown]);
  };

  test("ends its connections with their cause, and those of no other token", async () => {
    const revoked = await enter(jwt, await tokenOf({ jti: "lost" }));
    const other = await enter(jwt, await tokenOf({ jti: "kept" }));
    await revoke({ kind: "jti", value: "lost" });
    expect(await revoked.next()).toMatchObject({
      event: "auth_error",
      error_type: "invalid_token",
      code: "AUTH_CREDENTIAL_REVOKED",
      fix: expect.stringMatching(/\S/) as unknown,
    });
    expect(await revoked.closed).toEqual({
      code: 1008,
      reason: "the credential is not accepted any more",
    });
    expect(await other.ask({ action: "ping" })).toEqual({ event: "pong" });
    const again = await openSocket(jwt.port);
    expect(await again.ask(authenticate(await tokenOf({ jti: "lost" })))).toMatchObject({
      code: "AUTH_CREDENTIAL_REVOKED",
    });
  });
});

test("a client of the platform's own is served", async () => {
  const client = new WebSocket(`ws://127.0.0.1:${jwt.port}${SOCKET_PATH}`);
  const frames: unknown[] = [];
  client.addEventListener("message", ({ data }) => frames.push((JSON.parse(String(data)) as Frame)["event"]));
  await once(client, "open");
  client.send(JSON.stringify(authenticate(await tokenOf())));
  await expect.poll(() => frames).toEqual(["connected", "authenticated", "authenticated"]);
  client.close();
  await once(client, "close");
});
