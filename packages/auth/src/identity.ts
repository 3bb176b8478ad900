/** Who calls: the frozen result of authentication, the same on every transport. */
import type { Grants } from "./scope/grants.ts";

export interface Identity {
  /** `security_key` is the trusted root of that mode; `anonymous` exists only without any credential configured. */
  readonly kind: "user" | "security_key" | "anonymous";
  readonly userId: string | undefined;
  readonly sessionId: string | undefined;
  /** Scopes as written in the credential. */
  readonly scopes: readonly string[];
  /** Scopes of the credential that its issuer may not grant here; they count for nothing. Absent when there are none. */
  readonly withheldScopes?: readonly string[];
  readonly grants: Grants;
  /** Verified claims; empty for anything but a JWT. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, unknown>> | undefined;
  readonly sessionState: Readonly<Record<string, unknown>> | undefined;
  /** Seconds since 1970; undefined when the credential does not expire. */
  readonly expiresAt: number | undefined;
  readonly notBefore: number | undefined;
  /** Label of the key that verified the token. */
  readonly keyLabel: string | undefined;
}
