import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBase64, decodeBase64Url } from "../../encoding/base64.ts";
import { isUsableEd25519Key } from "../judge/ed25519-point.ts";
import { generateEc, generateEd25519, generateRsa, toJwk } from "../judge/test-keys.fixture.ts";
import { RepairLog } from "../model/repairs.ts";
import {
  encodeDer,
  encodeObjectIdentifier,
  encodeUnsigned,
  readChildren,
  readDer,
  readObjectIdentifier,
  readUnsigned,
  Tag,
} from "./der.ts";
import { encodeSpki } from "./encode-spki.ts";
import { judgeBody } from "./read-body.ts";
import { judgeDer } from "./verdict.ts";

describe("the DER reader", () => {
  test.each([
    ["an indefinite length", [0x30, 0x80, 0, 0]],
    ["a long form where the short one does", [0x30, 0x81, 0x01, 0x00]],
    ["a long form with a leading zero", [0x30, 0x82, 0x00, 0x80, ...Array.from({ length: 128 }, () => 0)]],
    ["a length of four bytes", [0x30, 0x84, 0, 0, 0, 1, 0]],
    ["a high tag number", [0x1f, 0x01, 0x00]],
    ["nothing", []],
    ["a tag alone", [0x30]],
  ])("refuses %s", (_, bytes) => {
    expect(readDer(Uint8Array.from(bytes))).toEqual({ ok: false, reason: "invalid" });
  });

  test("tells how many bytes are missing", () => {
    expect(readDer(Uint8Array.of(0x30, 0x05, 1))).toEqual({ ok: false, reason: "truncated", expected: 7 });
  });

  test.each([[[]], [[0x80]], [[0x00, 0x7f]], [[0xff, 0x01]]])("takes %j for no unsigned number", (bytes) => {
    expect(readUnsigned({ tag: Tag.integer, content: Uint8Array.from(bytes), end: 0 })).toBeUndefined();
  });

  test("reads what it writes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000, size: "max" }), (content) => {
        const read = readDer(encodeDer(Tag.octetString, content));
        expect(read).toMatchObject({ ok: true, element: { tag: Tag.octetString } });
        expect(read.ok && Buffer.from(read.element.content).equals(content)).toBe(true);
      }),
      { numRuns: 50 },
    );
    for (const dotted of ["1.2.840.113549.1.1.1", "1.3.101.112", "2.16.840.1.101.3.4.3.17", "1.3.132.0.34"]) {
      const [element] = readChildren(encodeObjectIdentifier(dotted)) ?? [];
      expect(readObjectIdentifier(element)).toBe(dotted);
    }
  });

  test("judges any bytes without throwing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(judgeDer(Uint8Array.from(bytes)).kind).toBeTypeOf("string");
      }),
    );
  });

  test("a single flipped byte of a key is the same kind of key or a fault, never accepted with bytes left over", () => {
    const der = Uint8Array.from(generateEc("P-256").publicKey.export({ type: "spki", format: "der" }));
    for (let position = 0; position < 26; position += 1) {
      const flipped = Uint8Array.from(der);
      flipped[position] = (flipped[position] ?? 0) ^ 1;
      expect(judgeDer(flipped).kind).not.toBe("public");
    }
  });
});

test("SPKI is written exactly as node:crypto writes it", () => {
  for (const pair of [
    generateRsa(),
    generateEc("P-256"),
    generateEc("P-384"),
    generateEc("P-521"),
    generateEd25519(),
  ]) {
    const der = Uint8Array.from(pair.publicKey.export({ type: "spki", format: "der" }));
    const verdict = judgeDer(der);
    expect(verdict.kind).toBe("public");
    if (verdict.kind === "public") expect(Buffer.from(encodeSpki(verdict.key)).equals(der)).toBe(true);
  }
});

test("an RSA key without the NULL parameters is the same key", () => {
  const der = Uint8Array.from(generateRsa().publicKey.export({ type: "spki", format: "der" }));
  const [outer] = readChildren(der) ?? [];
  const [, bits] = readChildren(outer?.content ?? new Uint8Array()) ?? [];
  const algorithm = encodeDer(Tag.sequence, encodeObjectIdentifier("1.2.840.113549.1.1.1"));
  const verdict = judgeDer(
    encodeDer(Tag.sequence, algorithm, encodeDer(Tag.bitString, bits?.content ?? new Uint8Array())),
  );
  expect(verdict.kind).toBe("public");
  if (verdict.kind === "public") expect(Buffer.from(encodeSpki(verdict.key)).equals(der)).toBe(true);
});

test("two short numbers are no RSA key", () => {
  expect(
    judgeDer(encodeDer(Tag.sequence, encodeUnsigned(Uint8Array.of(5)), encodeUnsigned(Uint8Array.of(3))))
      .kind,
  ).toBe("unknown");
});

describe("many values behind one another", () => {
  const spki = encodeDer(
    Tag.sequence,
    encodeDer(Tag.sequence, encodeObjectIdentifier("1.3.101.112")),
    encodeDer(Tag.bitString, new Uint8Array(33)),
  );
  const version = encodeUnsigned(Uint8Array.of(1));
  const sec1 = encodeDer(Tag.sequence, version, encodeDer(Tag.octetString, Uint8Array.of(0)));
  const join = (...parts: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));
  const repeat = (part: Uint8Array, count: number) => join(...Array.from({ length: count }, () => part));

  test.each([
    ["public keys", repeat(spki, 20_000), "several"],
    ["private keys", repeat(sec1, 20_000), "private"],
    ["public keys and a private one", join(repeat(spki, 20_000), sec1), "private"],
    ["public keys and something else", join(repeat(spki, 20_000), Uint8Array.of(5, 0)), "several"],
    ["a public key and something else", join(spki, Uint8Array.of(5, 0)), "trailing"],
    ["a public key alone", spki, "public"],
  ])("%s are told by a loop", (_, bytes, kind) => {
    expect(judgeDer(bytes).kind).toBe(kind);
  });

  test("inside one another are no key", () => {
    let bytes = spki;
    for (let depth = 0; depth < 5_000; depth += 1) bytes = encodeDer(Tag.sequence, bytes);
    expect(judgeDer(bytes).kind).toBe("unknown");
  });

  const inBase64 = (part: Uint8Array) => Buffer.from(part).toString("base64");

  test.each([
    ["public keys", inBase64(spki).repeat(20_000), { kind: "several" }],
    ["a public key and something else", `${inBase64(spki)}BQA=`, { kind: "several" }],
    [
      "public keys and a private one",
      inBase64(spki).repeat(20_000) + inBase64(sec1),
      { kind: "private", found: "second value" },
    ],
    ["private keys", inBase64(sec1).repeat(20_000), { kind: "private", found: "EC, SEC 1" }],
    ["nothing that is a key", "BQA=".repeat(20_000), { kind: "unknown" }],
    [
      "a key that is cut off, and padding",
      inBase64(spki).slice(0, 40) + "=".repeat(60_000),
      { kind: "truncated", actual: 30, expected: 44, isLikelyPrivate: false },
    ],
  ])("in base64 with padding between them are told by a loop: %s", (_, text, verdict) => {
    expect(text).toContain("=");
    expect(judgeBody(text, new RepairLog())).toEqual(verdict);
  });
});

describe("base64", () => {
  test("has one spelling per value", () => {
    expect(decodeBase64("QQ==")).toEqual(Uint8Array.of(65));
    expect(decodeBase64("QQ")).toEqual(Uint8Array.of(65));
    for (const text of ["QR==", "QQ=", "Q", "QQ==QQ==", "Q Q=", "Q-=="])
      expect(decodeBase64(text)).toBeUndefined();
    for (const text of ["QR", "QQ==", "Q+", "Q Q"]) expect(decodeBase64Url(text)).toBeUndefined();
  });
});

describe("an Ed25519 point", () => {
  const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
  // The points of small order and their other spellings, as every audit of the curve lists them.
  test.each([
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0200000000000000000000000000000000000000000000000000000000000000",
  ])("%s is refused", (hex) => {
    expect(isUsableEd25519Key(fromHex(hex))).toBe(false);
  });

  test("of a real key is accepted", () => {
    for (let i = 0; i < 20; i += 1) {
      const x = toJwk(generateEd25519().publicKey).x ?? "";
      expect(isUsableEd25519Key(Uint8Array.from(Buffer.from(x, "base64url")))).toBe(true);
    }
  });
});
