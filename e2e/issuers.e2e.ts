/** Issuers over a real socket: a real OpenID Connect provider, its keys rotated, lost and back again. */
import { randomUUID } from "node:crypto";
import { ConfigurationError } from "@agentos/guard";
import { createTestKey, goodToken, signToken, withClaims, withHeader } from "@agentos/testkit";
import { describe, expect, test } from "vitest";
import { stopClock } from "./support/clock.ts";
import { createCountingAgent } from "./support/counting-agent.ts";
import { type Answer, bearer, bodyOf, send } from "./support/http.ts";
import { type OidcIssuer, RESOURCE, startOidcIssuer } from "./support/oidc-issuer.ts";
import { type Served, serve, stop } from "./support/serve.ts";

const clock = stopClock();
const agents = [createCountingAgent("web-agent").agent];
const METADATA = "/.well-known/oauth-protected-resource";

const serveFor = (issuer: OidcIssuer): Promise<Served> =>
  serve({ agents, authorizationConfig: { issuer: issuer.url, audience: RESOURCE } });

const listAgents = ({ port }: Served, token: string): Promise<Answer> =>
  send(port, { path: "/agents", headers: bearer(token) });

/** `200`, or status and code of the refusal. */
async function outcome(served: Served, token: string): Promise<string> {
  const answer = await listAgents(served, token);
  return answer.status === 200 ? "200" : `${answer.status} ${String(bodyOf(answer)["code"])}`;
}

/** A token that says all the right things, signed by a key that the issuer does not have. */
async function forge(issuer: OidcIssuer, kid?: string): Promise<string> {
  const key = await issuer.imposter();
  const good = goodToken({ key, now: clock.now(), audience: RESOURCE, issuer: issuer.url });
  return signToken(kid === undefined ? good : withHeader(good, { kid }));
}

/** Polls a condition; every look is a request of its own, so nothing sleeps. */
async function eventually(isTrue: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 500; look++) if (await isTrue()) return;
  throw new Error("the condition did not come true");
}

/** Requests one after the other, several at a time, until it is stopped; the tokens may change meanwhile. */
function storm(served: Served, tokens: { valid: readonly string[]; foreign: readonly string[] }) {
  const seen = { valid: [] as string[], foreign: [] as string[] };
  const byToken = new Map<string, number>();
  const run = { isOver: false };
  async function work(kind: "valid" | "foreign", offset: number): Promise<void> {
    for (let i = offset; !run.isOver; i++) {
      const token = tokens[kind][i % tokens[kind].length];
      if (token === undefined) throw new Error("a storm needs tokens");
      seen[kind].push(await outcome(served, token));
      byToken.set(token, (byToken.get(token) ?? 0) + 1);
    }
  }
  const workers = [0, 1, 2, 3].map((offset) => work("valid", offset));
  workers.push(work("foreign", 0), work("foreign", 1));
  return {
    countOf: (token: string) => byToken.get(token) ?? 0,
    async end() {
      run.isOver = true;
      await Promise.all(workers);
      return seen;
    },
  };
}

describe("an issuer that is found by discovery", () => {
  test("is trusted for its own tokens, within their scopes", async () => {
    const issuer = await startOidcIssuer();
    const served = await serveFor(issuer);
    expect(issuer.fetches()).toEqual({ keys: 1, discovery: 1 });
    expect(await outcome(served, await issuer.token("agents:read"))).toBe("200");
    expect(await outcome(served, await issuer.token("config:read"))).toBe("403 SCOPE_MISSING");
    const policy = await served.os.describe();
    expect(policy).toMatchObject({
      separatesIssuers: true,
      tokens: [{ issuer: issuer.url, audience: [RESOURCE] }],
      keyOrigins: [{ issuer: issuer.url, keysFrom: ["discovery"] }],
    });
    // Nothing of this made it ask again.
    expect(issuer.fetches()).toEqual({ keys: 1, discovery: 1 });
  });

  test("is not spoken for by anybody else", async () => {
    const issuer = await startOidcIssuer();
    const served = await serveFor(issuer);
    const key = await issuer.imposter();
    const good = goodToken({ key, now: clock.now(), audience: RESOURCE, issuer: issuer.url });
    const expected = {
      AUTH_SIGNATURE_INVALID: good,
      AUTH_KEY_UNKNOWN: withHeader(good, { kid: "another" }),
      AUTH_ISSUER_UNKNOWN: withClaims(good, { iss: `${issuer.url}/` }),
      AUTH_EMBEDDED_KEY_REFUSED: withHeader(good, { jwk: key.jwk, jku: "https://evil.test/jwks" }),
      AUTH_ALGORITHM_NONE: withHeader(good, { alg: "none" }),
    };
    for (const [code, parts] of Object.entries(expected))
      expect(await outcome(served, await signToken(parts))).toBe(`401 ${code}`);
    const answer = await listAgents(served, await signToken(withClaims(good, { iss: "https://evil.test" })));
    expect(bodyOf(answer)).toMatchObject({
      detail: "Invalid token: Invalid issuer",
      title: 'the "iss" of the token is not the issuer that this AgentOS trusts',
    });
    expect(bodyOf(answer)["fix"]).toContain('"issuers"');
    expect(answer.text).not.toMatch(/evil|127\.0\.0\.1/);
    const record = await (await served.os.denials()).find(String(bodyOf(answer)["denial_id"]), {
      kind: "all",
    });
    expect(record?.facts).toMatchObject({
      expected_issuers: [issuer.url],
      unverified_issuer: "https://evil.test",
    });
    // Twin: the issuer's own token.
    expect(await outcome(served, await issuer.token())).toBe("200");
  });

  test("stops the start by name when it cannot be used", async () => {
    const issuer = await startOidcIssuer();
    const start = (options: object) =>
      serve({ agents, authorizationConfig: options }).then(
        () => [],
        (error: unknown) =>
          error instanceof ConfigurationError ? error.faults.map(({ code }) => code) : [String(error)],
      );
    expect(await start({ issuer: `${issuer.url}/` })).toEqual(["KEY_DISCOVERY_ISSUER_MISMATCH"]);
    expect(await start({ issuer: `${issuer.url}/tenant` })).toEqual(["KEY_SOURCE_STATUS"]);
    expect(await start({ jwksUrl: `${issuer.url}/nothing`, issuer: issuer.url })).toEqual([
      "KEY_SOURCE_STATUS",
    ]);
    expect(await start({ jwksUrl: "http://issuer.test/jwks", issuer: issuer.url })).toEqual([
      "KEY_URL_REFUSED",
    ]);
    expect(
      await start({ jwksUrl: `${issuer.url}/.well-known/openid-configuration`, issuer: issuer.url }),
    ).toEqual(["CONFIG_OPTION_INVALID"]);
    expect(await start({ jwksUrl: `${issuer.url}/jwks`, issuer: issuer.url })).toEqual([]);
    await issuer.goDown();
    expect(await start({ issuer: issuer.url })).toEqual(["KEY_SOURCE_UNREACHABLE"]);
  });
});

describe("keys that are rotated while requests run", () => {
  const repeats = Number(process.env["AGENTOS_ROTATION_REPEATS"] ?? 1) - 1;

  test("nothing valid is refused and nothing foreign passes", { repeats, timeout: 60_000 }, async () => {
    const issuer = await startOidcIssuer();
    const served = await serveFor(issuer);
    let current = await issuer.token();
    for (let round = 0; round < 3; round++) {
      const old = current;
      const foreign = [await forge(issuer), await forge(issuer, randomUUID())];
      const tokens = { valid: [old], foreign };
      const rotation = storm(served, tokens);
      issuer.addKey();
      clock.advance(11);
      current = await issuer.token();
      tokens.valid = [old, current];
      await eventually(async () => {
        await outcome(served, foreign[1] ?? "");
        return rotation.countOf(current) >= 20 && rotation.countOf(old) >= 20;
      });
      const first = await rotation.end();

      const withdrawal = storm(served, { valid: [current], foreign });
      issuer.dropOldKeys();
      clock.advance(901);
      await eventually(async () => (await outcome(served, old)) === "401 AUTH_KEY_UNKNOWN");
      await eventually(async () => {
        await outcome(served, old);
        return withdrawal.countOf(current) >= 20;
      });
      const second = await withdrawal.end();

      expect(new Set([...first.valid, ...second.valid])).toEqual(new Set(["200"]));
      for (const refused of [...first.foreign, ...second.foreign])
        expect(["401 AUTH_SIGNATURE_INVALID", "401 AUTH_KEY_UNKNOWN"]).toContain(refused);
    }
    await stop(served);
    await issuer.goDown();
  });
});

describe("junk tokens", () => {
  const junk = async (issuer: string, count: number): Promise<readonly string[]> => {
    const key = await createTestKey("ES256");
    const good = goodToken({ key, now: clock.now(), audience: RESOURCE, issuer });
    return Promise.all(
      Array.from({ length: count }, () => signToken(withHeader(good, { kid: randomUUID() }))),
    );
  };

  /** All at once in groups; the outcomes that there were. */
  async function sendAll(served: Served, tokens: readonly string[]): Promise<ReadonlySet<string>> {
    const seen = new Set<string>();
    for (let at = 0; at < tokens.length; at += 50)
      for (const one of await Promise.all(tokens.slice(at, at + 50).map((token) => outcome(served, token))))
        seen.add(one);
    return seen;
  }

  test("cannot make us hammer the issuer they name: 1,000 random kids, one fetch per cool-down", async () => {
    const issuer = await startOidcIssuer();
    const served = await serveFor(issuer);
    const tokens = await junk(issuer.url, 1_000);
    expect(await sendAll(served, tokens)).toEqual(new Set(["401 AUTH_KEY_UNKNOWN"]));
    expect(issuer.fetches()).toEqual({ keys: 2, discovery: 1 });
    clock.advance(9);
    await sendAll(served, tokens.slice(0, 100));
    expect(issuer.fetches().keys).toBe(2);
    clock.advance(1);
    await sendAll(served, tokens.slice(0, 100));
    expect(issuer.fetches()).toEqual({ keys: 3, discovery: 1 });
    // Meanwhile the issuer's own tokens pass.
    expect(await outcome(served, await issuer.token())).toBe("200");
  });

  test("cannot make us ask anybody for an issuer that is not trusted", async () => {
    const issuer = await startOidcIssuer();
    const served = await serveFor(issuer);
    const tokens = await junk(`${issuer.url}/evil`, 1_000);
    expect(await sendAll(served, tokens)).toEqual(new Set(["401 AUTH_ISSUER_UNKNOWN"]));
    expect(issuer.fetches()).toEqual({ keys: 1, discovery: 1 });
  });
});

describe("an issuer that is down", () => {
  test("is missed for an hour by nobody; then it is our fault (503), never the token's, until it is back", async () => {
    const issuer = await startOidcIssuer();
    const served = await serveFor(issuer);
    const token = await issuer.token();
    await issuer.goDown();
    clock.advance(1_800);
    expect(await outcome(served, token)).toBe("200");
    expect(await outcome(served, await forge(issuer, "unknown"))).toBe("401 AUTH_KEY_UNKNOWN");
    await eventually(async () => (await served.os.describe()).keyState === "stale");
    clock.advance(1_801);
    expect(await outcome(served, token)).toBe("503 AUTH_KEYS_UNAVAILABLE");
    expect((await served.os.describe()).keyState).toBe("failed");
    expect(served.logLines.filter((line) => line.includes("cannot be read any more"))).toHaveLength(2);
    await issuer.comeBack();
    clock.advance(11);
    expect(await outcome(served, token)).toBe("200");
    expect((await served.os.describe()).keyState).toBe("ok");
    expect(served.logLines.join("\n")).not.toContain(token);
  });
});

describe("several issuers", () => {
  test("are told apart, each with its own keys, audience and ceiling", async () => {
    const [people, machines] = [await startOidcIssuer(), await startOidcIssuer()];
    const served = await serve({
      agents,
      authorizationConfig: {
        audience: RESOURCE,
        issuers: [
          { issuer: people.url, algorithms: ["ES256"] },
          {
            issuer: machines.url,
            name: "machines",
            allowedScopes: ["agents:read"],
            subjectPrefix: "machines:",
          },
        ],
      },
    });
    const run = (token: string) =>
      send(served.port, {
        method: "POST",
        path: "/agents/web-agent/runs",
        headers: bearer(token),
        body: "message=hello&stream=false",
      });
    const [person, machine] = [
      await people.token(),
      await machines.token("agents:read agents:run agent_os:admin"),
    ];
    expect([await outcome(served, person), await outcome(served, machine)]).toEqual(["200", "200"]);
    expect((await run(person)).status).toBe(200);

    const refused = await run(machine);
    expect([refused.status, bodyOf(refused)]).toMatchObject([
      403,
      { code: "SCOPE_OVER_CEILING", missing_scopes: ["agents:run"] },
    ]);
    const record = await (await served.os.denials()).find(String(bodyOf(refused)["denial_id"]), {
      kind: "all",
    });
    expect(bodyOf(refused)["fix"]).toContain('"allowedScopes"');
    expect(record?.facts).toMatchObject({
      held_scopes: ["agents:read"],
      withheld_scopes: ["agents:run", "agent_os:admin"],
    });
    expect([record?.issuer, record?.subject]).toEqual(["machines", "machines:ci"]);

    // No ceiling, and still no admin: of several issuers only one that lists the scope grants it.
    const admin = await listAgents(served, await people.token("agent_os:admin"));
    expect([admin.status, bodyOf(admin)["code"]]).toEqual([403, "SCOPE_OVER_CEILING"]);
    expect(bodyOf(admin)["fix"]).toContain('add agent_os:admin to "allowedScopes"');
    const policy = await served.os.describe();
    expect(policy.findings.map(({ code }) => code)).toEqual(["CONFIG_ADMIN_NOWHERE"]);
    expect(policy.keyOrigins.map(({ name, issuer }) => [name, issuer])).toEqual([
      ["default", people.url],
      ["machines", machines.url],
    ]);

    // Neither speaks for the other, though both are trusted.
    const key = await machines.imposter();
    const forged = goodToken({ key, now: clock.now(), audience: RESOURCE, issuer: people.url });
    expect(await outcome(served, await signToken(forged))).toBe("401 AUTH_KEY_UNKNOWN");
  });
});

describe("protected resource metadata (RFC 9728)", () => {
  test("is there with an OAuth issuer: in the challenge, at its address, and in the reference", async () => {
    const issuer = await startOidcIssuer();
    const served = await serveFor(issuer);
    const origin = `http://127.0.0.1:${served.port}`;
    const challenged = await send(served.port, { path: "/agents" });
    expect(challenged.headers["www-authenticate"]).toBe(
      `Bearer realm="agentos", resource_metadata="${origin}${METADATA}"`,
    );
    const lacking = await listAgents(served, await issuer.token("config:read"));
    expect(lacking.headers["www-authenticate"]).toMatch(/scope="agents:read", resource_metadata="/);
    const metadata = await send(served.port, { path: METADATA });
    expect([metadata.status, metadata.headers["cache-control"], bodyOf(metadata)]).toEqual([
      200,
      "no-store",
      {
        resource: RESOURCE,
        authorization_servers: [issuer.url],
        bearer_methods_supported: ["header"],
        scopes_supported: bodyOf(metadata)["scopes_supported"],
      },
    ]);
    expect(bodyOf(metadata)["scopes_supported"]).toEqual(
      expect.arrayContaining(["agents:read", "agents:run", "config:read"]),
    );
    const openApi = bodyOf(await send(served.port, { path: "/openapi.json" }));
    expect(openApi["paths"]).toHaveProperty([METADATA, "get", "security"], []);
    // A host that is none is not reflected.
    for (const host of [
      'x", scope="admin',
      "admin@os.test",
      "admin os.test",
      "admin%2eos.test",
      "admin/os.test",
    ]) {
      const odd = await send(served.port, { path: "/agents", headers: { host } });
      expect([400, 401]).toContain(odd.status);
      expect(`${odd.text} ${odd.rawHeaders.join(" ")}`).not.toContain("admin");
    }
  });

  test("is absent without one", async () => {
    const key = await createTestKey("ES256");
    const served = await serve({
      agents,
      authorizationConfig: { issuer: "https://issuer.test", verificationKeys: [key.verificationKey] },
    });
    expect((await send(served.port, { path: METADATA })).status).toBe(404);
    const challenged = await send(served.port, { path: "/agents" });
    expect(challenged.headers["www-authenticate"]).toBe('Bearer realm="agentos"');
  });
});
