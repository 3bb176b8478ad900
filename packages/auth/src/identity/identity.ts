/** Who calls: the frozen result of authentication, the same on every transport. */
import { compileGrants, type Grants } from "../scope/grants.ts";
import { DEFAULT_ISSUER_NAME, type Owner } from "./owner.ts";

/** What tells one token from all others, for whoever revokes it or ends what it has opened. All of it is verified. */
export interface TokenFacts {
  /** `jti`, which no other token of the same `iss` has; undefined where the token has none that is usable. */
  readonly id: string | undefined;
  /**
   * SHA-256 of the signing input, header and payload, of a token without an id, and of no other. The signature is left
   * out: one of ECDSA has two valid spellings, and whoever has one can write the other.
   */
  readonly signingInputHash: string | undefined;
  /** `sid`: the sign-in that it comes from. */
  readonly signInId: string | undefined;
  /** `iat` in seconds since 1970. */
  readonly issuedAt: number | undefined;
}

/** Frozen all the way down: it is shared by every request with the same token. */
export interface Identity {
  /** `security_key` is the trusted root of that mode; `anonymous` is who sent no credential and needed none. */
  readonly kind: "user" | "security_key" | "anonymous";
  /** Name that the operator gave to the issuer of the credential; `default` when nothing is said. */
  readonly issuer: string;
  /** Who its data belongs to. Its id is empty for a credential that names nobody. */
  readonly owner: Owner;
  /**
   * The configured claim, with the prefix of its issuer (contract 1.7); undefined for a credential that names nobody.
   */
  readonly userId: string | undefined;
  /** The user id as the credential says it, without that prefix. */
  readonly subject: string | undefined;
  /** Session that the token is bound to (contract 1.10). */
  readonly sessionId: string | undefined;
  /** Scopes as written in the credential. */
  readonly scopes: readonly string[];
  /** Scopes of the credential that its issuer may not grant here; they count for nothing. Absent when there are none. */
  readonly withheldScopes?: readonly string[];
  /** The scopes, compiled for decisions. */
  readonly grants: Grants;
  /** Verified claims; empty for anything but a JWT. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The claims configured as `dependenciesClaims` that are present; undefined when none is (contract 1.10). */
  readonly dependencies: Readonly<Record<string, unknown>> | undefined;
  /** The claims configured as `sessionStateClaims` that are present; undefined when none is (contract 1.10). */
  readonly sessionState: Readonly<Record<string, unknown>> | undefined;
  /** Seconds since 1970; undefined when the credential does not expire. */
  readonly expiresAt: number | undefined;
  /** Seconds since 1970; undefined when the credential says nothing. */
  readonly notBefore: number | undefined;
  /** Label of the key that verified the token. */
  readonly keyLabel: string | undefined;
  /** RFC 7638 thumbprint (SHA-256) of that key; a shared secret has none. */
  readonly keyThumbprint?: string | undefined;
  /** What names the token itself; undefined for anything but a JWT. */
  readonly token?: TokenFacts | undefined;
}

/** An identity that names nobody and holds no scope. */
export function createNameless(kind: "security_key" | "anonymous", adminScope: string): Identity {
  return Object.freeze({
    kind,
    issuer: DEFAULT_ISSUER_NAME,
    owner: Object.freeze({ issuer: DEFAULT_ISSUER_NAME, kind, id: "" }),
    userId: undefined,
    subject: undefined,
    sessionId: undefined,
    scopes: Object.freeze([]),
    grants: compileGrants([], adminScope),
    claims: Object.freeze({}),
    dependencies: undefined,
    sessionState: undefined,
    expiresAt: undefined,
    notBefore: undefined,
    keyLabel: undefined,
  });
}
