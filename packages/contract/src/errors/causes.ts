/**
 * Causes that only a diagnosis can name: it sees the token, the configuration and the client's side together, where a
 * refusal must not say so much. `{name}` places are filled from the diagnosis' own facts.
 */
import type { CauseEntry } from "./entry.ts";

const cause = (title: string, fix: string): CauseEntry => ({ kind: "cause", title, fix, since: "0.1.0" });

/** Causes of a diagnosis, by code. */
export const CAUSES = {
  AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY: cause(
    "the token is signed with a shared secret ({token_algorithm}), the server verifies with a public key ({expected_algorithms})",
    'sign with the private key that belongs to the server\'s public key, or give the server the secret with "algorithm" set to {token_algorithm}',
  ),
  AUTH_PUBLIC_KEY_TOKEN_FOR_SECRET: cause(
    "the token is signed with a private key ({token_algorithm}), the server verifies with a shared secret ({expected_algorithms})",
    'give the server the public key with "algorithm" set to {token_algorithm}, or sign with the server\'s secret',
  ),
  AUTH_SIGNED_BY_ANOTHER_KEY: cause(
    "the algorithm is right, but the token was signed with another key than the one that the server has",
    "compare the key's thumbprint on both sides: `{cli} keys show FILE` on the issuer's public key, and the server's start-up block; give the server the issuer's current key",
  ),
  AUTH_CLOCKS_DIFFER: cause(
    "the clocks of issuer and server differ by {difference}",
    "synchronise the clocks (NTP) of the machine that issues tokens and of the server; on Linux, on the machine whose clock is wrong",
  ),
  AUTH_TOKEN_NEVER_VALID: cause(
    'the token expires before it was issued: "exp" is not after "iat"',
    'issue the token with "exp" after "iat"',
  ),
  AUTH_HEADER_MALFORMED: cause(
    'the Authorization header is not of the form "Bearer TOKEN"',
    'send "Authorization: Bearer TOKEN" with one space and nothing else',
  ),
  AUTH_CREDENTIAL_LOST: cause(
    "a credential was sent, but the server saw none",
    "look for a proxy or gateway that removes the Authorization header, and whether the server expects the token in another header or in a cookie",
  ),
  AUTH_SERVER_TOO_OLD: cause(
    "the server's version {version} is older than {first_version}, which was the first to verify JWTs",
    "upgrade the server to {first_version} or later; until then send its security key instead of a JWT",
  ),
  AUTH_SECURITY_KEY_WITH_JWT: cause(
    "both a security key and JWT authorization are on; JWT wins, so requests with the security key are refused",
    'use JWT only: send a token, and unset "OS_SECURITY_KEY" (or "securityKey"); or use the security key only: take every JWT key away ("JWT_VERIFICATION_KEY", "JWT_JWKS_FILE", and the whole "authorization" part of the configuration)',
  ),
  AUTH_SERVICE_ACCOUNT_REFUSED: cause(
    "the service account token is unknown, expired or revoked; the server does not say which",
    "look at the service account in the server's list (GET /service-accounts); if it is revoked or expired, make a new token",
  ),
  AUTH_THROTTLED: cause(
    "too many requests with a bad credential came from this address, this one included: for a while the server does not say why it refuses them",
    "stop the client that retries with a bad credential, wait a minute, and ask again for the reason; a valid credential works all the while",
  ),
  AUTH_DATABASE_UNAVAILABLE: cause(
    "the server cannot read the database that it checks the credential against",
    "try again later; the operator finds the reason in the server's log, and it recovers by itself when the database is back",
  ),
  SCOPE_MISSPELT: cause(
    'the caller holds "{held_scope}", which is no scope; "{meant_scope}" is needed',
    'correct the scope to "{meant_scope}" where the token is issued, then get a new token',
  ),
  SCOPE_CASE_WRONG: cause(
    'the caller holds "{held_scope}"; scopes are case-sensitive, "{meant_scope}" is needed',
    'write the scope as "{meant_scope}" where the token is issued, then get a new token',
  ),
  SCOPE_SEPARATOR_WRONG: cause(
    'the caller holds "{held_scope}"; scopes are written with colons, "{meant_scope}" is needed',
    'write the scope as "{meant_scope}" where the token is issued, then get a new token',
  ),
  SCOPE_WILDCARD_UNKNOWN: cause(
    'the caller holds "{held_scope}"; there is no wildcard for the action, "{meant_scope}" is needed',
    'name the action: "{meant_scope}"; only the admin scope covers everything',
  ),
  SCOPE_ENTRIES_JOINED: cause(
    "the scopes stand in one text inside a list, so they count as one unknown scope",
    'write each scope as an entry of its own ("scopes": ["a:b", "c:d"]); one text with spaces as the whole claim works with this AgentOS, not with the Python one',
  ),
  SCOPE_CLAIM_OTHER: cause(
    'the token has its scopes under the claim "{other_claim}", the server reads "{scopes_claim}"',
    'let the issuer write them into "{scopes_claim}"; or set "scopesClaim" to "{other_claim}" on the server, which then reads that claim only',
  ),
  SCOPE_PREREQUISITE_MISSING: cause(
    'the caller lacks "{scope}"; without it {blocks}',
    'give the caller the scope "{scope}" as well, then get a new token',
  ),
  KEY_REPAIRED: cause(
    "the key in {source} was damaged on its way there and had to be repaired: {repairs}",
    "it works with this AgentOS, other servers may refuse it; set it again in a form that no shell or env file changes, as `{cli} keys env FILE` prints it",
  ),
  CLI_SERVER_UNREACHABLE: cause(
    "the server at this address cannot be asked: {reason}",
    "check that the server runs and that address and port are right; inside a container, that the port is published",
  ),
  CLI_SERVER_SLOW: cause(
    "no answer came from this address within {seconds} seconds",
    "look at the server's log and load; a proxy or firewall in between may also hold the request or drop it",
  ),
  CLI_SERVER_NOT_AGENTOS: cause(
    "what answers at this address is not an AgentOS ({reason})",
    'check address, port and path prefix; an AgentOS answers GET /info with "os_id"',
  ),
  CLI_PATH_PREFIX_WRONG: cause(
    "the AgentOS does not answer under this path, but under {prefix} of the same server",
    "give the address with the path {prefix}; with a proxy in between, compare the path that it adds or removes",
  ),
  CLI_SERVER_REDIRECTS: cause(
    "the address answers with a redirect ({status}), which is not followed: a token must not go to another address",
    "give the final address, usually the same one with https",
  ),
  CLI_ANSWER_UNKNOWN: cause(
    "the answer names no cause that this command knows",
    "look into the server's log at the time of the request",
  ),
} as const satisfies Record<string, CauseEntry>;
