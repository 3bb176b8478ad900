import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generateEc } from "../judge/test-keys.fixture.ts";
import { encodeDer, encodeObjectIdentifier, encodeUnsigned, Tag } from "./der.ts";
import { readDerVerdict } from "./der-verdict.ts";

describe("the verdict on DER", () => {
  test("gives a verdict on any bytes without throwing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(readDerVerdict(Uint8Array.from(bytes)).kind).toBeTypeOf("string");
      }),
    );
  });

  test("a single flipped byte of a key is the same kind of key or a fault, never accepted with bytes left over", () => {
    const der = Uint8Array.from(generateEc("P-256").publicKey.export({ type: "spki", format: "der" }));
    for (let position = 0; position < 26; position += 1) {
      const flipped = Uint8Array.from(der);
      flipped[position] = (flipped[position] ?? 0) ^ 1;
      expect(readDerVerdict(flipped).kind).not.toBe("public");
    }
  });
});

test("two short numbers are no RSA key", () => {
  expect(
    readDerVerdict(
      encodeDer(Tag.sequence, encodeUnsigned(Uint8Array.of(5)), encodeUnsigned(Uint8Array.of(3))),
    ).kind,
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
    expect(readDerVerdict(bytes).kind).toBe(kind);
  });

  test("inside one another are no key", () => {
    let bytes = spki;
    for (let depth = 0; depth < 5_000; depth += 1) bytes = encodeDer(Tag.sequence, bytes);
    expect(readDerVerdict(bytes).kind).toBe("unknown");
  });
});
