/** `agentos token` and `agentos scopes`: exit statuses, secrets from every source, nothing secret printed. */
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTestKey, goodToken, signToken, withClaims } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { makeFolder, runCli } from "../program/spawn-cli.fixture.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const privatePem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString();
/** Like base64, with a slash: no path, although it looks a little like one. */
const SECRET = "kQ3vZ8nL/xT6rB0yH5wJ9cM2fD7gS4aP";

describe("agentos token mint", () => {
  it("prints the token alone, which inspect verifies with the public key", { timeout: 60_000 }, async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, "private.pem"), privatePem);
    writeFileSync(join(cwd, "public.pem"), publicPem);
    const args = [
      "token",
      "mint",
      "--key",
      "private.pem",
      "--sub",
      "alice",
      "--aud",
      "shop",
      "--scopes",
      "agents:read agents:run",
      "--ttl",
      "15m",
    ];
    const minted = await runCli([...args, "--claim", "team=blue", "--claim", "level=3"], { cwd });
    expect(minted).toMatchObject({ code: 0, stderr: "" });
    expect(minted.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);

    const inspect = ["token", "inspect", "-", "--key", "public.pem", "--json"];
    const good = await runCli([...inspect, "--audience", "shop"], { cwd, stdin: minted.stdout });
    expect(good.code).toBe(0);
    const report = JSON.parse(good.stdout) as { unverified_claims: Record<string, unknown> };
    expect(report).toMatchObject({ accepted: true, signature: "verified", objections: [] });
    const { iat, exp, ...claims } = report.unverified_claims;
    expect(claims).toMatchObject({
      sub: "alice",
      aud: "shop",
      scopes: ["agents:read", "agents:run"],
      team: "blue",
      level: 3,
    });
    expect(Number(exp) - Number(iat)).toBe(900);

    const other = await runCli([...inspect, "--audience", "other"], {
      cwd,
      stdin: `Authorization: Bearer ${minted.stdout}`,
    });
    expect(other.code).toBe(2);
    expect(JSON.parse(other.stdout)).toMatchObject({
      accepted: false,
      objections: [{ code: "AUTH_AUDIENCE_MISMATCH" }],
    });
  });

  it("takes a secret from standard input, a variable and a file, and never prints it", {
    timeout: 60_000,
  }, async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, "secret.txt"), `${SECRET}\n`);
    const mint = (key: string, options: object) =>
      runCli(
        ["token", "mint", "--key", key, "--algorithm", "HS256", "--aud", "a", "--scopes", "agents:read"],
        { cwd, ...options },
      );
    const results = await Promise.all([
      mint("-", { stdin: `${SECRET}\n` }),
      mint("env:S", { env: { S: SECRET } }),
      mint("file:secret.txt", {}),
      mint(SECRET, {}),
    ]);
    for (const { code, stdout, stderr } of results) {
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain(SECRET);
      const inspected = await runCli(
        ["token", "inspect", stdout.trim(), "--key", "env:S", "--algorithm", "HS256"],
        { env: { S: SECRET } },
      );
      expect(inspected.code).toBe(0);
      expect(inspected.stdout).toContain("signature   holds");
      expect(inspected.stdout).not.toContain(SECRET);
    }
  });

  it("warns of what a server would refuse or ignore", { timeout: 60_000 }, async () => {
    const args = ["token", "mint", "--key", "-", "--scopes", "agents:rnu", "--ttl", "48h", "--sub", "sa:bot"];
    const { code, stderr } = await runCli(args, { stdin: privatePem });
    expect(code).toBe(0);
    for (const text of ['did you mean "agents:run"?', "24 hours", "no audience", "reserved"])
      expect(stderr).toContain(text);
  });

  it("takes the audience of `agentos dev` for its key, however it is named, and says so", {
    timeout: 60_000,
  }, async () => {
    const cwd = makeFolder();
    mkdirSync(join(cwd, ".agentos"));
    writeFileSync(join(cwd, ".agentos/dev-private.pem"), privatePem);
    writeFileSync(join(cwd, "other.pem"), privatePem);
    const mint = (...args: readonly string[]) => runCli(["token", "mint", "--json", ...args], { cwd });
    const results = await Promise.all([mint(), mint("--key", ".agentos/dev-private.pem")]);
    for (const { stdout, stderr } of results) {
      expect(JSON.parse(stdout)).toMatchObject({ claims: { aud: "demo" } });
      expect(stderr).toContain('the token is for "demo"');
      expect(stderr).toContain("`npx --no agentos dev`");
      expect(stderr).not.toContain("no audience");
    }
    expect(JSON.parse((await mint("--aud", "shop")).stdout)).toMatchObject({ claims: { aud: "shop" } });
    expect((await mint("--key", "other.pem")).stderr).toContain("no audience");
  });

  it("says of a short value that is no key that there is no such file either", {
    timeout: 60_000,
  }, async () => {
    const cases = [["nofile"], ["nofile", "--algorithm", "HS256"], ["jwt-secret", "--algorithm", "HS256"]];
    for (const [name = "", ...more] of cases) {
      const { code, stderr } = await runCli(["token", "mint", "--key", name, ...more]);
      expect(code).toBe(3);
      expect(stderr).toContain("there is no file of this name either");
      expect(stderr).not.toContain(name);
    }
    const long = await runCli(["token", "mint", "--key", "x".repeat(80)]);
    expect(long.stderr).not.toContain("no file of this name");
  });

  it("says that a scope of another resource works only where the application declares it", async () => {
    const args = ["token", "mint", "--key", "-", "--aud", "a", "--scopes", "reports:q1:read"];
    const { stderr } = await runCli(args, { stdin: privatePem });
    expect(stderr).toContain(
      "is no scope of AgentOS itself; it works only where the application declares it",
    );
    expect(stderr).toContain("`npx --no agentos scopes list`");
    expect(stderr).not.toContain("did you mean");
  });

  it("refuses a public key, a weak secret and options that make no sense, each with a fix", {
    timeout: 60_000,
  }, async () => {
    const cases: readonly (readonly [args: readonly string[], stdin: string, code: number])[] = [
      [["--key", "-"], publicPem, 3],
      [["--key", "-", "--algorithm", "HS256"], "hunter2", 3],
      [["--key", "-", "--algorithm", "RS256"], privatePem, 3],
      [["--key", "-", "--ttl", "soon"], privatePem, 1],
      [["--key", "-", "--claim", "sub=x"], privatePem, 1],
      [["--key", "./hunter2", "--algorithm", "HS256"], "", 1],
      [[], "", 1],
    ];
    const results = await Promise.all(
      cases.map(([args, stdin]) => runCli(["token", "mint", ...args], { stdin, cwd: makeFolder() })),
    );
    for (const [index, { code, stdout, stderr }] of results.entries()) {
      expect(code, stderr).toBe(cases[index]?.[2]);
      expect(stdout).toBe("");
      expect(stderr).toContain("fix:");
      expect(stderr).not.toContain("hunter2");
    }
  });
});

describe("agentos token inspect", () => {
  it.each([
    ["undefined", "AUTH_CREDENTIAL_UNSET"],
    ["$TOKEN", "AUTH_CREDENTIAL_UNEXPANDED"],
    ["ghp_0123456789abcdef", "AUTH_TOKEN_OPAQUE"],
    ["YOUR_TOKEN", "AUTH_CREDENTIAL_PLACEHOLDER"],
    ["a.b.c", "AUTH_TOKEN_HEADER_INVALID"],
  ])("says what %s is, as a server does", async (given, expected) => {
    const { code, stdout } = await runCli(["token", "inspect", "-", "--json"], { stdin: given });
    const { objections } = JSON.parse(stdout) as {
      readonly objections: readonly { readonly code: string }[];
    };
    expect([code, objections.map((objection) => objection.code)]).toEqual([2, [expected]]);
  });

  it("explains a token that would be refused, and cleans what it prints", { timeout: 60_000 }, async () => {
    const key = await createTestKey("RS256");
    const now = Math.floor(Date.now() / 1000);
    const good = goodToken({ key, now });
    const token = await signToken(
      withClaims(good, { exp: now - 3600, iat: now - 7200, note: "\u001B[2J\u202E" }),
    );
    const { code, stdout } = await runCli(["token", "inspect", "env:T"], { env: { T: token } });
    expect(code).toBe(2);
    expect(stdout).toContain("[401 AUTH_TOKEN_EXPIRED]");
    expect(stdout).toContain("60 minutes ago");
    expect(stdout).toContain("not checked: give the public key");
    for (const character of ["\u001B", "\u202E"]) expect(stdout).not.toContain(character);
    expect(stdout).not.toContain(token);
    const unsigned = await runCli(["token", "inspect", "-"], { stdin: await signToken(good) });
    expect(unsigned.code).toBe(0);
    expect(unsigned.stdout).toContain("nobody can tell whether the signature holds");
  });

  it("does not promise that a server accepts what it has not checked, nor sends its reader in a circle", {
    timeout: 60_000,
  }, async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, "public.pem"), publicPem);
    const [key, stranger] = await Promise.all([createTestKey("ES256"), createTestKey("ES256")]);
    const now = Math.floor(Date.now() / 1000);
    const good = await signToken(goodToken({ key, now, audience: "shop" }));
    writeFileSync(join(cwd, "good.jwt"), `${good}\n`);
    const inspect = (token: string, verificationKey: string, ...args: readonly string[]) =>
      runCli(["token", "inspect", token, "--key", "env:K", ...args], { cwd, env: { K: verificationKey } });
    const [open, json, checked, other, absent] = await Promise.all([
      inspect(good, key.verificationKey),
      inspect(good, key.verificationKey, "--json"),
      inspect("good.jwt", key.verificationKey, "--audience", "shop"),
      inspect(good, stranger.verificationKey),
      inspect("nofile.tok", key.verificationKey),
    ]);
    expect(open).toMatchObject({ code: 0 });
    expect(open.stdout).toContain("give --audience to know");
    expect(open.stdout).not.toContain("these settings accepts it");
    expect(JSON.parse(json.stdout)).toMatchObject({ accepted: null, audience_checked: false });
    expect(checked.stdout).toContain("a server with this key and these settings accepts it");
    expect(other.stdout).toContain("AUTH_SIGNATURE_INVALID");
    expect(other.stdout).toContain("keys show");
    expect(other.stdout).not.toContain("token inspect");
    expect(absent).toMatchObject({ code: 1, stdout: "" });
    expect(absent.stderr).toContain('the file "nofile.tok" does not exist');
  });

  it("says what is wrong with the key instead of blaming the token", async () => {
    const { code, stderr } = await runCli(["token", "inspect", "a.b.c", "--key", "-"], { stdin: privatePem });
    expect(code).toBe(3);
    expect(stderr).toContain("[KEY_PRIVATE]");
    expect(stderr).not.toContain("exposed");
  });

  it("reads standard input for one option only", async () => {
    const { code, stderr } = await runCli(["token", "inspect", "-", "--key", "-"], { stdin: "a.b.c" });
    expect(code).toBe(1);
    expect(stderr).toContain("two options ask for standard input");
  });
});

describe("agentos scopes", () => {
  const explain = (...args: readonly string[]) => runCli(["scopes", "explain", ...args]);

  it("says what a route needs, and which scope grants or is the least to add", {
    timeout: 60_000,
  }, async () => {
    const [needs, granted, denied, listed, open, planned] = await Promise.all([
      explain("POST", "/agents/web/runs"),
      explain("post", "/agents/web/runs/", "--scopes", "agents:web:run", "--json"),
      explain("POST", "/agents/web/runs", "--scopes", "agents:other:run,agents:read", "--json"),
      explain("GET", "/agents", "--scopes", "agents:a:read agents:b:read", "--json"),
      explain("GET", "http://localhost:7777/health?x=1", "--scopes", ""),
      explain("GET", "/traces/t1", "--json"),
    ]);
    expect(needs.code).toBe(0);
    expect(needs.stdout).toMatch(/needs +agents:run\n.*or just +agents:web:run/);
    expect(granted.code).toBe(0);
    expect(JSON.parse(granted.stdout)).toMatchObject({ allowed: true, granted_by: ["agents:web:run"] });
    expect(denied.code).toBe(2);
    expect(JSON.parse(denied.stdout)).toMatchObject({
      allowed: false,
      code: "SCOPE_OTHER_RESOURCE",
      scope_to_add: "agents:web:run",
    });
    expect(JSON.parse(listed.stdout)).toMatchObject({ allowed: true, visible: ["a", "b"] });
    expect(open).toMatchObject({ code: 0 });
    expect(open.stdout).toContain("public");
    expect(JSON.parse(planned.stdout)).toMatchObject({ served: false, required_scopes: ["traces:read"] });
  });

  it("cannot tell about a route that it does not know", { timeout: 60_000 }, async () => {
    const unknown = await explain("GET", "/agnets");
    expect(unknown.code).toBe(4);
    const method = await explain("PUT", "/agents");
    expect(method.code).toBe(4);
    expect(method.stderr).toContain("this path answers GET");
    const word = await explain("FOO", "/agents");
    expect(word.code).toBe(4);
    expect(word.stderr).toContain("FOO is no method that a route of AgentOS has");
  });

  it("lists the catalogue", async () => {
    const { code, stdout } = await runCli(["scopes", "list", "--json"]);
    expect(code).toBe(0);
    const { resources } = JSON.parse(stdout) as { resources: readonly { scopes: readonly string[] }[] };
    expect(resources.flatMap(({ scopes }) => scopes)).toContain("authz:read");
  });
});

describe("the command itself", () => {
  it("explains itself, and what it does not know", { timeout: 60_000 }, async () => {
    const [help, version, unknown, option, bare] = await Promise.all([
      runCli(["--help"]),
      runCli(["--version"]),
      runCli(["sreve"]),
      runCli(["dev", "--prot", "1"]),
      runCli(["serve"]),
    ]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    for (const word of ["dev", "serve", "keys", "token", "scopes", "Exit status"])
      expect(help.stdout).toContain(word);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(unknown).toMatchObject({ code: 1 });
    expect(unknown.stderr).toContain("Did you mean serve?");
    expect(option.stderr).toContain("Did you mean --port?");
    expect(bare.stderr).toContain("--config");
  });

  it("helps whoever asks with a word or with nothing, since npx keeps --help to itself", {
    timeout: 60_000,
  }, async () => {
    const [nothing, help, helpServe, helpKeysShow, keys, keysHelp, unknown] = await Promise.all(
      [
        [],
        ["help"],
        ["help", "serve"],
        ["help", "keys", "show"],
        ["keys"],
        ["keys", "help"],
        ["keys", "shwo"],
      ].map((args) => runCli(args)),
    );
    for (const result of [nothing, help]) {
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(result?.stdout).toContain("npx --no agentos dev");
    }
    expect(helpServe).toMatchObject({ code: 0, stderr: "" });
    expect(helpServe?.stdout).toContain("--config <file>");
    expect(helpKeysShow?.stdout).toMatch(/agentos keys show .*<key>/);
    for (const result of [keys, keysHelp]) {
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(result?.stdout).toContain("generate");
    }
    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    expect(unknown?.stderr).toContain("Did you mean show?");
    expect(unknown?.stderr).toContain("`npx --no agentos help COMMAND`");
  });
});
