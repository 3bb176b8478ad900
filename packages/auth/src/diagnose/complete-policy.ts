/** A policy of which only a part is known, made whole: what is unknown is not held against a token. */
import { ADMIN_SCOPE } from "@agentos/contract";
import {
  type AuthPolicy,
  DEFAULT_CLAIM_NAMES,
  type KnownPolicy,
  type TokenPolicy,
} from "../policy/policy.ts";
import { MAX_TOKEN_LIFETIME_SECONDS } from "../token/token-limits.ts";

/** What every AgentOS checks unless an unsafe option says otherwise; issuer and audience are its own. */
const USUAL_TOKENS: TokenPolicy = {
  issuer: undefined,
  audience: undefined,
  requiresExpiration: true,
  maxLifetimeSeconds: MAX_TOKEN_LIFETIME_SECONDS,
};

const USUAL: Omit<AuthPolicy, "claimNames" | "tokens"> = {
  id: "",
  mode: "jwt",
  hasSecurityKey: false,
  enforcesScopes: true,
  isolatesUsers: false,
  adminScope: ADMIN_SCOPE,
  credentialLocations: [],
  allowedOrigins: [],
  separatesIssuers: false,
};

/** Fills what is unknown with the defaults. */
export function completePolicy(known: KnownPolicy): AuthPolicy {
  const [first = {}, ...others] = known.tokens ?? [];
  const complete = (part: Partial<TokenPolicy>): TokenPolicy => ({ ...USUAL_TOKENS, ...part });
  return {
    ...USUAL,
    ...known,
    claimNames: { ...DEFAULT_CLAIM_NAMES, ...known.claimNames },
    tokens: [complete(first), ...others.map(complete)],
  };
}
