/** Verified claims become a frozen identity, with its scopes compiled once. */

import type { Identity } from "../identity/identity.ts";
import type { TokenPolicy } from "../policy/policy.ts";
import { compileGrants } from "../scope/grants.ts";
import { limitScopes } from "../scope/limit-scopes.ts";
import { readSessionId } from "./check-claims.ts";
import type { TokenTimes } from "./check-times.ts";
import { readScopes } from "./read-scopes.ts";

type Claims = Readonly<Record<string, unknown>>;

export interface VerifiedToken {
  readonly claims: Claims;
  readonly userId: string | undefined;
  readonly times: TokenTimes;
  readonly keyLabel: string | undefined;
}

/** Builds the identity that handlers and the cache share; nobody can change it afterwards. */
export function buildIdentity(
  { claims, userId, times, keyLabel }: VerifiedToken,
  policy: TokenPolicy,
): Identity {
  const { kept, withheld } = limitScopes(readScopes(claims, policy.claimNames.scopes), policy);
  const scopes = Object.freeze(kept);
  return Object.freeze({
    kind: "user",
    userId,
    sessionId: readSessionId(claims, policy),
    scopes,
    ...(withheld.length === 0 ? {} : { withheldScopes: Object.freeze(withheld) }),
    grants: compileGrants(scopes, policy.adminScope),
    claims: deepFreeze(claims),
    dependencies: pick(claims, policy.claimNames.dependencies),
    sessionState: pick(claims, policy.claimNames.sessionState),
    expiresAt: times.expiresAt,
    notBefore: times.notBefore,
    keyLabel,
  });
}

/** The named claims that are present; undefined when none is, so that it cannot be taken for an empty answer. */
function pick(claims: Claims, names: readonly string[]): Claims | undefined {
  const present = names.filter((name) => Object.hasOwn(claims, name));
  if (present.length === 0) return undefined;
  return Object.freeze(Object.fromEntries(present.map((name) => [name, claims[name]])));
}

/** Freezes in place and all the way down; for data without functions, such as JSON. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
