/** A private JWK, or the one in a key set of one, as a signing key. */
import { createFault, type Fault, isRecord } from "@agentos/contract";
import { importJWK, type JWK } from "jose";
import { readSecretJwk } from "../keys/judge/read-secret-jwk.ts";
import { algorithmsFor, isSecretAlgorithm, isSigningAlgorithm } from "../keys/model/algorithms.ts";
import type { SigningAlgorithm } from "../keys/model/key.ts";
import { MIN_RSA_BITS } from "../keys/model/key-limits.ts";
import { isEcCurve } from "../keys/model/public-key.ts";
import { fail, ok, type Result } from "../outcome/result.ts";
import { bindPair, bindSecret, createMismatchFault, type ImportOptions } from "./bind-key.ts";
import type { SigningKey } from "./signing-key.ts";

type Json = Readonly<Record<string, unknown>>;

/** `value` is what stood in the text, unchecked. */
export async function importJwk(value: Json, options: ImportOptions): Promise<Result<SigningKey, Fault>> {
  const only = onlyKeyOf(value);
  if (typeof only["kty"] !== "string") return invalid("it is not one private JWK");
  const jwk: JWK = Object.fromEntries(
    Object.entries(only).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  const algorithm = options.algorithm ?? jwk.alg ?? algorithmsOf(jwk)[0];
  if (algorithm === undefined || !isSigningAlgorithm(algorithm))
    return invalid('it names no algorithm that is supported, and its "kty" suggests none');
  const kid = options.kid ?? jwk.kid;
  if (jwk.kty === "oct") return importSecret(only, algorithm, { ...options, kid });
  if (jwk.d === undefined)
    return fail(createFault({ code: "KEY_SIGNING_PUBLIC", facts: { found: "a public JWK" } }));
  // A secret signs with no private key, and a private key that had more than two primes would lose them here.
  if (isSecretAlgorithm(algorithm) || Object.hasOwn(only, "oth")) return unusable(algorithm);
  try {
    const key = await importJWK(jwk, algorithm, { extractable: true });
    if (key instanceof Uint8Array) throw new TypeError("INVARIANT: only oct keys are bytes");
    const bits = "modulusLength" in key.algorithm ? key.algorithm.modulusLength : undefined;
    if (typeof bits === "number" && bits < MIN_RSA_BITS)
      return fail(createFault({ code: "KEY_WEAK_RSA", facts: { bits } }));
    return ok(await bindPair({ algorithm, key }, kid));
  } catch {
    return unusable(algorithm);
  }
}

function onlyKeyOf(value: Json): Json {
  const keys: unknown = value["keys"];
  const only: unknown = Array.isArray(keys) && keys.length === 1 ? keys[0] : undefined;
  return isRecord(only) ? only : value;
}

function algorithmsOf({ kty, crv }: JWK): readonly SigningAlgorithm[] {
  if (kty === "RSA") return algorithmsFor({ type: "RSA" });
  if (kty === "EC" && crv !== undefined && isEcCurve(crv)) return algorithmsFor({ type: "EC", curve: crv });
  return kty === "OKP" && crv === "Ed25519" ? algorithmsFor({ type: "OKP" }) : [];
}

async function importSecret(
  jwk: Json,
  algorithm: SigningAlgorithm,
  options: ImportOptions,
): Promise<Result<SigningKey, Fault>> {
  if (!isSecretAlgorithm(algorithm))
    return fail(createMismatchFault(algorithm, algorithmsFor({ type: "oct" })));
  const { alg } = jwk;
  // A server that has this very JWK verifies with the algorithm that it names, and with no other.
  if (alg !== undefined && alg !== algorithm) {
    const isSecret = typeof alg === "string" && isSigningAlgorithm(alg) && isSecretAlgorithm(alg);
    return isSecret
      ? fail(createMismatchFault(algorithm, [alg]))
      : invalid('its "alg" is none of a shared secret');
  }
  const read = readSecretJwk(jwk, { algorithm, at: undefined });
  return read.ok ? bindSecret(read.value, algorithm, options) : read;
}

function unusable(algorithm: SigningAlgorithm): { readonly ok: false; readonly fault: Fault } {
  return invalid(`it is no usable private key for ${algorithm}`);
}

function invalid(reason: string): { readonly ok: false; readonly fault: Fault } {
  return fail(createFault({ code: "KEY_JWK_INVALID", facts: { reason } }));
}
