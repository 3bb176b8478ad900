/** `agentos token explain` with several issuers: what it says is what the server of that configuration answers. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, AgentOS } from "@agentos/server";
import { createTestKey, goodToken, signToken, withClaims } from "@agentos/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import { makeFolder } from "../program/spawn-cli.fixture.ts";
import type { ExplainedToken } from "./explain-token.ts";

const ISSUER = "https://b.test";
const [own, key] = [await createTestKey("ES256"), await createTestKey("ES256")];
const now = Math.floor(Date.now() / 1_000);
const tokenWith = (scopes: readonly string[], iss = ISSUER) =>
  signToken(withClaims(goodToken({ key, now, scopes }), { iss }));

const configWith = (allowedScopes?: readonly string[], more: object = {}) => ({
  verificationKeys: [own.verificationKey],
  issuer: "https://a.test",
  issuers: [
    {
      issuer: ISSUER,
      name: "b",
      verificationKeys: [key.verificationKey],
      ...(allowedScopes === undefined ? {} : { allowedScopes: [...allowedScopes] }),
      ...more,
    },
  ],
});

function write(authorization: object): string {
  const cwd = makeFolder();
  const agents = [{ id: "echo", model: "offline:echo" }];
  writeFileSync(join(cwd, "os.json"), JSON.stringify({ id: "agent-os", agents, authorization }));
  return cwd;
}

async function serve(authorizationConfig: ReturnType<typeof configWith>): Promise<string> {
  const os = new AgentOS({
    database: null,
    id: "agent-os",
    env: {},
    agents: [new Agent({ id: "echo", model: "offline:echo" })],
    logger: { error: () => undefined, warn: () => undefined, info: () => undefined },
    authorizationConfig,
  });
  const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
  onTestFinished(() => server.close());
  return server.url;
}

const run = (stdin: string, cwd: string, ...args: readonly string[]) =>
  runInProcess(["token", "explain", "-", ...args], { cwd, stdin });

async function explain(stdin: string, cwd: string, ...args: readonly string[]): Promise<ExplainedToken> {
  return JSON.parse((await run(stdin, cwd, "--json", ...args)).stdout) as ExplainedToken;
}

/** Without the routes that ask for no scope: any token that is accepted may call them. */
const ofScopes = (stdout: string) => stdout.replaceAll(/^.*any valid credential\n/gm, "");

const routeOf = ({ routes }: ExplainedToken, name: string) => routes.find(({ route }) => route === name);

describe("a scope that its issuer may not grant", () => {
  it("is said not to count, with the decision of the server for every route", async () => {
    const admin = await tokenWith(["agent_os:admin"]);
    const { stdout, code } = await run(admin, write(configWith()), "--config", "os.json");
    expect(code).toBe(0);
    expect(stdout).toContain("os.json  accepted\n");
    expect(stdout).toContain(
      '  scopes agent_os:admin (does not count: its issuer does not list it in "allowedScopes")\n',
    );
    expect(stdout).toMatch(/denied +GET \/config +its issuer may not grant agent_os:admin\n/);
    expect(stdout).toMatch(
      /denied +POST \/agents\/\{agent_id\}\/runs +its issuer may not grant agent_os:admin\n/,
    );
    expect(ofScopes(stdout)).not.toMatch(/allowed {2}|scopes none|add /);
    const listed = await run(admin, write(configWith(["agent_os:admin"])), "--config", "os.json");
    expect(listed.stdout).toContain("  scopes agent_os:admin\n");
    expect(listed.stdout).toMatch(/allowed +GET \/config +by agent_os:admin\n/);
    expect(listed.stdout).not.toMatch(/does not count|denied/);
  });

  it("stands behind those that count, and is not blamed for what it would not open", async () => {
    const cwd = write(configWith(["agents:read"]));
    const token = await tokenWith(["agents:read", "agents:run"]);
    const { stdout } = await run(token, cwd, "--config", "os.json");
    expect(stdout).toContain(
      '  scopes agents:read\n         agents:run (does not count: its issuer does not list it in "allowedScopes")\n',
    );
    const explained = await explain(token, cwd, "--config", "os.json");
    expect(routeOf(explained, "GET /agents")).toMatchObject({ outcome: "allowed", code: null });
    expect(routeOf(explained, "GET /config")).toMatchObject({ code: "SCOPE_MISSING", scope_to_allow: null });
    expect(routeOf(explained, "POST /agents/{agent_id}/runs")).toMatchObject({
      outcome: "denied",
      code: "SCOPE_OVER_CEILING",
      scope_to_allow: "agents:run",
    });
  });

  it("is never called allowed on a running server, whose own answers count", async () => {
    const admin = await tokenWith(["agent_os:admin"]);
    const url = await serve(configWith());
    const answer = await fetch(`${url}/config`, { headers: { authorization: `Bearer ${admin}` } });
    expect(await answer.json()).toMatchObject({ status: 403, code: "SCOPE_OVER_CEILING" });
    const { stdout, code } = await run(admin, makeFolder(), "--url", url);
    expect(code).toBe(0);
    expect(stdout).toContain("accepted\n");
    expect(ofScopes(stdout)).not.toContain("allowed ");
    expect(stdout).toMatch(/denied +GET \/config +its issuer may not grant that there\n/);
    expect(stdout).toMatch(
      /unknown +POST \S+\/runs +by agent_os:admin, if its issuer may grant that there\n/,
    );
    expect(stdout).toMatch(
      /denied the token holds [\w:]+, but its issuer may not grant that.* \[SCOPE_OVER_CEILING\]\n +fix .*"allowedScopes"/,
    );
    expect(stdout).toContain("known to the server alone");
  });

  it("is called allowed there where the server lets it in, and where any token is let in no further", async () => {
    const url = await serve(configWith(["agents:read"]));
    const token = await tokenWith(["agents:read", "agents:echo:run", "config:read"]);
    const explained = await explain(token, makeFolder(), "--url", url);
    expect(routeOf(explained, "GET /agents")).toMatchObject({ outcome: "allowed", answer: "let in" });
    expect(routeOf(explained, "GET /config")).toMatchObject({ outcome: "denied", answer: "refused" });
    // The admin scope in the token is not what has opened it.
    const both = await run(await tokenWith(["agent_os:admin", "agents:read"]), makeFolder(), "--url", url);
    expect(both.stdout).toMatch(/allowed +GET \/agents +the server lets it in\n/);
    expect(both.stdout).toContain("  scopes agent_os:admin agents:read (as the token names them)\n");
    const runs = routeOf(explained, "POST /agents/{agent_id}/runs");
    expect(runs).toMatchObject({ outcome: "not known", answer: null, items: ["echo"] });
    expect(routeOf(explained, "GET /agents/{agent_id}")).toMatchObject({ outcome: "not known" });
    expect(routeOf(explained, "GET /health")).toMatchObject({ outcome: "public" });
  });

  it("is not decided for a token of an issuer that the configuration does not know", async () => {
    const cwd = write({ ...configWith(), issuer: undefined });
    const stranger = await tokenWith(["agent_os:admin"], "https://c.test");
    const explained = await explain(stranger, cwd, "--config", "os.json");
    expect(explained).toMatchObject({
      isAccepted: false,
      isCeilingKnown: false,
      findings: [{ code: "AUTH_ISSUER_UNKNOWN" }],
    });
    expect(explained.findings[0]?.fix).toContain('set "authorization.issuer" to this "iss"');
    expect(routeOf(explained, "GET /config")?.outcome).toBe("not known");
    const { stdout } = await run(stranger, cwd, "--config", "os.json");
    expect(stdout).toContain("what an issuer may grant is known once it is trusted");
    expect(ofScopes(stdout)).not.toMatch(/allowed {2}|--config FILE/);
  });
});

it("says nothing of a token where the configuration has a fault, not even what its scopes would open", async () => {
  const token = await tokenWith(["agent_os:admin"]);
  const cwd = write(configWith(undefined, { subjectPrefix: "partner" }));
  const { stdout, code } = await run(token, cwd, "--config", "os.json");
  expect(code).toBe(3);
  expect(stdout).toContain("the configuration cannot be used, so the token was not looked at");
  expect(stdout).toContain('fix    end it with ":", "|" or "/", such as "partner:"');
  expect(stdout).not.toMatch(/refused|allowed|scopes|GET \//);
  const { routes, isAccepted } = await explain(token, cwd, "--config", "os.json");
  expect([routes, isAccepted]).toEqual([[], null]);
  const mended = write(configWith(["agent_os:admin"], { subjectPrefix: "partner:" }));
  expect((await run(token, mended, "--config", "os.json")).code).toBe(0);
});
