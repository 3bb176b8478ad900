/** A parsed public key becomes a verification key, or a fault says why it must not. */

import { type CryptoKey, calculateJwkThumbprint } from "jose";
import {
  algorithmsFor,
  boundAlgorithms,
  countSignatureBytes,
  isSigningAlgorithm,
  showAlgorithm,
  signingAlgorithms,
} from "../model/algorithms.ts";
import type { KeyResult, SigningAlgorithm } from "../model/key.ts";
import { faultResult } from "../model/key-fault.ts";
import { MAX_RSA_BITS, MAX_RSA_EXPONENT_BITS, MIN_RSA_BITS } from "../model/key-limits.ts";
import { countBits, describePublicKey, type PublicKey } from "../model/public-key.ts";
import type { KeyRepair } from "../model/repairs.ts";
import { encodeSpki } from "../reader/encode-spki.ts";
import { isUsableEd25519Key } from "./ed25519-point.ts";

/** Where a key stands and what surrounds it. */
export interface KeyContext {
  readonly index: number;
  readonly source: string;
  /** The configured algorithm, already known to exist. */
  readonly algorithm: SigningAlgorithm | undefined;
  readonly kid: string | undefined;
  /** `alg` of the JWK. */
  readonly announced: string | undefined;
  readonly answersUnknownKid: boolean;
  readonly repairs: readonly KeyRepair[];
}

export async function judgePublicKey(key: PublicKey, context: KeyContext): Promise<KeyResult> {
  const { source } = context;
  const chosen = chooseAlgorithm(key, context);
  if (typeof chosen !== "string") return chosen;
  const weakness = key.type === "RSA" ? judgeRsaNumbers(key, source) : undefined;
  if (weakness !== undefined) return weakness;
  const curve = key.type === "EC" ? key.curve : "Ed25519";
  const imported =
    key.type === "OKP" && !isUsableEd25519Key(key.publicKey) ? undefined : await importSpki(key, chosen);
  if (imported === undefined) {
    if (key.type === "RSA")
      return faultResult("KEY_UNREADABLE", source, { reason: "the RSA key cannot be imported" });
    return faultResult("KEY_POINT_INVALID", source, { curve });
  }
  const { cryptoKey, thumbprint } = imported;
  const verificationKey = Object.freeze({
    index: context.index,
    source,
    kid: context.kid,
    algorithms: boundAlgorithms(chosen),
    type: key.type,
    key: cryptoKey,
    label: `${chosen} ${describePublicKey(key)}, thumbprint ${thumbprint.slice(0, 8)}…`,
    thumbprint,
    signatureBytes: countSignatureBytes(chosen, key),
    repairs: context.repairs,
    answersUnknownKid: context.answersUnknownKid,
  });
  return { keys: [verificationKey], faults: [] };
}

/** The JWK's own word and the configured one must both fit the key and each other; RS256 when nobody decides. */
export function chooseAlgorithm(key: PublicKey | "oct", context: KeyContext): SigningAlgorithm | KeyResult {
  const { source, algorithm, announced } = context;
  const fitting = algorithmsFor(key);
  const keyType = key === "oct" ? "a shared secret" : describePublicKey(key);
  if (announced !== undefined && (!isSigningAlgorithm(announced) || !fitting.includes(announced))) {
    return faultResult("KEY_JWK_ALGORITHM", source, {
      algorithm: showAlgorithm(announced),
      key_type: keyType,
      fitting,
    });
  }
  if (algorithm !== undefined && !fitting.includes(algorithm)) {
    return faultResult("KEY_ALGORITHM_MISMATCH", source, { algorithm, key_type: keyType, fitting });
  }
  if (announced !== undefined && algorithm !== undefined && !boundAlgorithms(announced).includes(algorithm)) {
    return faultResult("KEY_ALGORITHM_MISMATCH", source, {
      algorithm,
      key_type: `${keyType} for ${announced}`,
      fitting: [announced],
    });
  }
  const chosen = algorithm ?? announced ?? (key === "oct" ? undefined : fitting[0]);
  return chosen ?? faultResult("KEY_ALGORITHM_REQUIRED", source);
}

function judgeRsaNumbers(key: PublicKey & { type: "RSA" }, source: string): KeyResult | undefined {
  const bits = countBits(key.modulus);
  if (bits < MIN_RSA_BITS) return faultResult("KEY_WEAK_RSA", source, { bits });
  if (bits > MAX_RSA_BITS) return faultResult("KEY_RSA_TOO_LARGE", source, { bits, limit: MAX_RSA_BITS });
  if (isEven(key.modulus)) return faultResult("KEY_RSA_MODULUS", source);
  const exponentBits = countBits(key.exponent);
  const isUsable = exponentBits >= 2 && exponentBits <= MAX_RSA_EXPONENT_BITS && !isEven(key.exponent);
  return isUsable ? undefined : faultResult("KEY_RSA_EXPONENT", source);
}

function isEven(value: Uint8Array): boolean {
  return ((value.at(-1) ?? 0) & 1) === 0;
}

/** `undefined` when the platform refuses the key: a point that is not on its curve, above all. */
async function importSpki(
  key: PublicKey,
  algorithm: SigningAlgorithm,
): Promise<{ cryptoKey: CryptoKey; thumbprint: string } | undefined> {
  try {
    const parameters = signingAlgorithms[algorithm].parameters;
    const cryptoKey = await crypto.subtle.importKey("spki", encodeSpki(key), parameters, true, ["verify"]);
    const { kty, crv, n, e, x, y } = await crypto.subtle.exportKey("jwk", cryptoKey);
    const members = Object.entries({ kty, crv, n, e, x, y }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    return { cryptoKey, thumbprint: await calculateJwkThumbprint(Object.fromEntries(members), "sha256") };
  } catch {
    return undefined;
  }
}
