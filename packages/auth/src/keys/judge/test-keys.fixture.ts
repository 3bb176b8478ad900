/** Fresh key material and helpers for the key tests; nothing here is fixed, and nothing leaves the process. */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { FAULTS, type Fault, type FaultCode, placesOf, renderText } from "@agentos/contract";
import { calculateJwkThumbprint, type JWK } from "jose";
import { expect } from "vitest";
import { type KeyResult } from "../model/key.ts";
import { type ParseKeyOptions, parseVerificationKey } from "../set/parse-key.ts";

export interface TestPair {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly pem: string;
}

function toPair(
  name: string,
  pair: { publicKey: KeyObject; privateKey: KeyObject },
  type: "spki" | "pkcs1",
): TestPair {
  return { name, ...pair, pem: pair.publicKey.export({ type, format: "pem" }).toString() };
}

export function generateRsa(modulusLength = 2048): TestPair {
  return toPair("RSA SPKI", generateKeyPairSync("rsa", { modulusLength }), "spki");
}
export function generateRsaPkcs1(): TestPair {
  return toPair("RSA PKCS#1", generateKeyPairSync("rsa", { modulusLength: 2048 }), "pkcs1");
}
export function generateEc(namedCurve: string): TestPair {
  return toPair(`EC ${namedCurve}`, generateKeyPairSync("ec", { namedCurve }), "spki");
}
export function generateEd25519(): TestPair {
  return toPair("Ed25519", generateKeyPairSync("ed25519"), "spki");
}

/** The four kinds that every repair is tried on. */
export function generateFourPairs(): readonly TestPair[] {
  return [generateRsa(), generateRsaPkcs1(), generateEc("P-256"), generateEd25519()];
}

export function toJwk(key: KeyObject): JWK {
  return { ...key.export({ format: "jwk" }) };
}

/** Thumbprint by way of node:crypto and jose alone, so that our own reader is not its own judge. */
export async function thumbprintOf(key: KeyObject): Promise<string> {
  const publicKey = key.type === "public" ? key : createPublicKey(key);
  return calculateJwkThumbprint(toJwk(publicKey), "sha256");
}

export async function parse(value: string, options: Partial<ParseKeyOptions> = {}): Promise<KeyResult> {
  return parseVerificationKey(value, { source: "verificationKeys[0]", index: 0, ...options });
}

/** Every place of the catalogue text is filled, and none of it comes from the value. */
export function expectCompleteFault(fault: Fault, value = ""): void {
  const entry = FAULTS[fault.code];
  for (const place of [...placesOf(entry.title), ...placesOf(entry.fix)]) {
    if (place !== "cli") expect(fault.facts, `${fault.code} fills {${place}}`).toHaveProperty(place);
  }
  const shown = renderText(`${entry.title} ${entry.fix}`, fault.facts) + (fault.at ?? "");
  for (const part of value.match(/[A-Za-z0-9+/_-]{16,}/g) ?? []) expect(shown).not.toContain(part);
}

/** The value is refused with exactly this code. */
export async function expectFault(
  value: string,
  code: FaultCode,
  options: Partial<ParseKeyOptions> = {},
): Promise<Fault> {
  const { keys, faults } = await parse(value, options);
  expect(keys).toEqual([]);
  expect(faults.map((fault) => fault.code)).toEqual([code]);
  const [fault] = faults;
  if (fault === undefined) throw new Error("no fault");
  expect(fault.severity).toBe("error");
  expectCompleteFault(fault, value);
  return fault;
}

/** The twin: accepted without any fault. */
export async function expectKey(
  value: string,
  options: Partial<ParseKeyOptions> = {},
): Promise<KeyResult["keys"][number]> {
  const { keys, faults } = await parse(value, options);
  expect(faults).toEqual([]);
  expect(keys).toHaveLength(1);
  const [key] = keys;
  if (key === undefined) throw new Error("no key");
  return key;
}

export function encodeSpkiOf(pair: TestPair): Buffer {
  return pair.publicKey.export({ type: "spki", format: "der" });
}

export function toPem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString("base64")
    .replace(/(.{64})/g, "$1\n")
    .trim();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** A random printable secret of so many bytes. */
export function createSecret(bytes: number): string {
  return randomBytes(bytes).toString("base64url").slice(0, bytes);
}

export function toJwkText(pair: TestPair, more = {}): string {
  return JSON.stringify({ ...toJwk(pair.publicKey), ...more });
}
