import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail, selectKeys } from "@agentos/auth";
import { createFault, type Fault, renderFault } from "@agentos/contract";
import { createTestClock, createTestKey } from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { AuthorizationConfig, Environment } from "../config/auth-options.ts";
import { resolvePolicy } from "../config/resolve-policy.ts";
import { loadKeys } from "./load-keys.ts";

const { now } = createTestClock();
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "load-keys-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(authorizationConfig: AuthorizationConfig, env: Environment = {}) {
  const loaded = await loadKeys(
    resolvePolicy({ authorizationConfig, env, cliCommand: "npx agentos" }, {}),
    now,
  );
  // Nothing here waits for a change of the file.
  loaded.close();
  return loaded;
}

const sayFault = (fault: Fault) => renderFault(fault, "agentos").message;
const codes = ({ faults }: Awaited<ReturnType<typeof load>>) =>
  faults.map(({ code, severity }) => `${severity} ${code}`);

async function saveJwks(name: string, keys: readonly object[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify({ keys }));
  return path;
}

describe("loadKeys", () => {
  it("joins keys in code, the environment and a JWKS file, in this order and each with its source", async () => {
    const [one, two, three] = await Promise.all([
      createTestKey("ES256"),
      createTestKey("EdDSA"),
      createTestKey("ES384", { kid: "k3" }),
    ]);
    const jwksFile = await saveJwks("three.json", [three.jwk]);
    const loaded = await load(
      { verificationKeys: [one.verificationKey], jwksFile },
      { JWT_VERIFICATION_KEY: two.verificationKey },
    );
    const { keys } = loaded.keySource.current();
    expect(codes(loaded)).toEqual([]);
    expect(keys.map(({ source }) => source)).toEqual([
      "verificationKeys[0]",
      "JWT_VERIFICATION_KEY",
      "jwksFile key 1",
    ]);
    expect(keys.map(({ algorithms }) => algorithms[0])).toEqual(["ES256", "EdDSA", "ES384"]);
  });

  it.each([
    ["with literal \\n for line ends", (pem: string) => pem.replaceAll("\n", "\\n")],
    ["on one line", (pem: string) => pem.replaceAll("\n", " ")],
    ["in quotes", (pem: string) => `"${pem.trim()}"`],
    ["as base64", (pem: string) => Buffer.from(pem).toString("base64")],
  ])("mends a key that came %s, and says so", async (_, mangle) => {
    const { verificationKey } = await createTestKey("ES256");
    const loaded = await load({}, { JWT_VERIFICATION_KEY: mangle(verificationKey) });
    expect(codes(loaded)).toEqual([]);
    expect(loaded.keySource.current().keys.map(({ repairs }) => repairs.length)).not.toEqual([0]);
  });

  it("names every bad key at once, with its place, and keeps the good one usable", async () => {
    const good = await createTestKey("ES256");
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const privatePem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
    const loaded = await load({
      verificationKeys: [
        privatePem,
        good.verificationKey,
        weak.export({ type: "spki", format: "pem" }).toString(),
        "/etc/keys/public.pem",
      ],
    });
    expect(loaded.faults.map(({ code, at }) => [code, at])).toEqual([
      ["KEY_PRIVATE", "verificationKeys[0]"],
      ["KEY_WEAK_RSA", "verificationKeys[2]"],
      ["KEY_FILE_PATH", "verificationKeys[3]"],
    ]);
    const text = JSON.stringify(loaded.faults);
    for (const line of privatePem.split("\n").slice(1, 3)) expect(text).not.toContain(line);
    expect(text).not.toContain("/etc/keys");
    expect(selectKeys(loaded.keySource.current(), { algorithm: "ES256" })).toMatchObject({
      keys: [{ index: 1 }],
    });
  });

  it("names the configured algorithm that does not fit the key", async () => {
    const { verificationKey } = await createTestKey("ES256");
    const bad = await load({ verificationKeys: [verificationKey], algorithm: "RS256" });
    expect(codes(bad)).toEqual(["error KEY_ALGORITHM_MISMATCH"]);
    expect(bad.faults[0]?.facts["algorithm"]).toBe("RS256");
    expect(codes(await load({ verificationKeys: [verificationKey], algorithm: "ES256" }))).toEqual([]);
  });

  it("accepts a shared secret only with a configured algorithm", async () => {
    const { verificationKey } = await createTestKey("HS256");
    expect(codes(await load({ verificationKeys: [verificationKey] }))).toEqual([
      "error KEY_ALGORITHM_REQUIRED",
    ]);
    expect(codes(await load({ verificationKeys: [verificationKey], algorithm: "HS256" }))).toEqual([]);
  });

  // A secret of 16-31 bytes × unsafe.allowWeakSecrets (design section 10).
  it.each([
    [15, true, ["error KEY_SECRET_SHORT"]],
    [16, true, []],
    [31, true, []],
    [16, false, ["error KEY_SECRET_SHORT"]],
    [31, false, ["error KEY_SECRET_SHORT"]],
    [32, false, []],
  ])(
    "judges a secret of %i bytes, with allowWeakSecrets %s",
    async (secretBytes, allowWeakSecrets, expected) => {
      const { verificationKey } = await createTestKey("HS256", { secretBytes });
      const loaded = await load({
        verificationKeys: [verificationKey],
        algorithm: "HS256",
        unsafe: { allowWeakSecrets },
      });
      expect(codes(loaded)).toEqual(expected);
      expect(JSON.stringify(loaded.faults)).not.toContain(verificationKey);
    },
  );

  it("never accepts a secret of a public list, whatever is allowed", async () => {
    const loaded = await load({
      verificationKeys: ["your-256-bit-secret"],
      algorithm: "HS256",
      unsafe: { allowWeakSecrets: true },
    });
    expect(codes(loaded)).toEqual(["error KEY_SECRET_LISTED"]);
  });

  it.each([
    ["is not there", async () => join(folder, "missing.json"), "error KEY_JWKS_FILE_MISSING"],
    ["is a folder", async () => folder, "error KEY_JWKS_FILE_NOT_A_FILE"],
    ["has no key in it", () => saveJwks("empty.json", []), "error KEY_JWKS_EMPTY"],
  ])("stops at a JWKS file that %s, without naming its path", async (_, makePath, expected) => {
    const path = await makePath();
    const loaded = await load({}, { JWT_JWKS_FILE: path });
    expect(codes(loaded)).toEqual([expected]);
    expect(loaded.faults[0]?.at).toBe("JWT_JWKS_FILE");
    expect(JSON.stringify(loaded.faults)).not.toContain(folder);
  });

  it("stops at secrets beside public keys, whichever of the two is refused", async () => {
    const [key, secret] = [await createTestKey("ES256"), randomBytes(32).toString("base64")];
    const jwk = { kty: "oct", kid: "s", k: randomBytes(32).toString("base64url") };
    const file = (...keys: readonly object[]) =>
      saveJwks(`kinds-${keys.length}-${randomBytes(3).toString("hex")}.json`, keys);
    for (const config of [
      { verificationKeys: [key.verificationKey, secret] },
      { verificationKeys: [key.verificationKey, JSON.stringify(jwk)] },
      { verificationKeys: [secret, key.verificationKey], algorithm: "HS256" },
      { verificationKeys: [secret], jwksFile: await file(key.jwk), algorithm: "HS256" },
      { verificationKeys: [key.verificationKey], jwksFile: await file(jwk) },
      { jwksFile: await file(key.jwk, jwk) },
      { jwksFile: await file(key.jwk, jwk), algorithm: "HS256" },
      { jwksFile: await file(key.jwk, jwk), algorithm: "ES256" },
    ])
      expect(codes(await load(config))).toEqual(["error KEY_KINDS_MIXED"]);
    expect(codes(await load({ verificationKeys: [secret], algorithm: "HS256" }))).toEqual([]);
    expect(codes(await load({ jwksFile: await file(jwk), algorithm: "HS256" }))).toEqual([]);
    expect(codes(await load({ jwksFile: await file(key.jwk) }))).toEqual([]);
  });

  it("stops at a secret that is a number of a public key, of another issuer and in another file too", async () => {
    const key = await createTestKey("RS256", { kid: "k" });
    const { n = "" } = createPublicKey(key.verificationKey).export({ format: "jwk" });
    const issuers = [{ issuer: "https://a.test", jwksFile: await saveJwks("public.json", [key.jwk]) }];
    const loadWith = async (secret: string) =>
      codes(
        await load({ issuer: "https://b.test", verificationKeys: [secret], algorithm: "HS256", issuers }),
      );
    expect(await loadWith(n)).toEqual(["error KEY_PUBLIC_AS_SECRET"]);
    expect(await loadWith(Buffer.from(n, "base64url").toString("hex"))).toEqual([
      "error KEY_PUBLIC_AS_SECRET",
    ]);
    expect(await loadWith(JSON.stringify({ kty: "oct", k: n }))).toEqual(["error KEY_PUBLIC_AS_SECRET"]);
    expect(await loadWith(randomBytes(256).toString("base64url"))).toEqual([]);
  });

  it("takes no public key later that a secret is made of", async () => {
    const [first, second] = [
      await createTestKey("ES256", { kid: "a" }),
      await createTestKey("ES256", { kid: "b" }),
    ];
    const path = await saveJwks("later.json", [first.jwk]);
    const { x = "" } = createPublicKey(second.verificationKey).export({ format: "jwk" });
    const loaded = await loadKeys(
      resolvePolicy(
        {
          authorizationConfig: {
            issuer: "https://b.test",
            verificationKeys: [x],
            algorithm: "HS256",
            issuers: [{ name: "a", issuer: "https://a.test", jwksFile: path }],
          },
          env: {},
        },
        {},
      ),
      now,
    );
    onTestFinished(() => loaded.close());
    expect(codes(loaded)).toEqual([]);
    await saveJwks("later.json", [first.jwk, second.jwk]);
    await vi.waitFor(() => {
      const { faults } = loaded.keySource.status?.() ?? { faults: [] };
      expect(faults.map(({ code }) => code)).toContain("KEY_PUBLIC_AS_SECRET");
    }, 5_000);
    expect(loaded.keySource.current().keys.map(({ kid }) => kid)).toEqual([undefined, "a"]);
  });

  it("refuses a secret that is read again and is now made of a public key of another issuer", async () => {
    const rsa = await createTestKey("RS256");
    const { n } = createPublicKey(rsa.verificationKey).export({ format: "jwk" });
    const oct = (k?: string) => ({ kty: "oct", kid: "s", k });
    const jwksFile = await saveJwks("secret.json", [oct(randomBytes(32).toString("base64url"))]);
    const issuers = [
      { issuer: "https://a.test", jwksFile, algorithms: ["HS256"] },
      { issuer: "https://b.test", verificationKeys: [rsa.verificationKey] },
    ];
    const loaded = await loadKeys(resolvePolicy({ authorizationConfig: { issuers }, env: {} }, {}), now);
    onTestFinished(() => loaded.close());
    expect(codes(loaded)).toEqual([]);
    const before = loaded.keySource.current().keys;
    await saveJwks("secret.json", [oct(n)]);
    await vi.waitFor(() => {
      const { faults } = loaded.keySource.status?.() ?? { faults: [] };
      expect(faults.map(({ code }) => code)).toContain("KEY_PUBLIC_AS_SECRET");
    }, 5_000);
    expect(loaded.keySource.current().keys).toEqual(before);
    // The twin: another secret takes the place of the first at once.
    await saveJwks("secret.json", [oct(randomBytes(64).toString("base64url"))]);
    await vi.waitFor(() => {
      expect(loaded.keySource.current().keys.map(({ label }) => label)).toContain(
        "HS256 secret #1, 64 bytes",
      );
    }, 5_000);
  });

  it("does not call a set empty whose keys have each said why they cannot be used", async () => {
    const { jwk } = await createTestKey("ES256");
    const jwksFile = await saveJwks("unused.json", [{ ...jwk, use: "enc" }]);
    expect(codes(await load({ jwksFile }))).toEqual(["error KEY_JWK_USE"]);
  });

  it("only warns of a bad key in a set that has a good one", async () => {
    const [good, bad] = await Promise.all([
      createTestKey("ES256", { kid: "a" }),
      createTestKey("ES256", { kid: "b" }),
    ]);
    const jwksFile = await saveJwks("mixed.json", [good.jwk, { ...bad.jwk, use: "enc" }]);
    const loaded = await load({ jwksFile });
    expect(codes(loaded)).toEqual(["warning KEY_JWK_USE"]);
    expect(loaded.keySource.current().keys.map(({ kid }) => kid)).toEqual(["a"]);
  });
});

describe("several issuers", () => {
  const A = "https://a.test";
  const B = "https://b.test";
  const resolve = (authorizationConfig: AuthorizationConfig) =>
    resolvePolicy({ authorizationConfig, env: {} }, {});

  it("have each key loaded for its own issuer, and say when the allowed algorithms fit none", async () => {
    const { verificationKey } = await createTestKey("ES256");
    const loadWith = (algorithms: string[]) =>
      loadKeys(resolve({ issuers: [{ issuer: A, verificationKeys: [verificationKey], algorithms }] }), now);
    const good = await loadWith(["ES256", "RS256"]);
    expect([good.faults, good.issuers.length, good.keySource.current().keys.length]).toEqual([[], 1, 1]);
    const bad = await loadWith(["RS256", "PS256"]);
    expect(bad.faults.map(sayFault)[0]).toContain(
      "no key of this issuer is for one of them; its keys are for ES256",
    );
    const single = await loadWith(["RS256"]);
    expect(single.faults[0]?.code).toBe("KEY_ALGORITHM_MISMATCH");
  });

  it("stop the start by name when an address gives no keys", async () => {
    const resolved = resolve({ issuers: [{ issuer: A }, { issuer: B, jwksUrl: `${B}/jwks` }] });
    const loaded = await loadKeys(resolved, now, async (_, { name }) =>
      fail(createFault({ code: "KEY_SOURCE_TIMEOUT", facts: { ...name, seconds: 5 } })),
    );
    loaded.close();
    expect(loaded.faults.map((fault) => [fault.code, fault.severity, sayFault(fault)])).toEqual([
      [
        "KEY_SOURCE_TIMEOUT",
        "error",
        '"issuers[0].issuer": the discovery document did not arrive from a.test within 5 seconds',
      ],
      [
        "KEY_SOURCE_TIMEOUT",
        "error",
        '"issuers[1].jwksUrl": the key set did not arrive from b.test within 5 seconds',
      ],
    ]);
  });
});
