/**
 * The one policy: what a guard runs on, as frozen plain data without a secret. `describe()` shows this very shape, and a
 * diagnosis reads as much of it as is known of a server. Keys, key sources and the security key itself are not in it.
 */

/** What guards a server (contract 1.1), as `GET /info` names it; `jwt-unverified` believes every token. */
export type AuthMode = "jwt" | "jwt-unverified" | "security_key" | "none";

/** One place in a request that may carry the credential, in the words of an OpenAPI security scheme. */
export interface CredentialLocation {
  /** What carries it. */
  readonly in: "header" | "cookie";
  /** As configured: header names are the same in any case, cookie names are not. */
  readonly name: string;
}

/**
 * Which claims mean what, each a claim's exact name or a path of names joined by dots (`realm_access.roles`). Defaults:
 * {@link DEFAULT_CLAIM_NAMES}.
 */
export interface ClaimNames {
  /** Claims with the scopes, all of them together; when undefined: `scopes`, else `scope`, `scp`, `permissions`. */
  readonly scopes: readonly string[] | undefined;
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
  /** Stable name of the issuer, chosen by the operator: part of every identity that its tokens name. Default `default`. */
  readonly name?: string | undefined;
  /** Exact issuer; undefined: not checked or, where issuers are kept apart, of the tokens that name none at all. */
  readonly issuer: string | undefined;
  /** Accepted audiences; undefined turns the check off and needs an unsafe option. */
  readonly audience: readonly string[] | undefined;
  /** The accepted audience is the server's own id, which anybody may know. */
  readonly isAudienceTheId?: boolean | undefined;
  /** False accepts tokens without `exp`. Unsafe. */
  readonly requiresExpiration: boolean;
  /** Longest lifetime in seconds; undefined needs an unsafe option. */
  readonly maxLifetimeSeconds: number | undefined;
  /** The only algorithms allowed, whatever the keys could do; undefined leaves it to the keys. */
  readonly algorithms?: readonly string[] | undefined;
  /**
   * Most that tokens may grant; undefined sets no ceiling. The admin scope counts only when it is listed and, of several
   * issuers, only from those that list it, as `authz` does.
   */
  readonly allowedScopes?: readonly string[] | undefined;
  /** Put before the user ids of these tokens, so that people and tools can tell them from those of another issuer. */
  readonly subjectPrefix?: string | undefined;
}

/** What one server demands of a request: who may call, with what, and how far. */
export interface AuthPolicy {
  /** Id of this AgentOS. */
  readonly id: string;
  /** What guards it. */
  readonly mode: AuthMode;
  /** A security key is configured. Beside tokens it is not accepted; its presence only makes a refusal clearer. */
  readonly hasSecurityKey: boolean;
  /** False: a valid token may do everything. */
  readonly enforcesScopes: boolean;
  /** Each user reaches only their own data (contract 2.7). */
  readonly isolatesUsers: boolean;
  /** The scope that satisfies every requirement. */
  readonly adminScope: string;
  /** Where the credential is read, the place that wins first; empty when none is configured, so that none is read. */
  readonly credentialLocations: readonly CredentialLocation[];
  /** Origins whose pages may call from a browser. */
  readonly allowedOrigins: readonly string[];
  /** Those of them that count only where the request names this machine, such as `localhost`. Default none. */
  readonly localOrigins?: readonly string[] | undefined;
  /** Which claims mean what, in the tokens of every issuer. */
  readonly claimNames: ClaimNames;
  /** Tokens are told apart by their `iss`: each meets only the keys and the part of the issuer that it names. */
  readonly separatesIssuers: boolean;
  /** One part for each issuer; a single one where tokens are not told apart. */
  readonly tokens: readonly [TokenPolicy, ...TokenPolicy[]];
}

/**
 * As much of a policy as is known of a server. What is left out is unknown, and nothing is concluded from it; what is
 * there, `undefined` included, means what it means in a policy.
 */
export type KnownPolicy = Partial<Omit<AuthPolicy, "claimNames" | "tokens">> & {
  readonly claimNames?: Partial<ClaimNames>;
  readonly tokens?: readonly Partial<TokenPolicy>[];
};

/** The names of contract 1.2; scopes are taken from the first of the usual claims. */
export const DEFAULT_CLAIM_NAMES: ClaimNames = Object.freeze({
  scopes: undefined,
  userId: "sub",
  sessionId: "session_id",
  audience: "aud",
  dependencies: [],
  sessionState: [],
});

/** True where the credential is a token, verified or not. */
export function isTokenMode(mode: AuthMode): boolean {
  return mode === "jwt" || mode === "jwt-unverified";
}

/** True for a server that believes everybody, and may therefore answer its own machine only. */
export function believesEverybody(mode: AuthMode): boolean {
  return mode === "none" || mode === "jwt-unverified";
}
