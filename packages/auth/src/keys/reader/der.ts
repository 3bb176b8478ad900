/**
 * A minimal strict reader for DER (X.690): definite minimal lengths, low tag numbers. It reads structure only;
 * what the structure means is decided in `der-verdict.ts`.
 */

import { fail, ok, type Result } from "../../outcome/result.ts";

export const Tag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  sequence: 0x30,
  context0: 0xa0,
} as const;

export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array<ArrayBuffer>;
  /** Offset behind the element in the bytes it was read from. */
  readonly end: number;
}

/** The header is well formed but announces more bytes than there are; or it is none. */
export type DerFault = { readonly expected: number } | "invalid";

const INVALID = fail("invalid" as const);

export function readDer(bytes: Uint8Array<ArrayBuffer>, offset = 0): Result<DerElement, DerFault> {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return INVALID;
  let length = first;
  let start = offset + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 3) return INVALID;
    length = 0;
    for (let i = 0; i < count; i += 1) {
      const byte = bytes[start + i];
      if (byte === undefined) return INVALID;
      length = length * 256 + byte;
    }
    start += count;
    // DER wants the shortest form.
    if (length < 0x80 || length < 256 ** (count - 1)) return INVALID;
  }
  const end = start + length;
  if (end > bytes.length) return fail({ expected: end });
  return ok({ tag, content: bytes.slice(start, end), end });
}

/** All elements of a constructed value, or `undefined` when the bytes are not exactly a list of elements. */
export function readChildren(content: Uint8Array<ArrayBuffer>): readonly DerElement[] | undefined {
  const children: DerElement[] = [];
  let offset = 0;
  while (offset < content.length) {
    const read = readDer(content, offset);
    if (!read.ok) return undefined;
    children.push(read.value);
    offset = read.value.end;
  }
  return children;
}

/** A non-negative INTEGER in minimal form, without its sign byte; `undefined` for anything else. */
export function readUnsigned(element: DerElement | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (element?.tag !== Tag.integer) return undefined;
  const [first, second] = element.content;
  if (first === undefined || first >= 0x80) return undefined;
  if (first !== 0 || second === undefined) return element.content;
  return second >= 0x80 ? element.content.slice(1) : undefined;
}

/** Bytes of a BIT STRING that has no unused bits. */
export function readBits(element: DerElement | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (element?.tag !== Tag.bitString || element.content[0] !== 0) return undefined;
  return element.content.slice(1);
}

/** Dotted text of an OBJECT IDENTIFIER. */
export function readObjectIdentifier(element: DerElement | undefined): string | undefined {
  if (element?.tag !== Tag.objectIdentifier) return undefined;
  const arcs: number[] = [];
  let value = 0;
  let isOpen = false;
  for (const byte of element.content) {
    if (!isOpen && byte === 0x80) return undefined;
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128) return undefined;
    isOpen = byte >= 0x80;
    if (isOpen) continue;
    if (arcs.length === 0) {
      const root = Math.min(2, Math.floor(value / 40));
      arcs.push(root, value - root * 40);
    } else arcs.push(value);
    value = 0;
  }
  return isOpen || arcs.length === 0 ? undefined : arcs.join(".");
}

export function encodeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const header =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : length < 0x10000
          ? [tag, 0x82, length >> 8, length & 0xff]
          : [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  const bytes = new Uint8Array(header.length + length);
  bytes.set(header);
  let offset = header.length;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

export function encodeUnsigned(value: Uint8Array): Uint8Array<ArrayBuffer> {
  const needsSign = (value[0] ?? 0) >= 0x80;
  return encodeDer(Tag.integer, needsSign ? Uint8Array.of(0, ...value) : value);
}

/** Dotted text to an OBJECT IDENTIFIER; only for the constants of this package. */
export function encodeObjectIdentifier(dotted: string): Uint8Array<ArrayBuffer> {
  const [root = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const arc of [root * 40 + second, ...rest]) {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      digits.unshift((left % 128) + 0x80);
    }
    bytes.push(...digits);
  }
  return encodeDer(Tag.objectIdentifier, Uint8Array.from(bytes));
}
