/** The list of authenticators that a mode means. To take one more kind of credential, put its authenticator before them. */
import { type AuthPolicy, isTokenMode } from "../policy/policy.ts";
import type { TokenVerifier } from "../token/verify-token.ts";
import type { Authenticator } from "./authenticator.ts";
import { createJwtAuthenticator } from "./jwt-authenticator.ts";
import {
  jwtBesideSecurityKey,
  quotedSecurityKey,
  refuseServiceAccounts,
  repeatedCredential,
  securityKeyBesideJwt,
  strangeInsteadOfKey,
  strangeInsteadOfToken,
  wrongSecurityKey,
} from "./refusing-authenticators.ts";
import { createSecurityKeyAuthenticator, type SecurityKeyOptions } from "./security-key-authenticator.ts";

/** What the credentials of a policy are verified with. */
export interface AuthenticatorOptions extends Pick<SecurityKeyOptions, "securityKey" | "sha256"> {
  readonly policy: Pick<AuthPolicy, "mode" | "hasSecurityKey" | "adminScope">;
  /** Needed where the credential is a token. */
  readonly verifier: TokenVerifier | undefined;
}

/** Makes the list; empty where no credential is read. */
export function createAuthenticators(options: AuthenticatorOptions): readonly Authenticator[] {
  const { policy, verifier, securityKey, sha256 } = options;
  if (policy.mode === "none") return [];
  if (isTokenMode(policy.mode))
    return [
      refuseServiceAccounts("a JWT"),
      strangeInsteadOfToken,
      repeatedCredential,
      ...(policy.hasSecurityKey ? [securityKeyBesideJwt] : []),
      ...(verifier === undefined ? [] : [createJwtAuthenticator(verifier)]),
    ];
  return [
    refuseServiceAccounts("the security key of this AgentOS"),
    // A key may be written like anything; what is not the key is told apart after it.
    createSecurityKeyAuthenticator({ securityKey, adminScope: policy.adminScope, sha256 }),
    strangeInsteadOfKey,
    repeatedCredential,
    jwtBesideSecurityKey,
    quotedSecurityKey,
    wrongSecurityKey,
  ];
}
