/** Checks that a policy does not make: a denial record shows them as not configured instead of passed. */
import { type AuthPolicy, believesEverybody, isTokenMode } from "@agentos/auth";
import { type Stage, TOKEN_STAGES } from "@agentos/contract";

/** Lists them. */
export function listUnconfiguredStages(
  policy: AuthPolicy,
  { hasRevocation }: { readonly hasRevocation: boolean },
): ReadonlySet<Stage> {
  const { mode, tokens } = policy;
  const stages: Stage[] = hasRevocation ? [] : ["revocation"];
  if (!believesEverybody(mode)) stages.push("loopback");
  if (!policy.credentialLocations.some((location) => location.in === "cookie")) stages.push("origin");
  if (!isTokenMode(mode)) stages.push(...TOKEN_STAGES, "scopes");
  if (mode === "jwt-unverified")
    stages.push("header", "key", "signature", "expiration", "not-before", "issued-at", "lifetime");
  if (tokens.every(({ issuer }) => issuer === undefined)) stages.push("issuer");
  if (tokens.every(({ audience }) => audience === undefined)) stages.push("audience");
  if (!policy.enforcesScopes) stages.push("scopes");
  if (!policy.isolatesUsers) stages.push("isolation");
  return new Set(stages);
}
