/**
 * A screenshot with a palette of 256 colours, about half as large: screens of the console have few, and what is between two
 * of them is the edge of a letter. Reads what Chromium writes: 8 bits a channel, not interlaced.
 */
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;
/** Such as those of a shadow, where a step would be seen. */
const FREQUENT = 160;

/** The same picture; as it was, where it is of another kind. */
export function shrinkPng(png: Buffer): Buffer {
  const { head, data } = readChunks(png);
  const [width, height, depth, kind, interlaced] = [
    head.readUInt32BE(0),
    head.readUInt32BE(4),
    head[8],
    head[9],
    head[12],
  ];
  const channels = kind === 6 ? 4 : 3;
  if (depth !== 8 || (kind !== 2 && kind !== 6) || interlaced !== 0) return png;
  const pixels = unfilter(inflateSync(data), width * channels, channels);
  const colours = new Uint32Array(width * height);
  for (let at = 0; at < colours.length; at += 1) colours[at] = pixels.readUIntBE(at * channels, 3);
  const palette = choosePalette(colours);
  const nearest = new Map<number, number>();
  const rows = Buffer.alloc(height * (width + 1));
  for (let at = 0; at < colours.length; at += 1) {
    const colour = colours[at] ?? 0;
    let index = nearest.get(colour);
    if (index === undefined) nearest.set(colour, (index = findNearest(palette, colour)));
    rows[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = index;
  }
  const header = Buffer.from(head);
  header[9] = 3;
  const plte = Buffer.from(palette.flatMap(split));
  const shrunk = Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", plte),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return shrunk.length < png.length ? shrunk : png;
}

function readChunks(png: Buffer): { readonly head: Buffer; readonly data: Buffer } {
  let head: Buffer = Buffer.alloc(13);
  const data: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const name = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (name === "IHDR") head = body;
    if (name === "IDAT") data.push(body);
    at += length + 12;
  }
  return { head, data: Buffer.concat(data) };
}

/** Each row says how it was made of the pixels at its left and above. */
function unfilter(filtered: Buffer, rowLength: number, step: number): Buffer {
  const height = filtered.length / (rowLength + 1);
  const pixels = Buffer.alloc(height * rowLength);
  for (let row = 0; row < height; row += 1) {
    const filter = filtered[row * (rowLength + 1)] ?? 0;
    for (let column = 0; column < rowLength; column += 1) {
      const at = row * rowLength + column;
      const left = column >= step ? (pixels[at - step] ?? 0) : 0;
      const above = row > 0 ? (pixels[at - rowLength] ?? 0) : 0;
      const corner = column >= step && row > 0 ? (pixels[at - rowLength - step] ?? 0) : 0;
      const value = filtered[row * (rowLength + 1) + 1 + column] ?? 0;
      const guesses = [0, left, above, (left + above) >> 1, predict(left, above, corner)];
      pixels[at] = value + (guesses[filter] ?? 0);
    }
  }
  return pixels;
}

/** Paeth's: whichever of the three is nearest to left + above - corner. */
function predict(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

/** The most frequent colours, then of what is left those that stand for many that are nearly the same. */
function choosePalette(colours: Uint32Array): readonly number[] {
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts].toSorted(([, a], [, b]) => b - a);
  if (byCount.length <= COLOURS) return byCount.map(([colour]) => colour);
  const frequent = byCount.slice(0, FREQUENT).map(([colour]) => colour);
  const alike = Map.groupBy(byCount.slice(FREQUENT), ([colour]) => colour & 0xf0f0f0);
  const others = [...alike.values()]
    .map((group) => ({ colour: group[0]?.[0] ?? 0, count: group.reduce((sum, [, count]) => sum + count, 0) }))
    .toSorted((a, b) => b.count - a.count);
  return [...frequent, ...others.slice(0, COLOURS - FREQUENT).map(({ colour }) => colour)];
}

const split = (colour: number) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff] as const;

function findNearest(palette: readonly number[], colour: number): number {
  const [red, green, blue] = split(colour);
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const [index, other] of palette.entries()) {
    const [r, g, b] = split(other);
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), body]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}
