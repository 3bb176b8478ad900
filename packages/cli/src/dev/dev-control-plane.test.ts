/** `agentos dev` with its control plane: two listeners of one process, and switches that are really switched. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  type ControlPlaneClient,
  connectInstance,
  createControlPlaneClient,
  createMemorySession,
} from "@agentos/client";
import { describe, expect, it } from "vitest";
import { makeFolder, type StartedCli, startCli } from "../program/spawn-cli.fixture.ts";

interface Dev {
  readonly process: StartedCli;
  readonly url: string;
  readonly controlPlaneUrl: string;
  readonly owner: ControlPlaneClient;
  readonly demo: { readonly organization_id: string; readonly instance_id: string };
}

async function startDev(folder: string): Promise<Dev> {
  const started = startCli(["dev", "--port", "0", "--quiet"], { cwd: folder });
  const [, url = ""] = await started.waitFor(/AgentOS is ready at (http:\S+)/);
  const [, link = ""] = await started.waitFor(
    /Sign in as its owner: (http:\S+)\n {2}works once, until \S+ \(in 10 minutes\)/,
  );
  const controlPlaneUrl = new URL(link).origin;
  const owner = createControlPlaneClient({ baseUrl: controlPlaneUrl, session: createMemorySession() });
  const secret = new URL(link).hash.replace("#link=", "");
  const { memberships } = await owner.signIn.redeemLink({ body: { secret } });
  const organization_id = memberships[0]?.organization.id ?? "";
  const { data } = await owner.instances.list({ parameters: { organization_id } });
  const demo = { organization_id, instance_id: data[0]?.id ?? "" };
  return { process: started, url, controlPlaneUrl, owner, demo };
}

const securityKeyOf = (folder: string) => readFileSync(join(folder, ".agentos/security-key"), "utf8").trim();
/** Each printed request gives what is printed before it. */
async function triesOf({ process: dev }: Dev, cwd: string, statuses: readonly string[]): Promise<void> {
  const lines = [...dev.output().stdout.matchAll(/^# (\d{3}) .+\n(curl .+)$/gm)];
  expect(lines.map(([, status]) => status)).toEqual(statuses);
  for (const [, status, line = ""] of lines) {
    const { stdout } = await promisify(execFile)("/bin/sh", ["-c", line], { cwd });
    expect(stdout).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  }
}
const ask = async (url: string, token?: string) =>
  (await fetch(`${url}/agents`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }))
    .status;

describe("agentos dev with its control plane", { timeout: 60_000 }, () => {
  it("trusts the tokens of the control plane and those that it prints, and lets pages of the console call alone", async () => {
    const { process: dev, url, controlPlaneUrl, owner, demo } = await startDev(makeFolder());
    const { token } = await owner.tokens.mint({ parameters: demo, body: {} });
    const printed = /^export ADMIN_TOKEN=(\S+)$/m.exec(dev.output().stdout)?.[1] ?? "";
    expect([await ask(url, token), await ask(url, printed), await ask(url)]).toEqual([200, 200, 401]);
    const allowed = async (origin: string) =>
      (await fetch(`${url}/agents`, { headers: { origin } })).headers.get("access-control-allow-origin");
    expect(await allowed(controlPlaneUrl)).toBe(controlPlaneUrl);
    expect(await allowed("http://localhost:3000")).toBeNull();
    // Two names, so that no cookie of the console goes to the AgentOS.
    expect([url, controlPlaneUrl].map((each) => new URL(each).hostname)).toEqual(["localhost", "127.0.0.1"]);
  });

  it("switches between tokens, the security key, both and neither, and keeps that over a new start", async () => {
    const folder = makeFolder();
    const { process: dev, url, owner, demo } = await startDev(folder);
    const { token } = await owner.tokens.mint({ parameters: demo, body: {} });
    const key = securityKeyOf(folder);
    const set = (authorization: boolean, security_key: boolean) =>
      owner.instances.setSwitches({ parameters: demo, body: { authorization, security_key } });
    const answers = async (address: string) => ({
      nobody: await ask(address),
      token: await ask(address, token),
      key: await ask(address, key),
    });
    expect(await answers(url)).toEqual({ nobody: 401, token: 200, key: 401 });
    await set(true, true);
    // A security key beside tokens is not accepted.
    expect(await answers(url)).toEqual({ nobody: 401, token: 200, key: 401 });
    await set(false, false);
    expect(await answers(url)).toMatchObject({ nobody: 200 });
    await set(false, true);
    expect(await answers(url)).toEqual({ nobody: 401, token: 401, key: 200 });
    expect(dev.output().stderr).toContain("the key is in .agentos/security-key");
    const { stdout, stderr } = await dev.stop("SIGINT");
    expect(stdout + stderr).not.toContain(key);
    const again = await startDev(folder);
    expect(again.demo).toEqual(demo);
    expect(await answers(again.url)).toEqual({ nobody: 401, token: 401, key: 200 });
    expect(securityKeyOf(folder)).toBe(key);
    // What is printed is true of what is in force.
    await triesOf(again, folder, ["200", "401"]);
    const started = again.process.output().stdout;
    expect(started).toContain('run echo "hello" --token file:.agentos/security-key');
    expect(started).not.toMatch(/^export /m);
    await again.owner.instances.setSwitches({
      parameters: demo,
      body: { authorization: false, security_key: false },
    });
    await again.process.stop("SIGINT");
    await triesOf(await startDev(folder), folder, ["200"]);
  });

  it("keeps each person's sessions apart", async () => {
    const { process: dev, url, owner, demo } = await startDev(makeFolder());
    const client = await connectInstance({
      controlPlane: owner,
      organizationId: demo.organization_id,
      instanceId: demo.instance_id,
      scopes: ["config:read", "agents:run", "sessions:read"],
    });
    await client.agents.run("echo", { message: "mine" });
    expect((await client.sessions.list()).data).toHaveLength(1);
    const runner = /^export RUNNER_TOKEN=(\S+)$/m.exec(dev.output().stdout)?.[1] ?? "";
    const body = new URLSearchParams({ message: "theirs", stream: "false" });
    const headers = { authorization: `Bearer ${runner}` };
    expect((await fetch(`${url}/agents/echo/runs`, { method: "POST", headers, body })).status).toBe(200);
    expect((await client.sessions.list()).data).toHaveLength(1);
  });

  it("names the port of the control plane that is taken, and leaves no AgentOS running", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => {
      taken.listen(0, "127.0.0.1", resolve);
    });
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    const cwd = makeFolder();
    const { code, stderr } = await startCli(["dev", "--port", "0", "--control-plane-port", port], { cwd })
      .finished;
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} is in use`);
    expect(stderr).toMatch(/choose another port: --control-plane-port \d+/);
  });

  it("leaves it out where that is asked for", async () => {
    const dev = startCli(["dev", "--port", "0", "--no-control-plane"], { cwd: makeFolder() });
    await dev.waitFor(/AgentOS is ready at (http:\S+)/);
    const { code, stdout } = await dev.stop("SIGINT");
    expect(code).toBe(0);
    expect(stdout).not.toContain("Sign in");
  });
});
