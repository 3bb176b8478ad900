/** JWTs, and whatever nobody else recognises: the refusal then says what of a token it is not. */
import type { TokenVerifier } from "../token/verify-token.ts";
import type { Authenticator } from "./authenticator.ts";

/** Creates it; it stands last in a list. */
export function createJwtAuthenticator(verifier: TokenVerifier): Authenticator {
  return Object.freeze({
    kind: "JWT",
    recognises: () => true,
    verify: ({ value }: Parameters<Authenticator["verify"]>[0]) => verifier.verify(value),
  });
}

/** By form: three segments of base64url, the last of which may be missing its text. */
export function looksLikeJwt(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text);
}
