/** The claims of an access token as AgentOS wants them: audience, scopes, a short life and an id of its own. */
import type { JWTPayload } from "jose";

/** What goes into the token. Time and id come from outside, so that tests can fix them. */
export interface AccessClaimsOptions {
  /** User id (`sub`). Default none: the token then names nobody. */
  readonly subject?: string | undefined;
  /** Id of the AgentOS that the token is meant for, or several. */
  readonly audience?: string | readonly string[] | undefined;
  /** Scopes in the order given; nothing is added or checked. */
  readonly scopes: readonly string[];
  /** `iss`. Default none. */
  readonly issuer?: string | undefined;
  /** Life in seconds, rounded down. A server accepts 24 hours at most, unless told otherwise. */
  readonly ttlSeconds: number;
  /** Seconds since 1970. */
  readonly now: number;
  /** Unique id of the token (`jti`), so that it can be revoked alone. */
  readonly tokenId: string;
}

/** Builds the claims; `scopes` is a list, as Agno has it. */
export function createAccessClaims(options: AccessClaimsOptions): JWTPayload {
  const { subject, audience, issuer, now } = options;
  const issuedAt = Math.floor(now);
  return {
    ...(issuer === undefined ? {} : { iss: issuer }),
    ...(subject === undefined ? {} : { sub: subject }),
    ...(audience === undefined ? {} : { aud: typeof audience === "string" ? audience : [...audience] }),
    scopes: [...options.scopes],
    iat: issuedAt,
    exp: issuedAt + Math.floor(options.ttlSeconds),
    jti: options.tokenId,
  };
}
