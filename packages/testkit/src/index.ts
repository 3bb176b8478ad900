/** Keys, clock and tokens for tests. Never imports `auth`, so that mint and verify cannot share a bug. */
export { TEST_ALGORITHMS, isSymmetric, type TestAlgorithm } from "./algorithms.ts";
export {
  damageSignature,
  embeddedKeyToken,
  encryptedToken,
  publicKeyAsSecretToken,
  replacePayload,
  unsignedToken,
} from "./attacks.ts";
export type { BadToken } from "./bad-token.ts";
export { badTokensFor, makeTwin, type BadTokenSetting } from "./bad-tokens.ts";
export { createTestClock, type TestClock } from "./clock.ts";
export { createTestKey, type TestKey, type TestKeyOptions } from "./key.ts";
export {
  encodeSegment,
  goodToken,
  signSegments,
  signToken,
  withClaims,
  withHeader,
  type Claims,
  type GoodTokenOptions,
  type TokenParts,
} from "./token.ts";
