/** What the guard in front of a handler says about the caller. Handlers do no authorization of their own. */

import type { Access, Identity } from "@agentos/auth";

/** Whose data a caller may reach. There is no "unfiltered by omission": every store call takes one of the three. */
export type DataScope = Access["dataScope"];

/** Who calls, as far as a run may know. */
export interface CallerIdentity {
  /** `security_key` and `anonymous` name nobody. */
  readonly kind: Identity["kind"];
  /** The token's user claim, with the prefix of its issuer. */
  readonly userId?: string | undefined;
  /** The token's session claim; it overrides the form. */
  readonly sessionId?: string | undefined;
  /** As written in the credential; empty for a security key, which may do everything. */
  readonly scopes: readonly string[];
  /** All verified claims of the token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Values of the claims configured for `dependencies`; they replace the form's. */
  readonly dependencies?: Readonly<Record<string, unknown>> | undefined;
  /** Values of the claims configured for `session_state`; they replace the form's. */
  readonly sessionState?: Readonly<Record<string, unknown>> | undefined;
}

/** What authorization says about a request. */
export interface AuthContext {
  /** Who calls. */
  readonly identity: CallerIdentity;
  /** Ids that the caller may see in lists. */
  readonly visible: "all" | ReadonlySet<string>;
  /** Whose data the request may touch. */
  readonly dataScope: DataScope;
}

/** True where a list shows the item to this caller. */
export function isVisible(visible: AuthContext["visible"], id: string): boolean {
  return visible === "all" || visible.has(id);
}
