/** The authorization engine of AgentOS: framework-free, pure, and the same for every transport. */
export * from "./decide/index.ts";
export * from "./diagnose/index.ts";
export {
  type Access,
  type AuthEngine,
  type AuthEngineOptions,
  type AuthMode,
  createAuthEngine,
} from "./engine.ts";
export type { Identity } from "./identity.ts";
export { isRecord } from "./is-record.ts";
export * from "./keys/index.ts";
export * from "./limits.ts";
export { type ProblemAnswer, type ProblemOptions, publicCode, toProblem } from "./refusal/problem.ts";
export { type StageOutcome, type TimelineStep, timelineOf } from "./refusal/timeline.ts";
export { isLoopbackHost } from "./request/check-origin.ts";
export type { TokenSource } from "./request/extract-credential.ts";
export type { RequestFacts } from "./request/request-facts.ts";
export { ok, type Refusal, type Result, refuse } from "./result.ts";
export * from "./scope/index.ts";
export { CONTROL_CHARACTER, UNPRINTABLE } from "./text/characters.ts";
export { countChanges, nearest } from "./text/nearest.ts";
export { deepFreeze } from "./token/build-identity.ts";
export { isReservedPrincipal } from "./token/check-claims.ts";
export { joseSignatureCheck, type SignatureCheck } from "./token/check-signature.ts";
export { type ClaimNames, DEFAULT_CLAIM_NAMES, type TokenPolicy } from "./token/policy.ts";
export type { TrustedIssuer } from "./token/select-issuer.ts";
export { createTokenVerifier, type TokenVerifier, type TokenVerifierOptions } from "./token/verify-token.ts";
