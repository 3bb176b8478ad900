// Nobody signs an admin token with what everybody may know: a server in a process of its own does not start with such keys.
import { createHmac, createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTestKey, goodToken, signToken, withClaims } from "@agentos/testkit";
import { describe, expect, test } from "vitest";
import { bearer, send } from "./support/http.ts";
import { makeFolder, runCommand } from "./support/run-cli.ts";

const ID = "agent-os";
/** The line of a server that takes requests. */
const READY = /(?:ready at|Serving) http:\/\/[^\s/]+:(\d+)/;
const TIMEOUT = { timeout: 60_000 };
const now = () => Math.floor(Date.now() / 1_000);

const rsa = await createTestKey("RS256", { kid: "rsa" });
const ec = await createTestKey("ES256", { kid: "ec" });
const numberOf = (pem: string) => {
  const { n, x } = createPublicKey(pem).export({ format: "jwk" });
  return n ?? x ?? "";
};

/** An admin token by whoever has the secret. */
function forge(secret: Buffer, kid?: string): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = encode({ alg: "HS256", typ: "JWT", ...(kid === undefined ? {} : { kid }) });
  const claims = encode({
    sub: "mallory",
    aud: ID,
    scopes: ["agent_os:admin", "agents:read"],
    iat: now(),
    exp: now() + 600,
  });
  const signature = createHmac("sha256", secret).update(`${header}.${claims}`).digest("base64url");
  return `${header}.${claims}.${signature}`;
}

interface Setting {
  readonly authorization: Readonly<Record<string, unknown>>;
  /** A file beside the configuration. */
  readonly files?: Readonly<Record<string, unknown>>;
}

/** Serves in a process; the port where it does, else what it says. */
async function serve({ authorization, files = {} }: Setting) {
  const cwd = makeFolder();
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(cwd, name), JSON.stringify(content));
  const config = {
    id: ID,
    agents: [{ id: "shop", model: "offline:echo" }],
    authorization: { enabled: true, ...authorization },
  };
  writeFileSync(join(cwd, "agentos.json"), JSON.stringify(config));
  const result = await runCommand(["serve", "--config", "agentos.json", "--port", "0"], { cwd }, READY);
  const port = READY.exec(result.stdout)?.[1];
  return { ...result, port: port === undefined ? undefined : Number(port) };
}

const oct = (k: string, more: object = {}) => ({ kty: "oct", kid: "s", k, ...more });
const random = () => randomBytes(64).toString("base64url");

describe("a server process does not start", () => {
  test.each<[string, string, Setting]>([
    [
      "with the modulus as an oct key beside the RSA key in a set",
      "KEY_KINDS_MIXED",
      {
        authorization: { jwksFile: "jwks.json" },
        files: { "jwks.json": { keys: [rsa.jwk, oct(numberOf(rsa.verificationKey), { alg: "HS256" })] } },
      },
    ],
    [
      "with the coordinate as an oct key beside the EC key",
      "KEY_KINDS_MIXED",
      {
        authorization: {
          verificationKeys: [
            ec.verificationKey,
            JSON.stringify(oct(numberOf(ec.verificationKey), { alg: "HS256" })),
          ],
        },
      },
    ],
    [
      "with any oct key beside public keys",
      "KEY_KINDS_MIXED",
      {
        authorization: { jwksFile: "jwks.json" },
        files: { "jwks.json": { keys: [ec.jwk, oct(random(), { alg: "HS256" })] } },
      },
    ],
    [
      "with an oct key alone that nobody has configured as a secret",
      "KEY_ALGORITHM_REQUIRED",
      {
        authorization: { jwksFile: "jwks.json" },
        files: { "jwks.json": { keys: [oct(random(), { alg: "HS256" })] } },
      },
    ],
    [
      "with the modulus of another issuer's key as a secret",
      "KEY_PUBLIC_AS_SECRET",
      {
        authorization: {
          issuer: "https://own.test",
          verificationKeys: [Buffer.from(numberOf(rsa.verificationKey), "base64url").toString("hex")],
          algorithm: "HS256",
          issuers: [{ name: "other", issuer: "https://other.test", jwksFile: "other.json" }],
        },
        files: { "other.json": { keys: [rsa.jwk] } },
      },
    ],
  ])("%s", TIMEOUT, async (_, code, setting) => {
    const { port, code: exitCode, stdout, stderr } = await serve(setting);
    expect([port, exitCode]).toEqual([undefined, 3]);
    expect(stdout + stderr).toContain(code);
    expect(stdout + stderr).not.toContain(numberOf(rsa.verificationKey).slice(0, 20));
  });
});

test(
  "the twin with the public keys alone starts, takes their tokens, and refuses what is signed with their numbers",
  TIMEOUT,
  async () => {
    const { port } = await serve({
      authorization: { jwksFile: "jwks.json" },
      files: { "jwks.json": { keys: [rsa.jwk, ec.jwk] } },
    });
    if (port === undefined) throw new Error("the server has not started");
    const ask = async (token: string) =>
      (await send(port, { path: "/agents", headers: bearer(token) })).status;
    const parts = withClaims(goodToken({ key: rsa, now: now() }), { aud: ID, scopes: ["agents:read"] });
    expect(await ask(await signToken(parts))).toBe(200);
    for (const key of [rsa, ec]) {
      const number = numberOf(key.verificationKey);
      for (const secret of [
        Buffer.from(number, "base64url"),
        Buffer.from(number),
        Buffer.from(key.verificationKey),
      ])
        for (const kid of [undefined, "s", "rsa", "ec"]) expect(await ask(forge(secret, kid))).toBe(401);
    }
  },
);

test(
  "the twin with a configured secret of its own starts, and takes tokens of nothing else",
  TIMEOUT,
  async () => {
    const secret = random();
    const { port } = await serve({
      authorization: {
        algorithm: "HS256",
        issuers: [{ name: "other", issuer: "https://other.test", jwksFile: "other.json" }],
        jwksFile: "own.json",
      },
      files: { "own.json": { keys: [oct(secret)] }, "other.json": { keys: [rsa.jwk] } },
    });
    if (port === undefined) throw new Error("the server has not started");
    const ask = async (token: string) =>
      (await send(port, { path: "/agents", headers: bearer(token) })).status;
    expect(await ask(forge(Buffer.from(secret, "base64url"), "s"))).toBe(200);
    expect(await ask(forge(Buffer.from(numberOf(rsa.verificationKey), "base64url"), "s"))).toBe(401);
  },
);

test("an RSA key of small factors stops the start, one of two primes does not", TIMEOUT, async () => {
  const { n = "" } = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
  const modulus = BigInt(`0x${Buffer.from(n, "base64url").toString("hex")}`);
  const divisible = modulus - (modulus % 30_030n) + 17n * 3n;
  const toN = (value: bigint) =>
    Buffer.from(value.toString(16).padStart(512, "0"), "hex").toString("base64url");
  const start = (value: string) =>
    serve({ authorization: { verificationKeys: [JSON.stringify({ kty: "RSA", e: "AQAB", n: value })] } });
  const refused = await start(toN(divisible));
  expect([refused.code, refused.stderr + refused.stdout]).toEqual([
    3,
    expect.stringContaining("KEY_RSA_MODULUS"),
  ]);
  expect((await start(n)).port).toBeTypeOf("number");
});
