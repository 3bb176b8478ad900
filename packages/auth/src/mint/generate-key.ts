/** Makes a new key pair, or a new shared secret. The random numbers are WebCrypto's. */
import { generateKeyPair } from "jose";
import { isSecretAlgorithm, type SecretAlgorithm, signingAlgorithms } from "../keys/model/algorithms.ts";
import type { SigningAlgorithm } from "../keys/model/key.ts";
import { MIN_RSA_BITS } from "../keys/model/key-limits.ts";
import { bindPair } from "./bind-key.ts";
import type { SigningKey, SigningKeyPair, SigningSecret } from "./signing-key.ts";

/** What key to make. */
export interface GenerateOptions<Algorithm extends SigningAlgorithm = SigningAlgorithm> {
  /** An HMAC name makes a shared secret as long as the hash, every other one a key pair. */
  readonly algorithm: Algorithm;
  /** Bits of an RSA modulus. Default 2048. */
  readonly modulusBits?: 2048 | 3072 | 4096;
  /** Key id. Default: the RFC 7638 thumbprint; a shared secret has none, since a hash of it would give it away. */
  readonly kid?: string;
}

/**
 * Makes a signing key: of an HMAC algorithm a shared secret, of every other one a key pair.
 *
 * @example
 * const key = await generateSigningKey({ algorithm: "RS256" });
 * const pem = await exportPublicPem(key);
 */
export async function generateSigningKey(options: GenerateOptions<SecretAlgorithm>): Promise<SigningSecret>;
export async function generateSigningKey(
  options: GenerateOptions<SigningKeyPair["algorithm"]>,
): Promise<SigningKeyPair>;
export async function generateSigningKey(options: GenerateOptions): Promise<SigningKey>;
export async function generateSigningKey(options: GenerateOptions): Promise<SigningKey> {
  const { algorithm } = options;
  if (isSecretAlgorithm(algorithm)) {
    const { hashBytes, parameters } = signingAlgorithms[algorithm];
    const wanted = { ...parameters, length: hashBytes * 8 };
    const key = await crypto.subtle.generateKey(wanted, true, ["sign", "verify"]);
    if (!("type" in key)) throw new TypeError("INVARIANT: an HMAC key is one key, not a pair");
    return { algorithm, kid: options.kid, key, publicJwk: undefined };
  }
  const pair = await generateKeyPair(algorithm, {
    extractable: true,
    modulusLength: options.modulusBits ?? MIN_RSA_BITS,
  });
  const bound = await bindPair({ algorithm, key: pair.privateKey }, options.kid);
  if (!bound.ok) throw new TypeError("INVARIANT: a key made here can be used", { cause: bound.fault });
  return bound.value;
}
