/** Reads what kind of private key some DER bytes are, and brings the older forms into PKCS#8. */

import { countBits, type EcCurve, ecCurves, isEcCurve, Oid } from "../keys/model/public-key.ts";
import {
  encodeDer,
  encodeObjectIdentifier,
  readChildren,
  readDer,
  readObjectIdentifier,
  readUnsigned,
  Tag,
} from "../keys/reader/der.ts";
import { judgeDer } from "../keys/reader/verdict.ts";
import { SigningKeyError } from "./signing-key.ts";

export type PrivateKeyKind =
  | { readonly type: "RSA"; readonly bits: number }
  | { readonly type: "EC"; readonly curve: EcCurve }
  | { readonly type: "OKP" };

export interface PrivateKeyDer {
  readonly kind: PrivateKeyKind;
  readonly pkcs8: Uint8Array<ArrayBuffer>;
}

const ZERO = Uint8Array.of(0);
const CONVERT = 'convert it with "openssl pkcs8 -topk8 -nocrypt -in key.pem" and give the result';

/** Takes a private key apart as far as signing needs; throws {@link SigningKeyError} for anything else. */
export function readPrivateDer(bytes: Uint8Array<ArrayBuffer>): PrivateKeyDer {
  const verdict = judgeDer(bytes);
  if (verdict.kind === "encrypted") {
    throw new SigningKeyError("ENCRYPTED", "the private key is encrypted", {
      fix: 'decrypt it with "openssl pkey -in key.pem" into a file that only you can read, and give that',
    });
  }
  if (verdict.kind === "public" || verdict.kind === "certificate") {
    throw new SigningKeyError("PUBLIC", "this is a public key; only a private key can sign", {
      fix: "give the private key of the pair",
    });
  }
  if (verdict.kind !== "private") {
    throw new SigningKeyError("UNREADABLE", "the value cannot be read as a private key", {
      fix: "give the whole private key in PEM, from its BEGIN line to its END line, or as a JWK",
    });
  }
  if (verdict.found === "PKCS#8") return readPkcs8(bytes);
  if (verdict.found === "RSA, PKCS#1") return readPkcs8(wrap(Oid.rsa, encodeDer(Tag.null), bytes));
  const curve = verdict.found === "EC, SEC 1" ? curveOfSec1(bytes) : undefined;
  if (curve !== undefined) return readPkcs8(wrap(Oid.ec, encodeObjectIdentifier(ecCurves[curve].oid), bytes));
  throw unsupported(`a private key in the form ${verdict.found}`);
}

function readPkcs8(bytes: Uint8Array<ArrayBuffer>): PrivateKeyDer {
  const outer = readDer(bytes);
  const [, algorithm, content] = outer.ok ? (readChildren(outer.element.content) ?? []) : [];
  const [identifier, parameters] = algorithm === undefined ? [] : (readChildren(algorithm.content) ?? []);
  const oid = readObjectIdentifier(identifier);
  if (oid === Oid.rsa) {
    const inner = content === undefined ? undefined : readDer(content.content);
    const modulus = inner?.ok === true ? readUnsigned(readChildren(inner.element.content)?.[1]) : undefined;
    if (modulus !== undefined) return { kind: { type: "RSA", bits: countBits(modulus) }, pkcs8: bytes };
  }
  const curve = oid === Oid.ec ? curveOf(readObjectIdentifier(parameters)) : undefined;
  if (curve !== undefined) return { kind: { type: "EC", curve }, pkcs8: bytes };
  if (oid === Oid.ed25519) return { kind: { type: "OKP" }, pkcs8: bytes };
  throw unsupported("a private key of this kind");
}

function wrap(oid: string, parameters: Uint8Array, key: Uint8Array): Uint8Array<ArrayBuffer> {
  const algorithm = encodeDer(Tag.sequence, encodeObjectIdentifier(oid), parameters);
  return encodeDer(Tag.sequence, encodeDer(Tag.integer, ZERO), algorithm, encodeDer(Tag.octetString, key));
}

/** SEC 1 names the curve in its `[0]`. */
function curveOfSec1(bytes: Uint8Array<ArrayBuffer>): EcCurve | undefined {
  const outer = readDer(bytes);
  const children = outer.ok ? readChildren(outer.element.content) : undefined;
  const parameters = children?.find((child) => child.tag === Tag.context0);
  const inner = parameters === undefined ? undefined : readChildren(parameters.content)?.[0];
  return curveOf(readObjectIdentifier(inner));
}

function curveOf(oid: string | undefined): EcCurve | undefined {
  return Object.keys(ecCurves).find((name): name is EcCurve => isEcCurve(name) && ecCurves[name].oid === oid);
}

function unsupported(what: string): SigningKeyError {
  return new SigningKeyError("UNSUPPORTED", `${what} is not supported`, {
    fix: `use RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519; ${CONVERT}`,
  });
}
