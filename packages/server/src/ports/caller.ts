/** What the guard in front of a handler says about the caller. Handlers do no authorization of their own. */

import type { Access, Identity } from "@agentos/auth";

/** Whose data a caller may reach. There is no "unfiltered by omission": every store call takes one of the three. */
export type DataScope = Access["dataScope"];

export interface CallerIdentity {
  readonly kind: Identity["kind"];
  readonly userId?: string | undefined;
  /** The token's session claim; it overrides the form. */
  readonly sessionId?: string | undefined;
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
  /** Values of the claims configured for `dependencies`; they replace the form's. */
  readonly dependencies?: Readonly<Record<string, unknown>> | undefined;
  /** Values of the claims configured for `session_state`; they replace the form's. */
  readonly sessionState?: Readonly<Record<string, unknown>> | undefined;
}

export interface AuthContext {
  readonly identity: CallerIdentity;
  /** Ids that the caller may see in lists. */
  readonly visible: "all" | ReadonlySet<string>;
  readonly dataScope: DataScope;
}

/** True where a list shows the item to this caller. */
export function isVisible(visible: AuthContext["visible"], id: string): boolean {
  return visible === "all" || visible.has(id);
}
