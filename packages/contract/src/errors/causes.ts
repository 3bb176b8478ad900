/**
 * Causes that only a diagnosis can name: it sees the token, the configuration and the client's side together, where a
 * refusal must not say so much. `{name}` places are filled from the diagnosis' own facts.
 */
import type { CauseEntry } from "./entry.ts";

const cause = (words: Pick<CauseEntry, "title" | "fix">): CauseEntry => ({
  kind: "cause",
  ...words,
  since: "0.1.0",
});

/** Causes of a diagnosis, by code. */
export const CAUSES = {
  AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY: cause({
    title:
      "the token is signed with a shared secret ({token_algorithm}), the server verifies with a public key ({expected_algorithms})",
    fix: 'sign with the private key that belongs to the server\'s public key; or give the server the secret in place of that key, with "algorithm" set to "{token_algorithm}"',
  }),
  AUTH_PUBLIC_KEY_TOKEN_FOR_SECRET: cause({
    title:
      "the token is signed with a private key ({token_algorithm}), the server verifies with a shared secret ({expected_algorithms})",
    fix: 'give the server the public key in place of its secret, with "algorithm" set to "{token_algorithm}"; or sign with that secret ({expected_algorithms})',
  }),
  AUTH_SIGNED_BY_ANOTHER_KEY: cause({
    title:
      "the algorithm is right, but the token was signed with another key than the one that the server has",
    fix: "compare the key's thumbprint on both sides: `{cli} keys show FILE` on the issuer's public key, and the server's start-up block; give the server the issuer's current key",
  }),
  AUTH_SIGNED_WITH_ANOTHER_SECRET: cause({
    title:
      "the algorithm is right, but the token was signed with another secret than the one that the server has",
    fix: "give the server the very bytes that the token is signed with; `{cli} token inspect TOKEN --key file:secret.txt --algorithm {token_algorithm}` says whether a secret is the one",
  }),
  AUTH_CLOCKS_DIFFER: cause({
    title: "the clocks of {clocks} differ by {difference}",
    fix: "set the one that is wrong: synchronise {clocks} with a time server (NTP)",
  }),
  AUTH_TOKEN_NEVER_VALID: cause({
    title: 'the token expires before it was issued: "exp" is not after "iat"',
    fix: 'issue the token with "exp" after "iat"',
  }),
  AUTH_HEADER_MALFORMED: cause({
    title: 'the Authorization header begins with "{scheme}", not with "Bearer"',
    fix: 'send "Authorization: Bearer TOKEN" with one space and nothing else',
  }),
  AUTH_CREDENTIAL_LOST: cause({
    title: "a credential was sent, but the server saw none",
    fix: 'let every proxy in between pass the credential on; where there is none, the server reads it elsewhere: its "tokenSource", "tokenHeaderKey" and "cookieName" say where',
  }),
  AUTH_SERVER_TOO_OLD: cause({
    title: "the server's version {version} is older than {first_version}, which was the first to verify JWTs",
    fix: 'upgrade the server to {first_version} or later and give it the key that verifies the JWT ("JWT_VERIFICATION_KEY"); or send its security key instead',
  }),
  AUTH_SECURITY_KEY_WITH_JWT: cause({
    title:
      "both a security key and JWT authorization are on; JWT wins, so requests with the security key are refused",
    fix: 'use JWT only: send a token, and take the security key away ("OS_SECURITY_KEY", or "securityKey" in the configuration); or use the security key only: take every JWT key away ("JWT_VERIFICATION_KEY", "JWT_JWKS_FILE", and the whole "authorization" part of the configuration)',
  }),
  AUTH_SERVICE_ACCOUNT_REFUSED: cause({
    title: "the service account token is not valid; the server does not say why",
    fix: "look at the service account in the server's list (GET /service-accounts); if it is revoked or expired, make a new token",
  }),
  AUTH_THROTTLED: cause({
    title:
      "too many requests with a bad credential came from this address, this one included: for a while the server does not say why it refuses them",
    fix: "send a valid credential: it is let in at once; to learn what is wrong with this one, stop the client that retries, wait a minute, and ask again",
  }),
  AUTH_DATABASE_UNAVAILABLE: cause({
    title: "the server cannot read the database that it checks the credential against",
    fix: "try again later; the operator finds the reason in the server's log, and it recovers by itself when the database is back",
  }),
  SCOPE_MISSPELT: cause({
    title: 'the caller holds "{held_scope}", which is no scope; the scope is called "{meant_scope}"',
    fix: 'correct the scope to "{meant_scope}" where the token is issued, then get a new token',
  }),
  SCOPE_CASE_WRONG: cause({
    title: 'the caller holds "{held_scope}"; scopes are case-sensitive, "{meant_scope}" is needed',
    fix: 'write the scope as "{meant_scope}" where the token is issued, then get a new token',
  }),
  SCOPE_SEPARATOR_WRONG: cause({
    title: 'the caller holds "{held_scope}"; scopes are written with colons, "{meant_scope}" is needed',
    fix: 'write the scope as "{meant_scope}" where the token is issued, then get a new token',
  }),
  SCOPE_WILDCARD_UNKNOWN: cause({
    title: 'the caller holds "{held_scope}"; there is no wildcard for the action, "{meant_scope}" is needed',
    fix: 'name the action: "{meant_scope}"; only the admin scope covers everything',
  }),
  SCOPE_ENTRIES_JOINED: cause({
    title: "the scopes stand in one text inside a list, so they count as one unknown scope",
    fix: 'write each scope as an entry of its own ("scopes": ["a:b", "c:d"]); one text with spaces as the whole claim works with this AgentOS, not with the Python one',
  }),
  SCOPE_CLAIM_OTHER: cause({
    title: 'the token has its scopes under the claim "{other_claim}", but the server reads {read_claims}',
    fix: 'let the issuer write them into "{scopes_claim}"; or set "scopesClaim" to "{other_claim}" on the server, which then reads that claim only',
  }),
  SCOPE_PREREQUISITE_MISSING: cause({
    title: 'the caller lacks "{scope}"; without it {blocks}',
    fix: 'give the caller the scope "{scope}" as well, then get a new token',
  }),
  KEY_REPAIRED: cause({
    title: "the key in {source} was damaged on its way there and had to be repaired: {repairs}",
    fix: "it works with this AgentOS, other servers may refuse it; set it again in a form that no shell or env file changes, as `{cli} keys env FILE` prints it",
  }),
  CLI_SERVER_UNREACHABLE: cause({
    title: "the server at this address cannot be asked: {reason}",
    fix: "start the server there, or give the address that it prints when it starts (of a container, the published port)",
  }),
  CLI_SERVER_SLOW: cause({
    title: "no answer came from this address within {seconds} seconds",
    fix: "ask the server at its own address, past any proxy: if it answers there, restart the proxy, else the server",
  }),
  CLI_SERVER_NOT_AGENTOS: cause({
    title: "what answers at this address is not an AgentOS ({reason})",
    fix: 'correct the host, the port or the path of the address: that of an AgentOS answers GET /info with "os_id"',
  }),
  CLI_PATH_PREFIX_WRONG: cause({
    title: "the AgentOS does not answer under this path, but under {prefix} of the same server",
    fix: "give the address with the path {prefix}; with a proxy in between, compare the path that it adds or removes",
  }),
  CLI_SERVER_REDIRECTS: cause({
    title:
      "the address answers with a redirect ({status}), which is not followed: a token must not go to another address",
    fix: "give the final address, usually the same one with https",
  }),
  CLI_ROUTE_UNKNOWN: cause({
    title: "the token is accepted, but the server has no route {route}",
    fix: "ask for a route that GET /openapi.json of this server lists; with a proxy in between, compare the path that it adds or removes",
  }),
  CLI_ITEM_UNKNOWN: cause({
    title: "the token is accepted, but there is nothing of this id: {route}",
    fix: "take the id from the list of the same path without it",
  }),
  CLI_VARIABLE_UNREAD: cause({
    title:
      'the curl line names "${variable}", and no variable is read for a line: it may come from somebody else',
    fix: "give the token beside the line: `--token env:{variable}`",
  }),
  CLI_DENIAL_UNKNOWN: cause({
    title: "the server shows this credential no recorded refusal of this id",
    fix: 'ask with a credential that holds "authz:read"; a server that was started again has forgotten what it recorded before',
  }),
  CLI_DENIALS_NOT_SERVED: cause({
    title: "the server keeps no record of refusals that can be asked for: it has no route GET /authz/denials",
    fix: "give the body of the answer in place of its id: `{cli} doctor - < answer.json`",
  }),
  CLI_ANSWER_UNKNOWN: cause({
    title: "the answer names no cause that this command knows",
    fix: "look into the server's log at the time of the request",
  }),
} as const satisfies Record<string, CauseEntry>;
