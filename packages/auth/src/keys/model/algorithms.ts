/** The algorithms of RFC 7518 and RFC 8037 that we sign and verify with, and the kind of key each one needs. */

import type { KeyType, SigningAlgorithm } from "./key.ts";
import { type EcCurve, ecCurves, type PublicKey } from "./public-key.ts";

export type ImportParameters =
  | { readonly name: "RSASSA-PKCS1-v1_5" | "RSA-PSS" | "HMAC"; readonly hash: string }
  | { readonly name: "ECDSA"; readonly namedCurve: EcCurve }
  | { readonly name: "Ed25519" };

interface Algorithm {
  readonly type: KeyType;
  readonly curve?: EcCurve;
  /** WebCrypto's name of what the key is imported for; the algorithm is thereby bound to the key object. */
  readonly parameters: ImportParameters;
  /** Output of the hash; for HMAC and Ed25519 the length of a signature too, for HMAC the least of a secret (RFC 7518 section 3.2). */
  readonly hashBytes: 32 | 48 | 64;
}

const rsa = (name: "RSASSA-PKCS1-v1_5" | "RSA-PSS", hashBytes: 32 | 48 | 64): Algorithm => ({
  type: "RSA",
  parameters: { name, hash: `SHA-${hashBytes * 8}` },
  hashBytes,
});
const ec = (curve: EcCurve, hashBytes: 32 | 48 | 64): Algorithm => ({
  type: "EC",
  curve,
  parameters: { name: "ECDSA", namedCurve: curve },
  hashBytes,
});
const hmac = (hashBytes: 32 | 48 | 64): Algorithm => ({
  type: "oct",
  parameters: { name: "HMAC", hash: `SHA-${hashBytes * 8}` },
  hashBytes,
});
const ed25519: Algorithm = { type: "OKP", parameters: { name: "Ed25519" }, hashBytes: 64 };

export const signingAlgorithms = {
  RS256: rsa("RSASSA-PKCS1-v1_5", 32),
  RS384: rsa("RSASSA-PKCS1-v1_5", 48),
  RS512: rsa("RSASSA-PKCS1-v1_5", 64),
  PS256: rsa("RSA-PSS", 32),
  PS384: rsa("RSA-PSS", 48),
  PS512: rsa("RSA-PSS", 64),
  ES256: ec("P-256", 32),
  ES384: ec("P-384", 48),
  ES512: ec("P-521", 64),
  EdDSA: ed25519,
  Ed25519: ed25519,
  HS256: hmac(32),
  HS384: hmac(48),
  HS512: hmac(64),
} as const satisfies Record<SigningAlgorithm, Algorithm>;

/** Exact and case-sensitive, as RFC 7515 section 4.1.1 has it. */
export function isSigningAlgorithm(name: string): name is SigningAlgorithm {
  return Object.hasOwn(signingAlgorithms, name);
}

/** Every algorithm name. */
export const SIGNING_ALGORITHMS: readonly SigningAlgorithm[] = Object.keys(signingAlgorithms).filter((name) =>
  isSigningAlgorithm(name),
);

/** The algorithms where whoever verifies can also sign. */
export type SecretAlgorithm = "HS256" | "HS384" | "HS512";

/** True for HMAC. */
export function isSecretAlgorithm(algorithm: SigningAlgorithm): algorithm is SecretAlgorithm {
  return signingAlgorithms[algorithm].type === "oct";
}

/** What decides which algorithms fit a key, public or private. */
export type KeyKind =
  | { readonly type: "RSA" | "OKP" | "oct" }
  | { readonly type: "EC"; readonly curve: EcCurve };

/** Algorithms that can use this key; the first is the one used when nothing else decides. */
export function algorithmsFor(key: KeyKind): readonly SigningAlgorithm[] {
  return SIGNING_ALGORITHMS.filter((name) => {
    const algorithm: Algorithm = signingAlgorithms[name];
    return algorithm.type === key.type && (key.type !== "EC" || algorithm.curve === key.curve);
  });
}

/** EdDSA and Ed25519 name the same signature (RFC 9864), so such a key answers to both. */
export function boundAlgorithms(algorithm: SigningAlgorithm): readonly SigningAlgorithm[] {
  const isEdDsa = signingAlgorithms[algorithm].type === "OKP";
  return Object.freeze<SigningAlgorithm[]>(isEdDsa ? ["EdDSA", "Ed25519"] : [algorithm]);
}

/** The length of every signature of this algorithm; undefined for RSA, where the key decides. */
function signatureBytesOf(algorithm: SigningAlgorithm): number | undefined {
  const { type, curve, hashBytes }: Algorithm = signingAlgorithms[algorithm];
  if (type === "RSA") return undefined;
  return curve === undefined ? hashBytes : ecCurves[curve].coordinateBytes * 2;
}

/** RSA signatures are as long as the modulus: 1024 (old), 2048, 3072, 4096 or 8192 bits in every key that is in use. */
const RSA_SIGNATURE_BYTES: readonly number[] = [128, 256, 384, 512, 1024];

/** Whether some key of this algorithm makes signatures of this length; what is not one was damaged or cut off. */
export function isSignatureLength(algorithm: SigningAlgorithm, bytes: number): boolean {
  const expected = signatureBytesOf(algorithm);
  return expected === undefined ? RSA_SIGNATURE_BYTES.includes(bytes) : bytes === expected;
}

/** A fixed length per key: anything else is refused unread (lesson: haproxy 648b0e7). */
export function countSignatureBytes(algorithm: SigningAlgorithm, key: PublicKey): number {
  return signatureBytesOf(algorithm) ?? (key.type === "RSA" ? key.modulus.length : 0);
}

/** What a configured or announced algorithm name may look like when it is shown; it might be a pasted key. */
export function showAlgorithm(name: string): string {
  return /^[A-Za-z0-9-]{1,20}$/.test(name) ? name : "(not shown)";
}
