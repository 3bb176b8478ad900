/** Text from files, tokens, servers and options never reaches a terminal raw, nor a reader of JSON unseen. */
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTestKey, encodeSegment, goodToken, signToken, withClaims } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { startHostileServer } from "../doctor/hostile-server.fixture.ts";
import { runInProcess } from "./run-in-process.fixture.ts";
import { makeFolder, runCli } from "./spawn-cli.fixture.ts";

/** Title, clear, colour, C1 introducer, a line of its own, and everything that hides or turns text around. */
const EVIL =
  "\u001B]0;pwned\u0007\u001B[2J\u001B[32mgreen\u009B2J\r\nFAKE LINE\u202Egnp\u2066\u00AD\u061C\u180E\uFFF9\u{E0041}\u3164\u115F\u1160\u2028\u2029\uD800";
const RAW = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

function expectClean(output: string): void {
  // The line ends are our own; nothing from outside may begin a line.
  expect(RAW.exec(output.replaceAll("\n", ""))?.[0]).toBeUndefined();
  expect(output).not.toMatch(/^FAKE LINE/m);
  expect(output).not.toBe("");
}

async function expectCleanRun(args: readonly string[], options: Parameters<typeof runInProcess>[1] = {}) {
  const { stdout, stderr } = await runInProcess(args, options);
  expectClean(stdout + stderr);
  return stdout;
}

const jwk = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
const key = await createTestKey("ES256");
const now = Math.floor(Date.now() / 1_000);

describe("what a key file says", () => {
  const sets = [
    { ...jwk, kid: EVIL },
    {
      keys: [{ ...jwk, kid: EVIL }, { ...jwk, kid: "b", use: EVIL }, { kty: EVIL }, { kty: "EC", crv: EVIL }],
    },
  ];
  it.each(sets)("is shown escaped by keys show", async (set) => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, "set.json"), JSON.stringify(set));
    for (const reference of ["set.json", "file:set.json", "./set.json"]) {
      const text = await expectCleanRun(["keys", "show", reference], { cwd });
      expect(text).toMatch(/kid +green\\u000d\\u000aFAKE/);
    }
    const json = await expectCleanRun(["keys", "show", "set.json", "--json"], { cwd });
    const { keys } = JSON.parse(json) as { readonly keys: readonly { readonly kid: string }[] };
    expect(keys[0]?.kid).toBe(EVIL);
  });

  it("is its name, too", async () => {
    const cwd = makeFolder();
    const name = `a\u009B2J\u202Eb\n.json`;
    writeFileSync(join(cwd, name), JSON.stringify({ kty: "RSA" }));
    await expectCleanRun(["keys", "show", name], { cwd });
    await expectCleanRun(["keys", "show", name, "--json"], { cwd });
  });
});

describe("what a token says", () => {
  const segments = [
    encodeSegment(JSON.stringify({ alg: EVIL, kid: EVIL, typ: EVIL })),
    encodeSegment(JSON.stringify({ sub: EVIL, aud: EVIL, scopes: [EVIL], exp: EVIL, [EVIL]: EVIL })),
    "AAAA",
  ].join(".");

  it("is shown escaped by every command that reads one", async () => {
    const signed = await signToken(
      withClaims(goodToken({ key, now, scopes: [`agents:read${EVIL}`] }), { aud: EVIL, [EVIL]: EVIL }),
    );
    for (const stdin of [segments, signed]) {
      for (const args of [
        ["token", "inspect", "-"],
        ["token", "explain", "-", "--all"],
        ["doctor", "--token", "-"],
      ]) {
        await expectCleanRun(args, { stdin });
        const json = await expectCleanRun([...args, "--json"], { stdin });
        expect(() => JSON.parse(json) as unknown).not.toThrow();
      }
    }
  });

  it.each([
    ["kid of 5,000 lists", "kid", "[".repeat(5_000) + "]".repeat(5_000)],
    ["exp of 5,000 lists", "exp", "[".repeat(5_000) + "]".repeat(5_000)],
    ["exp of 60,000 objects", "exp", '{"a":'.repeat(60_000) + "1" + "}".repeat(60_000)],
  ])("is bounded: %s", async (_, name, value) => {
    const header = name === "kid" ? `{"alg":"RS256","kid":${value}}` : '{"alg":"RS256"}';
    const claims = name === "kid" ? '{"sub":"a"}' : `{"sub":"a","exp":${value}}`;
    const stdin = [encodeSegment(header), encodeSegment(claims), "AAAA"].join(".");
    const text = await runInProcess(["token", "inspect", "-"], { stdin });
    expect(text.code).toBe(2);
    expect(text.stdout.length).toBeLessThan(10_000);
    expect(text.stdout).toContain("[too deep]");
    const json = await runInProcess(["token", "inspect", "-", "--json"], { stdin });
    expect(json.code).toBe(2);
    expect(json.stdout.length).toBeLessThan(20_000);
    expect(json.stdout).toContain("[too deep]");
  });

  it("is bounded: a long text", async () => {
    const stdin = [
      encodeSegment('{"alg":"RS256"}'),
      encodeSegment(`{"sub":"${"x".repeat(50_000)}"}`),
      "A",
    ].join(".");
    const { stdout } = await runInProcess(["token", "inspect", "-"], { stdin });
    expect(stdout).toContain("xxx…");
    expect(stdout.length).toBeLessThan(10_000);
  });
});

describe("what a server says", () => {
  it("is shown escaped by the doctor", async () => {
    const said = { detail: EVIL, title: EVIL, code: EVIL, fix: EVIL, required_scopes: [EVIL] };
    const url = await startHostileServer({
      answer: () => ({ status: 401, body: said }),
      info: { os_id: EVIL, server_version: EVIL, agno_version: EVIL, auth_mode: EVIL, algorithms: [EVIL] },
    });
    for (const args of [
      ["doctor", "--url", url],
      ["doctor", "--url", url, "--url", url],
      ["token", "explain", "-", "--url", url],
    ]) {
      const asked = args[0] === "doctor" ? [...args, "--token", "-"] : args;
      await expectCleanRun(asked, { stdin: "a.b.c" });
      await expectCleanRun([...asked, "--json"], { stdin: "a.b.c" });
    }
  });
});

describe("what an option or a configuration says", () => {
  it("is shown escaped in answers", async () => {
    const scopes = `agents:read${EVIL.replaceAll(/[\s,]/g, "")}`;
    const explain = ["scopes", "explain", "GET", `/agents/x\u009B2J\u202E\u001B[2Jy`, "--scopes", scopes];
    await expectCleanRun(explain);
    await expectCleanRun([...explain, "--json"]);
    await expectCleanRun([...explain, "--admin-scope", `root\u009B2J\u202E`]);
    const cwd = makeFolder();
    const kid = `k\u009B2J\u202E\nFAKE LINE`;
    await expectCleanRun(["keys", "generate", "--algorithm", "ES256", "--kid", kid, "--out", `o\u202E\n`], {
      cwd,
    });
    await expectCleanRun(["keys", "generate", "--algorithm", "HS256", "--out", `o\u202E\u009B\nFAKE LINE`], {
      cwd,
    });
    const mint = ["token", "mint", "--key", "-", "--aud", EVIL, "--scopes", scopes, "--claim", `x=${EVIL}`];
    const stdin = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    await expectCleanRun(mint, { stdin: String(stdin) });
    await expectCleanRun([...mint, "--json"], { stdin: String(stdin) });
  });

  it("is shown escaped in errors", { timeout: 60_000 }, async () => {
    const cwd = makeFolder();
    writeFileSync(
      join(cwd, "os.json"),
      JSON.stringify({ id: "a", [EVIL]: 1, agents: [{ id: EVIL, model: EVIL }] }),
    );
    writeFileSync(
      join(cwd, "twice.json"),
      `{"a\\u001b[2J\\u009b\\nFAKE LINE":1,"a\\u001b[2J\\u009b\\nFAKE LINE":2}`,
    );
    writeFileSync(join(cwd, "bad.mjs"), `throw new Error("\\u001b[2J\\u009b2J\\u202e")`);
    for (const args of [
      ["serve", "-c", "os.json"],
      ["serve", "-c", "twice.json"],
      ["serve", "-c", "bad.mjs"],
      ["serve", "-c", `no\u009B2J\u202E\nFAKE LINE.json`],
      ["scopes", "explain", "GET", `/no\u009B2J\u202E\nFAKE LINE`],
      ["scopes", "explain", `G\u009B2J\u202E\nFAKE LINE`, "/agents"],
      ["token", "mint", "--key", `file:no\u009B2J\u202E\nFAKE LINE.pem`],
    ]) {
      const { stdout, stderr, code } = await runCli(args, { cwd });
      expect(code).not.toBe(0);
      expect(stdout).toBe("");
      expectClean(stderr);
    }
  });
});
