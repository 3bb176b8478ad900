/** Keys: parsed and judged at start, bound to their algorithm, chosen by `kid`. */
export { boundAlgorithms, isSigningAlgorithm } from "./algorithms.ts";
export { createKeyFault } from "./fault.ts";
export type { FetchDocument, FetchedDocument, FetchFaultCode } from "./fetch-document.ts";
export type {
  KeyFault,
  KeyFaultCode,
  KeyRepair,
  KeyResult,
  KeyType,
  SigningAlgorithm,
  VerificationKey,
} from "./key.ts";
export { createKeySet, type KeySelection, type KeySet, selectKeys } from "./key-set.ts";
export {
  combineKeySources,
  createStaticKeySource,
  type KeySource,
  type KeySourceStatus,
} from "./key-source.ts";
export { isKeyUrl, judgeKeyUrl } from "./key-url.ts";
export { createLastGoodKeys } from "./last-good-keys.ts";
export { MAX_JWKS_CHARACTERS } from "./limits.ts";
export { type ParseJwksOptions, parseJwks } from "./parse-jwks.ts";
export { type ParseKeyOptions, parseVerificationKey, parseVerificationKeys } from "./parse-key.ts";
export type { RemoteKeyLocation } from "./remote-key-reader.ts";
export { createRemoteKeySource, type RemoteKeySource } from "./remote-key-source.ts";
export { describeRepairs } from "./repairs.ts";
