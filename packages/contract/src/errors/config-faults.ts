/** Faults of a configuration. `{option}` is the fault's place: the option's path, such as `authorizationConfig.algorithm`. */
import type { FaultEntry } from "./entry.ts";
import { error, warning } from "./fault-entry.ts";

export const configFaults = {
  CONFIG_OPTION_UNKNOWN: error({
    title: '"{option}" is not an option',
    fix: "remove it, or correct its spelling",
  }),
  CONFIG_OPTION_INVALID: error({ title: '"{option}": {problem}', fix: "correct the value" }),
  CONFIG_OPTION_UNAVAILABLE: error({
    title: '"{option}" is not available in this version: {arrives}',
    fix: "leave the option out for now; it is refused so that nobody relies on it by mistake",
  }),
  CONFIG_KEYS_MISSING: error({
    title: "authorization is on, but there is no key to verify tokens with",
    fix: 'set "JWT_VERIFICATION_KEY" or "JWT_JWKS_FILE", or "verificationKeys", "jwksFile", "jwksUrl" or "issuer" in the configuration; `{cli} keys generate` makes a pair',
  }),
  CONFIG_ISSUER_UNCHECKED: warning({
    title:
      '"jwksUrl" without "issuer": every token that one of its keys has signed is accepted, whoever issued it',
    fix: 'set "issuer" to the "iss" of the tokens; providers may sign for several tenants with the same keys',
  }),
  CONFIG_ISSUER_OF_KEYS_OPEN: warning({
    title:
      'the keys outside "issuers" now verify only tokens without "iss", since "authorizationConfig.issuer" is not set: tokens of theirs that name an issuer were accepted before "issuers" was there, and get 401 now',
    fix: 'set "authorizationConfig.issuer" to the "iss" of those tokens, and do not list it under "issuers"; where tokens of these keys never have an "iss", leave it as it is',
  }),
  CONFIG_ISSUER_NAME_SHARED: error({
    title: '{two_of_one_name}: an "alice" of either would be the same person',
    fix: 'give the issuer that you add a "name" of its own, such as "{example}" ("issuerName" for the keys outside "issuers"); the one that was there first keeps its name, because the data of its users belongs to it. Where both have the same users, write "sharesUsersWith": "{name}" instead',
  }),
  CONFIG_USER_IDS_ALIKE: warning({
    title:
      'users of several issuers may look alike: their data is apart, but "user_id" in answers and tools shows only the id, which may be the same',
    fix: 'where people or tools have to tell them apart, give the issuer that you add a "subjectPrefix" before its users have data, since it changes their ids; otherwise leave it as it is',
  }),
  CONFIG_ADMIN_NOWHERE: warning({
    title:
      'several issuers are trusted, and none lists the admin scope "{scope}" in "allowedScopes": nobody is admin here',
    fix: 'add "{scope}" to one of these lists, whose issuer may then grant everything: {places}',
  }),
  CONFIG_AUDIENCE_UNCHECKED: error({
    title: '"verifyAudience: false" accepts tokens that were issued for other servers',
    fix: 'leave "verifyAudience" out, or, if this is meant, also set "unsafe.allowAnyAudience: true"',
  }),
  CONFIG_TOKENS_UNVERIFIED: error({
    title: '"validate: false" accepts any token that anybody writes',
    fix: 'leave "validate" out, or, on a loopback address only and if this is meant, also set "unsafe.allowUnverifiedTokens: true"',
  }),
  CONFIG_UNVERIFIED_BEYOND_LOOPBACK: error({
    title: '"validate: false" may only be served on a loopback address',
    fix: 'serve on "localhost", or verify tokens',
  }),
  CONFIG_OPEN_BEYOND_LOOPBACK: error({
    title: "no credential is configured, so anybody who reaches this server could use it",
    fix: 'set "OS_SECURITY_KEY" or "JWT_VERIFICATION_KEY", or serve on "localhost"',
  }),
  CONFIG_SECURITY_KEY_INVALID: error({
    title:
      "the security key is empty, begins like a service account token, or has spaces, commas or characters outside ASCII, which a header cannot carry unchanged",
    fix: "use a random one: `openssl rand -hex 32`",
  }),
  CONFIG_ADMIN_SCOPE_ORDINARY: error({
    title:
      '"adminScope" is "{scope}", which is an ordinary scope: everybody who holds it could do everything',
    fix: 'choose a scope of its own, such as "my_company:admin", or leave "adminScope" out',
  }),
  CONFIG_ORIGIN_INVALID: error({
    title: 'the origin "{origin}" can never match: a browser sends "{expected}"',
    fix: "write scheme, host and port only, in lower case and without a final slash",
  }),
  CONFIG_SECURITY_KEY_WEAK: warning({
    title: "the security key is shorter than {minimum} characters or well known, and can be guessed",
    fix: "use a random one: `openssl rand -hex 32`",
  }),
  CONFIG_PORT_IN_USE: error({
    title: "port {port} is in use",
    fix: "stop the other program, or choose another port",
  }),
  CONFIG_ROUTE_ACCESS_MISSING: error({
    title: 'the route "{route}" does not say who may call it',
    fix: 'set "access" to "public", "authenticated" or a list of scopes',
  }),
  CONFIG_ROUTE_DUPLICATE: error({
    title: 'the route "{route}" exists already',
    fix: "choose another path or method",
  }),
  CONFIG_ROUTE_INVALID: error({
    title: 'the route "{route}" cannot be served: {problem}',
    fix: "correct the path",
  }),
  CONFIG_SCOPE_INVALID: error({
    title: '"{scope}" is not a scope',
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
    title: 'the scope rule "{rule}" is not of the form "METHOD /path"',
    fix: 'write for example "GET /reports/*": ["reports:read"]; a parameter is a name in braces, of letters, digits and "_"; braces and "*" cannot be written as percent codes',
  }),
  CONFIG_RULE_UNREACHABLE: warning({
    title: 'the scope rule "{rule}" can never match',
    fix: "correct its method or path, or remove it",
  }),
  CONFIG_VARIABLE_EMPTY: warning({
    title: '"{variable}" is set but empty, which counts as not set',
    fix: "give it a value, or remove it so that nobody relies on it",
  }),
  CONFIG_BOTH_CREDENTIALS: warning({
    title:
      "both a JWT key and a security key are configured: JWT wins, requests with the security key are refused",
    fix: 'unset "OS_SECURITY_KEY" (or "securityKey") to use JWT only; or take every JWT key away ("JWT_VERIFICATION_KEY", "JWT_JWKS_FILE", and the whole "authorization" part of the configuration) to use the security key only',
  }),
  CONFIG_SCOPES_UNENFORCED: warning({
    title: "tokens are verified, but scopes are not enforced: every valid token may do everything",
    fix: 'set "authorization: true" in code, or "authorization": { "enabled": true } in a JSON configuration',
  }),
  CONFIG_EXPIRATION_OPTIONAL: warning({
    title: '"unsafe.allowMissingExpiration" accepts tokens that never expire',
    fix: 'remove it, and issue tokens with "exp"',
  }),
  CONFIG_LIFETIME_UNLIMITED: warning({
    title: '"unsafe.allowLongLivedTokens" accepts tokens of any lifetime',
    fix: "remove it, and issue tokens for at most 24 hours",
  }),
  CONFIG_AUDIENCE_ANY: warning({
    title: '"unsafe.allowAnyAudience" accepts tokens that were issued for other servers',
    fix: 'remove it, and issue tokens with "aud" set to the id of this AgentOS',
  }),
  CONFIG_SECRETS_WEAK: warning({
    title: '"unsafe.allowWeakSecrets" accepts HMAC secrets that can be guessed',
    fix: "remove it, and use a random secret of at least 32 bytes",
  }),
  CONFIG_TOKENS_ANY: warning({
    title: '"unsafe.allowUnverifiedTokens" with "validate: false": every token is believed, whoever wrote it',
    fix: "remove both",
  }),
  CONFIG_ROUTES_UNMAPPED: warning({
    title: '"unsafe.allowUnmappedRoutes" opens routes without a rule to every valid token',
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
} as const satisfies Record<string, FaultEntry>;
