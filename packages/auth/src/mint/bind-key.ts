/** Joins key material and algorithm into a signing key, or says why the two do not belong together. */
import { type CryptoKey, calculateJwkThumbprint, exportJWK, type JWK } from "jose";
import type { SigningAlgorithm } from "../keys/model/key.ts";
import { importParameters, minimumSecretBytes } from "./mint-algorithms.ts";
import { type SigningKey, SigningKeyError } from "./signing-key.ts";

/** What the key is to be used for. */
export interface ImportOptions {
  /** Default: the JWK's `alg`, else the first that fits the key (RS256 for RSA). Needed for a shared secret. */
  readonly algorithm?: SigningAlgorithm | undefined;
  /** Default: the JWK's `kid`, else the RFC 7638 thumbprint; none for a secret. */
  readonly kid?: string | undefined;
  /** Permits secrets that are shorter than the hash, for tests. */
  readonly allowWeakSecrets?: boolean | undefined;
}

export interface Bound {
  readonly algorithm: SigningAlgorithm;
  readonly key: CryptoKey;
}

export async function bind({ algorithm, key }: Bound, wantedKid: string | undefined): Promise<SigningKey> {
  const { kty, n, e, crv, x, y } = await exportJWK(key);
  const entries = Object.entries({ kty, n, e, crv, x, y }).filter(([, value]) => value !== undefined);
  const jwk: JWK = Object.fromEntries(entries);
  const kid = wantedKid ?? (await calculateJwkThumbprint(jwk));
  return { algorithm, kid, key, publicJwk: { ...jwk, kid, alg: algorithm, use: "sig" } };
}

/** The bytes are the secret, exactly as given. */
export async function bindSecret(
  bytes: Uint8Array<ArrayBuffer>,
  algorithm: SigningAlgorithm,
  options: ImportOptions,
): Promise<SigningKey> {
  const minimum = options.allowWeakSecrets === true ? 1 : minimumSecretBytes(algorithm);
  if (bytes.length < minimum) {
    throw new SigningKeyError(
      "SECRET_SHORT",
      `the shared secret has ${bytes.length} bytes, ${algorithm} needs ${minimum} or more`,
      {
        fix: 'make one with "openssl rand -base64 48" and use the text that it prints, as it is, on both sides',
      },
    );
  }
  const key = await crypto.subtle.importKey("raw", bytes, importParameters(algorithm), true, ["sign"]);
  return { algorithm, kid: options.kid, key, publicJwk: undefined };
}

export function mismatch(algorithm: string, fitting: readonly string[]): SigningKeyError {
  return new SigningKeyError("ALGORITHM_MISMATCH", `${algorithm} does not fit this key`, {
    fix: `sign with one of ${fitting.join(", ")}`,
  });
}

export function weakRsa(bits: number): SigningKeyError {
  return new SigningKeyError("WEAK_RSA", `the RSA key has ${bits} bits, fewer than 2048`, {
    fix: "make a new key pair of 2048 bits or more",
  });
}
