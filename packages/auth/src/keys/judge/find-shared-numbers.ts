/**
 * Secrets that are made of a public key which is loaded too: its modulus, its coordinates, its thumbprint or its name, in
 * whatever writing. `public-key-traces.ts` knows the look of a key and finds it alone; here the keys are known, so their
 * bare numbers and pieces of them are found as well, which look as random as a secret does.
 */

import { createFault, type Fault } from "@agentos/contract";
import { decodeBase64Url } from "../../encoding/base64.ts";
import type { VerificationKey } from "../model/key.ts";
import { MAX_WRAPPINGS } from "../model/key-limits.ts";
import { materialOf } from "./secret-material.ts";
import { openBase64, toBinaryText } from "./secret-readings.ts";

/** So many bytes in a row are in two values by copying alone: the chance is one in 2^128. */
const WINDOW_BYTES = 16;
/** Of the whole key, as consoles show them and issuers take them for a `kid`. */
const FINGERPRINTS = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"] as const;
/** Digits of the largest modulus that is accepted, in the decimal system. */
const MAX_DECIMAL_DIGITS = 5_000;

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The faults of all secrets among the keys, each at the place of the secret. Keys of every issuer belong in. */
export async function findSharedNumbers(keys: readonly VerificationKey[]): Promise<readonly Fault[]> {
  const secrets = keys.filter((key) => materialOf(key) !== undefined);
  if (secrets.length === 0) return [];
  const owners = new Map<string, VerificationKey>();
  for (const key of keys) {
    if (key.type === "oct") continue;
    for (const window of (await readPublicNumbers(key)).flatMap(windowsOf)) owners.set(window, key);
  }
  return secrets.flatMap((secret) => {
    const readings = readSecret(materialOf(secret)?.bytes ?? new Uint8Array());
    const owner = readings.map((reading) => findOwner(reading, owners)).find((key) => key !== undefined);
    if (owner === undefined) return [];
    const facts = {
      algorithm: secret.algorithms[0] ?? "HS256",
      found: `made of the public key in ${owner.source}`,
    };
    return [createFault({ code: "KEY_PUBLIC_AS_SECRET", at: secret.source, facts })];
  });
}

/** What everybody can know of a key, one character per byte. Microsoft's blobs have the bytes of a number the other way round. */
async function readPublicNumbers(key: VerificationKey): Promise<readonly string[]> {
  if (key.key instanceof Uint8Array) return [];
  const jwk = await crypto.subtle.exportKey("jwk", key.key);
  const members = [jwk.n, jwk.x, jwk.y, key.thumbprint].flatMap(
    (member) => decodeBase64Url(member ?? "") ?? [],
  );
  const spki = await crypto.subtle.exportKey("spki", key.key);
  const fingerprints = await Promise.all(
    FINGERPRINTS.map(async (hash) => new Uint8Array(await crypto.subtle.digest(hash, spki))),
  );
  const numbers = [...members, ...fingerprints].flatMap((bytes) => [
    toBinaryText(bytes),
    toBinaryText(bytes.toReversed()),
  ]);
  return key.kid === undefined ? numbers : [...numbers, toBinaryText(new TextEncoder().encode(key.kid))];
}

/** Every run of {@link WINDOW_BYTES} bytes. */
function windowsOf(binary: string): readonly string[] {
  const count = Math.max(0, binary.length - WINDOW_BYTES + 1);
  return Array.from({ length: count }, (_, start) => binary.slice(start, start + WINDOW_BYTES));
}

function findOwner(
  binary: string,
  owners: ReadonlyMap<string, VerificationKey>,
): VerificationKey | undefined {
  for (let start = 0; start + WINDOW_BYTES <= binary.length; start += 1) {
    const owner = owners.get(binary.slice(start, start + WINDOW_BYTES));
    if (owner !== undefined) return owner;
  }
  return undefined;
}

/** The bytes, and what they are as base64, hexadecimal or decimal text, in several layers; one character per byte. */
function readSecret(bytes: Uint8Array): readonly string[] {
  const binary = toBinaryText(bytes);
  // Bytes that were taken for characters of Latin-1, and characters of two bytes each.
  const readings = new Set([binary, ...openUtf8(bytes), binary.replaceAll("\0", "")]);
  let layer: readonly string[] = [...readings];
  for (let depth = 0; depth < MAX_WRAPPINGS; depth += 1) {
    layer = layer
      .filter(isText)
      .flatMap((text) => [...openBase64(text), ...openBase32(text), ...openHex(text), ...openDecimal(text)]);
    for (const reading of layer) readings.add(reading);
  }
  return [...readings];
}

function openUtf8(bytes: Uint8Array): readonly string[] {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return Array.from(text).every((character) => character < "\u0100") ? [text] : [];
}

function isText(binary: string): boolean {
  return /^[\t\n\r -~]*$/.test(binary);
}

/** Whatever stands between the digits; from both places where a pair may begin. */
function openHex(text: string): readonly string[] {
  const digits = text.replace(/\\?0?x/gi, "").replace(/[^0-9a-f]+/gi, "");
  return [digits, digits.slice(1)].map((from) =>
    (from.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join(""),
  );
}

/** RFC 4648, in one case, from its beginning. */
function openBase32(text: string): readonly string[] {
  const digits = text.replace(/[\s=]+/g, "").toUpperCase();
  if (digits.length < 2 * WINDOW_BYTES || !/^[A-Z2-7]+$/.test(digits)) return [];
  let [opened, bits, rest] = ["", 0, 0];
  for (const digit of digits) {
    rest = ((rest << 5) | BASE32.indexOf(digit)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    opened += String.fromCharCode((rest >> bits) & 0xff);
  }
  return [opened];
}

/** A whole number, or the numbers of its bytes one by one. */
function openDecimal(text: string): readonly string[] {
  const bytes = text.match(/\d+/g) ?? [];
  const list = bytes.every((byte) => Number(byte) < 256) ? [String.fromCharCode(...bytes.map(Number))] : [];
  const digits = text.replace(/[\s,_]/g, "");
  if (!/^\d{20,}$/.test(digits) || digits.length > MAX_DECIMAL_DIGITS) return list;
  const hex = BigInt(digits).toString(16);
  return [...list, ...openHex(hex.length % 2 === 0 ? hex : `0${hex}`)];
}
