/**
 * Making keys and signing tokens: `@agentos/auth/mint`. An entry of its own, so that a server which only verifies
 * never loads signing code.
 */
export { createAccessClaims, type AccessClaimsOptions } from "./access-claims.ts";
export { exportPrivatePem, exportPublicJwk, exportPublicJwks, exportPublicPem, exportSecret } from "./export-key.ts";
export { generateSigningKey, type GenerateOptions } from "./generate-key.ts";
export { importSigningKey, type ImportOptions } from "./import-key.ts";
export { SIGNING_ALGORITHMS, isSigningAlgorithm, isSecretAlgorithm } from "./algorithms.ts";
export { SigningKeyError, type SigningKey, type SigningKeyFault } from "./signing-key.ts";
export { signToken, type SignOptions } from "./sign-token.ts";
