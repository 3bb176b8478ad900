/**
 * What is open under one policy and judged by another. Scopes and claims can be looked at again; what a credential was read
 * by cannot, since the credential itself is not kept. Where that has changed, nobody knows who would be calling now.
 */
import { isDeepStrictEqual } from "node:util";
import { type AuthPolicy, DEFAULT_ISSUER_NAME, type Identity } from "@agentos/auth";

/** What credentials are read by, as long as a policy is in force. */
export interface ReadBy {
  readonly policy: AuthPolicy;
  readonly securityKey: string | undefined;
}

/** True where the same credential would name the same caller, with the same scopes and the same data. */
export function isReadAlike({ kind, issuer }: Identity, before: ReadBy, now: ReadBy): boolean {
  if (before === now) return true;
  if (kind === "security_key" && before.securityKey !== now.securityKey) return false;
  const readings = [before, now].map(({ policy }) => ({
    mode: policy.mode,
    adminScope: policy.adminScope,
    isolatesUsers: policy.isolatesUsers,
    claimNames: policy.claimNames,
    separatesIssuers: policy.separatesIssuers,
    parts: policy.tokens
      .filter(({ name = DEFAULT_ISSUER_NAME }) => name === issuer)
      .map(({ allowedScopes, subjectPrefix }) => ({ allowedScopes, subjectPrefix })),
  }));
  return isDeepStrictEqual(readings[0], readings[1]);
}
