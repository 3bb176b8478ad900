// What a server does with the keys it is given: it mends and says so, stops and says why, and follows a changing file.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { ConfigurationError, formatPolicy } from "@agentos/guard";
import { AgentOS, type AgentOSOptions } from "@agentos/server";
import {
  createTestKey,
  goodToken,
  signToken,
  type TestAlgorithm,
  type TestKey,
  withClaims,
} from "@agentos/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { createCertificate } from "./support/certificate.ts";
import { stopClock } from "./support/clock.ts";
import { expectRefusal } from "./support/expect-refusal.ts";
import { bearer, send } from "./support/http.ts";
import { writeTemporary } from "./support/key-sources.ts";
import { findLeaks, piecesOf } from "./support/leaks.ts";
import { type Served, serve } from "./support/serve.ts";

const clock = stopClock();
const ID = "agent-os";

const good = (key: TestKey) => goodToken({ key, now: clock.now() });
const list = async (served: Served, key: TestKey) =>
  send(served.port, { path: "/agents", headers: bearer(await signToken(good(key))) });

const base64 = (text: string) => Buffer.from(text).toString("base64");
const body = (pem: string) => pem.replace(/-----[A-Z ]+-----/g, "").trim();

/** What env files, shells, forms and dashboards make of a PEM. */
const MANGLED: readonly (readonly [name: string, mangle: (pem: string) => string, says: RegExp])[] = [
  ["on one line, spaces for line ends", (pem) => pem.trim().replaceAll("\n", " "), /repaired: .*spaces/],
  ["on one line, nothing for line ends", (pem) => pem.trim().replaceAll("\n", ""), /repaired: .*joined/],
  ["with literal \\n", (pem) => pem.replaceAll("\n", "\\n"), /repaired: literal "\\n"/],
  ["with literal \\r\\n", (pem) => pem.replaceAll("\n", "\\r\\n"), /repaired: /],
  ["in double quotes", (pem) => `"${pem.trim()}"`, /repaired: quotes/],
  ["in single quotes", (pem) => `'${pem.trim()}'`, /repaired: quotes/],
  [
    "in quotes and with literal \\n",
    (pem) => `"${pem.replaceAll("\n", "\\n")}"`,
    /repaired: quotes[^]*repaired: literal/,
  ],
  ["as base64 of the PEM", base64, /read from base64/],
  [
    "as base64 of the PEM on several lines",
    (pem) => base64(pem).replace(/.{64}/g, "$&\n"),
    /read from base64/,
  ],
  ["with CRLF", (pem) => pem.replaceAll("\n", "\r\n"), /repaired: carriage returns/],
  ["with a byte order mark", (pem) => `\ufeff${pem}`, /repaired: a byte order mark/],
  ["indented", (pem) => pem.replace(/^/gm, "    "), /repaired: indentation/],
  ["without its first and last line", body, /repaired: the missing BEGIN line/],
];

describe.each(["RS256", "ES256", "EdDSA"] as const satisfies readonly TestAlgorithm[])(
  "a public key for %s",
  (algorithm) => {
    let key: TestKey;
    beforeAll(async () => {
      key = await createTestKey(algorithm);
    });
    const start = (value: string) =>
      serve({ id: ID, authorization: true, env: { JWT_VERIFICATION_KEY: value } });

    test("works as it is, and the start says nothing of a repair", async () => {
      const served = await start(key.verificationKey);
      expect((await list(served, key)).status).toBe(200);
      expect(formatPolicy(await served.os.describe())).not.toContain("repaired");
    });

    test.each(MANGLED)("works %s, and the start says that it was repaired", async (_, mangle, says) => {
      const served = await start(mangle(key.verificationKey));
      const policy = formatPolicy(await served.os.describe());
      expect(policy).toMatch(says);
      expect(findLeaks(policy, piecesOf(key.verificationKey, 24))).toEqual([]);
      expect((await list(served, key)).status).toBe(200);
      await expectRefusal(
        served,
        await list(served, await createTestKey(algorithm)),
        "AUTH_SIGNATURE_INVALID",
      );
    });
  },
);

describe("a start that cannot work stops", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const small = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = (pair: { publicKey: typeof rsa.publicKey }) =>
    pair.publicKey.export({ type: "spki", format: "pem" }).toString();
  const pkcs8 = (pair: typeof rsa) => pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const shortSecret = randomBytes(32).toString("hex").slice(0, 31);
  const goodPem = spki(rsa);

  type Fault = readonly [name: string, code: string, key: string, algorithm?: string];
  const faults: readonly Fault[] = [
    ["a private key", "KEY_PRIVATE", pkcs8(rsa)],
    [
      "a private key in PKCS#1",
      "KEY_PRIVATE",
      rsa.privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
    ],
    [
      "a private EC key in SEC1",
      "KEY_PRIVATE",
      ec.privateKey.export({ type: "sec1", format: "pem" }).toString(),
    ],
    ["a private key on one line", "KEY_PRIVATE", pkcs8(rsa).replaceAll("\n", "\\n")],
    ["a private key as base64", "KEY_PRIVATE", base64(pkcs8(rsa))],
    ["a private key as a JWK", "KEY_PRIVATE", JSON.stringify(ec.privateKey.export({ format: "jwk" }))],
    ["a private key where a secret is expected", "KEY_PUBLIC_AS_SECRET", pkcs8(rsa), "HS256"],
    [
      "an encrypted private key",
      "KEY_ENCRYPTED",
      rsa.privateKey
        .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
        .toString(),
    ],
    ["an RSA key of 1024 bits", "KEY_WEAK_RSA", spki(small)],
    ["the path of a PEM file", "KEY_FILE_PATH", "/etc/agentos/keys/public.pem"],
    ["a relative path", "KEY_FILE_PATH", "./keys/public.pem"],
    ["a URL", "KEY_URL", "https://issuer.example/jwks.json"],
    ["a certificate", "KEY_CERTIFICATE", createCertificate(ec)],
    ["a public key with HS256", "KEY_PUBLIC_AS_SECRET", goodPem, "HS256"],
    ["a public key on one line with HS256", "KEY_PUBLIC_AS_SECRET", goodPem.replaceAll("\n", "\\n"), "HS256"],
    [
      "the base64 of a public key with HS256",
      "KEY_PUBLIC_AS_SECRET",
      body(goodPem).replaceAll("\n", ""),
      "HS256",
    ],
    [
      "a public JWK with HS256",
      "KEY_PUBLIC_AS_SECRET",
      JSON.stringify(rsa.publicKey.export({ format: "jwk" })),
      "HS256",
    ],
    ["a secret of 31 bytes", "KEY_SECRET_SHORT", shortSecret, "HS256"],
    ["a secret without an algorithm", "KEY_ALGORITHM_REQUIRED", randomBytes(32).toString("base64")],
    ["an RSA key with ES256", "KEY_ALGORITHM_MISMATCH", goodPem, "ES256"],
    ["an algorithm that nobody knows", "KEY_ALGORITHM_UNKNOWN", goodPem, "RS255"],
    ["a key that is cut off", "KEY_TRUNCATED", goodPem.slice(0, 200)],
  ];

  /** What starting with these options fails with; undefined when it works. */
  async function failureOf(options: AgentOSOptions): Promise<ConfigurationError | undefined> {
    try {
      const os = new AgentOS({ database: null, id: ID, env: {}, ...options });
      const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
      await server.close();
      return undefined;
    } catch (error) {
      if (error instanceof ConfigurationError) return error;
      throw error;
    }
  }

  test.each(faults.map(([name, code, key, algorithm]) => ({ name, code, key, algorithm })))(
    "at $name, naming it as $code, from an option and from the environment",
    async ({ code, key, algorithm }) => {
      const config = algorithm === undefined ? {} : { algorithm };
      const failures = [
        await failureOf({ authorizationConfig: { ...config, verificationKeys: [key] } }),
        await failureOf({
          authorization: true,
          authorizationConfig: config,
          env: { JWT_VERIFICATION_KEY: key },
        }),
        // A good key beside it hides nothing.
        await failureOf({
          authorizationConfig: {
            ...config,
            verificationKeys: [key],
            jwksFile: writeTemporary(
              JSON.stringify({ keys: [{ ...ec.publicKey.export({ format: "jwk" }), kid: "k" }] }),
            ),
          },
        }),
      ];
      for (const [index, failure] of failures.entries()) {
        // Beside public keys the algorithm of a secret is no way out.
        const named = index === 2 && code === "KEY_ALGORITHM_REQUIRED" ? "KEY_KINDS_MIXED" : code;
        expect(failure?.faults.map((fault) => fault.code)).toContain(named);
        const fault = failure?.faults.find((candidate) => candidate.code === named);
        expect([fault?.message, fault?.fix]).toEqual([
          expect.stringMatching(/\S/),
          expect.stringMatching(/\S/),
        ]);
        expect(fault?.message).toMatch(
          /verificationKeys\[0\]|JWT_VERIFICATION_KEY|authorizationConfig\.algorithm/,
        );
        const said = `${failure?.message}\n${JSON.stringify(failure?.faults)}\n${failure?.stack}\n${String(failure?.cause)}`;
        expect(findLeaks(said, [...piecesOf(key, 16), "/etc/agentos", "issuer.example"])).toEqual([]);
      }
    },
  );

  test("when authorization is on and there is no key, instead of serving open", async () => {
    const failure = await failureOf({ authorization: true });
    expect(failure?.faults.map(({ code }) => code)).toEqual(["CONFIG_KEYS_MISSING"]);
    expect(await failureOf({ authorization: true, env: { JWT_VERIFICATION_KEY: goodPem } })).toBeUndefined();
  });

  test("at the name of every key that is bad, not only the first", async () => {
    const failure = await failureOf({
      authorizationConfig: { verificationKeys: [pkcs8(rsa), goodPem, spki(small), "./x.pem"] },
    });
    expect(failure?.faults.map(({ code, at }) => [code, at])).toEqual([
      ["KEY_PRIVATE", "verificationKeys[0]"],
      ["KEY_WEAK_RSA", "verificationKeys[2]"],
      ["KEY_FILE_PATH", "verificationKeys[3]"],
    ]);
  });

  test.each([
    ["is missing", "KEY_JWKS_FILE_MISSING", () => "/nowhere/mark-path/jwks.json"],
    ["is not JSON", "KEY_JWKS_INVALID", () => writeTemporary("no json")],
    ["is a list", "KEY_JWKS_INVALID", () => writeTemporary("[]")],
    ["has no key", "KEY_JWKS_EMPTY", () => writeTemporary('{"keys":[]}')],
    [
      "has a private key",
      "KEY_PRIVATE",
      () => writeTemporary(JSON.stringify({ keys: [ec.privateKey.export({ format: "jwk" })] })),
    ],
  ])("at a JWKS file that %s", async (_, code, path) => {
    const file = path();
    const failure = await failureOf({ authorizationConfig: { jwksFile: file } });
    expect(failure?.faults.map((fault) => fault.code)).toContain(code);
    expect(findLeaks(String(failure?.message), [file, "mark-path"])).toEqual([]);
  });
});

describe("a JWKS file that changes while the server runs", () => {
  const write = (path: string, keys: readonly TestKey[]) =>
    writeFileSync(path, JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));

  async function start() {
    const [first, second] = await Promise.all([
      createTestKey("ES256", { kid: "first" }),
      createTestKey("ES256", { kid: "second" }),
    ]);
    const path = writeTemporary(JSON.stringify({ keys: [first.jwk] }));
    const served = await serve({ id: ID, authorizationConfig: { jwksFile: path } });
    return { first, second, path, served };
  }

  test("accepts a new key at once, and refuses one that was removed, a token that was accepted before included", async () => {
    const { first, second, path, served } = await start();
    const token = bearer(await signToken(good(first)));
    const withFirst = () => send(served.port, { path: "/agents", headers: token });
    expect((await withFirst()).status).toBe(200);
    expect((await withFirst()).status).toBe(200);
    await expectRefusal(served, await list(served, second), "AUTH_KEY_UNKNOWN");

    write(path, [second]);
    clock.advance(2);
    expect((await list(served, second)).status).toBe(200);
    await expectRefusal(served, await withFirst(), "AUTH_KEY_UNKNOWN");
    expect((await served.os.describe()).keys.map(({ kid }) => kid)).toEqual(["second"]);
  });

  test("refuses a removed key soon, without anybody asking for a new one", async () => {
    const { first, second, path, served } = await start();
    expect((await list(served, first)).status).toBe(200);
    write(path, [second]);
    await expect.poll(async () => (await list(served, first)).status, { timeout: 5_000 }).toBe(401);
    expect((await list(served, second)).status).toBe(200);
  });

  test.each([
    ["is broken", (path: string) => writeFileSync(path, '{"keys":[')],
    ["is emptied", (path: string) => writeFileSync(path, "")],
    ["is removed", (path: string) => rmSync(path)],
  ])("keeps its last good keys when it %s, for an hour at most", async (_, spoil) => {
    const { first, second, path, served } = await start();
    expect((await list(served, first)).status).toBe(200);
    spoil(path);
    clock.advance(2);
    // The unknown key makes the server look at the file.
    await expectRefusal(served, await list(served, second), "AUTH_KEY_UNKNOWN");
    expect((await list(served, first)).status).toBe(200);

    clock.advance(3_590);
    expect((await list(served, first)).status).toBe(200);
    clock.advance(20);
    await expectRefusal(served, await list(served, first), "AUTH_KEYS_UNAVAILABLE");

    write(path, [first, second]);
    await expect.poll(async () => (await list(served, second)).status, { timeout: 5_000 }).toBe(200);
    expect((await list(served, first)).status).toBe(200);
  });

  test("drops its keys at once when it is emptied, and has them again when they are back", async () => {
    const { first, second, path, served } = await start();
    expect((await list(served, first)).status).toBe(200);
    writeFileSync(path, '{"keys":[]}');
    await expect.poll(async () => (await list(served, first)).status, { timeout: 5_000 }).toBe(503);
    await expectRefusal(served, await list(served, first), "AUTH_KEYS_UNAVAILABLE");
    write(path, [first, second]);
    await expect.poll(async () => (await list(served, first)).status, { timeout: 5_000 }).toBe(200);
  });

  test("holds the same token against a key of the same id that is another key", async () => {
    const { first, path, served } = await start();
    const token = bearer(await signToken(withClaims(good(first), { jti: "1" })));
    const call = () => send(served.port, { path: "/agents", headers: token });
    expect((await call()).status).toBe(200);
    write(path, [await createTestKey("ES256", { kid: "first" })]);
    await expect.poll(async () => (await call()).status, { timeout: 5_000 }).toBe(401);
    await expectRefusal(served, await call(), "AUTH_SIGNATURE_INVALID");
  });
});
