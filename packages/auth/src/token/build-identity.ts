/** Verified claims become a frozen identity, with its scopes compiled once. */

import type { Identity, TokenFacts } from "../identity/identity.ts";
import { createOwner, DEFAULT_ISSUER_NAME } from "../identity/owner.ts";
import type { VerificationKey } from "../keys/model/key.ts";
import { deepFreeze } from "../policy/deep-freeze.ts";
import type { AuthPolicy, TokenPolicy } from "../policy/policy.ts";
import { compileGrants } from "../scope/grants.ts";
import { ceilingOf, limitScopes } from "../scope/limit-scopes.ts";
import type { AcceptedClaims } from "./check-all-claims.ts";
import { readSessionId } from "./check-claims.ts";
import { type Claims, readClaim } from "./read-claim.ts";
import { readScopes } from "./read-scopes.ts";

export interface VerifiedToken extends AcceptedClaims {
  readonly claims: Claims;
  /** Undefined where no signature is verified. */
  readonly key: Pick<VerificationKey, "label" | "thumbprint"> | undefined;
  readonly token: TokenFacts;
  /** What the tokens of its issuer may grant. */
  readonly policy: Pick<TokenPolicy, "name" | "allowedScopes">;
}

/** Builds the identity that handlers and the cache share; nobody can change it afterwards. */
export function buildIdentity(
  { claims, userId, subject, times, key, token, policy }: VerifiedToken,
  whole: Pick<AuthPolicy, "adminScope" | "claimNames" | "tokens">,
): Identity {
  const { adminScope, claimNames } = whole;
  const { name: issuer = DEFAULT_ISSUER_NAME } = policy;
  const named = readScopes(claims, claimNames.scopes);
  const { kept, withheld } = limitScopes(named, ceilingOf(policy, whole));
  const scopes = Object.freeze(kept);
  return Object.freeze({
    kind: "user",
    issuer,
    owner: createOwner(issuer, userId),
    userId,
    subject,
    sessionId: readSessionId(claims, claimNames),
    scopes,
    ...(withheld.length === 0 ? {} : { withheldScopes: Object.freeze(withheld) }),
    grants: compileGrants(scopes, adminScope),
    claims: deepFreeze(claims),
    dependencies: pick(claims, claimNames.dependencies),
    sessionState: pick(claims, claimNames.sessionState),
    expiresAt: times.expiresAt,
    notBefore: times.notBefore,
    keyLabel: key?.label,
    keyThumbprint: key?.thumbprint,
    token,
  });
}

/** The named claims that are present, under the names or paths that are configured; undefined when none is. */
function pick(claims: Claims, names: readonly string[]): Claims | undefined {
  if (names.length === 0) return undefined;
  const present = names
    .map((name) => [name, readClaim(claims, name)] as const)
    .filter(([, value]) => value !== undefined);
  // Not an empty object, which could be taken for an empty answer.
  return present.length === 0 ? undefined : Object.freeze(Object.fromEntries(present));
}
