/**
 * The command against our real server and against one that answers like the Python AgentOS: both must lead to the same
 * cause, with the same fix. Each row stands beside the good token, in which nothing may be found.
 */

import { ERRORS } from "@agentos/contract";
import { AgentOS, type AgentOSOptions } from "@agentos/server";
import { type PythonServer, startPythonServer } from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import { runCli } from "../program/spawn-cli.fixture.ts";
import { key, SECURITY_KEY, type Situation, secret, situations, token } from "./situations.cases.ts";

interface Report {
  readonly exit_code: number;
  readonly places: readonly {
    readonly findings: readonly {
      readonly code: string;
      readonly certainty: string;
      readonly fix: string;
      readonly level: string;
    }[];
  }[];
}

const urls: Record<string, string> = {};
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const jwt = { verificationKeys: [key.verificationKey], issuer: "https://issuer.test" };
  const hmac = { verificationKeys: [secret.verificationKey], algorithm: "HS256" };
  const options: Readonly<Record<NonNullable<Situation["ours"]>, AgentOSOptions>> = {
    jwt: { id: "agent-os", authorization: true, authorizationConfig: jwt },
    hmac: { id: "agent-os", authorization: true, authorizationConfig: hmac },
    security_key: { id: "agent-os", securityKey: SECURITY_KEY },
  };
  const logger = { error: () => undefined, warn: () => undefined, info: () => undefined };
  for (const [name, own] of Object.entries(options)) {
    const os = new AgentOS({ database: null, ...own, env: {}, logger });
    const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
    urls[name] = server.url;
    stops.push(() => server.close());
  }
});
afterAll(() => Promise.all(stops.map((stop) => stop())));

async function urlOf(
  side: "ours" | "python",
  situation: Pick<Situation, "ours" | "python">,
): Promise<string> {
  if (side === "ours") return urls[situation.ours ?? "jwt"] ?? "";
  const python: PythonServer = await startPythonServer({
    mode: "jwt",
    publicPem: key.verificationKey,
    securityKey: SECURITY_KEY,
    ...situation.python,
  });
  stops.push(() => python.close());
  return python.url;
}

const sides = situations.flatMap((situation) => [
  ...(situation.ours === undefined ? [] : [[situation.name, "ours", situation] as const]),
  ...(situation.python === undefined ? [] : [[situation.name, "python", situation] as const]),
]);

async function expectCause(situation: Situation, side: "ours" | "python", run: typeof runCli): Promise<void> {
  const url = await urlOf(side, situation);
  const asked = situation.route === undefined ? [] : ["--route", situation.route];
  const result = await run(["doctor", url, "--token", "-", "--json", ...asked], { stdin: situation.token });
  const code = side === "ours" ? (situation.ourCode ?? situation.code) : situation.code;
  expect(result.stderr).toBe("");
  const report = JSON.parse(result.stdout) as Report;
  const [first] = report.places[0]?.findings ?? [];
  expect(first, result.stdout).toMatchObject({ code, level: "error" });
  expect(first?.fix).toContain(situation.fix);
  expect(ERRORS).toHaveProperty(code);
  expect(result.code).toBe(situation.exit ?? 2);
  expect(report.exit_code).toBe(result.code);
  // Whatever it says, it never says the credential or a part of it.
  for (const segment of situation.token.split(/[.\s"]+/))
    if (segment.length >= 12) expect(result.stdout).not.toContain(segment);
}

describe("agentos doctor", () => {
  it.each(sides)("names cause and fix: %s (%s)", (_, side, situation) =>
    expectCause(situation, side, runInProcess),
  );

  const spawned = [
    "HS256 token, RSA key",
    "another key",
    "scope in the singular",
    "JWT sent while only the security key is on",
  ];
  it.each(sides.filter(([name]) => spawned.includes(name)))(
    "does so as a process of its own: %s (%s)",
    { timeout: 60_000 },
    (_, side, situation) => expectCause(situation, side, runCli),
  );

  it.each(["ours", "python"] as const)("finds nothing to refuse in the good token (%s)", async (side) => {
    const url = await urlOf(side, { ours: "jwt", python: {} });
    const result = await runInProcess(["doctor", "--url", url, "--token", "-", "--json"], { stdin: token });
    expect(result.code, result.stdout).toBe(0);
    expect((JSON.parse(result.stdout) as Report).places[0]?.findings).toEqual([]);
  });
});
