/** `agentos keys`: private material stays in its file, and what is printed can be used. */
import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkToken, parseJwks, parseVerificationKey } from "@agentos/auth";
import { SIGNING_ALGORITHMS } from "@agentos/auth/mint";
import { describe, expect, it } from "vitest";
import { makeFolder, runCli } from "../program/spawn-cli.fixture.ts";

const run = promisify(execFile);
const bodyOf = (pem: string) => pem.split("\n")[1] ?? "";

describe("agentos keys generate", () => {
  it("writes a pair, prints only the public half, and keeps files that exist", {
    timeout: 60_000,
  }, async () => {
    const cwd = makeFolder();
    const made = await runCli(["keys", "generate", "--algorithm", "ES256", "--out", "mine"], { cwd });
    expect(made.code).toBe(0);
    const privatePem = readFileSync(join(cwd, "mine-private.pem"), "utf8");
    const publicPem = readFileSync(join(cwd, "mine-public.pem"), "utf8");
    expect(statSync(join(cwd, "mine-private.pem")).mode & 0o777).toBe(0o600);
    expect(made.stdout + made.stderr).not.toContain(bodyOf(privatePem));
    expect(made.stdout).toContain(publicPem.trimEnd());

    const [, value = ""] = /^JWT_VERIFICATION_KEY=(\S+)$/m.exec(made.stdout) ?? [];
    const { keys } = await parseVerificationKey(value, { source: "env", index: 0 });
    const { keys: expected } = await parseVerificationKey(publicPem, { source: "file", index: 0 });
    expect(keys[0]?.thumbprint).toBe(expected[0]?.thumbprint);
    const set = JSON.parse(readFileSync(join(cwd, "mine-jwks.json"), "utf8")) as {
      keys: readonly Record<string, unknown>[];
    };
    expect(set.keys[0]).toMatchObject({ kty: "EC", kid: expected[0]?.thumbprint, alg: "ES256", use: "sig" });
    expect(set.keys[0]).not.toHaveProperty("d");

    const again = await runCli(["keys", "generate", "--algorithm", "ES256", "--out", "mine"], { cwd });
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("--force");
    expect(readFileSync(join(cwd, "mine-private.pem"), "utf8")).toBe(privatePem);
    const forced = await runCli(["keys", "generate", "--algorithm", "ES256", "--out", "mine", "--force"], {
      cwd,
    });
    expect(forced.code).toBe(0);
    expect(readFileSync(join(cwd, "mine-private.pem"), "utf8")).not.toBe(privatePem);
  });

  it("keeps a shared secret in its file too", { timeout: 60_000 }, async () => {
    const cwd = makeFolder();
    const { code, stdout, stderr } = await runCli(["keys", "generate", "--algorithm", "HS256"], { cwd });
    expect(code).toBe(0);
    const secret = readFileSync(join(cwd, "agentos-secret.txt"), "utf8").trim();
    expect(statSync(join(cwd, "agentos-secret.txt")).mode & 0o777).toBe(0o600);
    expect(stdout + stderr).not.toContain(secret);
  });

  it.each(SIGNING_ALGORITHMS)(
    "prints lines for %s that work as they are",
    { timeout: 60_000 },
    async (algorithm) => {
      const cwd = makeFolder();
      const { stdout } = await runCli(["keys", "generate", "--algorithm", algorithm], { cwd });
      const [, line = ""] = /^npx --no agentos (token mint .*)$/m.exec(stdout) ?? [];
      // As a shell splits it: the only quotes are around the scopes.
      const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
      const minted = await runCli(args, { cwd });
      expect(minted).toMatchObject({ code: 0, stderr: "" });
      const token = minted.stdout.trim();
      expect(JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString())).toMatchObject({
        alg: algorithm,
      });

      // What the printed text tells the operator of the server to set.
      const [, configured] = /"algorithm": "(\w+)" in (?:the server's|its) configuration/.exec(stdout) ?? [];
      const isSecret = algorithm.startsWith("HS");
      const [, value] = /^JWT_VERIFICATION_KEY=(\S+)$/m.exec(stdout) ?? [];
      const fromEnv = await parseVerificationKey(
        isSecret ? readFileSync(join(cwd, "agentos-secret.txt"), "utf8").trim() : (value ?? ""),
        { source: "env", index: 0, algorithm: configured },
      );
      const sets = [fromEnv.keys];
      if (!isSecret) {
        const file = /^JWT_JWKS_FILE=(\S+)$/m.exec(stdout)?.[1] ?? "";
        sets.push((await parseJwks(readFileSync(file, "utf8"), { source: "file" })).keys);
      }
      const policy = { tokens: [{ audience: ["AGENTOS_ID"], maxLifetimeSeconds: undefined }] };
      for (const keys of sets) {
        expect(keys).toHaveLength(1);
        const judged = await checkToken(token, { policy, keys, now: Date.now() / 1000 });
        expect(judged).toMatchObject({ signature: "verified", objections: [] });
      }
    },
  );

  it("suggests the nearest algorithm", async () => {
    const { code, stderr } = await runCli(["keys", "generate", "--algorithm", "rs256"]);
    expect(code).toBe(1);
    expect(stderr).toContain("did you mean RS256?");
  });
});

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString();
const privatePem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

describe("agentos keys show", () => {
  it("says what a mangled key is and what was repaired", async () => {
    const { code, stdout } = await runCli(["keys", "show", "env:KEY", "--json"], {
      env: { KEY: publicPem.replaceAll("\n", "\\n") },
    });
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as {
      keys: readonly { algorithms: readonly string[]; thumbprint: string; repairs: readonly string[] }[];
    };
    expect(report.keys[0]).toMatchObject({
      algorithms: ["RS256"],
      repairs: [expect.stringContaining("line ends")],
    });
  });

  it("names what a server would refuse, and prints nothing private", { timeout: 60_000 }, async () => {
    const fromStdin = await runCli(["keys", "show", "-"], { stdin: privatePem });
    expect(fromStdin.code).toBe(3);
    expect(fromStdin.stdout).toContain("[KEY_PRIVATE]");
    expect(fromStdin.stdout).toContain("openssl pkey");
    expect(fromStdin.stdout).not.toContain("exposed");
    expect(fromStdin.stdout + fromStdin.stderr).not.toContain(bodyOf(privatePem));
    const secret = await runCli(["keys", "show", "env:SECRET", "--algorithm", "HS256"], {
      env: { SECRET: "hunter2-hunter2" },
    });
    expect(secret.code).toBe(3);
    expect(secret.stdout).toContain("[KEY_SECRET_SHORT]");
    expect(secret.stdout).not.toContain("hunter2");
  });

  it("reads a key in binary form, and names a first line alone and a secret in words that help at a terminal", {
    timeout: 60_000,
  }, async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, "key.der"), publicKey.export({ type: "spki", format: "der" }));
    writeFileSync(join(cwd, "damaged.pem"), publicPem.replace("MII", "M*I"));
    writeFileSync(join(cwd, "secret.txt"), "kQ3vZ8nL/xT6rB0yH5wJ9cM2fD7gS4aP");
    const both = (...args: readonly string[]) =>
      Promise.all(["show", "env"].map((command) => runCli(["keys", command, ...args], { cwd })));
    for (const { code, stdout, stderr } of await both("key.der")) {
      expect([code, stderr.includes("fix:")]).toEqual([0, false]);
      expect(stdout).toMatch(/a binary key was read|JWT_VERIFICATION_KEY=/);
    }
    for (const { stdout, stderr } of await both("damaged.pem")) {
      expect(stdout + stderr).toContain("[KEY_UNREADABLE]");
      expect(stdout + stderr).not.toContain("keys env");
    }
    for (const { stdout, stderr } of await both("secret.txt")) {
      expect(stdout + stderr).toContain("for a shared secret add --algorithm HS256");
      expect(stdout + stderr).not.toContain('"algorithm"');
    }
    const line = await runCli(["keys", "show", "-"], { stdin: "-----BEGIN PUBLIC KEY-----" });
    expect(line.stdout).toContain("only its first line");
    expect(line.stdout).not.toContain("HS256");
  });

  it("reads a whole key set", async () => {
    const keys = [{ ...publicKey.export({ format: "jwk" }), kid: "one", alg: "RS256" }];
    const { code, stdout } = await runCli(["keys", "show", "-"], { stdin: JSON.stringify({ keys }) });
    expect(code).toBe(0);
    expect(stdout).toMatch(/usable .*RS256[\s\S]*kid +one/);
  });

  it("says what to do when there is nothing to read", { timeout: 60_000 }, async () => {
    for (const reference of ["absent.pem", "env:ABSENT", "file:absent.pem"]) {
      const { code, stderr } = await runCli(["keys", "show", reference]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/ABSENT|absent\.pem/i);
      expect(stderr).toContain("fix:");
    }
  });
});

describe("agentos keys env", () => {
  it("prints a line that survives a shell and an env file", { timeout: 60_000 }, async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, "public.pem"), publicPem.replaceAll("\n", "\r\n"));
    const { code, stdout } = await runCli(["keys", "env", "public.pem"], { cwd });
    expect(code).toBe(0);
    expect(stdout.trimEnd()).toMatch(/^JWT_VERIFICATION_KEY=[A-Za-z0-9+/=]+$/);
    writeFileSync(join(cwd, ".env"), stdout);
    const inShell = await run("/bin/sh", ["-c", '. ./.env; printf %s "$JWT_VERIFICATION_KEY"'], { cwd });
    const inNode = await run(
      process.execPath,
      ["--env-file=.env", "-e", "process.stdout.write(process.env.JWT_VERIFICATION_KEY)"],
      { cwd },
    );
    const { keys: expected } = await parseVerificationKey(publicPem, { source: "file", index: 0 });
    for (const value of [inShell.stdout, inNode.stdout]) {
      const { keys } = await parseVerificationKey(value, { source: "env", index: 0 });
      expect(keys[0]?.thumbprint).toBe(expected[0]?.thumbprint);
    }
  });

  it("binds the key to the algorithm that is given, and says where a shared secret goes", {
    timeout: 60_000,
  }, async () => {
    const bound = await runCli(["keys", "env", "-", "--algorithm", "PS384"], { stdin: publicPem });
    expect(bound.stderr).toContain("read back: the same key, PS384");
    const shown = await runCli(["keys", "show", "-"], { stdin: bound.stdout.split("=").slice(1).join("=") });
    expect(shown.stdout).toContain("read from base64");
    expect(shown.stdout).not.toContain("repaired");
    const secret = await runCli(["keys", "env", "-", "--algorithm", "HS256"], {
      stdin: "kQ3vZ8nL/xT6rB0yH5wJ9cM2fD7gS4aP",
    });
    expect(secret).toMatchObject({ code: 3, stdout: "" });
    expect(secret.stderr).toContain('export JWT_VERIFICATION_KEY="$(cat FILE)"');
  });

  it("puts nothing into the file when the key is refused", async () => {
    const { code, stdout, stderr } = await runCli(["keys", "env", "-"], { stdin: privatePem });
    expect(code).toBe(3);
    expect(stdout).toBe("");
    expect(stderr).toContain("[KEY_PRIVATE]");
    expect(stderr).not.toContain(bodyOf(privatePem));
  });
});
