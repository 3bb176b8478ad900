/** Faults of a configuration. `{option}` is the fault's place: the option's path, such as `authorizationConfig.algorithm`. */
import type { FaultEntry } from "./entry.ts";
import { error, warning } from "./fault-entry.ts";

/** Longest life of a token, in hours (design.md section 10). */
export const MAX_TOKEN_LIFETIME_HOURS = 24;

export const configFaults = {
  CONFIG_OPTION_UNKNOWN: error({
    title: '"{option}" is not an option',
    fix: "remove it, or correct its spelling",
  }),
  CONFIG_OPTION_INVALID: error({ title: '"{option}": {problem}', fix: "correct the value" }),
  CONFIG_VALUE_TEMPLATE: error({
    title: '"{option}" is a template: {found} stands where {meant} belongs',
    fix: "write {meant} in the place of {found}",
  }),
  CONFIG_OPTION_UNAVAILABLE: error({
    title: '"{option}" is not available in this version: {arrives}',
    fix: "leave the option out for now; it is refused so that nobody relies on it by mistake",
  }),
  CONFIG_KEYS_MISSING: error({
    title: "authorization is on, but there is no key to verify tokens with",
    fix: 'make a pair with `{cli} keys generate` and set "JWT_VERIFICATION_KEY" to its public half, as that command prints it',
  }),
  CONFIG_ISSUER_UNCHECKED: warning({
    title:
      '"{option}" without "issuer": every token that one of its keys has signed is accepted, whoever issued it',
    fix: 'set "issuer" beside it to the "iss" of the tokens; providers may sign for several tenants with the same keys',
  }),
  CONFIG_ISSUER_OF_KEYS_OPEN: warning({
    title:
      'the keys outside "issuers" ({places}) now verify only tokens without "iss", since "{option}" is not set: tokens of theirs that name an issuer were accepted before "issuers" was there, and get 401 now',
    fix: 'set "{option}" to the "iss" of those tokens, and do not list it under "issuers"; where tokens of these keys never have an "iss", leave it as it is',
  }),
  CONFIG_ISSUER_NAME_SHARED: error({
    title: '{two_of_one_name}: an "alice" of either would be the same person',
    fix: 'give the issuer that you add a "name" of its own, such as "{example}" ("issuerName" for the keys outside "issuers"); the one that was there first keeps its name, because the data of its users belongs to it. Where both have the same users, write "sharesUsersWith": "{name}" instead',
  }),
  CONFIG_USER_IDS_ALIKE: warning({
    title:
      'the users of {names} may look alike: their data is apart, but "user_id" in answers and tools shows only the id, which may be the same',
    fix: 'where people or tools have to tell them apart, give the issuer that you add a "subjectPrefix" before its users have data, since it changes their ids; otherwise leave it as it is',
  }),
  CONFIG_ADMIN_NOWHERE: warning({
    title:
      'several issuers are trusted, and none lists the admin scope "{scope}" in "allowedScopes": nobody is admin here',
    fix: 'add "{scope}" to one of these lists, whose issuer may then grant everything: {places}',
  }),
  CONFIG_AUDIENCE_UNCHECKED: error({
    title: '"{option}" is false, which accepts tokens that were issued for other servers',
    fix: 'leave "verifyAudience" out, or, if this is meant, also write "unsafe": { "allowAnyAudience": true } beside it',
  }),
  CONFIG_TOKENS_UNVERIFIED: error({
    title: '"{option}" is false, which accepts any token that anybody writes',
    fix: 'leave "validate" out, or, on a loopback address only and if this is meant, also write "unsafe": { "allowUnverifiedTokens": true } beside it',
  }),
  CONFIG_UNVERIFIED_BEYOND_LOOPBACK: error({
    title: '"validate": false believes every token, so it is for a loopback address only, and {reach}',
    fix: 'serve on "localhost", or remove "validate" and "allowUnverifiedTokens"',
  }),
  CONFIG_OPEN_BEYOND_LOOPBACK: error({
    title: "no credential is configured, and {reach}: anybody who reaches this server could use it",
    fix: 'serve on "localhost", or set a key first: `export OS_SECURITY_KEY="$(openssl rand -hex 32)"`',
  }),
  CONFIG_ID_FIXED: error({
    seenAs: "an error of `replacePolicy()`: the policy before stays in force",
    title: 'a running server keeps its "id": it is "{expected}", and the new policy has "{found}"',
    fix: 'leave "id" out of the new policy; another id is another server, with data of its own',
  }),
  CONFIG_SECURITY_KEY_INVALID: error({
    title: "the security key {problem}",
    fix: "use a random one: `openssl rand -hex 32`",
  }),
  CONFIG_ADMIN_SCOPE_ORDINARY: error({
    title: '"{option}" is "{scope}", which is an ordinary scope: everybody who holds it could do everything',
    fix: 'leave it out, which makes it "{default_scope}", or write a scope that no resource of AgentOS has, such as "{example}"',
  }),
  CONFIG_ORIGIN_INVALID: error({
    title: 'the origin "{origin}" {problem}',
    fix: "write scheme, host and port only, in lower case and without a final slash",
  }),
  CONFIG_SECURITY_KEY_WEAK: warning({
    title: "the security key can be guessed: {problem}",
    fix: "use a random one: `openssl rand -hex 32`",
  }),
  CONFIG_PORT_IN_USE: error({
    title: "port {port} is in use",
    fix: "stop the program that listens on it, or choose another port: 0 takes a free one",
  }),
  CONFIG_ROUTE_ACCESS_MISSING: error({
    title: 'the route "{route}" does not say who may call it',
    fix: 'set "access" to "public", "authenticated" or a list of scopes',
  }),
  CONFIG_ROUTE_DUPLICATE: error({
    title: 'the route "{route}" {owner_found}',
    fix: "choose another path or method",
  }),
  CONFIG_ROUTE_INVALID: error({
    title: 'the route "{route}" cannot be served: {problem}',
    fix: "write a path of fixed segments and of parameters, each a name in braces that is a whole segment",
  }),
  CONFIG_SCOPE_INVALID: error({
    title: '"{scope}" is not a scope: it {problem}',
    fix: 'write "resource:action" or "resource:ID:action"',
  }),
  CONFIG_SCOPE_ACTION_UNKNOWN: warning({
    title: '"{scope}" is required for "{route}", but AgentOS has no such action on that resource',
    fix: "if a scope of AgentOS is meant, correct it to one of: {known}",
  }),
  CONFIG_SCOPE_PARAMETER_UNKNOWN: error({
    title: 'the scope "{scope}" takes its id from a path parameter that "{route}" does not have',
    fix: "name one that the path has: {parameters}",
  }),
  CONFIG_RULE_INVALID: error({
    title: 'the scope rule "{rule}" {problem}',
    fix: 'write "METHOD /path", such as "GET /reports/*": ["reports:read"]; a parameter is a name in braces',
  }),
  CONFIG_RULE_UNREACHABLE: warning({
    title: 'the scope rule "{rule}" can never match: {problem}',
    fix: "correct its method or path, or remove it",
  }),
  CONFIG_VARIABLE_EMPTY: warning({
    title: '"{variable}" is set but {state}, which counts as not set',
    fix: "give it a value, or remove it so that nobody relies on it: `unset {variable}`",
  }),
  CONFIG_VARIABLE_UNREAD: warning({
    title: '"{variable}" is set, but no variable of that name is read',
    fix: 'it is called "{meant}" here: set that one instead, or `unset {variable}`',
  }),
  CONFIG_BOTH_CREDENTIALS: warning({
    title:
      "both JWT ({jwt}) and a security key ({security}) are configured: JWT wins, requests with the security key are refused",
    fix: 'to use JWT only, `unset OS_SECURITY_KEY` and leave "securityKey" out; to use the security key only, `unset JWT_VERIFICATION_KEY JWT_JWKS_FILE AUTHORIZATION_ENABLED` and leave the "authorization" part of the configuration out',
  }),
  CONFIG_SCOPES_UNENFORCED: warning({
    title: "tokens are verified, but scopes are not enforced ({why}): every valid token may do everything",
    fix: "`export AUTHORIZATION_ENABLED=true`",
  }),
  CONFIG_EXPIRATION_OPTIONAL: warning({
    title: '"{option}" accepts tokens that never expire',
    fix: 'remove it, and issue tokens with "exp"',
  }),
  CONFIG_LIFETIME_UNLIMITED: warning({
    title: '"{option}" accepts tokens of any lifetime',
    fix: `remove it, and issue tokens for at most ${MAX_TOKEN_LIFETIME_HOURS} hours`,
  }),
  CONFIG_AUDIENCE_ANY: warning({
    title: '"{option}" accepts tokens that were issued for other servers',
    fix: 'remove it, and issue tokens with "aud" set to the id of this AgentOS',
  }),
  CONFIG_SECRETS_WEAK: warning({
    title: '"{option}" accepts HMAC secrets that can be guessed',
    fix: "remove it, and use a random secret of at least 32 bytes",
  }),
  CONFIG_TOKENS_ANY: warning({
    title: '"{option}" with "validate": false: every token is believed, whoever wrote it',
    fix: "remove both, and give the keys that tokens are verified with",
  }),
  CONFIG_ROUTES_UNMAPPED: warning({
    title: '"{option}" opens routes without a rule to every valid token',
    fix: 'remove it, and map them in "scopeMappings"',
  }),
  CONFIG_OPTION_UNUSED: warning({
    title: '"{option}" is set, but nothing reads it: {reason}',
    fix: "remove it, or change what keeps it from being read",
  }),
  CONFIG_HEALTH_NOT_PUBLIC: warning({
    title:
      '"excludedRoutePaths" replaces the default list and leaves out "/health": probes and the web UI will see this server as down',
    fix: 'add "/health" to the list',
  }),
  CONFIG_PUBLIC_OWNED: warning({
    title:
      '"excludedRoutePaths" opens "{route}" to callers without a credential, and "userIsolation" shows each caller their own data only: whoever calls it without a credential reaches nobody\'s data',
    fix: 'take the path that opens it out of "excludedRoutePaths", or, if its data is nobody\'s own, leave "userIsolation" and USER_ISOLATION_ENABLED out',
  }),
} as const satisfies Record<string, FaultEntry>;
