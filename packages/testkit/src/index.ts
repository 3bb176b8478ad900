/** Keys, clock and tokens for tests. Never imports `auth`, so that mint and verify cannot share a bug. */
export { isSymmetric, TEST_ALGORITHMS, type TestAlgorithm } from "./algorithms.ts";
export {
  damageSignature,
  embeddedKeyToken,
  encryptedToken,
  publicKeyAsSecretToken,
  replacePayload,
  unsignedToken,
} from "./attacks.ts";
export type { BadToken } from "./bad-token.ts";
export { type BadTokenSetting, badTokensFor, makeTwin } from "./bad-tokens.ts";
export {
  createTestCertificate,
  type TestCertificate,
  type TestCertificateOptions,
} from "./certificate.ts";
export { createTestClock, type TestClock } from "./clock.ts";
export { createTestKey, type TestKey, type TestKeyOptions } from "./key.ts";
export {
  type Claims,
  encodeSegment,
  type GoodTokenOptions,
  goodToken,
  signSegments,
  signToken,
  type TokenParts,
  withClaims,
  withHeader,
} from "./token.ts";
