/** Joins key material and algorithm into a signing key, or says why the two do not belong together. */
import { createFault, type Fault } from "@agentos/contract";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, type JWK } from "jose";
import { decodeBase64Url } from "../encoding/base64.ts";
import { findSecretFault } from "../keys/judge/find-secret-fault.ts";
import { findRsaFault } from "../keys/judge/public-verification-key.ts";
import type { SecretMaterial } from "../keys/judge/secret-material.ts";
import { type SecretAlgorithm, signingAlgorithms } from "../keys/model/algorithms.ts";
import type { SigningAlgorithm } from "../keys/model/key.ts";
import { fail, ok, type Result } from "../outcome/result.ts";
import type { SigningKeyPair, SigningSecret } from "./signing-key.ts";

/** What the key is to be used for. */
export interface ImportOptions {
  /** Default: the JWK's `alg`, else the first that fits the key (RS256 for RSA). Needed for a shared secret. */
  readonly algorithm?: SigningAlgorithm | undefined;
  /** Default: the JWK's `kid`, else the RFC 7638 thumbprint; none for a secret. */
  readonly kid?: string | undefined;
  /** Permits secrets of 16 bytes and more, for tests; never a listed one. Default false. */
  readonly allowWeakSecrets?: boolean | undefined;
}

/** `kid` defaults to the RFC 7638 thumbprint. What no server accepts the public half of signs nothing. */
export async function bindPair(
  { algorithm, key }: { readonly algorithm: SigningKeyPair["algorithm"]; readonly key: CryptoKey },
  wantedKid: string | undefined,
): Promise<Result<SigningKeyPair, Fault>> {
  const { kty, n, e, crv, x, y } = await exportJWK(key);
  const entries = Object.entries({ kty, n, e, crv, x, y }).filter(([, value]) => value !== undefined);
  const jwk: JWK = Object.fromEntries(entries);
  const weakness = findWeakness(jwk);
  if (weakness !== undefined) return fail(weakness);
  const kid = wantedKid ?? (await calculateJwkThumbprint(jwk));
  return ok({ algorithm, kid, key, publicJwk: { ...jwk, kid, alg: algorithm, use: "sig" } });
}

function findWeakness({ n, e }: JWK): Fault | undefined {
  const modulus = decodeBase64Url(n ?? "");
  const exponent = decodeBase64Url(e ?? "");
  if (modulus === undefined || exponent === undefined || modulus.length === 0) return undefined;
  return findRsaFault({ modulus, exponent });
}

/** The bytes are the secret, exactly as given. What no server accepts as a secret signs nothing either. */
export async function bindSecret(
  secret: SecretMaterial,
  algorithm: SecretAlgorithm,
  options: ImportOptions,
): Promise<Result<SigningSecret, Fault>> {
  const allowWeakSecrets = options.allowWeakSecrets ?? false;
  const unfit = findSecretFault(secret, { algorithm, allowWeakSecrets, at: undefined });
  if (unfit !== undefined) return fail(unfit);
  const { parameters } = signingAlgorithms[algorithm];
  const key = await crypto.subtle.importKey("raw", secret.bytes, parameters, true, ["sign"]);
  return ok({ algorithm, kid: options.kid, key, publicJwk: undefined });
}

/** The key cannot sign with the algorithm that was asked for. */
export function createMismatchFault(
  algorithm: SigningAlgorithm | undefined,
  key: { readonly type: string; readonly fitting: readonly SigningAlgorithm[] },
): Fault {
  const facts = { algorithm: algorithm ?? "no algorithm", key_type: key.type, fitting: key.fitting };
  return createFault({ code: "KEY_SIGNING_ALGORITHM_MISMATCH", facts });
}
