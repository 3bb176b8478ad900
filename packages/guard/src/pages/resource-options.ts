/** What the configuration tells OAuth clients about this server (RFC 9728). */
import { type CompiledRoute, isKeyUrl } from "@agentos/auth";
import type { ResolvedAuth } from "../config/resolve-auth.ts";

/** Only issuers that they can ask, and scopes that some route requires. */
export function resourceOptions(
  { policy, issuers = [], tokenSource, tokenHeaderName }: ResolvedAuth,
  routes: readonly CompiledRoute[],
  name: string | undefined,
): {
  readonly audience: readonly string[];
  readonly issuers: readonly string[];
  readonly scopes: readonly string[];
  readonly acceptsHeader: boolean;
  readonly name: string | undefined;
} {
  const scopes = routes.flatMap(({ access: { rule } }) =>
    typeof rule === "string" ? [] : rule.map(({ text }) => text).filter((text) => !text.includes("{")),
  );
  return {
    audience: [policy.audience, ...issuers.map((issuer) => issuer.policy.audience)].flatMap(
      (list) => list ?? [],
    ),
    issuers: issuers.flatMap(({ remote, policy: { issuer } }) =>
      remote !== undefined && issuer !== undefined && isKeyUrl(issuer) ? [issuer] : [],
    ),
    scopes: [...new Set(scopes)].toSorted(),
    acceptsHeader: tokenSource !== "cookie" && tokenHeaderName.toLowerCase() === "authorization",
    name,
  };
}
