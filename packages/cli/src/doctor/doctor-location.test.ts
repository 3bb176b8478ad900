/** Servers that read the token elsewhere than in the Authorization header: with the right option nothing is found, without it the way there. */
import { writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type AuthorizationConfig } from "@agentos/guard";
import { AgentOS } from "@agentos/server";
import {
  createTestKey,
  goodToken,
  type PythonOptions,
  signToken,
  startPythonServer,
  withClaims,
} from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import { makeFolder } from "../program/spawn-cli.fixture.ts";

const key = await createTestKey("RS256");
const pem = key.verificationKey;
const now = Math.floor(Date.now() / 1_000);
const good = goodToken({ key, now, scopes: ["agents:read", "config:read"] });
const token = await signToken(good);
const expired = await signToken(withClaims(good, { iat: now - 7_200, exp: now - 3_600 }));

interface Finding {
  readonly code: string;
  readonly certainty: string;
  readonly level: string;
  readonly fix: string;
  readonly evidence: readonly { readonly fact: string }[];
  readonly seenAt: readonly string[];
}

interface Report {
  readonly places: readonly {
    readonly checks: readonly { readonly name: string; readonly text: string }[];
    readonly findings: readonly Finding[];
  }[];
  readonly comparison: readonly { readonly trait: string; readonly values: readonly string[] }[];
}

async function doctor(args: readonly string[], options: Parameters<typeof runInProcess>[1] = {}) {
  const { stdout, code } = await runInProcess(["doctor", ...args, "--token", "-", "--json"], {
    stdin: token,
    ...options,
  });
  const report = JSON.parse(stdout) as Report;
  return { code, stdout, report, findings: report.places.flatMap(({ findings }) => findings) };
}

/** Where a server reads the token, the options that say so, and those that another server would need. */
interface Place {
  readonly config: AuthorizationConfig;
  readonly python: Partial<PythonOptions>;
  readonly right: readonly (readonly string[])[];
  readonly wrong: readonly (readonly string[])[];
  /** What the fix names. */
  readonly leadsTo: string;
}

const PLACES: Readonly<Record<string, Place>> = {
  "a cookie": {
    config: { tokenSource: "cookie" },
    python: { tokenSource: "cookie" },
    right: [["--cookie", "access_token"]],
    wrong: [[], ["--cookie", "Access_Token"], ["--header", "X-Other"]],
    leadsTo: "`--cookie access_token`",
  },
  "a cookie of another name": {
    config: { tokenSource: "cookie", cookieName: "session.id" },
    python: { tokenSource: "cookie", cookieName: "session.id" },
    right: [["--cookie", "session.id"]],
    wrong: [[], ["--cookie", "access_token"]],
    leadsTo: "`--cookie session.id`",
  },
  "a header or a cookie": {
    config: { tokenSource: "both" },
    python: { tokenSource: "both" },
    right: [[], ["--header", "authorization"], ["--cookie", "access_token"]],
    wrong: [
      ["--header", "X-Other"],
      ["--cookie", "other"],
    ],
    leadsTo: "`--header Authorization` or `--cookie access_token`",
  },
};

const servers: Record<string, { readonly url: string; readonly close: () => Promise<void> }> = {};
const pythonServers: typeof servers = {};
const HEADER: AuthorizationConfig = { tokenHeaderKey: "X-Auth-Token" };

beforeAll(async () => {
  const logger = { error: () => undefined, warn: () => undefined, info: () => undefined };
  const start = async (config: AuthorizationConfig) => {
    const authorizationConfig = { verificationKeys: [pem], ...config };
    const os = new AgentOS({ database: null, id: "agent-os", authorizationConfig, env: {}, logger });
    return os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
  };
  for (const [name, { config, python }] of Object.entries(PLACES)) {
    servers[name] = await start(config);
    pythonServers[name] = await startPythonServer({ mode: "jwt", publicPem: pem, ...python });
  }
  servers["another header"] = await start(HEADER);
  const tokenHeader = HEADER.tokenHeaderKey ?? "";
  pythonServers["another header"] = await startPythonServer({ mode: "jwt", publicPem: pem, tokenHeader });
});
afterAll(() =>
  Promise.all([...Object.values(servers), ...Object.values(pythonServers)].map((server) => server.close())),
);

const urlOf = (side: string, name: string) => (side === "ours" ? servers : pythonServers)[name]?.url ?? "";
const rows = Object.entries(PLACES).flatMap(([name, place]) =>
  ["ours", "python"].map((side) => [name, side, place] as const),
);

describe("a server that reads the token in", () => {
  it.each(rows)("%s finds nothing with the right option (%s)", async (name, side, { right }) => {
    for (const options of right) {
      const result = await doctor(["--url", urlOf(side, name), ...options]);
      expect(result, result.stdout).toMatchObject({ code: 0, findings: [] });
    }
  });

  it.each(rows)("%s leads to the right option (%s)", async (name, side, { wrong, leadsTo }) => {
    for (const options of wrong) {
      const { code, findings, stdout } = await doctor(["--url", urlOf(side, name), ...options]);
      expect(findings, stdout).toMatchObject([{ code: "AUTH_CREDENTIAL_LOST", certainty: "certain" }]);
      expect(findings[0]?.fix).toContain(leadsTo);
      expect(code).toBe(2);
    }
  });

  it("another header names it, and finds nothing when it is used", async () => {
    const url = urlOf("ours", "another header");
    for (const options of [[], ["--cookie", "access_token"]]) {
      const { findings } = await doctor(["--url", url, ...options]);
      expect(findings).toMatchObject([{ code: "AUTH_CREDENTIAL_LOST", certainty: "certain" }]);
      expect(findings[0]?.fix).toContain("`--header X-Auth-Token`");
      expect(findings[0]?.evidence.map(({ fact }) => fact)).toContain(
        'the server looks for it in the header "X-Auth-Token"',
      );
    }
    expect(await doctor(["--url", url, "--header", "x-auth-token"])).toMatchObject({ code: 0, findings: [] });
  });

  it("another header that a Python AgentOS does not name is still led to", async () => {
    const url = urlOf("python", "another header");
    const { findings } = await doctor(["--url", url]);
    expect(findings).toMatchObject([{ code: "AUTH_CREDENTIAL_LOST", certainty: "likely" }]);
    expect(findings[0]?.evidence.map(({ fact }) => fact).join("\n")).toContain("`--header NAME`");
    expect(findings[0]?.fix).toContain("proxy");
    const inCookie = await doctor(["--url", url, "--cookie", "access_token"]);
    expect(inCookie.findings[0]?.fix).toContain("`--header Authorization`");
    expect(await doctor(["--url", url, "--header", "X-Auth-Token"])).toMatchObject({ code: 0, findings: [] });
  });

  it("the very cookie that was sent has lost it on its way", async () => {
    const options = { mode: "jwt", publicPem: pem, tokenSource: "cookie", losesHeader: true } as const;
    const server = await startPythonServer(options);
    onTestFinished(() => server.close());
    const { findings } = await doctor(["--url", server.url, "--cookie", "access_token"]);
    expect(findings).toMatchObject([{ code: "AUTH_CREDENTIAL_LOST", certainty: "likely" }]);
    expect(findings[0]?.fix).toContain("proxy");
    const facts = findings[0]?.evidence.map(({ fact }) => fact);
    expect(facts).toContain('the token was sent in the cookie "access_token"');
    expect(facts).toContain('the server looks for it in the cookie "access_token"');
    expect(facts?.join("\n")).not.toContain("--header");
  });

  it("the Authorization header, for it has a security key, leads there", async () => {
    const securityKey = "k9-tRw3z_Qp7vXe2mYb8sLd4";
    const server = await startPythonServer({ mode: "security_key", securityKey });
    onTestFinished(() => server.close());
    const args = ["--url", server.url, "--cookie", "access_token"];
    const { findings } = await doctor(args, { stdin: securityKey });
    expect(findings).toMatchObject([{ code: "AUTH_CREDENTIAL_LOST", certainty: "certain" }]);
    expect(findings[0]?.fix).toContain("use `--header Authorization`");
    expect(await doctor(args.slice(0, 2), { stdin: securityKey })).toMatchObject({ code: 0, findings: [] });
  });

  it("a cookie still judges the token itself", async () => {
    const url = urlOf("ours", "a cookie");
    const { findings } = await doctor(["--url", url, "--cookie", "access_token"], { stdin: expired });
    expect(findings).toMatchObject([{ code: "AUTH_TOKEN_EXPIRED" }]);
    expect(findings[0]?.seenAt).toContain('GET /agents with the token in the cookie "access_token"');
  });

  it.each([
    ["--cookie", "access_token", "a cookie", `access_token=${token}`],
    ["--cookie", "access_token", "a cookie", `Cookie: access_token=${token}`],
    ["--header", "X-Auth-Token", "another header", `X-Auth-Token: Bearer ${token}`],
    ["--header", "X-Auth-Token", "another header", `Authorization: Bearer ${token}`],
  ])("%s %s (%s) takes it as it was copied", async (option, name, place, stdin) => {
    const result = await doctor(["--url", urlOf("ours", place), option, name], { stdin });
    expect(result).toMatchObject({ code: 0, findings: [] });
  });
});

describe("the token", () => {
  async function record(): Promise<{ readonly url: string; readonly requests: IncomingHttpHeaders[] }> {
    const requests: IncomingHttpHeaders[] = [];
    const server = createServer((request, response) => {
      if (request.url === "/agents") requests.push(request.headers);
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ os_id: "x", agno_version: "2.9.0", auth_mode: "jwt" }));
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
  }

  it("goes in a cookie as a page of the same site sends it, and nowhere else", async () => {
    const { url, requests } = await record();
    await doctor(["--url", url, "--cookie", "access_token", "--route", "GET /agents"]);
    const [bare, sent] = requests;
    expect(bare?.cookie).toBeUndefined();
    expect(sent).toMatchObject({ cookie: `access_token=${token}`, "sec-fetch-site": "same-origin" });
    expect([sent?.["origin"], sent?.authorization]).toEqual([undefined, undefined]);
  });

  it("goes in the header that was named, and nowhere else", async () => {
    const { url, requests } = await record();
    await doctor(["--url", url, "--header", "X-Auth-Token", "--route", "GET /agents"]);
    const [, sent] = requests;
    expect(sent?.["x-auth-token"]).toBe(`Bearer ${token}`);
    expect([sent?.authorization, sent?.cookie, sent?.["sec-fetch-site"]]).toEqual(Array(3).fill(undefined));
  });

  it("is not sent in a cookie that it would end", async () => {
    const { url, requests } = await record();
    const args = ["--url", url, "--cookie", "access_token", "--route", "GET /agents"];
    const { report } = await doctor(args, { stdin: `${token}; admin=1` });
    expect(report.places[0]?.checks.at(-1)?.text).toBe("cannot be sent in a cookie");
    expect(requests).toHaveLength(1);
    await doctor(args, { stdin: token });
    expect(requests).toHaveLength(3);
  });
});

describe("a configuration", () => {
  const write = (cwd: string, file: string, authorization: object) =>
    writeFileSync(
      join(cwd, file),
      JSON.stringify({
        id: "agent-os",
        agents: [],
        authorization: { verificationKeys: [pem], ...authorization },
      }),
    );

  it.each([
    ["a cookie", { tokenSource: "cookie", cookieName: "session" }, ' in the cookie "session"'],
    ["another header", { tokenHeaderKey: "X-Auth-Token" }, ' in the header "X-Auth-Token"'],
    ["both", { tokenSource: "both", cookieName: "session" }, ""],
  ])("gets the token where it reads it: %s", async (_, authorization, place) => {
    const cwd = makeFolder();
    write(cwd, "a.json", authorization);
    const accepted = await doctor(["--config", "a.json"], { cwd });
    expect(accepted, accepted.stdout).toMatchObject({ code: 0, findings: [] });
    const refused = await doctor(["--config", "a.json"], { cwd, stdin: expired });
    expect(refused.findings).toMatchObject([
      {
        code: "AUTH_TOKEN_EXPIRED",
        seenAt: [`GET /agents with the token${place}`],
      },
    ]);
  });

  it("is compared with another one by where it reads the token", async () => {
    const cwd = makeFolder();
    write(cwd, "a.json", {});
    write(cwd, "b.json", { tokenSource: "cookie" });
    const { report } = await doctor(["--config", "a.json", "--config", "b.json"], { cwd });
    expect(report.comparison.find(({ trait }) => trait === "token read in")).toMatchObject({
      values: ["header Authorization", "cookie access_token"],
      outcome: "differs",
    });
  });
});

describe("--header and --cookie", () => {
  const url = ["--url", "http://127.0.0.1:9"];
  it.each([
    ["both", [...url, "--header", "X-Token", "--cookie", "a"], "both given", "where the server reads"],
    ["no URL", ["--cookie", "a"], 'without "--url"', "a configuration says itself"],
    [
      "a token for a header",
      [...url, "--header", `X-Token: ${token}`],
      "no name of a header",
      "--header X-Auth-Token",
    ],
    [
      "a token for a cookie",
      [...url, "--cookie", `a=${token}`],
      "no name of a cookie",
      "--cookie access_token",
    ],
    ["an empty name", [...url, "--cookie", ""], "no name of a cookie", "--cookie access_token"],
    ["the header of all cookies", [...url, "--header", "cookie"], "all cookies", "--cookie access_token"],
    ["a header of the connection", [...url, "--header", "Host"], "cannot carry a token", '"tokenHeaderKey"'],
  ])("are refused with a fix: %s", async (_, args, message, fix) => {
    const failure: unknown = await runInProcess(["doctor", ...args]).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: "CliFailure",
      message: expect.stringContaining(message) as string,
      fix: expect.stringContaining(fix) as string,
    });
    const texts = failure as { readonly message: string; readonly fix: string };
    expect(texts.message + texts.fix).not.toContain(token.slice(0, 12));
  });
});
