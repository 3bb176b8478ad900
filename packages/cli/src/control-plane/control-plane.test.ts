/** `agentos control-plane` and `serve --database`: each part alone, on either database, and both in one of PostgreSQL. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createControlPlaneClient, createMemorySession } from "@agentos/client";
import { createTestPostgres } from "@agentos/testkit/postgres";
import { describe, expect, it, onTestFinished } from "vitest";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import { makeFolder, startCli } from "../program/spawn-cli.fixture.ts";

const PASSWORD = "a password of this test";
const secretOf = (link: string) => new URL(link.trim()).hash.replace("#link=", "");

async function createDatabase(kind: "sqlite" | "postgres"): Promise<Readonly<Record<string, string>>> {
  if (kind === "sqlite") return { DATABASE: "sqlite:data/all.db" };
  const { url, drop } = await createTestPostgres();
  onTestFinished(() => drop());
  return { DATABASE: url };
}

describe.each(["sqlite", "postgres"] as const)("a control plane on %s", { timeout: 60_000 }, (kind) => {
  it("is served alone, and lets in whom the machine gives a link", async () => {
    const cwd = makeFolder();
    const env = await createDatabase(kind);
    const options = ["--database", "env:DATABASE"];
    const served = startCli(["control-plane", ...options, "--port", "0"], { cwd, env });
    const [, url = ""] = await served.waitFor(/The control plane is ready at (http:\S+)/);
    const run = (...args: readonly string[]) =>
      runInProcess(["control-plane", ...args, ...options, "--url", url], { cwd, env });
    const first = await run("owner-link");
    expect(first.stderr).toContain("opens the form for the first Owner");
    expect(first.stderr).not.toContain("made now");
    const owner = createControlPlaneClient({ baseUrl: url, session: createMemorySession() });
    const who = { name: "Olga", email: "olga@example.com", password: PASSWORD };
    const secret = secretOf(first.stdout);
    expect(await owner.signIn.redeemLink({ body: { secret, ...who } })).toMatchObject({
      memberships: [{ role: "owner" }],
    });
    // From now on the same command signs that Owner in.
    expect((await run("owner-link")).stderr).toContain("signs in olga@example.com");
    const json = await run("reset-password", "olga@example.com", "--json");
    const reset = JSON.parse(json.stdout) as { url: string; expires_at: number };
    expect(reset.expires_at).toBeGreaterThan(Date.now() / 1_000);
    const other = createControlPlaneClient({ baseUrl: url, session: createMemorySession() });
    await other.signIn.redeemLink({ body: { secret: secretOf(reset.url), password: `${PASSWORD} 2` } });
    await expect(owner.account.read()).rejects.toMatchObject({ code: "AUTH_SIGN_IN_ENDED" });
    await expect(run("reset-password", "nobody@example.com")).rejects.toThrow("PERSON_UNKNOWN");
    expect((await run("reseal")).stdout).toContain("sealed with the current secret already");
    expect((await served.stop("SIGINT")).code).toBe(0);
  });
});

it("a link that was made in the wrong folder says so", async () => {
  const cwd = makeFolder();
  const link = await runInProcess(["control-plane", "owner-link"], { cwd, env: {} });
  expect(link.stderr).toContain("database: SQLite .agentos/control-plane.db (made now: ");
});

it("a control plane beside the `agentos dev` of the folder says that it shares the database", {
  timeout: 60_000,
}, async () => {
  const cwd = makeFolder();
  const dev = startCli(["dev", "--port", "0", "--quiet"], { cwd });
  const [, link = ""] = await dev.waitFor(/Sign in as its owner: (http:\S+)/);
  const options = ["control-plane", "--port", "0", "--allow-private-endpoint", "localhost:80"];
  const plane = startCli(options, { cwd });
  await plane.waitFor(/The control plane is ready/);
  expect((await plane.stop()).stderr).toContain(`serves the same database at ${new URL(link).origin};`);
  const own = startCli([...options, "--database", "sqlite:own.db"], { cwd });
  await own.waitFor(/The control plane is ready/);
  expect((await own.stop()).stderr).not.toContain("warning");
});

it.each([
  [["--url", "https://console.example"], true],
  [["--url", "https://console.example", "--trusted-proxy", "127.0.0.1"], false],
  [[], false],
])(
  "a control plane with %j warns of a proxy that is not trusted: %s",
  { timeout: 60_000 },
  async (options, warns) => {
    const plane = startCli(["control-plane", ...options, "--port", "0"], { cwd: makeFolder() });
    await plane.waitFor(/The control plane is ready/);
    const { stderr } = await plane.stop();
    expect(/^warning: .*--trusted-proxy/m.test(stderr)).toBe(warns);
  },
);

describe("one database of PostgreSQL", { timeout: 60_000 }, () => {
  it("holds an AgentOS and its control plane", async () => {
    const cwd = makeFolder();
    const env = await createDatabase("postgres");
    writeFileSync(
      join(cwd, "agentos.json"),
      JSON.stringify({ id: "shop", agents: [{ id: "echo", model: "offline:echo" }] }),
    );
    const os = startCli(["serve", "-c", "agentos.json", "--database", "env:DATABASE", "--port", "0"], {
      cwd,
      env,
    });
    const [, url = ""] = await os.waitFor(/Serving (http:\S+)/);
    const plane = startCli(["control-plane", "--database", "env:DATABASE", "--port", "0"], { cwd, env });
    await plane.waitFor(/The control plane is ready/);
    expect((await runInProcess(["run", "echo", "hi", "--url", url], { cwd })).stdout).toBe("hi\n");
    expect((await runInProcess(["sessions", "list", "--url", url], { cwd })).stdout).toContain("hi");
    const status = await runInProcess(["db", "status", "--database", "env:DATABASE"], { cwd, env });
    expect(status.stdout).toMatch(/1 session/);
    // The key file is all that it has written here.
    expect(readdirSync(cwd).toSorted((a, b) => a.localeCompare(b))).toEqual([".agentos", "agentos.json"]);
    expect(readdirSync(join(cwd, ".agentos"))).not.toContain("agentos.db");
  });
});

describe("the options", () => {
  it.each([
    [["control-plane", "--host", "0.0.0.0"], '"--url" is not https'],
    [["control-plane", "--port", "70000"], '"--port"'],
    [["control-plane", "--url", "http://console.example"], "url"],
    [["control-plane", "--allow-private-endpoint", "http://agents.internal"], "is no host"],
    [["control-plane", "--allow-private-endpoint", "agents.internal/"], "is no host"],
    [["control-plane", "--trusted-proxy", "everybody"], "trustedProxies"],
    [["control-plane", "--audit-days", "never"], "retention.auditDays"],
    [["control-plane", "--audit-days", "0.5"], "retention.auditDays"],
  ])("%j is refused before anything listens", async (args, text) => {
    const error: unknown = await runInProcess(args, { cwd: makeFolder() }).catch((reason: unknown) => reason);
    const faults = error instanceof Error && "faults" in error ? JSON.stringify(error.faults) : "";
    expect(`${String(error)}${faults}`).toContain(text);
  });

  it("`serve --database` takes the place of the file's own, and not of a module's", async () => {
    const cwd = makeFolder();
    writeFileSync(
      join(cwd, "os.json"),
      JSON.stringify({ id: "shop", agents: [], database: "sqlite:one.db" }),
    );
    writeFileSync(join(cwd, "os.ts"), "export default {};");
    const options = ["--database", "sqlite:two.db", "--port", "0"];
    const served = startCli(["serve", "-c", "os.json", ...options], { cwd });
    await served.waitFor(/Serving http/);
    expect(readdirSync(cwd)).toContain("two.db");
    expect(readdirSync(cwd)).not.toContain("one.db");
    await served.stop();
    await expect(runInProcess(["serve", "-c", "os.ts", ...options], { cwd })).rejects.toThrow("is a module");
  });
});
