/** One JWK (RFC 7517): `alg`, `use`, `key_ops` and `kid` are honoured, certificates and URLs in it ignored. */

import { createFault, type Fault, isRecord } from "@agentos/contract";
import { decodeBase64Url } from "../../encoding/base64.ts";
import { fail, type Result } from "../../outcome/result.ts";
import { showAlgorithm } from "../model/algorithms.ts";
import type { VerificationKey } from "../model/key.ts";
import { MAX_KID_CHARACTERS } from "../model/key-limits.ts";
import { ecCurves, isEcCurve } from "../model/public-key.ts";
import type { SecretOptions } from "./find-secret-fault.ts";
import { judgePublicKey, type KeyContext } from "./judge-public-key.ts";
import { judgeSecret } from "./judge-secret.ts";
import { readSecretJwk } from "./read-secret-jwk.ts";

export interface JwkOptions extends SecretOptions {
  /** A published set must not hold shared secrets. */
  readonly refuseSecrets: boolean;
}

type Jwk = Readonly<Record<string, unknown>>;
type JwkContext = Omit<KeyContext, "kid" | "announced">;
type JwkResult = Result<VerificationKey, Fault>;

const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "priv"] as const;
const UNSUPPORTED_CURVES: ReadonlySet<unknown> = new Set([
  "secp256k1",
  "X25519",
  "X448",
  "Ed448",
  "P-256K",
  "BP-256",
  "BP-384",
  "BP-512",
]);

export async function parseJwk(value: unknown, base: JwkContext, options: JwkOptions): Promise<JwkResult> {
  const { source } = base;
  const invalid = (reason: string): JwkResult =>
    fail(createFault({ code: "KEY_JWK_INVALID", at: source, facts: { reason } }));
  if (!isRecord(value)) return invalid("it is not a JSON object");
  const { kty, kid, alg, use, key_ops: operations } = value;
  if (typeof kty !== "string") return invalid('"kty" is missing');
  // First of all checks: whatever else is wrong, an exposed private key matters more.
  const isExposed = kty !== "oct" && PRIVATE_MEMBERS.some((member) => Object.hasOwn(value, member));
  if (isExposed) return fail(createFault({ code: "KEY_PRIVATE", at: source, facts: { found: "JWK" } }));
  if (kid !== undefined && (typeof kid !== "string" || kid.length > MAX_KID_CHARACTERS)) {
    return invalid(`"kid" is not a string of up to ${MAX_KID_CHARACTERS} characters`);
  }
  if (alg !== undefined && typeof alg !== "string") return invalid('"alg" is not a string');
  const reason = findPurposeProblem(use, operations);
  if (reason !== undefined) return fail(createFault({ code: "KEY_JWK_USE", at: source, facts: { reason } }));

  const context: KeyContext = { ...base, kid, announced: alg };
  switch (kty) {
    case "RSA":
      return parseRsa(value, context);
    case "EC":
      return parseEc(value, context);
    case "OKP":
      return parseOkp(value, context);
    case "oct":
      if (options.refuseSecrets) return fail(createFault({ code: "KEY_JWKS_SECRET", at: source }));
      return parseOct(value, context, options);
    default:
      return fail(
        createFault({ code: "KEY_TYPE_UNSUPPORTED", at: source, facts: { key_type: showAlgorithm(kty) } }),
      );
  }
}

function findPurposeProblem(use: unknown, operations: unknown): string | undefined {
  if (use !== undefined && use !== "sig") return '"use" is not "sig"';
  if (operations === undefined) return undefined;
  const allowsVerify = Array.isArray(operations) && operations.includes("verify");
  return allowsVerify ? undefined : '"key_ops" does not hold "verify"';
}

/** Bytes of a base64url member, or its name as the fault. */
function readBytes(jwk: Jwk, member: string): Uint8Array<ArrayBuffer> | undefined {
  const text = jwk[member];
  const bytes = typeof text === "string" ? decodeBase64Url(text) : undefined;
  return bytes === undefined || bytes.length === 0 ? undefined : bytes;
}

function memberFault(member: string, context: KeyContext): JwkResult {
  const facts = { reason: `"${member}" is missing or not base64url` };
  return fail(createFault({ code: "KEY_JWK_INVALID", at: context.source, facts }));
}

function stripZeros(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first <= 0 ? bytes : bytes.slice(first);
}

async function parseRsa(jwk: Jwk, context: KeyContext): Promise<JwkResult> {
  const modulus = readBytes(jwk, "n");
  if (modulus === undefined) return memberFault("n", context);
  const exponent = readBytes(jwk, "e");
  if (exponent === undefined) return memberFault("e", context);
  return judgePublicKey(
    { type: "RSA", modulus: stripZeros(modulus), exponent: stripZeros(exponent) },
    context,
  );
}

async function parseEc(jwk: Jwk, context: KeyContext): Promise<JwkResult> {
  const curve = jwk["crv"];
  if (typeof curve !== "string")
    return fail(
      createFault({ code: "KEY_JWK_INVALID", at: context.source, facts: { reason: '"crv" is missing' } }),
    );
  if (!isEcCurve(curve))
    return fail(
      createFault({
        code: "KEY_CURVE_UNSUPPORTED",
        at: context.source,
        facts: { curve: showAlgorithm(curve) },
      }),
    );
  const size = ecCurves[curve].coordinateBytes;
  const x = readBytes(jwk, "x");
  const y = readBytes(jwk, "y");
  if (x === undefined || x.length > size) return memberFault("x", context);
  if (y === undefined || y.length > size) return memberFault("y", context);
  // Some tools drop leading zeros (RFC 7518 section 6.2.1.2 wants the full length); the number stays the same.
  const point = new Uint8Array(2 * size + 1);
  point[0] = 4;
  point.set(x, 1 + size - x.length);
  point.set(y, 1 + 2 * size - y.length);
  return judgePublicKey({ type: "EC", curve, point }, context);
}

async function parseOkp(jwk: Jwk, context: KeyContext): Promise<JwkResult> {
  const curve = jwk["crv"];
  if (curve !== "Ed25519") {
    const name = UNSUPPORTED_CURVES.has(curve) ? String(curve) : "of this OKP key";
    return fail(createFault({ code: "KEY_CURVE_UNSUPPORTED", at: context.source, facts: { curve: name } }));
  }
  const publicKey = readBytes(jwk, "x");
  if (publicKey === undefined || publicKey.length !== 32) return memberFault("x", context);
  return judgePublicKey({ type: "OKP", publicKey }, context);
}

async function parseOct(jwk: Jwk, context: KeyContext, options: JwkOptions): Promise<JwkResult> {
  const algorithm = context.algorithm ?? context.announced ?? "HS256";
  const read = readSecretJwk(jwk, { algorithm, at: context.source });
  return read.ok ? judgeSecret(read.value, context, options) : read;
}
