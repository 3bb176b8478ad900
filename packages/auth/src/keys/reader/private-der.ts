/**
 * Takes the DER of a private key apart as far as signing needs, and brings the older forms into PKCS#8. Whether the key
 * itself is sound is found out when it is imported.
 */

import type { PrivateKey } from "../model/private-key.ts";
import { countBits, curveOfOid, ecCurves, Oid } from "../model/public-key.ts";
import {
  encodeDer,
  encodeObjectIdentifier,
  readChildren,
  readDer,
  readObjectIdentifier,
  readUnsigned,
  Tag,
} from "./der.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const ZERO = Uint8Array.of(0);

/** PKCS#8 (RFC 5958); undefined for a kind of key that tokens do not use. */
export function readPkcs8(pkcs8: Bytes): PrivateKey | undefined {
  const [, algorithm, content] = childrenOf(pkcs8);
  const [identifier, parameters] = algorithm === undefined ? [] : (readChildren(algorithm.content) ?? []);
  const oid = readObjectIdentifier(identifier);
  if (oid === Oid.rsa) {
    const modulus = content === undefined ? undefined : readUnsigned(childrenOf(content.content)[1]);
    return modulus === undefined ? undefined : { type: "RSA", bits: countBits(modulus), pkcs8 };
  }
  const curve = oid === Oid.ec ? curveOfOid(readObjectIdentifier(parameters)) : undefined;
  if (curve !== undefined) return { type: "EC", curve, pkcs8 };
  return oid === Oid.ed25519 ? { type: "OKP", pkcs8 } : undefined;
}

/** "BEGIN RSA PRIVATE KEY" (RFC 8017 appendix A.1.2). */
export function readPkcs1(bytes: Bytes): PrivateKey | undefined {
  return readPkcs8(wrap(Oid.rsa, encodeDer(Tag.null), bytes));
}

/** "BEGIN EC PRIVATE KEY" (RFC 5915), which names its curve in `[0]`. */
export function readSec1(bytes: Bytes): PrivateKey | undefined {
  const parameters = childrenOf(bytes).find((child) => child.tag === Tag.context0);
  const [named] = parameters === undefined ? [] : (readChildren(parameters.content) ?? []);
  const curve = curveOfOid(readObjectIdentifier(named));
  if (curve === undefined) return undefined;
  return readPkcs8(wrap(Oid.ec, encodeObjectIdentifier(ecCurves[curve].oid), bytes));
}

function childrenOf(bytes: Bytes): NonNullable<ReturnType<typeof readChildren>> {
  const outer = readDer(bytes);
  return outer.ok ? (readChildren(outer.value.content) ?? []) : [];
}

function wrap(oid: string, parameters: Uint8Array, key: Uint8Array): Bytes {
  const algorithm = encodeDer(Tag.sequence, encodeObjectIdentifier(oid), parameters);
  return encodeDer(Tag.sequence, encodeDer(Tag.integer, ZERO), algorithm, encodeDer(Tag.octetString, key));
}
