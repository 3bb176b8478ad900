/** The protected header: algorithm, type, extensions. Nothing in it is trusted to choose a key's material. */

import { decodeJsonObject } from "../encoding/base64url.ts";
import { isSigningAlgorithm } from "../keys/model/algorithms.ts";
import { ok, type Result, refuse } from "../outcome/result.ts";
import { describeKind } from "./describe-value.ts";

export interface TokenHeader {
  readonly algorithm: string;
  readonly kid: string | undefined;
  /** The token brings or names a key (`jwk`, `jku`, `x5u`, `x5c`): ignored, and named when no key of ours verifies. */
  readonly namesOwnKey: boolean;
  /** Its `typ` is that of an access token (RFC 9068 section 2.1), so that no other sign of its kind is looked for. */
  readonly isAccessTyped: boolean;
}

const ACCEPTED_TYPES = new Set(["jwt", "at+jwt", "application/jwt", "application/at+jwt"]);

/** Registered types of other tokens, by their name without "application/", in words of ours. */
const OTHER_TYPES: ReadonlyMap<string, string> = new Map([
  ["dpop+jwt", "that of a DPoP proof"],
  ["logout+jwt", "that of a logout token"],
  ["secevent+jwt", "that of a security event token"],
  ["id+jwt", "that of an ID token"],
  ["token-introspection+jwt", "that of an introspection answer"],
  ["oauth-authz-req+jwt", "that of an authorization request"],
  ["client-authentication+jwt", "that of a client's proof of identity"],
  ["vc+sd-jwt", "that of a verifiable credential"],
  ["dc+sd-jwt", "that of a verifiable credential"],
]);

/** Reads the header; `expectedAlgorithms` (public, see style.md section 4) go into the refusal. */
export function checkHeader(segment: string, expectedAlgorithms: readonly string[]): Result<TokenHeader> {
  const header = decodeJsonObject(segment);
  if (header === undefined) return refuse("AUTH_TOKEN_HEADER_INVALID");
  const expected = { expected_algorithms: expectedAlgorithms };

  const { alg, typ, kid } = header;
  if (typeof alg === "string" && alg.toLowerCase() === "none") return refuse("AUTH_ALGORITHM_NONE", expected);
  if (typeof alg !== "string" || !isSigningAlgorithm(alg))
    return refuse("AUTH_ALGORITHM_UNSUPPORTED", { ...expected, algorithm_found: describeAlgorithm(alg) });
  // RFC 7515 section 4.1.11; this also refuses "b64" (RFC 7797), which must be listed in "crit".
  if (header["crit"] !== undefined) return refuse("AUTH_HEADER_CRITICAL", { extension: '"crit"' });
  if (header["b64"] === false) return refuse("AUTH_HEADER_CRITICAL", { extension: '"b64"' });
  const type = typeof typ === "string" ? typ.toLowerCase() : typ;
  if (type !== undefined && (typeof type !== "string" || !ACCEPTED_TYPES.has(type))) {
    return refuse("AUTH_TOKEN_TYPE_REFUSED", { type_found: describeType(type) });
  }
  if (kid !== undefined && typeof kid !== "string")
    return refuse("AUTH_KEY_ID_INVALID", { value_found: describeKind(kid) });
  return ok({
    algorithm: alg,
    kid,
    namesOwnKey: ["jwk", "jku", "x5u", "x5c"].some((name) => header[name] !== undefined),
    isAccessTyped: typeof type === "string" && type.endsWith("at+jwt"),
  });
}

/** Completes "the header of the token"; of a name that nobody has verified only what it could have been. */
function describeAlgorithm(alg: unknown): string {
  if (alg === undefined) return 'has no "alg"';
  if (typeof alg !== "string") return `has ${describeKind(alg)} as its "alg", not a text`;
  const upper = alg.toUpperCase();
  return isSigningAlgorithm(upper)
    ? `has ${upper} as its "alg" in other letters, and they are compared to the letter`
    : 'has an "alg" that this AgentOS does not support';
}

/** Completes "is". */
function describeType(type: unknown): string {
  if (typeof type !== "string") return `${describeKind(type)}, not a text`;
  return OTHER_TYPES.get(type.replace(/^application\//, "")) ?? "one that this AgentOS does not know";
}
