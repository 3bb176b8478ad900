/**
 * The lines that the control plane gives for an instance, put where they belong: sourced by a shell, or read from an env
 * file. The AgentOS that starts with that environment takes a token of this control plane, and nothing else.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { createControlPlane } from "@agentos/control-plane";
import { prepareLocalStart } from "@agentos/control-plane/machine";
import { AgentOS } from "@agentos/server";
import { createTestLogger, startPythonServer } from "@agentos/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { findPort } from "../support/find-port.ts";

const endings: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of endings.toReversed()) await end();
});

const linesSchema = z.object({
  shell: z.array(z.string()),
  dotenv: z.array(z.string()),
  steps: z.array(z.string()),
  warning: z.string().nullable(),
});
type Lines = z.infer<typeof linesSchema>;

/** What was set before somebody pastes the lines: as hostile to them as it can be. */
const BEFORE = { OS_SECURITY_KEY: "an-old-key-of-32-characters-here", JWT_JWKS_FILE: "/nowhere/jwks.json" };

async function openControlPlane() {
  const workingDirectory = await mkdtemp(join(tmpdir(), "agentos-lines-"));
  endings.push(() => rm(workingDirectory, { recursive: true, force: true }));
  const port = await findPort();
  const options = { workingDirectory, env: {}, url: `http://localhost:${port}` };
  const { link } = await prepareLocalStart(options, {
    organizationName: "Shop",
    instance: { id: "shop-1", name: "Shop", endpoint: "http://localhost:7777", osId: "agent-os" },
  });
  const controlPlane = createControlPlane({ ...options, logger: createTestLogger() });
  const running = await controlPlane.serve({ port });
  endings.push(() => running.close());
  const redeemed = await fetch(`${options.url}/api/links/redeem`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ secret: new URL(link.url).hash.replace("#link=", "") }),
  });
  expect(redeemed.status).toBe(200);
  const cookie = redeemed.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const signedInSchema = z.object({
    memberships: z.tuple([z.object({ organization: z.object({ id: z.string() }) })]),
  });
  const { memberships } = signedInSchema.parse(await redeemed.json());
  const base = `${options.url}/api/organizations/${memberships[0].organization.id}/instances/shop-1`;
  async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(base + path, {
      method,
      headers: { cookie, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect(answer.status, text).toBeLessThan(300);
    return JSON.parse(text);
  }
  return {
    ask,
    lines: async (): Promise<Lines> => linesSchema.parse(await ask("GET", "/configuration")),
    mint: async () => z.object({ token: z.string() }).parse(await ask("POST", "/tokens", {})).token,
    /** Reports what a browser sees of it: one of our servers, or a Python one. */
    async observe(isOurs: boolean) {
      const body = { os_id: "agent-os", auth_mode: "none", agno_version: "2.9.0" };
      await ask("POST", "/observations", {
        endpoint: "http://localhost:7777",
        outcome: "answered",
        answers: [
          { route: "GET /info", status: 200, body: isOurs ? { ...body, server_version: "0.1.0" } : body },
        ],
      });
    },
  };
}

/** The variables that a real shell has after the lines are pasted: as in zsh, `#` is a command there, and none that exists. */
async function source(lines: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const folder = await mkdtemp(join(tmpdir(), "agentos-source-"));
  endings.push(() => rm(folder, { recursive: true, force: true }));
  const script = `set -eu\n${lines.join("\n")}\nexec "${process.execPath}" -p 'JSON.stringify(process.env)'\n`;
  // Only an interactive shell may be told so; the settings of whoever runs the test have no part in it.
  const child = spawn("bash", ["--norc", "--noprofile", "-i", "+O", "interactive_comments", "-c", script], {
    cwd: folder,
    env: { PATH: process.env["PATH"], ...BEFORE },
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(code, errors).toBe(0);
  // The lines print the security key that they make.
  return z.record(z.string(), z.string()).parse(JSON.parse(output.trimEnd().split("\n").at(-1) ?? ""));
}

/** The variables of an env file that has nothing else in it. */
function readEnvFile(lines: readonly string[]): Readonly<Record<string, string>> {
  return z.record(z.string(), z.string()).parse(parseEnv(lines.join("\n")));
}

/** What the AgentOS of that environment answers to a token, and to none. */
async function askAgentOS(env: Readonly<Record<string, string>>, token: string): Promise<readonly number[]> {
  const os = new AgentOS({
    id: "agent-os",
    agents: [],
    env,
    database: null,
    logger: createTestLogger(),
  });
  await os.ready();
  try {
    const request = (headers: Readonly<Record<string, string>>) =>
      os.fetch(new Request("http://localhost/agents", { headers }), { clientAddress: "127.0.0.1" });
    const answers = await Promise.all([request({ authorization: `Bearer ${token}` }), request({})]);
    return answers.map(({ status }) => status);
  } finally {
    await os.close();
  }
}

const LET_IN_AND_REFUSED = [200, 401];

describe("the lines for an instance", async () => {
  const controlPlane = await openControlPlane();
  const token = await controlPlane.mint();

  it.each([true, false])("make an AgentOS of ours take its tokens (known to be ours: %s)", async (isOurs) => {
    await controlPlane.observe(isOurs);
    const { shell, dotenv } = await controlPlane.lines();
    const sourced = await source(shell);
    expect(sourced).not.toHaveProperty("OS_SECURITY_KEY");
    expect(sourced).not.toHaveProperty("JWT_JWKS_FILE");
    expect(sourced["USER_ISOLATION_ENABLED"]).toBe(isOurs ? "true" : undefined);
    expect(await askAgentOS(sourced, token)).toEqual(LET_IN_AND_REFUSED);
    expect(await askAgentOS(readEnvFile(dotenv), token)).toEqual(LET_IN_AND_REFUSED);
  });

  it("survive an env file of an AgentOS of ours that a shell reads", async () => {
    await controlPlane.observe(true);
    const { dotenv } = await controlPlane.lines();
    const sourced = await source([
      // A file may have comments, in every shell.
      "shopt -s interactive_comments",
      "unset OS_SECURITY_KEY JWT_JWKS_FILE",
      "set -a",
      ...dotenv,
    ]);
    expect(await askAgentOS(sourced, token)).toEqual(LET_IN_AND_REFUSED);
  });

  it("make a Python AgentOS take its tokens", async () => {
    await controlPlane.observe(false);
    const { shell, dotenv } = await controlPlane.lines();
    for (const env of [await source(shell), readEnvFile(dotenv)]) {
      const publicPem = env["JWT_VERIFICATION_KEY"] ?? "";
      const python = await startPythonServer({ mode: "jwt", publicPem, verifiesAudience: true });
      endings.push(() => python.close());
      const answer = await fetch(`${python.url}/agents`, { headers: { authorization: `Bearer ${token}` } });
      expect(answer.status, await answer.text()).toBe(200);
    }
  });

  it("let the pages of the console call the instance", async () => {
    const env = await source((await controlPlane.lines()).shell);
    const list = z.array(z.string()).parse(JSON.parse(env["CORS_ORIGIN_LIST"] ?? ""));
    expect(list).toEqual([expect.stringMatching(/^http:\/\/localhost:\d+$/)]);
  });

  it("hold no secret, and make one without showing it", async () => {
    await controlPlane.ask("PATCH", "/switches", { authorization: false, security_key: true });
    const { shell, dotenv } = await controlPlane.lines();
    expect((await source(shell))["OS_SECURITY_KEY"]).toBe(BEFORE.OS_SECURITY_KEY);
    const fresh = await source(["unset OS_SECURITY_KEY", ...shell]);
    expect(fresh["OS_SECURITY_KEY"]).toMatch(/^[0-9a-f]{64}$/);
    expect(fresh).not.toHaveProperty("JWT_VERIFICATION_KEY");
    expect([...shell, ...dotenv].join("\n")).not.toMatch(/[0-9a-f]{32}/);
    await controlPlane.ask("PATCH", "/switches", { authorization: true, security_key: false });
  });

  it("carry the key that comes beside the one that signs, so that a rotation refuses nobody", async () => {
    const keysSchema = z.object({ data: z.array(z.object({ kid: z.string(), station: z.string() })) });
    const { data } = keysSchema.parse(await controlPlane.ask("POST", "/keys"));
    const next = data.find(({ station }) => station === "published")?.kid;
    for (const isOurs of [true, false]) {
      await controlPlane.observe(isOurs);
      const { shell, dotenv } = await controlPlane.lines();
      const envs = isOurs ? [await source(shell), readEnvFile(dotenv)] : [await source(shell)];
      for (const env of envs) expect(await askAgentOS(env, token)).toEqual(LET_IN_AND_REFUSED);
      if (isOurs) continue;
      // The file of keys was fetched by the lines themselves.
      await controlPlane.ask("POST", `/keys/${next}/sign`, { is_forced: true });
      for (const env of envs)
        expect(await askAgentOS(env, await controlPlane.mint())).toEqual(LET_IN_AND_REFUSED);
    }
  });
});
