/** `agentos dev` as a newcomer meets it: what is printed is pasted into a shell, and must do what it says. */
import { execFile } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseVerificationKey } from "@agentos/auth";
import { describe, expect, it } from "vitest";
import { makeFolder, startCli } from "../program/spawn-cli.fixture.ts";

const run = promisify(execFile);
const READY = /AgentOS is ready at (http:\S+)/;

/** A fresh shell: no variable of the test is there. */
const paste = async (line: string) =>
  (await run("/bin/sh", ["-c", line], { env: { PATH: process.env["PATH"] ?? "" } })).stdout;
const decode = (token: string) =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;

describe("agentos dev", () => {
  it("keeps a conversation through kill -9, says where, and keeps it out of a repository", {
    timeout: 60_000,
  }, async () => {
    const folder = makeFolder();
    const start = async () => {
      const dev = startCli(["dev", "--port", "0"], { cwd: folder });
      const url = (await dev.waitFor(READY))[1];
      const token = /^export ADMIN_TOKEN=(\S+)$/m.exec(dev.output().stdout)?.[1];
      return { dev, url, headers: { authorization: `Bearer ${token}` } };
    };
    const first = await start();
    expect(first.dev.output().stdout).toMatch(/^ {2}database +SQLite \.agentos\/agentos\.db$/m);
    const say = async ({ url, headers }: Awaited<ReturnType<typeof start>>, message: string) => {
      const body = new URLSearchParams({ message, stream: "false", session_id: "s1" });
      const answer = await fetch(`${url}/agents/recall/runs`, { method: "POST", headers, body });
      expect(answer.status).toBe(200);
      return answer.json();
    };
    await say(first, "remember me");
    await first.dev.stop("SIGKILL");
    const second = await start();
    const runs = await fetch(`${second.url}/sessions/s1/runs?type=agent`, { headers: second.headers });
    expect(await runs.json()).toMatchObject([{ run_input: "remember me" }]);
    // It goes on, too: the agent is told what was said before.
    expect(await say(second, "what did I say?")).toMatchObject({
      content: 'Before this you said: "remember me".',
    });
    expect(statSync(join(folder, ".agentos", "agentos.db")).mode & 0o777).toBe(0o600);
    await second.dev.stop();
  });

  it("prints three lines that give 200, 401 and 403 as they say, and stops when asked", {
    timeout: 60_000,
  }, async () => {
    const folder = makeFolder();
    const dev = startCli(["dev", "--port", "0"], { cwd: folder });
    const url = (await dev.waitFor(READY))[1];
    const { stdout } = dev.output();

    const lines = [...stdout.matchAll(/^# (\d{3}) .+\n(curl .+)$/gm)];
    expect(lines.map(([, status]) => status)).toEqual(["200", "401", "403"]);
    for (const [, status, line = ""] of lines)
      expect(await paste(line)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const [allowed, missing, forbidden] = await Promise.all(lines.map(([, , line = ""]) => paste(line)));
    expect(allowed).toContain('"content":"hello"');
    expect(missing).toContain("AUTH_HEADER_MISSING");
    expect(forbidden).toMatch(/"fix":"give the caller the scope [^}]*agents:echo:run/);

    // What the policy block says, and no colour where nobody looks.
    expect(stdout).toMatch(/AgentOS policy\n {2}id +demo\n {2}mode +jwt/);
    expect(stdout).not.toContain("\u001B");

    const exported = new Map(
      [...stdout.matchAll(/^export (\w+)_TOKEN=(\S+)$/gm)].map(([, name = "", token = ""]) => [name, token]),
    );
    expect([...exported.keys()]).toEqual(["ADMIN", "READER", "RUNNER"]);
    for (const token of exported.values()) {
      const { iat, exp, aud, jti } = decode(token);
      expect(Number(exp) - Number(iat)).toBe(3600);
      expect(aud).toBe("demo");
      expect(jti).toMatch(/^[0-9a-f-]{36}$/);
    }
    const answer = await fetch(`${url}/agents`, {
      headers: { authorization: `Bearer ${exported.get("ADMIN")}` },
    });
    const agents = (await answer.json()) as readonly { id: string }[];
    expect(agents.map(({ id }) => id)).toEqual([
      "assistant",
      "echo",
      "recall",
      "orders",
      "refunds",
      "cleanup",
      "whoami",
    ]);
    expect(stdout).toMatch(/^ {2}assistant +scripted, no model: set OPENAI_API_KEY/m);
    const refund = new URLSearchParams({ message: "refund", stream: "false" });
    const paused = await fetch(`${url}/agents/refunds/runs`, {
      method: "POST",
      body: refund,
      headers: { authorization: `Bearer ${exported.get("RUNNER")}` },
    });
    expect(await paused.json()).toMatchObject({ status: "PAUSED" });

    const stopped = await dev.stop("SIGINT");
    expect(stopped.code).toBe(0);
    expect(stopped.stderr).toContain("[SCOPE_MISSING]");
    // Tokens are printed to standard output alone; the log has none.
    expect(stopped.stderr).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
  });

  it("makes its key once, for its owner alone, and ignores credentials in the environment", {
    timeout: 60_000,
  }, async () => {
    const folder = makeFolder();
    const first = startCli(["dev", "--port", "0", "--quiet"], { cwd: folder });
    await first.waitFor(READY);
    await first.stop();
    const privatePem = readFileSync(join(folder, ".agentos/dev-private.pem"), "utf8");
    expect(first.output().stdout).toContain("made now");
    expect(first.output().stdout).not.toContain("PRIVATE KEY");
    expect(statSync(join(folder, ".agentos")).mode & 0o777).toBe(0o700);
    for (const name of ["dev-private.pem", "dev-public.pem", ".gitignore"]) {
      expect(statSync(join(folder, ".agentos", name)).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(join(folder, ".agentos/.gitignore"), "utf8")).toBe("*\n");
    const { keys } = await parseVerificationKey(
      readFileSync(join(folder, ".agentos/dev-public.pem"), "utf8"),
      { source: "dev", index: 0 },
    );

    const env = { OS_SECURITY_KEY: "topsecret-topsecret", JWT_VERIFICATION_KEY: "topsecret" };
    const second = startCli(["dev", "--port", "0"], { cwd: folder, env });
    const url = (await second.waitFor(READY))[1];
    const { stdout } = second.output();
    expect(stdout).toContain("made earlier and used again");
    expect(stdout).toContain(keys[0]?.label);
    expect(stdout).toMatch(/ignored +OS_SECURITY_KEY, JWT_VERIFICATION_KEY/);
    expect(stdout).not.toContain("topsecret");
    const answer = await fetch(`${url}/agents`, { headers: { authorization: "Bearer topsecret-topsecret" } });
    expect(answer.status).toBe(401);
    await second.stop();
    expect(readFileSync(join(folder, ".agentos/dev-private.pem"), "utf8")).toBe(privatePem);
  });

  it("names a port that is in use, and a key that is damaged", { timeout: 60_000 }, async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => {
      taken.listen(0, "localhost", resolve);
    });
    const { port } = taken.address() as AddressInfo;
    const folder = makeFolder();
    const inUse = await startCli(["dev", "--port", String(port)], { cwd: folder }).finished;
    taken.close();
    expect(inUse.code).toBe(1);
    expect(inUse.stderr).toMatch(new RegExp(`port ${port} is in use`));
    // The port behind it is that of the other demo's control plane.
    expect(inUse.stderr).toContain(`choose another port: --port ${port + 3} (`);

    writeFileSync(
      join(folder, ".agentos/dev-private.pem"),
      "-----BEGIN PRIVATE KEY-----\nnothing\n-----END PRIVATE KEY-----\n",
    );
    const damaged = await startCli(["dev", "--port", "0"], { cwd: folder }).finished;
    expect(damaged.code).toBe(3);
    expect(damaged.stderr).toContain("dev-private.pem");
    expect(damaged.stderr).toContain("fix:");
  });
});
