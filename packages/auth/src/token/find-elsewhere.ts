/**
 * What a server asks for, found in a token under another claim than the one that is read. Only of a token whose signature
 * holds, and only under names that issuers are known to use: the claim is named in a fix, which an operator may follow, so
 * it must not be one that users write themselves.
 */
import { isRecord } from "@agentos/contract";
import { type Claims, readClaim } from "./read-claim.ts";
import { readScopeValue } from "./read-scopes.ts";

/** Who a token is for: Cognito has no audience, Keycloak's is "account", ADFS and old Entra have their own names. */
const AUDIENCE_CLAIMS = ["aud", "client_id", "azp", "appid", "resource", "audience"] as const;

/** Stable names first: an e-mail address is often taken over by somebody else. */
const USER_CLAIMS = [
  "sub",
  "oid",
  "uid",
  "user_id",
  "userId",
  "preferred_username",
  "username",
  "upn",
  "email",
] as const;

/** Names of claims with scopes, roles or groups; the last name of a path. */
const SCOPES_CLAIM = /^(?:.*[/_:.-])?(?:scopes?|scp|permissions?|roles?|groups|authorities|entitlements)$/i;
/** Claims that issuers let users fill in themselves. */
const WRITTEN_BY_USERS = /metadata|profile|custom|preferences|attributes/i;

const MAX_DEPTH = 4;
const MAX_VALUES = 200;
/** Longer paths fill a text, and no issuer has one. */
const MAX_PATH_CHARACTERS = 100;

/** The claim that holds an accepted audience, if the one that is read does not. */
export function findAudienceElsewhere(
  claims: Claims,
  read: string,
  isAccepted: (value: unknown) => boolean,
): string | undefined {
  return AUDIENCE_CLAIMS.find((name) => name !== read && isAccepted(readClaim(claims, name)));
}

/** The claim that names a user, if the one that is read does not. */
export function findUserElsewhere(claims: Claims, read: string): string | undefined {
  return USER_CLAIMS.find((name) => {
    const value = name === read ? undefined : readClaim(claims, name);
    return typeof value === "string" && value.trim() !== "";
  });
}

/** The claim, or the path to a nested one, whose scopes would do although it is not read. */
export function findScopesElsewhere(
  claims: Claims,
  read: readonly string[],
  suffices: (scopes: readonly string[]) => boolean,
): string | undefined {
  const isFound = ({ path, value }: Place) =>
    !read.includes(path) && readClaim(claims, path) === value && suffices(readScopeValue(value));
  return listScopePlaces(claims).find(isFound)?.path;
}

interface Place {
  readonly path: string;
  readonly value: unknown;
}

/** Every claim with the name of scopes, the outer ones first. */
function listScopePlaces(claims: Claims): readonly Place[] {
  const found: Place[] = [];
  let level: readonly Place[] = [{ path: "", value: claims }];
  for (let depth = 0, seen = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const next: Place[] = [];
    for (const { path, value } of level) {
      if (!isRecord(value)) continue;
      for (const [name, inner] of Object.entries(value)) {
        seen += 1;
        if (seen > MAX_VALUES) return found;
        const place = { path: path === "" ? name : `${path}.${name}`, value: inner };
        if (place.path.length > MAX_PATH_CHARACTERS || WRITTEN_BY_USERS.test(name)) continue;
        if (isRecord(inner)) next.push(place);
        else if (SCOPES_CLAIM.test(name)) found.push(place);
      }
    }
    level = next;
  }
  return found;
}

/** For the end of a fix; the claim is named for whoever holds the token. */
export function notRead(claim: string | undefined): string {
  return claim === undefined ? "" : ` (the token has it under "${claim}", which this AgentOS does not read)`;
}
