import { crc32, deflateSync, inflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { shrinkPng } from "./shrink-png.ts";

const chunk = (name: string, body: Buffer) => {
  const named = Buffer.concat([Buffer.from(name, "latin1"), body]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(body.length);
  around.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([around.subarray(0, 4), named, around.subarray(4)]);
};

/** A PNG of 64 times 5 points, three bytes each, one row for each filter of the format. */
function makePng(kind: number): Buffer {
  const head = Buffer.from([0, 0, 0, 64, 0, 0, 0, 5, 8, kind, 0, 0, 0]);
  const rows = [0, 1, 2, 3, 4].map((filter) =>
    Buffer.from([filter, ...Array.from({ length: 192 }, (_, at) => (at < 6 ? at : 0))]),
  );
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    // As a fast encoder leaves it.
    chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 0 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

it("keeps each point of a picture with few colours, whichever filters its rows have", () => {
  const shrunk = shrinkPng(makePng(2));
  const at = (name: string) => shrunk.indexOf(name, 0, "latin1") + 4;
  const body = (name: string) => shrunk.subarray(at(name), at(name) + shrunk.readUInt32BE(at(name) - 8));
  const [palette, rows] = [body("PLTE"), inflateSync(body("IDAT"))];
  const colourAt = (row: number, column: number) => {
    const index = rows[row * 65 + 1 + column] ?? 0;
    return [...palette.subarray(index * 3, index * 3 + 3)];
  };
  // By hand, after section 9 of the specification of PNG.
  expect(colourAt(0, 0)).toEqual([0, 1, 2]);
  expect(colourAt(0, 1)).toEqual([3, 4, 5]);
  expect(colourAt(0, 2)).toEqual([0, 0, 0]);
  expect(colourAt(1, 1)).toEqual([3, 5, 7]);
  expect(colourAt(1, 63)).toEqual([3, 5, 7]);
  expect(colourAt(2, 1)).toEqual([6, 9, 12]);
  expect(colourAt(3, 0)).toEqual([0, 2, 4]);
  expect(colourAt(4, 0)).toEqual([0, 3, 6]);
});

it("leaves a picture of another kind as it is", () => {
  const png = makePng(0);
  expect(shrinkPng(png)).toBe(png);
});
