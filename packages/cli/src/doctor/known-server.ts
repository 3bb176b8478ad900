/** What a policy says of its server, in the words of a diagnosis. */
import type { KnownServer } from "@agentos/auth";
import type { PolicyDescription } from "@agentos/guard";

/** The parts of the policy that a diagnosis reads; nothing of it is secret. */
export function toKnownServer(
  policy: PolicyDescription,
  source: "the configuration" | "the environment",
): KnownServer {
  return {
    source,
    id: policy.id,
    mode: policy.authMode,
    hasSecurityKey:
      policy.authMode === "security_key" ||
      policy.findings.some(({ code }) => code === "CONFIG_BOTH_CREDENTIALS"),
    algorithms: policy.algorithms,
    keyIds: policy.keys.flatMap(({ kid }) => kid ?? []),
    audience: policy.audience ?? null,
    issuer: policy.issuer,
    scopesClaim: policy.claims.scopes,
    userIdClaim: policy.claims.userId,
    audienceClaim: policy.claims.audience,
    adminScope: policy.adminScope,
    enforcesScopes: policy.enforcesScopes,
  };
}
