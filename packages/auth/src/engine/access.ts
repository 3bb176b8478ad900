/** What the guard says of a caller: who it is, and what the request may see and touch. The same on every route. */
import type { Decision } from "../decide/decide.ts";
import type { Identity } from "../identity/identity.ts";
import type { Owner } from "../identity/owner.ts";

/** Whose data a request may reach. There is no "unfiltered by omission": every store call takes one of the three. */
export type DataScope =
  | { readonly kind: "all" }
  | { readonly kind: "user"; readonly owner: Owner }
  | { readonly kind: "none" };

/** What an allowed caller may see and touch. */
export interface Access {
  /** Who calls; anonymous on a public route, where no credential is read. */
  readonly identity: Identity;
  /** For a list: the items to show. */
  readonly visible: "all" | ReadonlySet<string>;
  /** Whose data the request may touch: everybody's, one user's, or nobody's. */
  readonly dataScope: DataScope;
  /** Why scopes allow it; undefined where none are asked for. */
  readonly decision: Decision | undefined;
}

const ALL: DataScope = Object.freeze({ kind: "all" });
const NONE: DataScope = Object.freeze({ kind: "none" });

/** Without a usable user id isolation means nobody's data, never everybody's (repair of contract Q10). */
export function findDataScope(
  { kind, owner, grants }: Identity,
  { isolatesUsers }: { readonly isolatesUsers: boolean },
): DataScope {
  if (!isolatesUsers || kind !== "user" || grants.adminScope !== undefined) return ALL;
  return owner.id === "" ? NONE : { kind: "user", owner };
}
