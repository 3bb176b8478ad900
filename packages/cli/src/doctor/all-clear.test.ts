/**
 * What may end with 0, and what never does: a token is accepted when a server has let a GET with it in, and by nothing
 * that is found here alone. Each row differs in one thing from the one that passes.
 */
import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer, request as sendRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { AgentOS } from "@agentos/server";
import { createTestKey, goodToken, signToken, startPythonServer, withClaims } from "@agentos/testkit";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import { makeFolder } from "../program/spawn-cli.fixture.ts";
import { startHostileServer } from "./hostile-server.fixture.ts";

const key = await createTestKey("RS256");
const otherKey = await createTestKey("RS256");
const now = Math.floor(Date.now() / 1_000);
const good = goodToken({ key, now, scopes: ["agents:read", "agents:run"] });
const token = await signToken(good);
const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };
let url = "";

beforeAll(async () => {
  const os = new AgentOS({
    database: null,
    id: "agent-os",
    env: {},
    logger: silent,
    authorizationConfig: { verificationKeys: [key.verificationKey] },
  });
  const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
  url = server.url;
  return () => server.close();
});

async function doctor(args: readonly string[], stdin = token) {
  const json = await runInProcess(["doctor", ...args, "--token", "-", "--json"], { stdin });
  const text = await runInProcess(["doctor", ...args, "--token", "-"], { stdin });
  expect(text.code).toBe(json.code);
  const { places } = JSON.parse(json.stdout) as {
    readonly places: readonly {
      readonly findings: readonly { readonly code: string; readonly level: string }[];
    }[];
  };
  return {
    code: json.code,
    text: text.stdout,
    codes: places.flatMap(({ findings }) => findings.map(({ code }) => code)),
  };
}

/** A proxy that passes requests on, with something done to their paths. */
async function startProxy(change: (path: string) => string): Promise<string> {
  const proxy = createServer((incoming, outgoing) => {
    const { port } = new URL(url);
    const options = { port, path: change(incoming.url ?? ""), headers: incoming.headers };
    const passed = sendRequest(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.end();
  });
  await new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    return new Promise<void>((resolve) => void proxy.close(() => resolve()));
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

const run = ["--route", "POST /agents/web/runs"];

describe("a token that the server lets in", () => {
  it("is called accepted, with the route that it opens by itself", async () => {
    const { code, text, codes } = await doctor([url]);
    expect([code, codes]).toEqual([0, []]);
    expect(text).toContain("accepted: the server let the token in");
  });

  it("is judged by a route that its own scopes open, whatever they are", async () => {
    for (const scopes of [["config:read"], ["sessions:read"], ["teams:read"], ["agents:web:run"]]) {
      const { code, codes, text } = await doctor([url], await signToken(withClaims(good, { scopes })));
      expect([code, codes], text).toEqual([0, []]);
    }
  });

  it("is still told which of its scopes is none", async () => {
    const { code, codes } = await doctor(
      [url],
      await signToken(withClaims(good, { scopes: ["config:read", "agent:read"] })),
    );
    expect([code, codes]).toEqual([0, ["SCOPE_MISSPELT"]]);
  });
});

describe("a token that the server lets in, and that opens no route", () => {
  const NOTHING = "the server let the token in, but";
  it.each([
    ["openid", { scopes: undefined, scope: "openid" }, [], "none of its scopes opens a route: openid"],
    [
      "a near miss",
      { scopes: ["agent:read"] },
      ["SCOPE_MISSPELT"],
      "none of its scopes opens a route: agent:read",
    ],
    [
      "a near miss of another route",
      { scopes: ["sesions:read"] },
      ["SCOPE_MISSPELT"],
      "opens a route: sesions:read",
    ],
    [
      "roles of Keycloak",
      { scopes: undefined, scope: "openid", realm_access: { roles: ["agents:read"] } },
      ["SCOPE_CLAIM_OTHER"],
      "none of its scopes opens a route: openid",
    ],
    ["no scope", { scopes: [] }, [], "it holds no scope"],
    [
      "a scope that may be the application's",
      { scopes: ["reports:read"] },
      [],
      "none of its scopes opens a route of AgentOS itself: reports:read; for a route of the application's own ask with --route",
    ],
  ])("is not accepted, with %s", async (_, claims, expected, sentence) => {
    const { code, codes, text } = await doctor([url], await signToken(withClaims(good, claims)));
    expect([code, codes], text).toEqual([4, expected]);
    expect(text).toContain(NOTHING);
    expect(text).toContain(sentence);
    expect(text).not.toMatch(/^accepted/m);
    // The twin holds one scope that is one.
    const { code: twin } = await doctor(
      [url],
      await signToken(withClaims(good, { ...claims, scopes: ["agents:read"] })),
    );
    expect(twin).toBe(0);
  });

  it("is accepted where scopes are not enforced", async () => {
    const os = new AgentOS({
      database: null,
      id: "agent-os",
      logger: silent,
      env: { JWT_VERIFICATION_KEY: key.verificationKey },
    });
    const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
    onTestFinished(() => server.close());
    const { code, codes } = await doctor([server.url], await signToken(withClaims(good, { scopes: [] })));
    expect([code, codes]).toEqual([0, []]);
  });
});

describe("a credential that is said to be what it is", () => {
  it.each([
    ["undefined", 'the credential is the word "undefined", which stands for a variable that was not set'],
    ["$TOKEN", "the credential is the name of a variable, whose value was not put in"],
    ["ghp_0123456789", "the credential is a token of GitHub, and no JWT"],
    ["v2.local.abcdef", "the credential looks like a PASETO, which is no JWT"],
    ["s3cr3t-security-key", "the credential looks like a security key, or is no token at all"],
  ])("%s", async (given, sentence) => {
    expect((await doctor([url], given)).text).toContain(sentence);
  });

  it('with "Bearer" before it is told so, and without is not', async () => {
    const note = /begins with "Bearer", which was left\s+out here/;
    const before = await doctor([url], `Bearer ${token}`);
    expect([before.code, before.text]).toEqual([0, expect.stringMatching(note)]);
    expect((await doctor([url])).text).not.toMatch(note);
    const { stdout } = await runInProcess(["doctor", url, "--token", "-", "--json"], {
      stdin: `Bearer ${token}`,
    });
    expect(JSON.parse(stdout)).toMatchObject({ notes: [expect.stringContaining("has that word twice")] });
  });
});

describe("no all-clear for", () => {
  it.each([
    ["a token of another key", { ...good, key: otherKey }, "AUTH_SIGNED_BY_ANOTHER_KEY"],
    ["a wrong audience", withClaims(good, { aud: "bank" }), "AUTH_AUDIENCE_MISMATCH"],
    ["an expired token", withClaims(good, { iat: now - 7_200, exp: now - 3_600 }), "AUTH_TOKEN_EXPIRED"],
  ])("%s, whichever route is asked about", async (_, parts, expected) => {
    const bad = await signToken(parts);
    for (const args of [[url], [url, ...run], [`${url}/agents`], [url, "--route", "GET /docs"]]) {
      const { code, codes, text } = await doctor(args, bad);
      expect([code, codes], text).toEqual([2, [expected]]);
    }
  });

  it("a route that was not asked", async () => {
    const { code, codes, text } = await doctor([url, ...run]);
    expect([code, codes]).toEqual([4, []]);
    expect(text).toContain("cannot tell: the token is accepted; POST /agents/web/runs was not sent");
    expect(text).not.toMatch(/nothing found|^accepted/m);
    const python = await startPythonServer({ mode: "jwt", publicPem: key.verificationKey });
    onTestFinished(() => python.close());
    expect((await doctor([python.url, ...run])).code).toBe(4);
    // Nothing but GET was sent.
    expect(python.seen.filter((line) => !line.startsWith("GET "))).toEqual([]);
  });

  it("a path with a proxy's prefix, nor for one that the proxy does not take away", async () => {
    const prefix = await doctor([url, "--route", "GET /api/agents"]);
    expect([prefix.code, prefix.codes]).toEqual([1, ["CLI_ROUTE_UNKNOWN"]]);
    expect(prefix.text).toMatch(/ask for\s+\/agents/);
    // /info and /health come through, the routes do not.
    const broken = await startProxy((path) => (/^\/(info|health)$/.test(path) ? path : `/api${path}`));
    const through = await doctor([broken]);
    expect(through.code).not.toBe(0);
    expect(through.codes).toEqual(["CLI_ROUTE_UNKNOWN"]);
    const straight = await startProxy((path) => path);
    expect((await doctor([straight])).code).toBe(0);
  });

  it("a route that another application answers with its own 404", async () => {
    const stranger = await startHostileServer({
      answer: () => ({ status: 404, body: { detail: "Not Found" } }),
    });
    const { code, codes } = await doctor([stranger]);
    expect([code, codes]).toEqual([4, ["CLI_ANSWER_UNKNOWN"]]);
  });

  it("the address of a route that takes nothing but POST", async () => {
    const { code, codes, text } = await doctor([`${url}/agents/web/runs/r1/cancel`]);
    expect([code, codes], text).toEqual([4, []]);
    expect(text).toContain("POST /agents/web/runs/r1/cancel was not sent, since only GET is");
  });

  it("the route of a POST that is asked with GET", async () => {
    const { code, codes, text } = await doctor([url, "--route", "GET /agents/web/runs/r1/cancel"]);
    expect([code, codes], text).toEqual([1, ["CLI_ROUTE_UNKNOWN"]]);
    expect(text.replace(/\s+/g, " ")).toContain('--route "POST /agents/web/runs/r1/cancel"');
  });

  it("an address with a path too much, whose server refuses everything that it does not have", async () => {
    const { code, codes } = await doctor([`${url}/no/such`]);
    expect([code, codes]).toEqual([1, ["CLI_PATH_PREFIX_WRONG"]]);
  });

  it("a credential that differs in one character from the one that passes", async () => {
    const rows = [
      [`Bearer\u00a0${token}`, "AUTH_SCHEME_SPACE_MISSING"],
      [`${token}\u00a0`, "AUTH_TOKEN_SPACED"],
      [`Bearer%20${token}`, "AUTH_TOKEN_CHARACTERS_INVALID"],
    ] as const;
    for (const [credential, expected] of rows) {
      const { code, codes, text } = await doctor([url], credential);
      expect([code, codes], text).toEqual([2, [expected]]);
    }
    const { text: unset } = await doctor([url], "undefined");
    expect(unset).toContain('the credential is the word "undefined"');
    const { text: object } = await doctor([url], "[object Object]");
    expect(object).toContain('the credential is the text "[object Object]"');
    const { text } = await doctor([url], `Bearer%20${token}`);
    expect(text).toContain("character 7 of the token is a percent sign");
  });

  it("an item that is not there", async () => {
    const { code, codes, text } = await doctor([url, "--route", "GET /agents/nobody"]);
    expect([code, codes], text).toEqual([1, ["CLI_ITEM_UNKNOWN"]]);
  });

  it("an answer that is the same without the token", async () => {
    const open = await startHostileServer({ answer: () => ({ status: 200, body: {} }) });
    expect((await doctor([open])).code).toBe(4);
    const none = await startHostileServer({
      answer: () => ({ status: 200, body: {} }),
      info: { auth_mode: "none" },
    });
    expect((await doctor([none])).code).toBe(0);
  });

  it("an address without a token", async () => {
    const { code, stdout } = await runInProcess(["doctor", url]);
    expect(code).toBe(4);
    expect(stdout).toContain("cannot tell: no token was given");
  });

  it("a token that only a configuration's keys were compared with", async () => {
    const env = { JWT_VERIFICATION_KEY: key.verificationKey, AUTHORIZATION_ENABLED: "true" };
    const start = await runInProcess(["doctor"], { env });
    expect(start.code).toBe(0);
    expect(start.stdout).toContain(
      "it starts, if its database can be used; whether a token is accepted was not asked",
    );
    const posted = await runInProcess(["doctor", "-", ...run], { env, stdin: token });
    expect(posted.code).not.toBe(0);
    // Nothing is configured: whatever it is, nobody has looked at it.
    const unasked = await runInProcess(["doctor", "-"], { stdin: token });
    expect([unasked.code, unasked.stdout.includes("the token was not looked at")]).toEqual([4, true]);
  });
});

describe("the rules of a configuration", () => {
  const cwdWith = (scopeMappings: object) => {
    const cwd = makeFolder();
    const authorization = { verificationKeys: [key.verificationKey], scopeMappings };
    const config = { id: "agent-os", agents: [], authorization };
    writeFileSync(join(cwd, "os.json"), JSON.stringify(config));
    return cwd;
  };

  it("decide for routes that are not sent, and which one shows that a token is accepted", async () => {
    const cwd = cwdWith({ "POST /agents/*/runs": ["shop:run"], "GET /agents": ["shop:list"] });
    const ask = async (scopes: readonly string[], ...args: readonly string[]) => {
      const stdin = await signToken(withClaims(good, { scopes }));
      const asked = await runInProcess(["doctor", "--config", "os.json", "--token", "-", ...args], {
        cwd,
        stdin,
      });
      const explained = await runInProcess(["token", "explain", "-", "--config", "os.json"], { cwd, stdin });
      return { ...asked, explained: explained.stdout };
    };
    const holder = await ask(["shop:run"], ...run);
    expect(holder.stdout).toContain("the token names the scopes that it requires");
    expect(holder.explained).toMatch(/allowed +POST \/agents\/\{agent_id\}\/runs +by shop:run/);
    const usual = await ask(["agents:run"], ...run);
    expect([usual.code, usual.stdout.includes("shop:run")]).toEqual([2, true]);
    expect(usual.explained).toMatch(/denied +POST \/agents\/\{agent_id\}\/runs +add shop:run/);
    expect((await ask(["agents:read", "config:read"])).code).toBe(0);
  });
});

describe("a secret that both sides have in two forms", () => {
  it("is named by the form that fits, once it is given", async () => {
    const text = Buffer.from("a shared secret of forty and some more bytes").toString("base64");
    const os = new AgentOS({
      database: null,
      id: "agent-os",
      env: {},
      logger: silent,
      authorizationConfig: { verificationKeys: [text], algorithm: "HS256" },
    });
    const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
    onTestFinished(() => server.close());
    const head = [{ alg: "HS256", typ: "JWT" }, { ...good.payload }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const signature = createHmac("sha256", Buffer.from(text, "base64")).update(head).digest("base64url");
    const args = ["doctor", server.url, "--token", "-", "--key", "env:SECRET", "--algorithm", "HS256"];
    const { stdout, code } = await runInProcess(args, {
      stdin: `${head}.${signature}`,
      env: { SECRET: text },
    });
    expect(code).toBe(2);
    expect(stdout).toContain("the signer uses the base64-decoded secret");
    expect(stdout).not.toContain("thumbprint");
    expect(stdout).not.toContain(text);
  });
});

describe("one cause", () => {
  it("is not joined by its consequence: a server that does not run because it cannot start", async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => void gone.listen(0, "127.0.0.1", resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => void gone.close(resolve));
    const { stdout, code } = await runInProcess([
      "doctor",
      "--config",
      "missing.json",
      "--url",
      `http://127.0.0.1:${port}`,
      "--json",
    ]);
    const { places } = JSON.parse(stdout) as {
      readonly places: readonly { readonly findings: readonly { readonly level: string }[] }[];
    };
    expect(places.map(({ findings }) => findings.map(({ level }) => level))).toEqual([
      ["error"],
      ["warning"],
    ]);
    expect(code).toBe(3);
  });

  it("is the server's own, whatever the form of the credential suggests", async () => {
    const { codes } = await doctor([url], "k9-tRw3z_Qp7vXe2mYb8sLd4");
    expect(codes).toEqual(["AUTH_TOKEN_MALFORMED"]);
  });

  it("shows from whom and for whom a token is that another key has signed, as unverified", async () => {
    const foreign = { ...withClaims(good, { iss: "https://other.test", aud: "bank" }), key: otherKey };
    const { text } = await doctor([url], await signToken(foreign));
    expect(text).toContain('unverified, "iss" is https://other.test');
    expect(text).toContain('unverified, "aud" is bank');
    expect(text).toMatch(/✗ "aud"\s+bank\s+agent-os/);
  });
});
