/** What the configuration tells OAuth clients about this server (RFC 9728). */
import { type CompiledRoute, isKeyUrl, type Requirement } from "@agentos/auth";
import type { ResolvedPolicy } from "../config/resolve-policy.ts";

/** The document is public: it names no single item, and no place for one. */
function namesItem(id: Requirement["id"], text: string): boolean {
  return id.kind === "fixed" || text.includes("{");
}

/** Only issuers that they can ask, and scopes that some route requires. */
export function resourceOptions(
  { policy, issuerKeys }: Pick<ResolvedPolicy, "policy" | "issuerKeys">,
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
    typeof rule === "string" ? [] : rule.flatMap(({ id, text }) => (namesItem(id, text) ? [] : [text])),
  );
  return {
    audience: policy.tokens.flatMap(({ audience }) => audience ?? []),
    issuers: issuerKeys.flatMap(({ remote, tokens: { issuer } }) =>
      remote !== undefined && issuer !== undefined && isKeyUrl(issuer) ? [issuer] : [],
    ),
    scopes: [...new Set(scopes)].toSorted(),
    acceptsHeader: policy.credentialLocations.some(
      (location) => location.in === "header" && location.name.toLowerCase() === "authorization",
    ),
    name,
  };
}
