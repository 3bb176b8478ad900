/** `agentos token explain`: accepted or not, then route by route; in step with `scopes explain`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AgentOS } from "@agentos/server";
import { createTestKey, goodToken, signToken, withClaims } from "@agentos/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import { makeFolder } from "../program/spawn-cli.fixture.ts";
import type { ExplainedToken } from "./explain-token.ts";

const key = await createTestKey("ES256");
const now = Math.floor(Date.now() / 1_000);
const tokenWith = (scopes: readonly string[], claims = {}) =>
  signToken(withClaims(goodToken({ key, now, scopes }), claims));

function setUp() {
  const cwd = makeFolder();
  const config = { id: "agent-os", agents: [], authorization: { verificationKeys: [key.verificationKey] } };
  writeFileSync(join(cwd, "os.json"), JSON.stringify(config));
  return async (token: string, ...args: readonly string[]) => {
    const result = await runInProcess(["token", "explain", "-", "--json", ...args], { cwd, stdin: token });
    return { ...result, explained: JSON.parse(result.stdout) as ExplainedToken };
  };
}

const outcomes = ({ routes }: ExplainedToken) =>
  Object.fromEntries(routes.map(({ route, outcome }) => [route, outcome]));

describe("agentos token explain", () => {
  it("says of every route whether it is open, with the least scope to add", async () => {
    const explain = setUp();
    const { explained, code } = await explain(
      await tokenWith(["agents:read", "agents:web:run"]),
      "--config",
      "os.json",
    );
    expect(code).toBe(0);
    expect(explained).toMatchObject({ isAccepted: true, findings: [] });
    expect(outcomes(explained)).toMatchObject({
      "GET /health": "public",
      "GET /agents": "allowed",
      "GET /config": "denied",
      "POST /agents/{agent_id}/runs": "some items",
      "GET /sessions": "denied",
    });
    const run = explained.routes.find(({ route }) => route === "POST /agents/{agent_id}/runs");
    expect(run?.items).toEqual(["web"]);
    expect(explained.routes.find(({ route }) => route === "GET /config")).toMatchObject({
      scope_to_add: "config:read",
    });
    expect(explained.routes.find(({ route }) => route === "GET /traces")?.served).toBe(false);
  });

  it("asks a running server where it reads the token, when it is told", async () => {
    const os = new AgentOS({
      database: null,
      id: "agent-os",
      env: {},
      logger: { error: () => undefined, warn: () => undefined, info: () => undefined },
      authorization: true,
      authorizationConfig: { verificationKeys: [key.verificationKey], tokenSource: "cookie" },
    });
    const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
    onTestFinished(() => server.close());
    const explain = setUp();
    const token = await tokenWith(["agents:read"]);
    const told = await explain(token, "--url", server.url, "--cookie", "access_token");
    expect([told.code, told.explained.isAccepted]).toEqual([0, true]);
    const untold = await explain(token, "--url", server.url);
    expect(untold.explained.findings).toMatchObject([{ code: "AUTH_CREDENTIAL_LOST" }]);
    expect(untold.explained.findings[0]?.fix).toContain("`--cookie access_token`");
    await expect(explain(token, "--cookie", "access_token")).rejects.toThrow('without "--url"');
  });

  it("agrees with scopes explain on every route that it lists", async () => {
    const explain = setUp();
    const scopes = ["agents:read", "sessions:read", "teams:a:run"];
    const { explained } = await explain(await tokenWith(scopes));
    for (const { route, outcome } of explained.routes.filter(({ route: name }) => !name.includes("{"))) {
      const [method = "", path = ""] = route.split(" ");
      const told = await runInProcess([
        "scopes",
        "explain",
        method,
        path,
        "--scopes",
        scopes.join(" "),
        "--json",
      ]);
      expect((JSON.parse(told.stdout) as { allowed: boolean }).allowed, route).toBe(outcome !== "denied");
    }
  });

  it("lets scopes count as far as the issuer of the token may grant them, as the server does", async () => {
    const cwd = makeFolder();
    const admin = await tokenWith(["agent_os:admin", "agents:read"], { iss: "https://b.test" });
    const explain = async (allowedScopes?: readonly string[]) => {
      const added = {
        issuer: "https://b.test",
        name: "b",
        verificationKeys: [key.verificationKey],
        allowedScopes,
      };
      const other = await createTestKey("ES256");
      const authorization = { verificationKeys: [other.verificationKey], issuers: [added] };
      writeFileSync(join(cwd, "os.json"), JSON.stringify({ id: "agent-os", agents: [], authorization }));
      const args = ["token", "explain", "-", "--json", "--config", "os.json"];
      const { stdout } = await runInProcess(args, { cwd, stdin: admin });
      return JSON.parse(stdout) as ExplainedToken;
    };
    const limited = await explain();
    expect([limited.isAccepted, limited.scopes]).toEqual([true, ["agents:read"]]);
    expect(limited.withheldScopes).toEqual(["agent_os:admin"]);
    expect(outcomes(limited)).toMatchObject({ "GET /agents": "allowed", "GET /config": "denied" });
    const whole = await explain(["agent_os:admin"]);
    expect([whole.isAccepted, whole.scopes]).toEqual([true, ["agent_os:admin", "agents:read"]]);
    expect(outcomes(whole)).toMatchObject({ "GET /agents": "allowed", "GET /config": "allowed" });
  });

  it("says first why the token itself is refused", async () => {
    const explain = setUp();
    const { explained, code } = await explain(
      await tokenWith(["agents:read"], { aud: "bank" }),
      "--config",
      "os.json",
    );
    expect(code).toBe(2);
    expect(explained).toMatchObject({ isAccepted: false, findings: [{ code: "AUTH_AUDIENCE_MISMATCH" }] });
    const alone = await explain(await tokenWith(["agents:read"]));
    expect(alone.explained.isAccepted).toBeNull();
  });
});
