/**
 * What may become of the identity of a connection (design.md section 10): the same caller goes on for longer. Everything
 * that the connection has begun was allowed to that caller, so that no other one may take it over.
 */
import { type Identity, isSameOwner, ok, type Result, refuse } from "@agentos/auth";

/** Most scopes that a refusal names. */
const MAX_NAMED_SCOPES = 20;

/** Whether a connection of `held` may go on as `next`. */
export function checkRenewal(held: Identity, next: Identity): Result<true> {
  if (!isSamePrincipal(held, next)) return refuse("AUTH_SOCKET_OTHER_CALLER");
  // Whoever holds the admin scope already may do everything.
  if (held.grants.adminScope !== undefined) return ok(true);
  const own = new Set(held.scopes);
  const wider = next.scopes.filter((scope) => !own.has(scope));
  if (wider.length === 0) return ok(true);
  const { userId: subject, issuer, owner } = next;
  const { fault } = refuse("AUTH_SOCKET_SCOPES_WIDER", { wider_scopes: wider.slice(0, MAX_NAMED_SCOPES) });
  return { ok: false, fault: { ...fault, subject, issuer, owner } };
}

/** Two tokens that name nobody are of two strangers, unless they are one and the same. */
function isSamePrincipal(held: Identity, next: Identity): boolean {
  if (held.kind !== next.kind || !isSameOwner(held.owner, next.owner)) return false;
  if (held.kind !== "user" || held.owner.id !== "") return true;
  const [one, other] = [held.token, next.token];
  return one?.id === other?.id && one?.signingInputHash === other?.signingInputHash && one !== undefined;
}
