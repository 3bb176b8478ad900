/** A parsed public key becomes a verification key, or a fault says why it must not. */

import { createFault, type Fault } from "@agentos/contract";
import { type CryptoKey, calculateJwkThumbprint } from "jose";
import { fail, ok, type Result } from "../../outcome/result.ts";
import {
  algorithmsFor,
  boundAlgorithms,
  countSignatureBytes,
  isSigningAlgorithm,
  showAlgorithm,
  signingAlgorithms,
} from "../model/algorithms.ts";
import type { SigningAlgorithm, VerificationKey } from "../model/key.ts";
import { MAX_RSA_BITS, MAX_RSA_EXPONENT_BITS, MIN_RSA_BITS } from "../model/key-limits.ts";
import { countBits, describePublicKey, type PublicKey } from "../model/public-key.ts";
import type { KeyRepair } from "../model/repairs.ts";
import { encodeSpki } from "../reader/encode-spki.ts";

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

export async function judgePublicKey(
  key: PublicKey,
  context: KeyContext,
): Promise<Result<VerificationKey, Fault>> {
  const { source } = context;
  const chosen = chooseAlgorithm(key, context);
  if (!chosen.ok) return chosen;
  const weakness = key.type === "RSA" ? findRsaWeakness(key, source) : undefined;
  if (weakness !== undefined) return fail(weakness);
  const algorithm = chosen.value;
  const imported = await importSpki(key, algorithm);
  if (imported === undefined) return fail(createImportFault(key, source));
  const { cryptoKey, thumbprint } = imported;
  return ok(
    Object.freeze({
      index: context.index,
      source,
      kid: context.kid,
      algorithms: boundAlgorithms(algorithm),
      type: key.type,
      key: cryptoKey,
      label: `${algorithm} ${describePublicKey(key)}, thumbprint ${thumbprint.slice(0, 8)}…`,
      thumbprint,
      signatureBytes: countSignatureBytes(algorithm, key),
      repairs: context.repairs,
      answersUnknownKid: context.answersUnknownKid,
    }),
  );
}

/** The JWK's own word and the configured one must both fit the key and each other; RS256 when nobody decides. */
export function chooseAlgorithm(
  key: PublicKey | { readonly type: "oct" },
  context: KeyContext,
): Result<SigningAlgorithm, Fault> {
  const { source: at, algorithm, announced } = context;
  const fitting = algorithmsFor(key);
  const keyType = key.type === "oct" ? "a shared secret" : describePublicKey(key);
  if (announced !== undefined && (!isSigningAlgorithm(announced) || !fitting.includes(announced))) {
    const facts = { algorithm: showAlgorithm(announced), key_type: keyType, fitting };
    return fail(createFault({ code: "KEY_JWK_ALGORITHM", at, facts }));
  }
  if (algorithm !== undefined && !fitting.includes(algorithm)) {
    const facts = { algorithm, key_type: keyType, fitting };
    return fail(createFault({ code: "KEY_ALGORITHM_MISMATCH", at, facts }));
  }
  if (announced !== undefined && algorithm !== undefined && !boundAlgorithms(announced).includes(algorithm)) {
    const facts = { algorithm, key_type: `${keyType} for ${announced}`, fitting: [announced] };
    return fail(createFault({ code: "KEY_ALGORITHM_MISMATCH", at, facts }));
  }
  const chosen = algorithm ?? announced ?? (key.type === "oct" ? undefined : fitting[0]);
  return chosen === undefined ? fail(createFault({ code: "KEY_ALGORITHM_REQUIRED", at })) : ok(chosen);
}

function findRsaWeakness(key: PublicKey & { type: "RSA" }, at: string): Fault | undefined {
  const bits = countBits(key.modulus);
  if (bits < MIN_RSA_BITS) return createFault({ code: "KEY_WEAK_RSA", at, facts: { bits } });
  if (bits > MAX_RSA_BITS)
    return createFault({ code: "KEY_RSA_TOO_LARGE", at, facts: { bits, limit: MAX_RSA_BITS } });
  if (isEven(key.modulus)) return createFault({ code: "KEY_RSA_MODULUS", at });
  const exponentBits = countBits(key.exponent);
  const isUsable = exponentBits >= 2 && exponentBits <= MAX_RSA_EXPONENT_BITS && !isEven(key.exponent);
  return isUsable ? undefined : createFault({ code: "KEY_RSA_EXPONENT", at });
}

function createImportFault(key: PublicKey, at: string): Fault {
  if (key.type === "RSA")
    return createFault({ code: "KEY_UNREADABLE", at, facts: { reason: "the RSA key cannot be imported" } });
  const curve = key.type === "EC" ? key.curve : "Ed25519";
  return createFault({ code: "KEY_POINT_INVALID", at, facts: { curve } });
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
