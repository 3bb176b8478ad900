/**
 * The guard: verification, scopes, refusals that state cause and fix, and denial records, for an application of any kind.
 * Hosts: `@agentos/guard/hono`, `/node`, `/express`, `/fastify`. Servers of our own are built on `@agentos/guard/app`.
 */

export type { Access, CredentialLocation, DataScope, Owner } from "@agentos/auth";
export {
  type CustomScope,
  customScope,
  type Fault,
  type RenderedFault,
  type ResourceMetadata,
} from "@agentos/contract";
export type {
  AuthOptions,
  AuthorizationConfig,
  CorsOptions,
  Environment,
  UnsafeOptions,
} from "./config/auth-options.ts";
export { ConfigurationError, type ConfigurationErrorOptions } from "./config/configuration-error.ts";
export type { PolicyInForce, PolicyKey } from "./config/describe-policy.ts";
export { formatLocations, formatPolicy } from "./config/format-policy.ts";
export type { PolicyOptions } from "./config/policy-options.ts";
export {
  type CountedDecision,
  type DecisionCount,
  type DecisionCounter,
  type DecisionOutcome,
  type DecisionPage,
  type DecisionQuery,
  MORE,
  NO_ROUTE,
  NOBODY,
  OTHERS,
} from "./decisions/decision-counter.ts";
export type { KeyCounter, KeyCounts } from "./decisions/key-counter.ts";
export type {
  Denial,
  DenialCountPage,
  DenialCountQuery,
  DenialFilter,
  DenialGroup,
  DenialGrouping,
  DenialPage,
  DenialQuery,
  DenialRecord,
  DenialRecorder,
} from "./denials/denial-recorder.ts";
export {
  type AuthGuard,
  type AuthGuardOptions,
  createAuthGuard,
  type ProtectedRoute,
} from "./gate/auth-guard.ts";
export type { GuardedRequest, GuardOutcome } from "./gate/gate.ts";
export { nodeSignatureCheck } from "./keys/node-signature-check.ts";
export { createLogger } from "./log/log.ts";
export { mayHoldToken, REDACTED_TOKEN, redactTokens, redactTokensDeep } from "./log/redact-tokens.ts";
export type { Logger } from "./log/runtime.ts";
export { ERROR_PAGE_HEADERS } from "./pages/error-page.ts";
export type {
  NewRevocation,
  ReadingServer,
  RevocationPage,
  RevocationQuery,
  RevocationsFull,
  RevokedBy,
  StoredRevocation,
} from "./revocations/revocation-store.ts";
export type { RevocationOutcome, Revocations } from "./revocations/revocations.ts";
