/** Reads a private JWK, or the one in a key set of one. */
import { importJWK, type JWK } from "jose";
import { decodeBase64Url } from "../encoding/base64.ts";
import type { SigningAlgorithm } from "../keys/model/key.ts";
import { bind, bindSecret, type ImportOptions, mismatch, weakRsa } from "./bind-key.ts";
import { algorithmsFor, isSecretAlgorithm, isSigningAlgorithm } from "./mint-algorithms.ts";
import { type SigningKey, SigningKeyError } from "./signing-key.ts";

/** Throws {@link SigningKeyError}. */
export async function importJwk(text: string, options: ImportOptions): Promise<SigningKey> {
  const jwk = parseJwk(text);
  const algorithm = options.algorithm ?? jwk.alg ?? defaultAlgorithm(jwk);
  if (algorithm === undefined || !isSigningAlgorithm(algorithm)) {
    throw new SigningKeyError(
      "JWK_INVALID",
      'the JWK names no algorithm that is supported, and its "kty" suggests none',
      {
        fix: 'add "alg" to it, or say which algorithm to sign with',
      },
    );
  }
  if (jwk.kty === "oct") return importSecretJwk(jwk, algorithm, options);
  if (jwk.d === undefined) {
    throw new SigningKeyError("PUBLIC", "this JWK is a public key; only a private key can sign", {
      fix: 'give the JWK that has the member "d"',
    });
  }
  try {
    const key = await importJWK(jwk, algorithm, { extractable: true });
    if (key instanceof Uint8Array) throw new TypeError("INVARIANT: only oct keys are bytes");
    const { modulusLength } = key.algorithm as { modulusLength?: number };
    if (modulusLength !== undefined && modulusLength < 2048) throw weakRsa(modulusLength);
    return await bind({ algorithm, key }, options.kid ?? jwk.kid);
  } catch (cause) {
    if (cause instanceof SigningKeyError) throw cause;
    throw new SigningKeyError("JWK_INVALID", `the JWK is not a usable private key for ${algorithm}`, {
      fix: "export it again from its source (RFC 7517), or sign with an algorithm that fits its type",
      cause,
    });
  }
}

function parseJwk(text: string): JWK {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which is a secret.
  }
  if (
    typeof value === "object" &&
    value !== null &&
    "keys" in value &&
    Array.isArray(value.keys) &&
    value.keys.length === 1
  ) {
    value = (value.keys as readonly unknown[])[0];
  }
  if (typeof value === "object" && value !== null && "kty" in value) return value as JWK;
  throw new SigningKeyError("JWK_INVALID", "the value is not one JWK", {
    fix: "give one private JWK (RFC 7517), or PEM",
  });
}

function defaultAlgorithm(jwk: JWK): string | undefined {
  if (jwk.kty === "RSA") return "RS256";
  if (jwk.kty === "OKP") return jwk.crv === "Ed25519" ? "EdDSA" : undefined;
  return jwk.kty === "EC"
    ? { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" }[jwk.crv ?? ""]
    : undefined;
}

async function importSecretJwk(
  jwk: JWK,
  algorithm: SigningAlgorithm,
  options: ImportOptions,
): Promise<SigningKey> {
  const bytes = decodeBase64Url(jwk.k ?? "");
  if (bytes === undefined || !isSecretAlgorithm(algorithm)) throw mismatch(algorithm, algorithmsFor("oct"));
  return bindSecret(bytes, algorithm, { ...options, kid: options.kid ?? jwk.kid });
}
