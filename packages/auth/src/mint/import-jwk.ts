/** A private JWK, or the one in a key set of one, as a signing key. */
import { createFault, type Fault, isRecord } from "@agentos/contract";
import { importJWK, type JWK } from "jose";
import { normaliseMembers } from "../keys/judge/jwk-members.ts";
import { findPurposeProblem } from "../keys/judge/jwk-purpose.ts";
import { readSecretJwk } from "../keys/judge/read-secret-jwk.ts";
import {
  algorithmsFor,
  boundAlgorithms,
  isSecretAlgorithm,
  isSigningAlgorithm,
  showAlgorithm,
} from "../keys/model/algorithms.ts";
import type { SigningAlgorithm } from "../keys/model/key.ts";
import { isEcCurve } from "../keys/model/public-key.ts";
import { fail, type Result } from "../outcome/result.ts";
import { bindPair, bindSecret, createMismatchFault, type ImportOptions } from "./bind-key.ts";
import type { SigningKey } from "./signing-key.ts";

type Json = Readonly<Record<string, unknown>>;

/** `value` is what stood in the text, unchecked. */
export async function importJwk(value: Json, options: ImportOptions): Promise<Result<SigningKey, Fault>> {
  const only = onlyKeyOf(value);
  if (typeof only["kty"] !== "string") return invalid("it is not one private JWK");
  const purpose = findPurposeProblem(only, "sign");
  if (purpose !== undefined)
    return fail(createFault({ code: "KEY_SIGNING_USE", facts: { reason: purpose } }));
  const jwk: JWK = Object.fromEntries(
    Object.entries(normaliseMembers(only, NUMBERS)).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
  const { alg } = only;
  if (alg !== undefined && typeof alg !== "string") return invalid('"alg" is not a text');
  const fitting = algorithmsOf(jwk);
  const algorithm = options.algorithm ?? alg ?? fitting[0];
  if (alg !== undefined && !isSigningAlgorithm(alg) && fitting.length > 0)
    return fail(createAnnouncedFault(jwk, { announced: alg, fitting }));
  if (algorithm === undefined || !isSigningAlgorithm(algorithm))
    return invalid('it names no algorithm that is supported, and its "kty" suggests none');
  const kid = options.kid ?? jwk.kid;
  if (jwk.kty === "oct") return importSecret(only, algorithm, { ...options, kid });
  if (jwk.d === undefined)
    return fail(createFault({ code: "KEY_SIGNING_PUBLIC", facts: { found: "a public JWK" } }));
  const mismatch = findMismatch(jwk, { algorithm, announced: alg, fitting });
  if (mismatch !== undefined) return fail(mismatch);
  // A private key that had more than two primes would lose them here.
  if (Object.hasOwn(only, "oth")) return unusable(algorithm);
  try {
    const key = await importJWK(jwk, algorithm, { extractable: true });
    if (key instanceof Uint8Array) throw new TypeError("INVARIANT: only oct keys are bytes");
    if (isSecretAlgorithm(algorithm)) throw new TypeError("INVARIANT: no secret signs with a private key");
    return await bindPair({ algorithm, key }, kid);
  } catch {
    return unusable(algorithm);
  }
}

/** Everything in base64url that a private key may have. */
const NUMBERS = ["n", "e", "d", "p", "q", "dp", "dq", "qi", "x", "y"] as const;

/** The algorithm has to fit the key, and the one that the JWK names too: a server that has its public half goes by that. */
function findMismatch(
  jwk: JWK,
  chosen: {
    readonly algorithm: SigningAlgorithm;
    readonly announced: string | undefined;
    readonly fitting: readonly SigningAlgorithm[];
  },
): Fault | undefined {
  const { algorithm, announced, fitting } = chosen;
  const type = describeType(jwk);
  const isFitting = (name: string): name is SigningAlgorithm =>
    isSigningAlgorithm(name) && fitting.includes(name);
  if (announced !== undefined && !isFitting(announced))
    return createAnnouncedFault(jwk, { announced, fitting });
  if (!isFitting(algorithm)) return createMismatchFault(algorithm, { type, fitting });
  if (announced === undefined || boundAlgorithms(announced).includes(algorithm)) return undefined;
  return createMismatchFault(algorithm, { type: `${type} for ${announced}`, fitting: [announced] });
}

function createAnnouncedFault(
  jwk: JWK,
  { announced, fitting }: { readonly announced: string; readonly fitting: readonly SigningAlgorithm[] },
): Fault {
  const facts = { algorithm: showAlgorithm(announced), key_type: describeType(jwk), fitting };
  return createFault({ code: "KEY_JWK_ALGORITHM", facts });
}

function describeType({ kty, crv }: JWK): string {
  return [kty, crv].filter((word) => word !== undefined).join(" ");
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
    return fail(
      createMismatchFault(algorithm, { type: "a shared secret", fitting: algorithmsFor({ type: "oct" }) }),
    );
  const { alg } = jwk;
  // A server that has this very JWK verifies with the algorithm that it names, and with no other.
  if (alg !== undefined && alg !== algorithm) {
    const isSecret = typeof alg === "string" && isSigningAlgorithm(alg) && isSecretAlgorithm(alg);
    return isSecret
      ? fail(createMismatchFault(algorithm, { type: `a shared secret for ${alg}`, fitting: [alg] }))
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
