/** A parsed public key becomes a verification key, or a fault says why it must not. */

import { createFault, type Fault } from "@agentos/contract";
import { type CryptoKey, calculateJwkThumbprint } from "jose";
import { fail, ok, type Result } from "../../outcome/result.ts";
import {
  algorithmsFor,
  boundAlgorithms,
  countSignatureBytes,
  isSecretAlgorithm,
  isSigningAlgorithm,
  showAlgorithm,
  signingAlgorithms,
} from "../model/algorithms.ts";
import type { SigningAlgorithm, VerificationKey } from "../model/key.ts";
import { MAX_RSA_BITS, MAX_RSA_EXPONENT_BITS, MIN_RSA_BITS } from "../model/key-limits.ts";
import { countBits, describePublicKey, type PublicKey } from "../model/public-key.ts";
import type { KeyRepair } from "../model/repairs.ts";
import { encodeSpki } from "../reader/encode-spki.ts";
import { isSoundEdwardsPoint } from "./edwards-point.ts";
import { findSmallFactor, hasNearFactors, hasRocaFingerprint, toBigInt } from "./rsa-weakness.ts";

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

export async function createPublicVerificationKey(
  key: PublicKey,
  context: KeyContext,
): Promise<Result<VerificationKey, Fault>> {
  const { source } = context;
  const chosen = chooseAlgorithm(key, context);
  if (!chosen.ok) return chosen;
  const weakness = key.type === "RSA" ? findRsaFault(key, source) : undefined;
  if (weakness !== undefined) return fail(weakness);
  if (key.type === "OKP" && !isSoundEdwardsPoint(key.publicKey)) return fail(createImportFault(key, source));
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

/** What a secret is called in faults. */
export const A_SECRET = "a shared secret";

/** The JWK's own word and the configured one must both fit the key and each other; RS256 when nobody decides. */
export function chooseAlgorithm(
  key: PublicKey | { readonly type: "oct" },
  context: KeyContext,
): Result<SigningAlgorithm, Fault> {
  const { source: at, algorithm, announced } = context;
  const fitting = algorithmsFor(key);
  const keyType = key.type === "oct" ? A_SECRET : describePublicKey(key);
  if (announced !== undefined && (!isSigningAlgorithm(announced) || !fitting.includes(announced))) {
    const facts = { algorithm: showAlgorithm(announced), key_type: keyType, fitting };
    return fail(createFault({ code: "KEY_JWK_ALGORITHM", at, facts }));
  }
  if (algorithm !== undefined && isSecretAlgorithm(algorithm) && key.type !== "oct") {
    return fail(createPublicAsSecretFault(key, { algorithm, source: at }));
  }
  if (algorithm !== undefined && !fitting.includes(algorithm)) {
    const facts = { algorithm, key_type: keyType, fitting };
    return fail(createFault({ code: "KEY_ALGORITHM_MISMATCH", at, facts }));
  }
  if (announced !== undefined && algorithm !== undefined && !boundAlgorithms(announced).includes(algorithm)) {
    const facts = { algorithm, key_type: `${keyType} for ${announced}`, fitting: [announced] };
    return fail(createFault({ code: "KEY_ALGORITHM_MISMATCH", at, facts }));
  }
  if (key.type !== "oct") return ok(algorithm ?? announced ?? fitting[0] ?? "RS256");
  // INVARIANT: a secret is one because somebody configured it, never because a JWK says so.
  return algorithm === undefined ? fail(createAlgorithmRequiredFault(A_SECRET, context)) : ok(algorithm);
}

/** A public key where secrets are configured. */
export function createPublicAsSecretFault(
  key: PublicKey,
  { algorithm, source: at }: { readonly algorithm: SigningAlgorithm; readonly source: string },
): Fault {
  const [first = "RS256"] = algorithmsFor(key);
  const facts = {
    algorithm,
    found: `a public key (${describePublicKey(key)})`,
    suggestion: `set ${describeAlgorithmOption(at, first)}, which fits this key, or give a shared secret`,
  };
  return createFault({ code: "KEY_PUBLIC_AS_SECRET", at, facts });
}

/** No algorithm is configured, and the value is no public key; `found` says what it is instead. */
export function createAlgorithmRequiredFault(
  found: string,
  {
    source: at,
    announced,
    couldBeSecret = true,
  }: {
    readonly source: string;
    readonly announced?: string | undefined;
    readonly couldBeSecret?: boolean;
  },
): Fault {
  const name = announced !== undefined && isSigningAlgorithm(announced) ? announced : "HS256";
  return createFault({
    code: "KEY_ALGORITHM_REQUIRED",
    at,
    facts: { found, setting: describeAlgorithmOption(at, name), could_be_secret: couldBeSecret },
  });
}

/** An entry of "issuers" has a list of them. */
function describeAlgorithmOption(source: string, algorithm: string): string {
  return source.startsWith("issuers[") ? `"algorithms" to ["${algorithm}"]` : `"algorithm" to "${algorithm}"`;
}

/** Why an RSA key must not be used, to verify with or to sign with; `at` is where it stands, for people. */
export function findRsaFault(
  { modulus, exponent }: Omit<PublicKey & { type: "RSA" }, "type">,
  at?: string,
): Fault | undefined {
  const bits = countBits(modulus);
  if (bits < MIN_RSA_BITS) return createFault({ code: "KEY_WEAK_RSA", at, facts: { bits } });
  if (bits > MAX_RSA_BITS)
    return createFault({ code: "KEY_RSA_TOO_LARGE", at, facts: { bits, limit: MAX_RSA_BITS } });
  const number = toBigInt(modulus);
  const problem = describeFactors(number);
  if (problem !== undefined) return createFault({ code: "KEY_RSA_MODULUS", at, facts: { problem } });
  if (hasRocaFingerprint(number)) return createFault({ code: "KEY_RSA_ROCA", at });
  const found = describeExponent(exponent);
  return found === undefined ? undefined : createFault({ code: "KEY_RSA_EXPONENT", at, facts: { found } });
}

function describeFactors(modulus: bigint): string | undefined {
  const factor = findSmallFactor(modulus);
  if (factor !== undefined)
    return factor === 2 ? "its modulus is even" : `its modulus is divisible by ${factor}`;
  return hasNearFactors(modulus) ? "the two primes of its modulus are next to each other" : undefined;
}

function describeExponent(exponent: Uint8Array): string | undefined {
  const bits = countBits(exponent);
  if (bits > MAX_RSA_EXPONENT_BITS) return `has ${bits} bits`;
  if (bits < 2) return `is ${exponent.at(-1) ?? 0}`;
  return isEven(exponent) ? "is even" : undefined;
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
