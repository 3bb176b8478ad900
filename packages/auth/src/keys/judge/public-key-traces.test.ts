import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseJwks } from "../set/parse-jwks.ts";
import { keepsAll, writeForms } from "./public-key-forms.cases.ts";
import { holdsPublicKey } from "./public-key-traces.ts";
import {
  createSecret,
  expectFault,
  expectKey,
  generateEc,
  generateEd25519,
  generateRsa,
} from "./test-keys.fixture.ts";

const base64 = (value: string | Buffer) => Buffer.from(value).toString("base64");

const pairs = [generateRsa(), generateEc("P-256"), generateEd25519()];

describe.each(pairs)("$name, where a shared secret belongs", (pair) => {
  const mangled = Object.entries(keepsAll).map(
    ([name, mangle]) => [`PEM, ${name}`, mangle(pair.pem)] as const,
  );
  it.each([...mangled, ...writeForms(pair)])("%s is refused, as a value and in a JWK", async (_, text) => {
    await expectFault(text, "KEY_PUBLIC_AS_SECRET", { algorithm: "HS256" });
    // Bytes of Latin-1 hold no other characters.
    for (const encoding of /[^\0-\xff]/.test(text) ? (["utf8"] as const) : (["utf8", "latin1"] as const)) {
      const k = Buffer.from(text, encoding).toString("base64url");
      const result = await parseJwks(JSON.stringify({ keys: [{ kty: "oct", alg: "HS256", k }] }), {
        source: "s",
        algorithm: "HS256",
      });
      expect(result.keys).toEqual([]);
      expect(result.faults[0]?.code).toBe("KEY_PUBLIC_AS_SECRET");
    }
  });
});

describe("secrets", () => {
  const spellings: Readonly<Record<string, (secret: Buffer) => string>> = {
    base64: (secret) => secret.toString("base64"),
    "base64 in lines": (secret) => secret.toString("base64").replace(/.{20}/g, "$&\n"),
    base64url: (secret) => secret.toString("base64url"),
    hex: (secret) => secret.toString("hex"),
    "hex with colons": (secret) => secret.toString("hex").replace(/..(?=.)/g, "$&:"),
    "escaped bytes": (secret) => secret.toString("hex").replace(/../g, "\\x$&"),
    "decimal bytes": (secret) => [...secret].join(" "),
    latin1: (secret) => secret.toString("latin1"),
    "broken UTF-8": (secret) => secret.toString("utf8"),
    "base64 of base64": (secret) => base64(base64(secret)),
    "base64 of hex": (secret) => base64(secret.toString("hex")),
    printable: (secret) => Array.from(secret, (byte) => String.fromCharCode(33 + (byte % 94))).join(""),
  };

  it.each(Object.entries(spellings))("in %s are not taken for a key", (_, write) => {
    for (const [bytes, rounds] of [
      [32, 500],
      [64, 500],
      [256, 100],
      [4_096, 20],
    ] as const)
      for (let round = 0; round < rounds; round += 1)
        expect(holdsPublicKey(write(randomBytes(bytes)))).toBe(false);
  });

  it("of words are not taken for a key", () => {
    const words =
      "begin end public private key certificate modulus rsa ssh ec kty oct crv jwk bit exponent the 2048 n x e".split(
        " ",
      );
    for (let round = 0; round < 2_000; round += 1) {
      const chosen = Array.from(randomBytes(8), (byte) => words[byte % words.length] ?? "");
      // These words in this order are what a label says; no other order is.
      const text = chosen.join(round % 2 === 0 ? " of the " : "; or ");
      expect([text, holdsPublicKey(text)]).toEqual([text, false]);
    }
    expect(holdsPublicKey("let us BEGIN with the PUBLIC KEY of the story")).toBe(false);
    expect(holdsPublicKey("correct modulus battery staple, and kty is a film festival of Kyoto")).toBe(false);
  });

  it("of length remain usable, also as long hexadecimal", async () => {
    for (const bytes of [32, 64, 128, 256, 512])
      await expectKey(randomBytes(bytes).toString("hex"), { algorithm: "HS256" });
    await expectKey(createSecret(40), { algorithm: "HS256" });
  });
});

it.each([
  ["random base64", randomBytes(48_000).toString("base64")],
  ["random hexadecimal", randomBytes(32_000).toString("hex")],
  ["random bytes", randomBytes(65_536).toString("latin1")],
  [
    "random printable characters",
    Array.from(randomBytes(65_536), (byte) => String.fromCharCode(33 + (byte % 94))).join(""),
  ],
  ["percent signs", "%25".repeat(21_000)],
  ["backslashes", "\\".repeat(65_536)],
  ["ampersands", "&amp;".repeat(13_000)],
  ["labels without an end", "BEGIN".repeat(13_000)],
  ["names without a value", "modulus:".repeat(8_000)],
  ["names without a type", 'kty"'.repeat(16_000)],
  ["numbers", "77 ".repeat(21_000)],
  ["base64 that is text at each start", "UUFF".repeat(16_000)],
  ["base64 of base64 of base64", base64(base64(base64("x y\n".repeat(6_900))))],
  ["zeros", "0".repeat(65_536)],
])("is searched for in linear time: %s", (_, text) => {
  expect(text.length).toBeGreaterThan(60_000);
  // Processor time: what else runs on the machine does not count.
  const started = process.cpuUsage();
  holdsPublicKey(text.slice(0, 65_536));
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e3).toBeLessThan(1_000);
});
