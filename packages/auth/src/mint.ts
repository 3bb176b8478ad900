/**
 * Making keys and signing tokens: `@agentos/auth/mint`. An entry of its own, so that a server which only verifies
 * never loads signing code.
 */
export { isSecretAlgorithm, isSigningAlgorithm, SIGNING_ALGORITHMS } from "./keys/model/algorithms.ts";
export { type AccessClaimsOptions, createAccessClaims } from "./mint/access-claims.ts";
export type { ImportOptions } from "./mint/bind-key.ts";
export {
  exportPrivatePem,
  exportPublicJwk,
  exportPublicJwks,
  exportPublicPem,
  exportSecret,
} from "./mint/export-key.ts";
export { type GenerateOptions, generateSigningKey } from "./mint/generate-key.ts";
export { importSigningKey } from "./mint/import-key.ts";
export { type SignOptions, signToken } from "./mint/sign-token.ts";
export type { SigningKey, SigningKeyPair, SigningSecret } from "./mint/signing-key.ts";
