/** One JWK (RFC 7517): `alg`, `use`, `key_ops` and `kid` are honoured, certificates and URLs in it ignored. */

import { createFault, type Fault, isRecord } from "@agentos/contract";
import { fail, ok, type Result } from "../../outcome/result.ts";
import { showAlgorithm } from "../model/algorithms.ts";
import type { VerificationKey } from "../model/key.ts";
import { MAX_KID_CHARACTERS } from "../model/key-limits.ts";
import { ecCurves, isEcCurve } from "../model/public-key.ts";
import type { SecretOptions } from "./find-secret-fault.ts";
import { type MemberBytes, readMember } from "./jwk-members.ts";
import { findPurposeProblem } from "./jwk-purpose.ts";
import { chooseAlgorithm, createPublicVerificationKey, type KeyContext } from "./public-verification-key.ts";
import { readSecretJwk } from "./read-secret-jwk.ts";
import { createSecretVerificationKey } from "./secret-verification-key.ts";

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
  const { kty, kid, alg } = value;
  if (typeof kty !== "string") return fail(createNoJwkFault(value, source));
  // First of all checks: whatever else is wrong, an exposed private key matters more.
  const isExposed = kty !== "oct" && PRIVATE_MEMBERS.some((member) => Object.hasOwn(value, member));
  if (isExposed) return fail(createFault({ code: "KEY_PRIVATE", at: source, facts: { found: "JWK" } }));
  if (kid !== undefined && (typeof kid !== "string" || kid.length > MAX_KID_CHARACTERS)) {
    return invalid(`"kid" is not a string of up to ${MAX_KID_CHARACTERS} characters`);
  }
  if (alg !== undefined && typeof alg !== "string") return invalid('"alg" is not a string');
  const reason = findPurposeProblem(value, "verify");
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
    default: {
      const meant = ["RSA", "EC", "OKP", "oct"].find((name) => name.toLowerCase() === kty.toLowerCase());
      if (meant !== undefined) return invalid(`its "kty" is ${kty}, which is written "${meant}"`);
      return fail(
        createFault({ code: "KEY_TYPE_UNSUPPORTED", at: source, facts: { key_type: showAlgorithm(kty) } }),
      );
    }
  }
}

/** What people put around a key, or in the place of "kty". */
const WRAPPERS = [
  "publicKey",
  "public_key",
  "key",
  "pem",
  "jwk",
  "jwks",
  "value",
  "x5c",
  "cert",
  "certificate",
];

/** An object that is no JWK. */
function createNoJwkFault(value: Jwk, at: string): Fault {
  const texts = Object.values(value).filter((text) => typeof text === "string");
  if (texts.some((text) => text.includes("PRIVATE KEY-")))
    return createFault({ code: "KEY_PRIVATE", at, facts: { found: "JSON around a PEM" } });
  return createFault({ code: "KEY_JWK_INVALID", at, facts: describeNoJwk(value, texts) });
}

function describeNoJwk(
  value: Jwk,
  texts: readonly string[],
): { readonly reason: string } & Readonly<Record<string, string>> {
  if (Object.hasOwn(value, "kty")) return { reason: '"kty" is not a text' };
  if (typeof value["jwks_uri"] === "string")
    return {
      reason: 'it is a discovery document, and the keys are at the address in its "jwks_uri"',
      suggestion:
        'set "jwksUrl" to that address instead of a key, or "issuer" to the "issuer" of the document',
    };
  if (texts.some((text) => text.includes("BEGIN CERTIFICATE")))
    return {
      reason: "it holds certificates by name, and no JWK",
      suggestion: "give the JWKS of the same issuer, whose address is in its discovery document",
    };
  const wrapper = WRAPPERS.find((name) => Object.hasOwn(value, name));
  if (wrapper !== undefined)
    return {
      reason: `"kty" is missing; the object has "${wrapper}"`,
      suggestion: `give the value of "${wrapper}" itself`,
    };
  return { reason: Object.keys(value).length === 0 ? "it is an empty object" : '"kty" is missing' };
}

/** Several members of one key. */
type Members<Name extends string> = Readonly<Record<Name, Uint8Array<ArrayBuffer>>> & {
  /** With what had to be repaired in them. */
  readonly context: KeyContext;
};

function readMembers<const Name extends string>(
  jwk: Jwk,
  names: readonly Name[],
  context: KeyContext,
): Result<Members<Name>, Fault> {
  const read: Record<string, MemberBytes> = {};
  for (const name of names) {
    const member = readMember(jwk, name);
    if (!member.ok) return memberFault(member.fault, context);
    read[name] = member.value;
  }
  const repairs = new Set([...context.repairs, ...Object.values(read).flatMap((member) => member.repairs)]);
  const bytes = Object.fromEntries(Object.entries(read).map(([name, member]) => [name, member.bytes]));
  return ok({ ...bytes, context: { ...context, repairs: Object.freeze([...repairs]) } } as Members<Name>);
}

function memberFault(
  reason: string,
  { source: at }: KeyContext,
): { readonly ok: false; readonly fault: Fault } {
  return fail(createFault({ code: "KEY_JWK_INVALID", at, facts: { reason } }));
}

function stripZeros(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first <= 0 ? bytes : bytes.slice(first);
}

async function parseRsa(jwk: Jwk, base: KeyContext): Promise<JwkResult> {
  const read = readMembers(jwk, ["n", "e"], base);
  if (!read.ok) return read;
  const { n, e, context } = read.value;
  return createPublicVerificationKey(
    { type: "RSA", modulus: stripZeros(n), exponent: stripZeros(e) },
    context,
  );
}

async function parseEc(jwk: Jwk, base: KeyContext): Promise<JwkResult> {
  const curve = jwk["crv"];
  if (typeof curve !== "string") return memberFault('"crv" is missing', base);
  if (!isEcCurve(curve))
    return fail(
      createFault({ code: "KEY_CURVE_UNSUPPORTED", at: base.source, facts: { curve: showAlgorithm(curve) } }),
    );
  const size = ecCurves[curve].coordinateBytes;
  const read = readMembers(jwk, ["x", "y"], base);
  if (!read.ok) return read;
  const { x, y, context } = read.value;
  const long = x.length > size ? "x" : y.length > size ? "y" : undefined;
  if (long !== undefined)
    return memberFault(`"${long}" has ${read.value[long].length} bytes, ${curve} has ${size}`, base);
  // Some tools drop leading zeros (RFC 7518 section 6.2.1.2 wants the full length); the number stays the same.
  const point = new Uint8Array(2 * size + 1);
  point[0] = 4;
  point.set(x, 1 + size - x.length);
  point.set(y, 1 + 2 * size - y.length);
  return createPublicVerificationKey({ type: "EC", curve, point }, context);
}

async function parseOkp(jwk: Jwk, base: KeyContext): Promise<JwkResult> {
  const curve = jwk["crv"];
  if (curve !== "Ed25519") {
    const name = UNSUPPORTED_CURVES.has(curve) ? String(curve) : "of this OKP key";
    return fail(createFault({ code: "KEY_CURVE_UNSUPPORTED", at: base.source, facts: { curve: name } }));
  }
  const read = readMembers(jwk, ["x"], base);
  if (!read.ok) return read;
  const { x, context } = read.value;
  if (x.length !== 32) return memberFault(`"x" has ${x.length} bytes, Ed25519 has 32`, base);
  return createPublicVerificationKey({ type: "OKP", publicKey: x }, context);
}

async function parseOct(jwk: Jwk, context: KeyContext, options: JwkOptions): Promise<JwkResult> {
  const chosen = chooseAlgorithm({ type: "oct" }, context);
  if (!chosen.ok) return chosen;
  const read = readSecretJwk(jwk, { algorithm: chosen.value, at: context.source });
  if (!read.ok) return read;
  const repairs = Object.freeze([...new Set([...context.repairs, ...read.value.repairs])]);
  return createSecretVerificationKey(read.value, { ...context, repairs }, options);
}
