/** Signs claims into a compact JWT. */
import { type JWTPayload, SignJWT } from "jose";
import type { SigningKey } from "./signing-key.ts";

/** What stands in the header beside the algorithm. */
export interface SignOptions {
  /** `kid` of the header. Default: the key's own; `null` leaves it out. */
  readonly kid?: string | null;
  /** `typ` of the header. Default `JWT`; an OAuth issuer writes `at+jwt` (RFC 9068). */
  readonly type?: "JWT" | "at+jwt";
}

/**
 * Signs exactly the claims that are given: nothing is added, so time and ids come from the caller
 * (see {@link createAccessClaims}).
 */
export async function signToken(
  key: SigningKey,
  claims: JWTPayload,
  options: SignOptions = {},
): Promise<string> {
  const kid = options.kid === undefined ? key.kid : (options.kid ?? undefined);
  const header = { alg: key.algorithm, typ: options.type ?? "JWT", ...(kid === undefined ? {} : { kid }) };
  return new SignJWT(claims).setProtectedHeader(header).sign(key.key);
}
