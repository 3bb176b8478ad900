import { expect, test } from "vitest";
import { generateEc, generateEd25519, generateRsa } from "../judge/test-keys.fixture.ts";
import { encodeDer, encodeObjectIdentifier, readChildren, Tag } from "./der.ts";
import { readDerVerdict } from "./der-verdict.ts";
import { encodeSpki } from "./encode-spki.ts";

test("SPKI is written exactly as node:crypto writes it", () => {
  for (const pair of [
    generateRsa(),
    generateEc("P-256"),
    generateEc("P-384"),
    generateEc("P-521"),
    generateEd25519(),
  ]) {
    const der = Uint8Array.from(pair.publicKey.export({ type: "spki", format: "der" }));
    const verdict = readDerVerdict(der);
    expect(verdict.kind).toBe("public");
    if (verdict.kind === "public") expect(Buffer.from(encodeSpki(verdict.key)).equals(der)).toBe(true);
  }
});

test("an RSA key without the NULL parameters is the same key", () => {
  const der = Uint8Array.from(generateRsa().publicKey.export({ type: "spki", format: "der" }));
  const [outer] = readChildren(der) ?? [];
  const [, bits] = readChildren(outer?.content ?? new Uint8Array()) ?? [];
  const algorithm = encodeDer(Tag.sequence, encodeObjectIdentifier("1.2.840.113549.1.1.1"));
  const verdict = readDerVerdict(
    encodeDer(Tag.sequence, algorithm, encodeDer(Tag.bitString, bits?.content ?? new Uint8Array())),
  );
  expect(verdict.kind).toBe("public");
  if (verdict.kind === "public") expect(Buffer.from(encodeSpki(verdict.key)).equals(der)).toBe(true);
});
