import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keepsAll } from "../judge/public-key-forms.cases.ts";
import {
  expectCompleteFault,
  generateFourPairs,
  parse,
  thumbprintOf,
  toJwk,
} from "../judge/test-keys.fixture.ts";
import { MAX_KEY_CHARACTERS } from "../model/key-limits.ts";
import { parseJwks } from "./parse-jwks.ts";

const pairs = generateFourPairs();
const thumbprints = await Promise.all(pairs.map(({ publicKey }) => thumbprintOf(publicKey)));

type Mangling = (text: string, at: number) => string;

/** Harmless and harmful alike; `at` is a position between 0 and 1. */
const manglings: readonly Mangling[] = [
  (text) => text.replaceAll("\n", " "),
  (text) => text.replaceAll("\n", "\\n"),
  (text) => text.replaceAll("\n", ""),
  (text) => text.replaceAll("\n", "\r\n"),
  (text) => text.replaceAll("\n", "n"),
  (text) => `"${text}"`,
  (text) => `'${text}`,
  (text) => `\uFEFF${text}`,
  (text) => `KEY=${text}`,
  (text) => text.replaceAll("\n", "\n  "),
  (text) => Buffer.from(text).toString("base64"),
  (text) => encodeURIComponent(text),
  (text) => JSON.stringify(text),
  (text) => text.replaceAll("-----", "---"),
  (text) => text.split("\n").slice(1).join("\n"),
  (text) => text.replaceAll("+", " "),
  (text) => text.replaceAll("=", ""),
  (text, at) => text.slice(0, Math.floor(text.length * at)),
  (text, at) => text.slice(Math.floor(text.length * at)),
  (text, at) => text.slice(0, Math.floor(text.length * at)) + text.slice(Math.floor(text.length * at) + 1),
  (text, at) => `${text.slice(0, Math.floor(text.length * at))}\n${text.slice(Math.floor(text.length * at))}`,
  (text, at) => `${text.slice(0, Math.floor(text.length * at))}*${text.slice(Math.floor(text.length * at))}`,
  (text) => text + text,
  (text) => text.toUpperCase(),
  (text) => text.replaceAll("PUBLIC", "PRIVATE"),
  ...Object.values(keepsAll),
];

describe("a mangled key", () => {
  test("is the same key or a named fault, never another key", async () => {
    const step = fc.tuple(fc.nat(manglings.length - 1), fc.double({ min: 0, max: 1, noNaN: true }));
    const plan = fc.tuple(fc.nat(pairs.length - 1), fc.array(step, { minLength: 1, maxLength: 5 }));
    await fc.assert(
      fc.asyncProperty(plan, async ([which, steps]) => {
        const value = steps.reduce(
          (text, [index, at]) => manglings[index]?.(text, at) ?? text,
          pairs[which]?.pem ?? "",
        );
        const { keys, faults } = await parse(value);
        for (const key of keys) expect(key.thumbprint).toBe(thumbprints[which]);
        expect(keys.length + faults.length).toBeGreaterThan(0);
        for (const fault of faults) expectCompleteFault(fault, value);
      }),
      { numRuns: 2000 },
    );
  });

  /** What the reader undoes, or what leaves a label to recognise; a byte order mark of its own spoils UTF-16. */
  const shapes = [0, 1, 2, 3, 5, 6, 8, 9, 12, 13, 16, 24].map((index) => manglings[index]);

  async function refuses(text: string, steps: readonly (Mangling | undefined)[]): Promise<void> {
    const value = steps.reduce((mangled, mangle) => mangle?.(mangled, 0) ?? mangled, text);
    fc.pre(value.length <= MAX_KEY_CHARACTERS);
    const { keys, faults } = await parse(value, { algorithm: "HS256" });
    expect(keys).toEqual([]);
    expect(faults.map(({ code }) => code)).toEqual(["KEY_PUBLIC_AS_SECRET"]);
  }

  test("never becomes a shared secret when HS256 is configured", async () => {
    const text = fc.constantFrom(...pairs.map(({ pem }) => pem));
    const [base64, indent, quote] = [manglings[10], manglings[9], manglings[12]];
    const steps = fc
      .tuple(
        fc.array(fc.constantFrom(...shapes), { maxLength: 3 }),
        fc.constantFrom(...Object.values(keepsAll)),
      )
      .map(([first, last]) => [...first, last]);
    await fc.assert(fc.asyncProperty(text, steps, refuses), {
      numRuns: 2000,
      examples: [
        ...pairs.map(({ pem }) => [pem, [base64, base64, base64]] satisfies [string, unknown]),
        [pairs[0]?.pem ?? "", [indent, indent, indent]],
        [pairs[0]?.pem ?? "", [base64, indent, base64]],
        [pairs[2]?.pem ?? "", [quote, base64, quote]],
      ],
    });
  });
});

describe("any text", () => {
  const anyText = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.string({
      unit: fc.constantFrom(
        "-",
        "B",
        "E",
        "G",
        "I",
        "N",
        " ",
        "\n",
        "\\",
        "n",
        '"',
        "=",
        "M",
        "{",
        "}",
        "0",
        "\x82",
      ),
      maxLength: 400,
    }),
    fc.json(),
    fc.base64String({ maxLength: 600 }),
    fc.string().map((text) => `-----BEGIN PUBLIC KEY-----\n${text}\n-----END PUBLIC KEY-----`),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from([0x30, 0x82, ...bytes]).toString("base64")),
  );
  const algorithm = fc.constantFrom(undefined, "RS256", "ES256", "EdDSA", "HS256", "none", "x".repeat(99));

  test("gives keys or faults and never throws", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, algorithm, async (value, configured) => {
        const { keys, faults } = await parse(value, { algorithm: configured });
        expect(keys.length + faults.length).toBeGreaterThan(0);
        for (const fault of faults) expectCompleteFault(fault);
      }),
      { numRuns: 1500 },
    );
  });

  test("as a key set gives keys or faults and never throws", async () => {
    const jwk = fc.record(
      {
        kty: fc.constantFrom("RSA", "EC", "OKP", "oct", "AKP", ""),
        crv: fc.constantFrom("P-256", "Ed25519", "X25519", "secp256k1", "P-1"),
        n: fc.oneof(fc.base64String(), fc.constant(toJwk(pairs[0]?.publicKey ?? fail()).n)),
        e: fc.constantFrom("AQAB", "AQ", "Ag", "Aw", "", "!"),
        x: fc.base64String(),
        y: fc.base64String(),
        k: fc.string(),
        kid: fc.anything(),
        alg: fc.anything(),
        use: fc.anything(),
        key_ops: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const set = fc.oneof(
      fc.json(),
      fc.string(),
      fc.record({ keys: fc.array(fc.oneof(jwk, fc.anything()), { maxLength: 5 }) }).map(toJson),
    );
    await fc.assert(
      fc.asyncProperty(set, async (text) => {
        const { keys, faults } = await parseJwks(text, { source: "JWT_JWKS_FILE" });
        expect(keys.length + faults.length).toBeGreaterThan(0);
        for (const fault of faults) expectCompleteFault(fault);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    "\\",
    '"',
    "'",
    "-",
    " ",
    "\n",
    "=",
    "A",
    "&",
    "%",
    "0",
    "{",
    "$",
    "n",
    "-----BEGIN ",
    "\\n",
    "KEY-",
    "BEGIN PUBLIC KEY ",
    "MIIBIjA=",
    "MAYCAQEEAQA=",
    "0\x06\x02\x01\x01\x04\x01\0",
  ])("takes no long time for 64 KiB of %j", async (unit) => {
    const started = process.hrtime.bigint();
    await parse(unit.repeat(Math.floor(65_536 / unit.length)));
    await parse(unit.repeat(Math.floor(65_000 / unit.length)) + "x", { algorithm: "HS256" });
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(2000);
  });
});

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return ""; // big integers and cycles
  }
}

function fail(): never {
  throw new Error("no key pair");
}
