/** The authorization engine of AgentOS: framework-free, pure, and the same for every transport. */
export * from "./decide/index.ts";
export { createAuthEngine, type Access, type AuthEngine, type AuthEngineOptions, type AuthMode } from "./engine.ts";
export type { Identity } from "./identity.ts";
export * from "./keys/index.ts";
export * from "./limits.ts";
export { publicCode, toProblem, type ProblemAnswer, type ProblemOptions } from "./refusal/problem.ts";
export { timelineOf, type StageOutcome, type TimelineStep } from "./refusal/timeline.ts";
export { isLoopbackHost } from "./request/check-origin.ts";
export type { TokenSource } from "./request/extract-credential.ts";
export type { RequestFacts } from "./request/request-facts.ts";
export { type Refusal, type Result, ok, refuse } from "./result.ts";
export * from "./scope/index.ts";
export { isReservedPrincipal } from "./token/check-claims.ts";
export { DEFAULT_CLAIM_NAMES, type ClaimNames, type TokenPolicy } from "./token/policy.ts";
export { createTokenVerifier, type TokenVerifier, type TokenVerifierOptions } from "./token/verify-token.ts";
