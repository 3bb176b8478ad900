/**
 * Making keys and signing tokens: `@agentos/auth/mint`. An entry of its own, so that a server which only verifies
 * never loads signing code.
 */
export { type AccessClaimsOptions, createAccessClaims } from "./access-claims.ts";
export { isSecretAlgorithm, isSigningAlgorithm, SIGNING_ALGORITHMS } from "./algorithms.ts";
export type { ImportOptions } from "./bind-key.ts";
export {
  exportPrivatePem,
  exportPublicJwk,
  exportPublicJwks,
  exportPublicPem,
  exportSecret,
} from "./export-key.ts";
export { type GenerateOptions, generateSigningKey } from "./generate-key.ts";
export { importSigningKey } from "./import-key.ts";
export { type SignOptions, signToken } from "./sign-token.ts";
export { type SigningKey, SigningKeyError, type SigningKeyFault } from "./signing-key.ts";
