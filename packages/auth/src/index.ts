/** The authorization engine of AgentOS: framework-free, pure, and the same for every transport. */

export { isLoopbackHost } from "./address/loopback-host.ts";
export { findProxyHeader } from "./address/proxy-headers.ts";
export {
  type AccessRule,
  type CompiledAccess,
  type CompiledRoute,
  type CompiledRoutes,
  compileRoutes,
  type RouteAccessDefinition,
} from "./decide/compile-route.ts";
export { type Decision, decide, findRule, findWithheldGrant } from "./decide/decide.ts";
export { type CheckedToken, type CheckTokenOptions, checkToken } from "./diagnose/check-token.ts";
export { diagnose } from "./diagnose/diagnose.ts";
export {
  type Cause,
  type Certainty,
  type DiagnosisInput,
  type Evidence,
  type EvidenceSource,
  type KnownKey,
  type KnownServer,
  listAlgorithms,
  type ObservedAnswer,
} from "./diagnose/diagnosis.ts";
export { type InspectedToken, type InspectOptions, inspectToken } from "./diagnose/inspect-token.ts";
export { makeCause } from "./diagnose/make-cause.ts";
export { isErrorCode, readNamedScopes } from "./diagnose/read-answer.ts";
export { type CredentialKind, classifyCredential, isOlder } from "./diagnose/refine-credential.ts";
export { type HeldScopes, splitHeldScopes } from "./diagnose/refine-scopes.ts";
export { decodeJsonObject } from "./encoding/base64url.ts";
export { nameCharacter } from "./encoding/name-character.ts";
export type { Access, DataScope } from "./engine/access.ts";
export type { Authenticator } from "./engine/authenticator.ts";
export { type AuthenticatorOptions, createAuthenticators } from "./engine/authenticators.ts";
export { type AuthEngine, type AuthEngineOptions, createAuthEngine } from "./engine/engine.ts";
export type { RevocationCheck } from "./engine/revocation-check.ts";
export type { Identity, TokenFacts } from "./identity/identity.ts";
export {
  createOwner,
  DEFAULT_ISSUER_NAME,
  isSameOwner,
  type Owner,
  type OwnerKind,
} from "./identity/owner.ts";
export { createSubjectRules, isReservedPrincipal, type SubjectRules } from "./identity/subject-rules.ts";
export { findSharedNumbers } from "./keys/judge/find-shared-numbers.ts";
export { findSecretWeakness } from "./keys/judge/listed-secrets.ts";
export {
  type FittingSecretForm,
  findFittingSecretForm,
  findSecretForm,
} from "./keys/judge/secret-forms.ts";
export {
  boundAlgorithms,
  isSigningAlgorithm,
  SIGNING_ALGORITHMS,
  showAlgorithm,
} from "./keys/model/algorithms.ts";
export {
  type KeyRepair,
  type KeyResult,
  type KeyType,
  type SigningAlgorithm,
  type VerificationKey,
} from "./keys/model/key.ts";
export { MAX_JWKS_CHARACTERS } from "./keys/model/key-limits.ts";
export { describeRepairs } from "./keys/model/repairs.ts";
export { decodeKeyText, decodeText, type NoText } from "./keys/reader/file-text.ts";
export { createKeySet, type KeySelection, type KeySet, selectKeys } from "./keys/set/key-set.ts";
export { nameMixedKinds } from "./keys/set/mixed-kinds.ts";
export { dropConsequences, type ParseJwksOptions, parseJwks } from "./keys/set/parse-jwks.ts";
export { type ParseKeyOptions, parseVerificationKey, parseVerificationKeys } from "./keys/set/parse-key.ts";
export {
  type DocumentName,
  type FetchDocument,
  type FetchedDocument,
  type FetchFaultCode,
} from "./keys/source/fetch-document.ts";
export {
  combineKeySources,
  createStaticKeySource,
  type KeySource,
  type KeySourceStatus,
} from "./keys/source/key-source.ts";
export { isKeyUrl, parseKeyUrl } from "./keys/source/key-url.ts";
export { createLastGoodKeys } from "./keys/source/last-good-keys.ts";
export { type RemoteKeyLocation } from "./keys/source/remote-key-reader.ts";
export { createRemoteKeySource, type RemoteKeySource } from "./keys/source/remote-key-source.ts";
export { fail, type OwnerParts, ok, type Refusal, type Result, refuse } from "./outcome/result.ts";
export { deepFreeze } from "./policy/deep-freeze.ts";
export {
  type AuthMode,
  type AuthPolicy,
  believesEverybody,
  type ClaimNames,
  type CredentialLocation,
  DEFAULT_CLAIM_NAMES,
  isTokenMode,
  type KnownPolicy,
  type TokenPolicy,
} from "./policy/policy.ts";
export {
  describeProblem,
  type ProblemAnswer,
  type ProblemOptions,
  publicCode,
  toProblem,
} from "./refusal/problem.ts";
export { type StageOutcome, type TimelineStep, timelineOf } from "./refusal/timeline.ts";
export { isAllowedOrigin, isSameHost, type OriginRules } from "./request/allowed-origin.ts";
export { checkCookieOrigin } from "./request/check-origin.ts";
export type { Credential } from "./request/extract-credential.ts";
export type { RequestFacts } from "./request/request-facts.ts";
export { findScheme } from "./request/scheme.ts";
export { findStrangeCredential, isCredentialWord } from "./request/strange-credential.ts";
export {
  createRevocationSet,
  isRevocable,
  type RevocableIdentity,
  type Revocation,
  type RevocationKind,
  type RevocationSet,
} from "./revocation/revocation-set.ts";
export { compileGrants, type Grants, visibleItems } from "./scope/grants.ts";
export { ceilingOf, type LimitedScopes, limitScopes, type ScopeCeiling } from "./scope/limit-scopes.ts";
export { type ParsedScope, parseScope } from "./scope/parse.ts";
export { listMissing, type PathParameters, type Requirement } from "./scope/requirement.ts";
export { recheckClaims } from "./token/check-all-claims.ts";
export { joseSignatureCheck, type SignatureCheck } from "./token/check-signature.ts";
export { readClaim } from "./token/read-claim.ts";
export { findScopesClaims, readScopes, splitScopeText } from "./token/read-scopes.ts";
export type { TrustedIssuer } from "./token/select-issuer.ts";
export * from "./token/token-limits.ts";
export { createTokenVerifier, type TokenVerifier, type TokenVerifierOptions } from "./token/verify-token.ts";
export { isKeyWithdrawn } from "./token/verifying-key.ts";
