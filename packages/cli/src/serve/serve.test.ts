/** `agentos serve`: configurations in JSON and in code, keys from every source, faults that stop the start. */
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTestKey, goodToken, signToken, type TestKey } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { makeFolder, runCli, startCli } from "../program/spawn-cli.fixture.ts";

const SERVING = /Serving (http:\S+)/;
const agents = [{ id: "echo", model: "offline:echo" }];

function makeConfig(authorization: unknown, more: object = {}): { folder: string; file: string } {
  const folder = makeFolder();
  const file = join(folder, "agentos.json");
  writeFileSync(file, JSON.stringify({ id: "agent-os", agents, authorization, database: null, ...more }));
  return { folder, file };
}

async function callWith(url: string | undefined, key: TestKey): Promise<number> {
  const token = await signToken(goodToken({ key, now: Math.floor(Date.now() / 1000) }));
  return (await fetch(`${url}/agents`, { headers: { authorization: `Bearer ${token}` } })).status;
}

describe("agentos serve", () => {
  it("accepts tokens of a key from a variable that was mangled, and of a JWKS file, and says so", {
    timeout: 60_000,
  }, async () => {
    const [fromEnv, fromFile, stranger] = await Promise.all([
      createTestKey("RS256"),
      createTestKey("ES256", { kid: "file-key" }),
      createTestKey("RS256"),
    ]);
    const { folder } = makeConfig({ verificationKeys: ["env:KEY"], jwksFile: "keys/jwks.json" });
    mkdirSync(join(folder, "keys"));
    writeFileSync(join(folder, "keys/jwks.json"), JSON.stringify({ keys: [fromFile.jwk] }));
    const KEY = `"${fromEnv.verificationKey.replaceAll("\n", "\\n")}"`;
    const serve = startCli(["serve", "--config", join(folder, "agentos.json"), "--port", "0"], {
      env: { KEY },
    });
    const url = (await serve.waitFor(SERVING))[1];
    expect(await callWith(url, fromEnv)).toBe(200);
    expect(await callWith(url, fromFile)).toBe(200);
    expect(await callWith(url, stranger)).toBe(401);
    const { stdout } = serve.output();
    expect(stdout).toContain("repaired: quotes around the value were removed");
    expect(stdout).toContain("kid file-key");
    expect((await serve.stop()).code).toBe(0);
  });

  it("reads the documented variables of the environment", { timeout: 60_000 }, async () => {
    const [key, other] = await Promise.all([createTestKey("RS256"), createTestKey("EdDSA", { kid: "set" })]);
    const { folder, file } = makeConfig({});
    writeFileSync(join(folder, "jwks.json"), JSON.stringify({ keys: [other.jwk] }));
    const env = {
      JWT_VERIFICATION_KEY: Buffer.from(key.verificationKey).toString("base64"),
      JWT_JWKS_FILE: join(folder, "jwks.json"),
    };
    const serve = startCli(["serve", "--config", file, "--port", "0"], { env });
    const url = (await serve.waitFor(SERVING))[1];
    expect(await callWith(url, key)).toBe(200);
    expect(await callWith(url, other)).toBe(200);
    expect(serve.output().stdout).toContain("read from base64");
    expect(serve.output().stdout).not.toContain("repaired");
    await serve.stop();
  });

  it("serves a shared secret that comes from a file, and never prints it", { timeout: 60_000 }, async () => {
    const key = await createTestKey("HS256");
    const { folder, file } = makeConfig({ verificationKeys: ["file:secret.txt"], algorithm: "HS256" });
    writeFileSync(join(folder, "secret.txt"), `${key.verificationKey}\n`);
    const serve = startCli(["serve", "-c", file, "-p", "0"]);
    const url = (await serve.waitFor(SERVING))[1];
    expect(await callWith(url, key)).toBe(200);
    const { stdout, stderr } = await serve.stop("SIGINT");
    expect(stdout).toContain("HS256 secret #1, 64 bytes");
    expect(stdout + stderr).not.toContain(key.verificationKey);
  });

  it("serves a module that exports an AgentOS, and one that exports a function", {
    timeout: 60_000,
  }, async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, "node_modules"));
    const root = fileURLToPath(new URL("../../../..", import.meta.url));
    symlinkSync(join(root, "node_modules/@agentos"), join(folder, "node_modules/@agentos"));
    writeFileSync(
      join(folder, "os.ts"),
      `import { Agent, AgentOS } from "@agentos/server";
       const agents: readonly Agent[] = [new Agent({ id: "typed", model: "offline:echo" })];
       export const os = new AgentOS({ id: "typed-os", agents });`,
    );
    writeFileSync(join(folder, "factory.mjs"), `export default async () => ({ id: "made-os", agents: [] });`);
    for (const [file, id] of [
      ["os.ts", "typed-os"],
      ["factory.mjs", "made-os"],
    ] as const) {
      const serve = startCli(["serve", "--config", file, "--port", "0"], {
        cwd: folder,
        loadsModule: true,
      });
      const url = (await serve.waitFor(SERVING))[1];
      expect(await (await fetch(`${url}/info`)).json()).toMatchObject({ os_id: id });
      await serve.stop();
    }
  });

  it("lists every fault at once and shows no secret", { timeout: 60_000 }, async () => {
    const privatePem = generateKeyPairSync("ec", { namedCurve: "P-256" })
      .privateKey.export({ type: "pkcs8", format: "pem" })
      .toString();
    const { file } = makeConfig(
      {
        verificationKeys: ["env:ABSENT", "env:PRIVATE"],
        jwksUrl: "",
        verifyAudince: true,
      },
      { teams: [{ id: "t" }], securityKey: "topsecret" },
    );
    const { code, stderr, stdout } = await runCli(["serve", "--config", file], {
      env: { PRIVATE: privatePem },
    });
    expect(code).toBe(3);
    for (const text of [
      '"ABSENT" is not set',
      "[KEY_PRIVATE]",
      "authorization.jwksUrl",
      '"verifyAudience"',
      '"teams"',
      "5 faults",
    ]) {
      expect(stderr).toContain(text);
    }
    expect(stderr).not.toContain("topsecret");
    expect(stderr).not.toContain(privatePem.split("\n")[1]);
    expect(stdout).toBe("");
  });

  it("names the agent of a module that cannot be used, and the JWKS file that is not there", {
    timeout: 60_000,
  }, async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, "node_modules"));
    const root = fileURLToPath(new URL("../../../..", import.meta.url));
    symlinkSync(join(root, "node_modules/@agentos"), join(folder, "node_modules/@agentos"));
    writeFileSync(
      join(folder, "bad.ts"),
      `import { Agent, AgentOS } from "@agentos/server";
       const fine = new Agent({ id: "fine", model: "offline:echo" });
       const bad = new Agent({ id: "not an id", model: "offline:echo", maxRetries: 99 });
       export const os = new AgentOS({ id: "x", agents: [fine, bad] });`,
    );
    writeFileSync(join(folder, "good.mjs"), `export default () => ({ id: "x", agents: [] });`);
    const JWT_JWKS_FILE = join(folder, "absent.json");
    const [bad, noFile, noFileJson] = await Promise.all([
      runCli(["serve", "--config", "bad.ts"], { cwd: folder, loadsModule: true }),
      runCli(["serve", "--config", "good.mjs"], { cwd: folder, env: { JWT_JWKS_FILE }, loadsModule: true }),
      runCli(["serve", "--config", makeConfig({ jwksFile: "absent.json" }).file], { cwd: folder }),
    ]);
    expect(bad.code).toBe(3);
    expect(bad.stderr).toContain('agent "not an id": "id": may only have letters');
    expect(bad.stderr).toContain('agent "not an id": "maxRetries": must be 10 or less');
    expect(bad.stderr).toContain("stopped here");
    expect(noFile.stderr).toContain(`"JWT_JWKS_FILE" (${JWT_JWKS_FILE}): the JWKS file does not exist`);
    expect(noFileJson.stderr).toMatch(
      /"authorization\.jwksFile" \(\S+absent\.json\): the JWKS file does not/,
    );
  });

  it("names a file that is absent, of an unknown kind, or no JSON, without its content", {
    timeout: 60_000,
  }, async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "broken.json"), '{ "id": "x",\n "securityKey": topsecret }');
    writeFileSync(join(folder, "other.yaml"), "id: x");
    writeFileSync(join(folder, "empty.mjs"), "export const other = 1;");
    writeFileSync(join(folder, "throws.mjs"), 'export default () => { throw new Error("no database"); };');
    const serve = (file: string) => runCli(["serve", "--config", file], { cwd: folder });
    const [absent, broken, other, empty, throws] = await Promise.all([
      serve("absent.json"),
      serve("broken.json"),
      serve("other.yaml"),
      serve("empty.mjs"),
      serve("throws.mjs"),
    ]);
    for (const { code, stderr } of [absent, broken, other, empty, throws]) {
      expect(code).toBe(3);
      expect(stderr).toContain("fix:");
      expect(stderr).not.toContain("topsecret");
    }
    expect(broken.stderr).toContain("broken.json:2:17");
    expect(empty.stderr).toContain("exports no AgentOS");
    expect(throws.stderr).toContain("no database");
  });

  it("names the port that is in use, also where the environment chose it, and how to choose another", {
    timeout: 60_000,
  }, async () => {
    const { file } = makeConfig(undefined);
    const serve = startCli(["serve", "--config", file, "--port", "0"]);
    const port = new URL((await serve.waitFor(SERVING))[1] ?? "").port;
    const [chosen, fromEnvironment, free] = await Promise.all([
      runCli(["serve", "--config", file, "--port", port]),
      runCli(["serve", "--config", file], { env: { AGENT_OS_PORT: port } }),
      startCli(["serve", "--config", file, "--port", "0"]).waitFor(SERVING),
    ]);
    for (const { code, stderr } of [chosen, fromEnvironment]) {
      expect(code).toBe(1);
      expect(stderr).toContain(`port ${port} is in use [CONFIG_PORT_IN_USE]`);
      expect(stderr).toContain(`--port ${Number(port) + 1} `);
    }
    expect(free[1]).toBeDefined();
  });

  it("does not open to the network without a credential", { timeout: 60_000 }, async () => {
    const { file } = makeConfig(undefined);
    const { code, stderr } = await runCli(["serve", "--config", file, "--host", "0.0.0.0", "--port", "0"]);
    expect(code).toBe(3);
    expect(stderr).toContain("[CONFIG_OPEN_BEYOND_LOOPBACK]");
  });
});
