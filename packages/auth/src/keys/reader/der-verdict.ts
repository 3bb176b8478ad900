/**
 * Says what some DER bytes are: the verdict comes from the structure alone, never from a PEM label
 * (CVE-2023-48223, CVE-2026-34950: a key type guessed from text turned a public key into an HMAC secret).
 */

import { curveOfOid, ecCurves, Oid } from "../model/public-key.ts";
import {
  type DerElement,
  readBits,
  readChildren,
  readDer,
  readObjectIdentifier,
  readUnsigned,
  Tag,
} from "./der.ts";
import { readPkcs1, readPkcs8, readSec1 } from "./private-der.ts";
import type { DerVerdict, PrivateVerdict } from "./verdict.ts";

const unsupportedTypes: Readonly<Record<string, string>> = {
  [Oid.rsaPss]: "RSASSA-PSS (give the key as a plain RSA key)",
  "1.2.840.10040.4.1": "DSA",
  "1.2.840.113549.1.3.1": "Diffie-Hellman",
  "2.16.840.1.101.3.4.3.17": "ML-DSA-44",
  "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
  "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
};

const unsupportedCurves: Readonly<Record<string, string>> = {
  "1.3.132.0.10": "secp256k1",
  "1.3.132.0.33": "P-224",
  "1.2.840.10045.3.1.1": "P-192",
  "1.3.36.3.3.2.8.1.1.7": "brainpoolP256r1",
  "1.3.36.3.3.2.8.1.1.11": "brainpoolP384r1",
  "1.3.36.3.3.2.8.1.1.13": "brainpoolP512r1",
  "1.3.101.110": "X25519",
  "1.3.101.111": "X448",
  "1.3.101.113": "Ed448",
};

const DAMAGED = { kind: "damaged" } as const;
const UNKNOWN = { kind: "unknown" } as const;

/** The verdict on the first value; what stands behind a key is looked at as well, however much it is. */
export function readDerVerdict(bytes: Uint8Array<ArrayBuffer>): DerVerdict {
  const first = readFirstValue(bytes);
  if (first.verdict.kind === "unknown" || first.rest.length === 0) return first.verdict;
  // Bytes behind a complete key: never ignored, they may be the key that was meant.
  for (let value = first; value.verdict.kind !== "unknown"; value = readFirstValue(value.rest)) {
    if (value.verdict.kind === "private") return namePrivate(value.verdict.found, "several");
  }
  return readFirstValue(first.rest).verdict.kind === "unknown"
    ? { kind: "trailing" }
    : { kind: "several", count: 2 };
}

interface FirstValue {
  readonly verdict: DerVerdict;
  /** What stands behind it; empty where it does not end. */
  readonly rest: Uint8Array<ArrayBuffer>;
}

function readFirstValue(bytes: Uint8Array<ArrayBuffer>): FirstValue {
  const outer = readDer(bytes);
  const nothing = bytes.subarray(bytes.length);
  if (!outer.ok) {
    if (outer.fault === "invalid" || !startsLikeKey(bytes)) return { verdict: UNKNOWN, rest: nothing };
    const { expected } = outer.fault;
    const isLikelyPrivate = startsLikePrivateKey(bytes);
    return { verdict: { kind: "truncated", expected, actual: bytes.length, isLikelyPrivate }, rest: nothing };
  }
  const { tag, content, end } = outer.value;
  const rest = bytes.subarray(end);
  if (tag !== Tag.sequence) return { verdict: UNKNOWN, rest };
  const children = readChildren(content);
  if (children !== undefined) return { verdict: readChildrenVerdict(children, bytes.slice(0, end)), rest };
  return { verdict: startsLikeKey(bytes) ? DAMAGED : UNKNOWN, rest: nothing };
}

/** `whole` are the bytes that the children are the content of. */
function readChildrenVerdict(children: readonly DerElement[], whole: Uint8Array<ArrayBuffer>): DerVerdict {
  const [first, second, third] = children;
  if (first === undefined || second === undefined) return { kind: "unknown" };
  if (first.tag === Tag.integer) return readIntegerFirstVerdict(children, whole);
  if (first.tag === Tag.objectIdentifier && readObjectIdentifier(first) === "1.2.840.113549.1.7.2") {
    return { kind: "certificate" }; // PKCS#7 signedData: a bundle of certificates
  }
  if (first.tag !== Tag.sequence) return { kind: "unknown" };
  const inner = readChildren(first.content);
  if (inner === undefined) return { kind: "unknown" };
  if (children.length === 2 && second.tag === Tag.bitString) return readSpkiVerdict(inner, second);
  if (
    children.length === 2 &&
    second.tag === Tag.octetString &&
    readObjectIdentifier(inner[0]) !== undefined
  ) {
    return { kind: "encrypted" };
  }
  if (children.length === 3 && second.tag === Tag.sequence && third?.tag === Tag.bitString) {
    return {
      kind: inner[0]?.tag === Tag.context0 || inner.length > 4 ? "certificate" : "certificate-request",
    };
  }
  return { kind: "unknown" };
}

function readIntegerFirstVerdict(
  children: readonly DerElement[],
  whole: Uint8Array<ArrayBuffer>,
): DerVerdict {
  const [first, second, third] = children;
  if (children.length === 2 && second?.tag === Tag.integer) {
    return readRsaVerdict(children, "pkcs1");
  }
  if (second?.tag === Tag.sequence && third?.tag === Tag.octetString)
    return namePrivate("PKCS#8", readPkcs8(whole), namePrivateType(second));
  if (second?.tag === Tag.octetString) return namePrivate("EC, SEC 1", readSec1(whole), NO_KNOWN_CURVE);
  if (first?.content.length === 1 && first.content[0] === 3 && second?.tag === Tag.sequence) {
    return namePrivate("PKCS#12");
  }
  if (children.length === 6 && children.every((child) => child.tag === Tag.integer)) {
    return namePrivate("DSA", "unsupported", "a DSA key");
  }
  if (children.length >= 9 && children.slice(0, 9).every((child) => child.tag === Tag.integer)) {
    return namePrivate("RSA, PKCS#1", readPkcs1(whole));
  }
  return { kind: "unknown" };
}

function namePrivate(
  found: string,
  key: PrivateVerdict["key"] = "unsupported",
  type?: string,
): PrivateVerdict {
  return key === "unsupported" && type !== undefined
    ? { kind: "private", found, type, key }
    : { kind: "private", found, key };
}

/** It names another one, or none. */
const NO_KNOWN_CURVE = "an EC key without the name of a supported curve";

/** What key the algorithm of PKCS#8 is for, where it is none that tokens use. */
function namePrivateType({ content }: DerElement): string {
  const [identifier, parameters] = readChildren(content) ?? [];
  const oid = readObjectIdentifier(identifier) ?? "";
  const curve =
    oid === Oid.ec ? unsupportedCurves[readObjectIdentifier(parameters) ?? ""] : unsupportedCurves[oid];
  if (curve !== undefined) return `${oid === Oid.ec ? "an EC key" : "a key"} on ${curve}`;
  if (oid === Oid.ec) return NO_KNOWN_CURVE;
  const type = unsupportedTypes[oid];
  return type === undefined ? "a private key of another type" : `a private key of the type ${type}`;
}

function readSpkiVerdict(algorithm: readonly DerElement[], keyBits: DerElement): DerVerdict {
  const [identifier, parameters] = algorithm;
  const oid = readObjectIdentifier(identifier);
  if (oid === undefined) return { kind: "unknown" };
  const bits = readBits(keyBits);
  if (bits === undefined) return DAMAGED;
  if (oid === Oid.rsa) {
    const isNull =
      parameters === undefined || (parameters.tag === Tag.null && parameters.content.length === 0);
    const outer = readDer(bits);
    if (!isNull || algorithm.length > 2 || !outer.ok) return DAMAGED;
    if (outer.value.end !== bits.length || outer.value.tag !== Tag.sequence) return DAMAGED;
    return readRsaVerdict(readChildren(outer.value.content) ?? [], "spki");
  }
  if (oid === Oid.ec) return readEcVerdict(parameters, bits);
  if (oid === Oid.ed25519) {
    if (parameters !== undefined || bits.length !== 32) return DAMAGED;
    return { kind: "public", key: { type: "OKP", publicKey: bits }, format: "spki" };
  }
  const curve = unsupportedCurves[oid];
  if (curve !== undefined) return { kind: "unsupported-curve", curve };
  return { kind: "unsupported-type", keyType: unsupportedTypes[oid] ?? `with object identifier ${oid}` };
}

function readRsaVerdict(numbers: readonly DerElement[], format: "spki" | "pkcs1"): DerVerdict {
  const modulus = readUnsigned(numbers[0]);
  const exponent = readUnsigned(numbers[1]);
  if (numbers.length !== 2 || modulus === undefined || exponent === undefined) return DAMAGED;
  // Two tiny numbers are no key but any short list of numbers.
  if (format === "pkcs1" && modulus.length < 32) return { kind: "unknown" };
  return { kind: "public", key: { type: "RSA", modulus, exponent }, format };
}

function readEcVerdict(parameters: DerElement | undefined, point: Uint8Array): DerVerdict {
  if (parameters?.tag === Tag.sequence)
    return { kind: "unsupported-curve", curve: "with explicit parameters" };
  const oid = readObjectIdentifier(parameters);
  if (oid === undefined) return DAMAGED;
  const curve = curveOfOid(oid);
  if (curve === undefined) {
    return { kind: "unsupported-curve", curve: unsupportedCurves[oid] ?? `with object identifier ${oid}` };
  }
  const size = ecCurves[curve].coordinateBytes;
  const isUncompressed = point[0] === 4 && point.length === 2 * size + 1;
  const isCompressed = (point[0] === 2 || point[0] === 3) && point.length === size + 1;
  if (!isUncompressed && !isCompressed) return DAMAGED;
  return { kind: "public", key: { type: "EC", curve, point }, format: "spki" };
}

/**
 * The first bytes are those of a key, for values that do not parse to their end. Only ever used to refuse: a
 * random secret must not look like this, hence the demand for a long form or an object identifier.
 */
function startsLikeKey(bytes: Uint8Array): boolean {
  if (bytes[0] !== Tag.sequence) return false;
  const length = bytes[1] ?? 0;
  const isLong = length === 0x81 || length === 0x82;
  const inner = length === 0x81 ? 3 : length === 0x82 ? 4 : 2;
  const tag = bytes[inner];
  if (isLong && (tag === Tag.sequence || tag === Tag.integer)) return true;
  return tag === Tag.sequence && bytes[inner + 2] === Tag.objectIdentifier;
}

/** `SEQUENCE { INTEGER 0 or 1 …`: the version number with which every private key format starts. */
function startsLikePrivateKey(bytes: Uint8Array): boolean {
  const inner = bytes[1] === 0x81 ? 3 : bytes[1] === 0x82 ? 4 : 2;
  return bytes[inner] === Tag.integer && bytes[inner + 1] === 1 && (bytes[inner + 2] ?? 9) <= 1;
}
