import { describe, expect, test } from "vitest";
import { RepairLog } from "../model/repairs.ts";
import { encodeDer, encodeObjectIdentifier, encodeUnsigned, Tag } from "./der.ts";
import { readBodyVerdict } from "./read-body.ts";

describe("many values behind one another in base64", () => {
  const spki = encodeDer(
    Tag.sequence,
    encodeDer(Tag.sequence, encodeObjectIdentifier("1.3.101.112")),
    encodeDer(Tag.bitString, new Uint8Array(33)),
  );
  const version = encodeUnsigned(Uint8Array.of(1));
  const sec1 = encodeDer(Tag.sequence, version, encodeDer(Tag.octetString, Uint8Array.of(0)));

  const inBase64 = (part: Uint8Array) => Buffer.from(part).toString("base64");

  test.each([
    ["public keys", inBase64(spki).repeat(20_000), { kind: "several", count: 2 }],
    ["a public key and something else", `${inBase64(spki)}BQA=`, { kind: "several", count: 2 }],
    [
      "public keys and a private one",
      inBase64(spki).repeat(20_000) + inBase64(sec1),
      { kind: "private", found: "second value", key: "several" },
    ],
    ["private keys", inBase64(sec1).repeat(20_000), { kind: "private", found: "EC, SEC 1", key: "several" }],
    ["nothing that is a key", "BQA=".repeat(20_000), { kind: "unknown" }],
    [
      "a key that is cut off, and padding",
      inBase64(spki).slice(0, 40) + "=".repeat(60_000),
      { kind: "truncated", actual: 30, expected: 44, isLikelyPrivate: false },
    ],
  ])("in base64 with padding between them are told by a loop: %s", (_, text, verdict) => {
    expect(text).toContain("=");
    expect(readBodyVerdict(text, new RepairLog())).toMatchObject(verdict);
  });
});
