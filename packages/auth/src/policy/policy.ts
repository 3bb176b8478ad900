/** What the verifier checks. The defaults are the safe ones; the server derives the rest from its configuration. */

/** Which claims mean what. Defaults: {@link DEFAULT_CLAIM_NAMES}. */
export interface ClaimNames {
  /** Claim with the scopes; when undefined: `scopes`, else `scope`, `scp`, `permissions`. */
  readonly scopes: string | undefined;
  /** Claim with the user id. */
  readonly userId: string;
  /** Claim with the session id. */
  readonly sessionId: string;
  /** Claim with the audience: a text or a list of them. */
  readonly audience: string;
  /** Claims handed to runs as `dependencies` and `session_state` (contract 1.7, 1.10). */
  readonly dependencies: readonly string[];
  /** See `dependencies`. */
  readonly sessionState: readonly string[];
}

/** What the tokens of one issuer are checked against. */
export interface TokenPolicy {
  /** Accepted audiences; undefined turns the check off and needs an unsafe option. */
  readonly audience: readonly string[] | undefined;
  /** The accepted audience is the server's own id, which anybody may know. */
  readonly isAudienceTheId?: boolean | undefined;
  /** Exact issuer; undefined when none is configured. */
  readonly issuer: string | undefined;
  /** False accepts tokens without `exp`. Unsafe. */
  readonly requiresExpiration: boolean;
  /** Longest lifetime in seconds; undefined needs an unsafe option. */
  readonly maxLifetimeSeconds: number | undefined;
  /** False accepts unsigned tokens. Unsafe. */
  readonly verifiesSignature: boolean;
  /** The scope that satisfies every requirement. */
  readonly adminScope: string;
  /** Which claims mean what. */
  readonly claimNames: ClaimNames;
  /** The only algorithms allowed, whatever the keys could do; undefined leaves it to the keys. */
  readonly algorithms?: readonly string[] | undefined;
  /** Most that tokens may grant; undefined sets no ceiling. The admin scope counts only when it is listed. */
  readonly allowedScopes?: readonly string[] | undefined;
  /** Put before the user ids of these tokens, so that two issuers cannot name the same user. */
  readonly subjectPrefix?: string | undefined;
  /** Prefixes of other issuers: a user id may not begin with one. */
  readonly foreignSubjectPrefixes?: readonly string[] | undefined;
}

/** The names of contract 1.2; scopes are taken from the first of the usual claims. */
export const DEFAULT_CLAIM_NAMES: ClaimNames = Object.freeze({
  scopes: undefined,
  userId: "sub",
  sessionId: "session_id",
  audience: "aud",
  dependencies: [],
  sessionState: [],
});
