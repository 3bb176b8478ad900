// A running server takes another policy over real sockets: as a whole, under load, and nothing that was begun is lost.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent, type PolicyOptions } from "@agentos/server";
import { createTestKey, goodToken, signToken, type TestKey } from "@agentos/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { createGatedAgent } from "./support/gated-agent.ts";
import { bearer, send } from "./support/http.ts";
import { serve } from "./support/serve.ts";
import { openStream } from "./support/stream.ts";

const ID = "agent-os";
const SECURITY_KEY = "k9-tRw3z_Qp7vXe2mYb8sLd4";
const one = await createTestKey("RS256", { kid: "one" });
const other = await createTestKey("ES256", { kid: "other" });
const tokenOf = (key: TestKey) =>
  signToken(goodToken({ key, now: Math.floor(Date.now() / 1_000), audience: ID, scopes: ["agents:read"] }));
const tokens = { one: await tokenOf(one), other: await tokenOf(other) };

/** Each policy lets in one credential and names one origin of its own: an answer says which of them gave it. */
const POLICIES = [
  { name: "security key", accepts: SECURITY_KEY, options: { securityKey: SECURITY_KEY } },
  {
    name: "one key",
    accepts: tokens.one,
    options: { authorization: true, authorizationConfig: { verificationKeys: [one.verificationKey] } },
  },
  {
    name: "another key",
    accepts: tokens.other,
    options: { authorization: true, authorizationConfig: { verificationKeys: [other.verificationKey] } },
  },
  { name: "open", accepts: undefined, options: {} },
].map(({ options, ...policy }, index) => {
  const origin = `https://page-${index}.test`;
  return { ...policy, origin, options: { ...options, cors: { allowedOrigins: [origin] } } };
});
type Policy = (typeof POLICIES)[number];
const [byKey, byOne, byOther, open] = POLICIES as [Policy, Policy, Policy, Policy];
const CREDENTIALS = [SECURITY_KEY, tokens.one, tokens.other];
const agents = [new Agent({ id: "shop", model: "offline:echo" })];

/** The policy of one key, with more laid over it. */
const withConfig = (more: NonNullable<PolicyOptions["authorizationConfig"]>): PolicyOptions => ({
  authorization: true,
  authorizationConfig: { verificationKeys: [one.verificationKey], ...more },
});
const withRule = (scopeMappings: Record<string, string[]>) => withConfig({ scopeMappings });

/** The address of a key set on this machine. */
async function serveKeySet(): Promise<string> {
  const server = createServer((_, response) =>
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [other.jwk] })),
  ).unref();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
}

/** Whether a policy alone would have given this answer. */
function couldAnswer(
  policy: Policy,
  { credential, origin }: { readonly credential: string; readonly origin: string },
  answer: { readonly status: number; readonly allowed: string | undefined },
): boolean {
  if (answer.allowed !== (policy.origin === origin ? origin : undefined)) return false;
  // A server without credentials believes this machine, and of pages its own and those on its list.
  if (policy.accepts === undefined) return answer.status === (policy.origin === origin ? 200 : 403);
  return answer.status === (policy.accepts === credential ? 200 : 401);
}

describe("a policy that replaces another", () => {
  test("is in force for every request after it, and under load no answer is a mixture or lost", async () => {
    const { os, port } = await serve({ id: ID, agents, ...byKey.options });
    const inForce: Policy[] = [byKey];
    let isReplacing = 0;
    const end = new AbortController();
    let answers = 0;
    const seen = new Set<string>();

    async function askOn(worker: number): Promise<void> {
      for (let n = worker; !end.signal.aborted; n += 1) {
        const credential = CREDENTIALS[n % CREDENTIALS.length] ?? "";
        const { origin } = POLICIES[Math.floor(n / 3) % POLICIES.length] ?? byKey;
        const first = inForce.length - 1;
        const answer = await send(port, { path: "/agents", headers: { ...bearer(credential), origin } });
        // That which was being put in force when the answer came may have given it already.
        const candidates = inForce.slice(first).concat(next ?? []);
        const allowed = answer.headers["access-control-allow-origin"];
        const given = { status: answer.status, allowed };
        const mayBe = candidates.filter((policy) => couldAnswer(policy, { credential, origin }, given));
        expect(
          mayBe,
          `${answer.status} ${String(allowed)} of ${candidates.map(({ name }) => name).join()}`,
        ).not.toEqual([]);
        answers += 1;
        seen.add(`${mayBe[0]?.name} ${answer.status}`);
      }
    }

    let next: Policy | undefined;
    const workers = Array.from({ length: 50 }, (_, worker) => askOn(worker));
    for (let round = 0; round < 6; round += 1) {
      for (const policy of [byOne, byOther, open, byOther, byOne, byKey]) {
        const before = answers;
        next = policy;
        isReplacing += 1;
        await os.replacePolicy(policy.options);
        inForce.push(policy);
        next = undefined;
        // Every worker has met it.
        await expect.poll(() => answers, { interval: 5, timeout: 20_000 }).toBeGreaterThan(before + 100);
      }
    }
    end.abort();
    await Promise.all(workers);
    expect(isReplacing).toBe(36);
    expect([...seen].toSorted()).toEqual([
      "another key 200",
      "another key 401",
      "one key 200",
      "one key 401",
      "open 200",
      "open 403",
      "security key 200",
      "security key 401",
    ]);
  }, 120_000);

  test("refuses on the next request the token that the one before had verified and kept", async () => {
    const { os, port } = await serve({ id: ID, agents, ...byOne.options });
    const statusOf = async (token: string) =>
      (await send(port, { path: "/agents", headers: bearer(token) })).status;
    expect([await statusOf(tokens.one), await statusOf(tokens.one), await statusOf(tokens.other)]).toEqual([
      200, 200, 401,
    ]);
    await os.replacePolicy(byOther.options);
    expect([await statusOf(tokens.one), await statusOf(tokens.other)]).toEqual([401, 200]);
  });

  test("is what the server says of itself from then on", async () => {
    const { os, port } = await serve({ id: ID, agents, ...byKey.options });
    const read = async (path: string, headers: Record<string, string> = {}) => {
      const { status, text } = await send(port, { path, headers });
      return { status, body: text };
    };
    expect((await read("/info")).body).toContain('"auth_mode":"security_key"');
    expect((await read("/.well-known/oauth-protected-resource")).status).toBe(404);
    expect((await read("/openapi.json")).body).toContain('"openapi"');
    expect((await read("/config", bearer(SECURITY_KEY))).status).toBe(200);
    await os.replacePolicy({
      authorization: true,
      authorizationConfig: {
        issuer: "https://login.shop.test",
        jwksUrl: await serveKeySet(),
        excludedRoutePaths: ["/health", "/models"],
      },
      env: { DOCS_ENABLED: "false" },
    });
    // Closed by the new list of public paths, as is all that is not on it.
    expect((await read("/info")).status).toBe(401);
    expect((await read("/openapi.json")).status).toBe(401);
    expect((await read("/models")).status).toBe(200);
    expect((await read("/config", bearer(SECURITY_KEY))).status).toBe(401);
    expect((await read("/.well-known/oauth-protected-resource")).body).toContain(
      '"authorization_servers":["https://login.shop.test"]',
    );
    const refused = await send(port, { path: "/agents" });
    expect(refused.headers["www-authenticate"]).toContain("resource_metadata=");
    await os.replacePolicy({ ...byOther.options, env: { DOCS_ENABLED: "false" } });
    expect(JSON.parse((await read("/info")).body)).toMatchObject({
      auth_mode: "jwt",
      algorithms: ["ES256"],
    });
    expect((await read("/openapi.json")).status).toBe(404);
    expect(await os.describe()).toMatchObject({ mode: "jwt", keys: [{ algorithms: ["ES256"] }] });
  });

  test("with faults changes nothing, and every fault is named with its fix", async () => {
    const { os, port } = await serve({ id: ID, agents, ...byOne.options });
    const before = await os.describe();
    const error: unknown = await os
      .replacePolicy({
        id: "another",
        securityKey: "with a space",
        cors: { allowedOrigins: ["page.test/path"] },
        authorizationConfig: {
          verificationKeys: ["-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"],
          jwksFile: "/nowhere/jwks.json",
          scopeMappings: { "GET /agents": ["no scope"] },
        },
      })
      .catch((cause: unknown) => cause);
    const text = String(error);
    for (const part of ["id", "securityKey", "allowedOrigins", "verificationKeys[0]", "jwksFile", "no scope"])
      expect(text).toContain(part);
    expect(await os.describe()).toEqual(before);
    expect((await send(port, { path: "/agents", headers: bearer(tokens.one) })).status).toBe(200);
  });

  test("lets a run end that began under the one before, and its session is there", async () => {
    const { agent, gate, started } = createGatedAgent("slow");
    const { os, port } = await serve({ id: ID, agents: [agent], ...open.options });
    const run = send(port, {
      method: "POST",
      path: "/agents/slow/runs",
      body: "message=hi&stream=false&session_id=s1",
    });
    await started;
    await os.replacePolicy(byKey.options);
    gate.open();
    const answer = await run;
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([200, { content: "one two" }]);
    const headers = bearer(SECURITY_KEY);
    const session = await send(port, { path: "/sessions/s1?type=agent", headers });
    expect(session.status).toBe(200);
  });

  test.each<[string, boolean, PolicyOptions]>([
    ["its key is gone", false, byOther.options],
    ["its scope is not enough any more", false, withRule({ "POST /agents/{agent_id}/runs": ["authz:read"] })],
    ["somebody else would be admin", false, withConfig({ adminScope: "shop:admin" })],
    ["only origins are others", true, { ...byOne.options, cors: { allowedOrigins: ["https://new.test"] } }],
    ["a key is added", true, withConfig({ verificationKeys: [other.verificationKey, one.verificationKey] })],
  ])("judges a stream that is open again: %s, goes on: %s", async (_, goesOn, options) => {
    const { agent, gate } = createGatedAgent("slow");
    const { os, port } = await serve({ id: ID, agents: [agent], ...byOne.options });
    const token = await signToken(
      goodToken({ key: one, now: Math.floor(Date.now() / 1_000), audience: ID, scopes: ["agents:run"] }),
    );
    const stream = await openStream(port, {
      path: "/agents/slow/runs",
      body: "message=hi&stream=true",
      headers: bearer(token),
    });
    for (let frame = await stream.next(); !frame?.includes('"one "'); frame = await stream.next())
      expect(frame).toBeDefined();
    await os.replacePolicy(options);
    if (goesOn) gate.open();
    const rest = await stream.rest().catch(() => []);
    expect(rest.join("").includes("RunCompleted")).toBe(goesOn);
    gate.open();
  });

  test("shows what it is to whoever holds authz:read, without a secret, and how often each key was used", async () => {
    const { os, port } = await serve({ id: ID, agents, ...byOne.options });
    const reader = await signToken(
      goodToken({ key: other, now: Math.floor(Date.now() / 1_000), audience: ID, scopes: ["authz:read"] }),
    );
    for (let n = 0; n < 3; n += 1) await send(port, { path: "/agents", headers: bearer(tokens.one) });
    await os.replacePolicy({
      ...byOne.options,
      authorizationConfig: { verificationKeys: [one.verificationKey, other.verificationKey] },
    });
    expect((await send(port, { path: "/authz/policy", headers: bearer(tokens.one) })).status).toBe(403);
    const { status, headers, text } = await send(port, { path: "/authz/policy", headers: bearer(reader) });
    expect([status, headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(JSON.parse(text)).toMatchObject({
      os_id: ID,
      mode: "jwt",
      keys: [
        {
          source: "verificationKeys[0]",
          request_count: 4,
          thumbprint: expect.stringMatching(/^[\w-]{43}$/) as unknown,
        },
        { source: "verificationKeys[1]", request_count: 1 },
      ],
      issuers: [{ name: "default", issuer: null, audience: [ID], keys_from: ["configuration"] }],
      allowed_origins: [byOne.origin],
    });
  });
});
