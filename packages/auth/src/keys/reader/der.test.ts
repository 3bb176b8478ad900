import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  encodeDer,
  encodeObjectIdentifier,
  readChildren,
  readDer,
  readObjectIdentifier,
  readUnsigned,
  Tag,
} from "./der.ts";

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
    expect(readDer(Uint8Array.from(bytes))).toEqual({ ok: false, fault: "invalid" });
  });

  test("tells how many bytes are missing", () => {
    expect(readDer(Uint8Array.of(0x30, 0x05, 1))).toEqual({ ok: false, fault: { expected: 7 } });
  });

  test.each([[[]], [[0x80]], [[0x00, 0x7f]], [[0xff, 0x01]]])("takes %j for no unsigned number", (bytes) => {
    expect(readUnsigned({ tag: Tag.integer, content: Uint8Array.from(bytes), end: 0 })).toBeUndefined();
  });

  test("reads what it writes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000, size: "max" }), (content) => {
        const read = readDer(encodeDer(Tag.octetString, content));
        expect(read).toMatchObject({ ok: true, value: { tag: Tag.octetString } });
        expect(read.ok && Buffer.from(read.value.content).equals(content)).toBe(true);
      }),
      { numRuns: 50 },
    );
    for (const dotted of ["1.2.840.113549.1.1.1", "1.3.101.112", "2.16.840.1.101.3.4.3.17", "1.3.132.0.34"]) {
      const [element] = readChildren(encodeObjectIdentifier(dotted)) ?? [];
      expect(readObjectIdentifier(element)).toBe(dotted);
    }
  });
});
