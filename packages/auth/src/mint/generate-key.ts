/** Makes a new key pair, or a new shared secret. The random numbers are WebCrypto's. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import type { SigningAlgorithm } from "../keys/model/key.ts";
import { importParameters, isSecretAlgorithm, minimumSecretBytes } from "./mint-algorithms.ts";
import type { SigningKey } from "./signing-key.ts";

/** What key to make. */
export interface GenerateOptions {
  /** An HMAC name makes a shared secret as long as the hash, every other one a key pair. */
  readonly algorithm: SigningAlgorithm;
  /** Bits of an RSA modulus. Default 2048. */
  readonly modulusBits?: 2048 | 3072 | 4096;
  /** Key id. Default: the RFC 7638 thumbprint; a shared secret has none, since a hash of it would give it away. */
  readonly kid?: string;
}

/**
 * Makes a signing key.
 *
 * @example
 * const key = await generateSigningKey({ algorithm: "RS256" });
 * const pem = await exportPublicPem(key);
 */
export async function generateSigningKey(options: GenerateOptions): Promise<SigningKey> {
  const { algorithm } = options;
  if (isSecretAlgorithm(algorithm)) {
    const parameters = { ...importParameters(algorithm), length: minimumSecretBytes(algorithm) * 8 };
    const key = await crypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
    if (!("type" in key)) throw new TypeError("INVARIANT: an HMAC key is one key, not a pair");
    return { algorithm, kid: options.kid, key, publicJwk: undefined };
  }
  const pair = await generateKeyPair(algorithm, {
    extractable: true,
    modulusLength: options.modulusBits ?? 2048,
  });
  const jwk = await exportJWK(pair.publicKey);
  const kid = options.kid ?? (await calculateJwkThumbprint(jwk));
  return { algorithm, kid, key: pair.privateKey, publicJwk: { ...jwk, kid, alg: algorithm, use: "sig" } };
}
