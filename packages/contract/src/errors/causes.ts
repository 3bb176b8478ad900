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
  INSTANCE_BOTH_SWITCHES_ON: cause({
    title:
      "both Authorization and Security key are on for this instance, which takes only one of the two: {consequence}",
    fix: "keep Authorization only, which is preferred: switch Security key off, and unset OS_SECURITY_KEY on the instance; or keep the security key only: switch Authorization off, and unset JWT_VERIFICATION_KEY, JWT_JWKS_FILE and AUTHORIZATION_ENABLED on the instance",
  }),
  INSTANCE_AUTHORIZATION_MISSING: cause({
    title: "the switch Authorization is on, but the instance {found}",
    fix: "set the lines of its configuration on the instance, and start it again",
  }),
  INSTANCE_SECURITY_KEY_MISSING: cause({
    title: "the switch Security key is on, but the instance {found}",
    fix: "set OS_SECURITY_KEY on the instance as the lines of its configuration say, and start it again; or switch Security key off here",
  }),
  INSTANCE_AUTHORIZATION_UNWANTED: cause({
    title: "the switch Authorization is off, but the instance asks for tokens; no tokens are made for it",
    fix: "switch Authorization on here; or unset JWT_VERIFICATION_KEY, JWT_JWKS_FILE and AUTHORIZATION_ENABLED on the instance, and start it again",
  }),
  INSTANCE_SECURITY_KEY_UNWANTED: cause({
    title: "the switch Security key is off, but one is set on the instance{consequence}",
    fix: "unset OS_SECURITY_KEY on the instance, and start it again; or switch Security key on here",
  }),
  INSTANCE_OPEN: cause({
    title: "the instance asks for no credential: whoever reaches its address may do everything",
    fix: "switch Authorization on here, set the lines of its configuration on the instance, and start it again",
  }),
  INSTANCE_UNVERIFIED: cause({
    title:
      "the instance believes every token without verifying it: whoever reaches its address may do everything",
    fix: 'take "validate: false" out of the configuration of the instance, and start it again',
  }),
  INSTANCE_SCOPES_NOT_ENFORCED: cause({
    title: "the instance verifies tokens, but enforces no scopes: every member may do everything there",
    fix: "set AUTHORIZATION_ENABLED=true on the instance, and start it again",
  }),
  INSTANCE_USERS_NOT_ISOLATED: cause({
    title:
      "the instance does not keep people apart: every member reads the sessions and memories of everybody",
    fix: "set USER_ISOLATION_ENABLED=true on the instance, and start it again",
  }),
  INSTANCE_KEY_NOT_LOADED: cause({
    title: "the instance has not loaded the key {kid} that signs its tokens, so it refuses every one of them",
    fix: "set JWT_VERIFICATION_KEY on the instance as the lines of its configuration say, and start it again",
  }),
  INSTANCE_KEY_FOREIGN: cause({
    title: "the instance has loaded another key ({foreign}) in place of {kid}, which signs its tokens",
    fix: "set JWT_VERIFICATION_KEY on the instance as the lines of its configuration say, and start it again; if another control plane uses this instance too, connect it there only",
  }),
  INSTANCE_VERSION_WITHOUT_JWT: cause({
    title:
      "the switch Authorization is on, but this AgentOS is version {version} ({version_source}), and JWT verification exists from {first_version} on",
    fix: "switch Authorization off and use the security key; or upgrade the AgentOS to {first_version} or later",
  }),
  INSTANCE_VERSION_UNKNOWN: cause({
    title:
      "the instance reports no version, so nobody can tell whether it verifies JWTs, which exist from {first_version} on",
    fix: "say which version it is, as `pip show agno` prints it where the instance runs",
  }),
  INSTANCE_AUTHORIZATION_PREFERRED: cause({
    title: "only the security key is on, and it gives whoever holds it everything",
    fix: "switch Authorization on, which gives each person what their role allows; or stay with the security key",
  }),
  INSTANCE_OS_ID_DIFFERS: cause({
    title: "the AgentOS at this endpoint has another id than the one that its tokens name",
    fix: "if it was renamed, set the id of this instance to the new one; if another AgentOS runs there, correct the endpoint",
  }),
  INSTANCE_ON_CONSOLE_HOST: cause({
    title:
      "the instance is on the host of this console, every port of which browsers send the cookie of who is signed in to",
    fix: "serve the AgentOS on a host name of its own, and correct the endpoint; on this machine, localhost and 127.0.0.1 are two names",
  }),
  INSTANCE_NOT_REACHED: cause({
    title: "this browser cannot reach the instance",
    fix: "see that the instance runs, and that its endpoint is right as seen from this browser: localhost is the machine of the browser",
  }),
  INSTANCE_TIMED_OUT: cause({
    title: "this browser got no answer from the instance in time",
    fix: "see whether the instance is busy or stopped, and whether a firewall lies between this browser and it",
  }),
  INSTANCE_CORS_REFUSED: cause({
    title:
      "the instance answers, but does not allow pages of this console ({origin}) to read what it says (CORS)",
    fix: "add {origin} to CORS_ORIGIN_LIST on the instance, and start it again",
  }),
  INSTANCE_MIXED_CONTENT: cause({
    title: "this console is on https and the endpoint on http, and browsers let no such request out",
    fix: "give the instance an address with https, or open the console over http on the same machine",
  }),
  INSTANCE_LOCAL_NETWORK_REFUSED: cause({
    title: "this browser does not let the console reach an address in the local network",
    fix: "allow local network access for this console in the settings of the browser; or give the instance a public address with https",
  }),
  INSTANCE_SWITCH_NOT_APPLIED: cause({
    title:
      "the switches are saved, but the AgentOS in this process did not take them: what was in force there still is",
    fix: "read the log of this process for the reason, then set the switches once more",
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
