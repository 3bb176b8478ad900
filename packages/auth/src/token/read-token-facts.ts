/** What tells one token from all others, read once when it is verified. */
import type { TokenFacts } from "../identity/identity.ts";
import { readIdentifier } from "./check-claims.ts";

/** Reads it; the hash is asked for only where nothing else names the token. */
export function readTokenFacts(
  claims: Readonly<Record<string, unknown>>,
  hashSigningInput: () => string,
): TokenFacts {
  const { iat } = claims;
  const id = readIdentifier(claims["jti"]);
  return Object.freeze({
    id,
    signingInputHash: id === undefined ? hashSigningInput() : undefined,
    signInId: readIdentifier(claims["sid"]),
    issuedAt: typeof iat === "number" ? iat : undefined,
  });
}
