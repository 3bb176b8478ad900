/**
 * What kind of token it is: whatever the right key has signed is not therefore an access token (RFC 8725 section 3.12).
 * What a token says of itself decides first; what its claims only hint at comes last.
 */
import { isRecord, type RefusalCode } from "@agentos/contract";
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { ClaimNames } from "../policy/policy.ts";
import { type Claims, readClaim } from "./read-claim.ts";

/** `unsaid`: a word that is right for every kind. */
type Kind = "access" | "id" | "refresh" | "logout" | "unsaid";

const REFUSED: Readonly<Record<Exclude<Kind, "access" | "unsaid">, RefusalCode>> = {
  id: "AUTH_ID_TOKEN_REFUSED",
  refresh: "AUTH_REFRESH_TOKEN_REFUSED",
  logout: "AUTH_LOGOUT_TOKEN_REFUSED",
};

/** The words of issuers, in lower case. */
const KINDS: ReadonlyMap<unknown, Kind> = new Map<unknown, Kind>([
  ["access", "access"],
  ["access_token", "access"],
  ["at+jwt", "access"],
  ["application/at+jwt", "access"],
  ["bearer", "access"],
  ["jwt", "unsaid"],
  ["id", "id"],
  ["id_token", "id"],
  ["serialized-id", "id"],
  ["refresh", "refresh"],
  ["refresh_token", "refresh"],
  ["offline", "refresh"],
  ["logout", "logout"],
  ["logout_token", "logout"],
  ["logout+jwt", "logout"],
]);

/** Claims that say the kind and nothing else: Cognito's, Keycloak's. A word that we do not know is no access token's. */
const KIND_CLAIMS = [
  ["token_use", '"access"'],
  ["typ", '"Bearer"'],
] as const;
/** Claims that say the kind in some tokens and something else in others, so that only words that we know count. */
const OTHER_KIND_CLAIMS = ["token_type", "type"] as const;

/** Claims that only the tokens of a sign-in have, `nonce` as a rule. */
const HINTS = ["at_hash", "c_hash", "nonce"] as const;

const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** What a token's kind is judged by, beside its claims. */
export interface KindRules {
  readonly claimNames: Pick<ClaimNames, "scopes">;
  /** The `typ` of its header is that of an access token (RFC 9068 section 2.1). */
  readonly isAccessTyped?: boolean | undefined;
}

/** Refuses what is signed by the right key, but is no access token. */
export function checkKind(claims: Claims, rules: KindRules): Result<true> {
  if (claims["cnf"] !== undefined) return refuse("AUTH_TOKEN_BOUND");
  // RFC 8417 section 2.2: only a security event token has it. A logout token is one (OpenID Connect Back-Channel Logout).
  const { events } = claims;
  if (events !== undefined)
    return isRecord(events) && Object.hasOwn(events, LOGOUT_EVENT)
      ? refuse("AUTH_LOGOUT_TOKEN_REFUSED", { kind_claim: "events" })
      : refuse("AUTH_EVENT_TOKEN_REFUSED");
  return checkSaidKind(claims) ?? checkHints(claims, rules);
}

/** Undefined for a token that says nothing of its kind. */
function checkSaidKind(claims: Claims): Result<true> | undefined {
  let isAccessToken = false;
  for (const [claim, accepted] of KIND_CLAIMS) {
    const said = claims[claim];
    if (said === undefined) continue;
    const kind = kindOf(said);
    if (kind === undefined)
      return refuse("AUTH_TOKEN_KIND_REFUSED", { kind_claim: claim, kind_accepted: accepted });
    if (kind === "unsaid") continue;
    if (kind !== "access") return refuse(REFUSED[kind], { kind_claim: claim });
    isAccessToken = true;
  }
  for (const claim of OTHER_KIND_CLAIMS) {
    const kind = kindOf(claims[claim]);
    if (kind !== undefined && kind !== "access" && kind !== "unsaid")
      return refuse(REFUSED[kind], { kind_claim: claim });
  }
  return isAccessToken ? ok(true) : undefined;
}

function kindOf(said: unknown): Kind | undefined {
  return typeof said === "string" ? KINDS.get(said.toLowerCase()) : undefined;
}

/**
 * OpenID Connect Core section 2: these claims bind an ID token to a sign-in. Some issuers copy the nonce into access
 * tokens as well; those have scopes or permissions, which an ID token has not.
 */
function checkHints(claims: Claims, { claimNames, isAccessTyped }: KindRules): Result<true> {
  if (isAccessTyped === true || !HINTS.some((name) => claims[name] !== undefined)) return ok(true);
  const permits = ["scopes", "scope", "scp", "permissions", ...(claimNames.scopes ?? [])];
  const isPermission = permits.some((name) => readClaim(claims, name) !== undefined);
  const hint = HINTS.find((name) => claims[name] !== undefined && !(isPermission && name === "nonce"));
  return hint === undefined ? ok(true) : refuse("AUTH_ID_TOKEN_REFUSED", { kind_claim: hint });
}
