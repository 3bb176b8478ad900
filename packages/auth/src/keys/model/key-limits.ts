/** Every limit of key parsing, in one place. */

/** A single key value; an RSA-16384 public key in PEM has under 3 KiB. */
export const MAX_KEY_CHARACTERS = 64 * 1024;
/** A whole key set. */
export const MAX_JWKS_CHARACTERS = 512 * 1024;
export const MAX_JWKS_KEYS = 100;
export const MAX_KID_CHARACTERS = 1024;

export { MIN_RSA_BITS } from "@agentos/contract";
/** OpenSSL refuses to verify above 16384 bits; the work grows with the square. */
export const MAX_RSA_BITS = 16384;
export const MAX_RSA_EXPONENT_BITS = 64;

/** With `allowWeakSecrets`, for tests (design.md section 10). */
export const MIN_WEAK_SECRET_BYTES = 16;

/** How deep base64 of base64 is followed. */
export const MAX_WRAPPINGS = 3;
