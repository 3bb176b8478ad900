/** Keys, clock and tokens for tests. Never imports `auth`, so that mint and verify cannot share a bug. */

export {
  createTestCertificate,
  type TestCertificate,
  type TestCertificateOptions,
} from "./keys/certificate.ts";
export { createTestKey, type TestKey, type TestKeyOptions } from "./keys/key.ts";
export { isSymmetric, TEST_ALGORITHMS, type TestAlgorithm } from "./keys/test-algorithms.ts";
export { createTestLogger, type LogEntry, type TestLogger } from "./log/test-logger.ts";
export { type PythonOptions, type PythonServer, startPythonServer } from "./servers/python-server.ts";
export { createTestClock, type TestClock } from "./time/clock.ts";
export {
  damageSignature,
  embeddedKeyToken,
  encryptedToken,
  publicKeyAsSecretToken,
  replacePayload,
  respellSignature,
  unsignedToken,
} from "./tokens/attacks.ts";
export type { BadToken } from "./tokens/bad-token.ts";
export { type BadTokenSetting, badTokensFor, makeTwin } from "./tokens/bad-tokens.ts";
export {
  createTestIssuer,
  TEST_OS_ID,
  type TestIssuer,
  type TestTokenOptions,
} from "./tokens/test-issuer.ts";
export {
  type Claims,
  encodeSegment,
  type GoodTokenOptions,
  goodToken,
  signSegments,
  signToken,
  TOKEN_SHAPED,
  type TokenParts,
  withClaims,
  withHeader,
} from "./tokens/token.ts";
