/** What the verifier checks. The defaults are the safe ones; the server derives the rest from its configuration. */

export interface ClaimNames {
  /** Claim with the scopes; when undefined: `scopes`, else `scope`, `scp`, `permissions`. */
  readonly scopes: string | undefined;
  readonly userId: string;
  readonly sessionId: string;
  readonly audience: string;
  /** Claims handed to runs as `dependencies` and `session_state` (contract 1.7, 1.10). */
  readonly dependencies: readonly string[];
  readonly sessionState: readonly string[];
}

export interface TokenPolicy {
  /** Accepted audiences; undefined turns the check off and needs an unsafe option. */
  readonly audience: readonly string[] | undefined;
  /** Exact issuer; undefined when none is configured. */
  readonly issuer: string | undefined;
  readonly requiresExpiration: boolean;
  /** Longest lifetime in seconds; undefined needs an unsafe option. */
  readonly maxLifetimeSeconds: number | undefined;
  /** False accepts unsigned tokens. Unsafe. */
  readonly verifiesSignature: boolean;
  readonly adminScope: string;
  readonly claimNames: ClaimNames;
}

export const DEFAULT_CLAIM_NAMES: ClaimNames = Object.freeze({
  scopes: undefined,
  userId: "sub",
  sessionId: "session_id",
  audience: "aud",
  dependencies: [],
  sessionState: [],
});
