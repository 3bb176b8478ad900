/**
 * What is wrong with a policy although every option of it is in order: contradictions, what nothing reads, and what gives
 * away more than it seems to. A fix names what the person wrote, and nothing that is set already.
 */
import { type AuthPolicy, DEFAULT_ISSUER_NAME, isTokenMode } from "@agentos/auth";
import { createFault, DEFAULT_CLI, type Fault } from "@agentos/contract";
import type { AuthOptions, AuthorizationConfig } from "./auth-options.ts";
import { originsOf, type ReadEnvironment } from "./environment.ts";
import { joinNames, nameOption, nameSwitch, type WrittenIn } from "./option-names.ts";
import { findOriginFaults } from "./origin-faults.ts";
import { findEmptyKeyFaults, nameOwnKeys } from "./own-keys.ts";
import type { ResolvedIssuers } from "./resolve-issuers.ts";
import { findDocumentFaults, findTemplateFaults } from "./template-faults.ts";
import { createUnreadOption } from "./unread-variables.ts";
import { findAdminScopeFaults, findAlgorithmFaults, findSecurityKeyFaults } from "./value-faults.ts";

/** Everything that the judgement is made of. */
export interface PolicyParts {
  readonly options: AuthOptions;
  readonly config: AuthorizationConfig;
  readonly environment: ReadEnvironment;
  readonly issuers: ResolvedIssuers;
  readonly policy: AuthPolicy;
  readonly wantsAuthorization: boolean;
  readonly securityKey: string | undefined;
  readonly writtenIn: WrittenIn;
}

/** Every fault, those of issuers and environment included. */
export function findPolicyFaults(parts: PolicyParts): readonly Fault[] {
  const { options, config, environment, issuers, policy, securityKey, writtenIn } = parts;
  const isJwt = isTokenMode(policy.mode);
  const templates = findTemplateFaults(config, {
    writtenIn,
    jwksFileOfEnvironment: config.jwksFile === undefined ? environment.jwksFile : undefined,
  });
  const origins = [
    ...originsOf(environment),
    ...(options.cors?.allowedOrigins ?? []).map((origin, index) => ({
      at: `cors.allowedOrigins[${index}]`,
      origin,
    })),
  ];
  const missing = findMissingKeys(parts, templates.length > 0);
  return [
    ...issuers.faults,
    ...findEnvironmentFaults(parts, missing),
    ...templates,
    ...findDocumentFaults(config, writtenIn),
    ...missing,
    ...(isJwt && securityKey !== undefined ? [describeBoth(parts)] : []),
    ...(isJwt && !parts.wantsAuthorization ? [describeUnenforced(parts)] : []),
    ...(securityKey === undefined
      ? []
      : findSecurityKeyFaults({
          at: options.securityKey === undefined ? "OS_SECURITY_KEY" : "securityKey",
          key: securityKey,
        })),
    ...findAlgorithmFaults(config.algorithm, nameOption("algorithm", writtenIn)),
    ...findAdminScopeFaults(policy.adminScope, nameOption("adminScope", writtenIn)),
    ...findOriginFaults(origins),
    ...(isJwt ? findAdminNowhere(parts) : []),
    ...findUnused(parts),
    ...findUnsafe(parts),
  ];
}

/** Those of the environment, but for what is said already, and a name that would be a key where there is one. */
function findEnvironmentFaults(
  { environment, issuers, securityKey, config, options, writtenIn }: PolicyParts,
  said: readonly Fault[],
): readonly Fault[] {
  const unread = environment.faults.filter(({ code, facts }) => {
    if (said.some((other) => other.code === code && other.facts["variable"] === facts["variable"]))
      return false;
    if (code !== "CONFIG_VARIABLE_UNREAD") return true;
    const { option } = facts;
    if (option === "audience") return config.audience === undefined;
    if (option === "issuer") return config.issuer === undefined && config.issuers === undefined;
    if (option !== undefined) return !issuers.hasKeys;
    const meant = String(facts["meant"]);
    if (meant === "CORS_ORIGIN_LIST") return options.cors === undefined;
    if (meant.startsWith("JWT_")) return !issuers.hasKeys;
    return meant !== "OS_SECURITY_KEY" || securityKey === undefined;
  });
  return unread.map((fault) => {
    const { variable, option } = fault.facts;
    return fault.code !== "CONFIG_VARIABLE_UNREAD" || option === undefined
      ? fault
      : createUnreadOption(String(variable), String(option), writtenIn);
  });
}

/** Authorization without a key: what was meant to give one, or else that nothing was. */
function findMissingKeys(
  { options, config, environment, issuers, wantsAuthorization, writtenIn }: PolicyParts,
  hasTemplate: boolean,
): readonly Fault[] {
  if (!wantsAuthorization || issuers.hasKeys || config.validate === false) return [];
  const cli = options.cliCommand ?? DEFAULT_CLI;
  const empty = findEmptyKeyFaults(config, environment, { writtenIn, cli });
  const isSaid = hasTemplate || issuers.faults.some(({ severity }) => severity === "error");
  if (empty.length > 0 || isSaid) return empty;
  const issuer = nameOption("issuer", writtenIn);
  const own = `\`${cli} keys generate\` makes a pair and prints the line that sets "JWT_VERIFICATION_KEY"`;
  const suggestion =
    config.issuer === undefined
      ? `where an issuer signs your tokens, set "${issuer}" to its https address; where you sign them yourself, ${own}`
      : `"${issuer}" is a name and no address, so its keys cannot be fetched: give them in "${nameOption("jwksFile", writtenIn)}" or "${nameOption("verificationKeys", writtenIn)}"; where you sign the tokens yourself, ${own}`;
  return [createFault({ code: "CONFIG_KEYS_MISSING", facts: { suggestion } })];
}

/** Both credentials: names what gives either of them, and how to take it away from there. */
function describeBoth({ options, config, environment, writtenIn }: PolicyParts): Fault {
  const isOption = options.securityKey !== undefined;
  const isVariable = environment.securityKey !== undefined;
  const keys = nameOwnKeys(config, environment, writtenIn);
  const isSwitch = environment.isAuthorizationEnabled === true;
  const whole = nameOption("", writtenIn);
  const hasPart = options.authorizationConfig !== undefined || options.authorization === true;
  const security = [...(isOption ? ["securityKey"] : []), ...(isVariable ? ["OS_SECURITY_KEY"] : [])];
  const jwt = [...keys.options, ...keys.variables];
  const withoutSecurity = [
    ...(isOption ? ['remove "securityKey" from the configuration'] : []),
    ...(isVariable ? ["`unset OS_SECURITY_KEY`"] : []),
  ].join(" and ");
  const variables = [...keys.variables, ...(isSwitch ? ["AUTHORIZATION_ENABLED"] : [])];
  const names =
    writtenIn === "code" && options.authorization !== undefined ? ["authorization", whole] : [whole];
  const withoutJwt = [
    ...(hasPart ? [`remove ${joinNames(names)} from the configuration`] : []),
    ...(variables.length === 0 ? [] : [`\`unset ${variables.join(" ")}\``]),
  ].join(" and ");
  return createFault({
    code: "CONFIG_BOTH_CREDENTIALS",
    facts: {
      jwt: joinNames(jwt.length === 0 ? [whole] : jwt),
      security: joinNames(security),
      suggestion: `to use JWT only, ${withoutSecurity}; to use the security key only, ${withoutJwt}`,
      ...(isOption ? { shell: false } : {}),
    },
  });
}

/** Why scopes are not enforced, and what to change there. */
function describeUnenforced({ options, writtenIn }: PolicyParts): Fault {
  const option = nameSwitch(writtenIn);
  const isOff = options.authorization === false;
  return createFault({
    code: "CONFIG_SCOPES_UNENFORCED",
    facts: isOff
      ? { why: `"${option}" is false`, suggestion: `set "${option}" to true` }
      : {
          why: `the keys are in the environment only, and nothing turns authorization on`,
          suggestion: "`export AUTHORIZATION_ENABLED=true`",
        },
  });
}

/** Of several issuers only those grant the admin scope that list it. */
function findAdminNowhere({ policy, issuers, writtenIn }: PolicyParts): readonly Fault[] {
  const { tokens, adminScope, enforcesScopes, isolatesUsers } = policy;
  const isSomewhere = tokens.some(({ allowedScopes }) => allowedScopes?.includes(adminScope) === true);
  const isAsked = enforcesScopes || isolatesUsers;
  if (tokens.length === 1 || !isAsked || isSomewhere) return [];
  const places = issuers.keys.map(({ at, tokens: { name = DEFAULT_ISSUER_NAME } }) =>
    at === "issuer"
      ? `"${nameOption("allowedScopes", writtenIn)}" for the keys outside "issuers"`
      : `"${nameOption(`${at}.allowedScopes`, writtenIn)}" for "${name}"`,
  );
  return [createFault({ code: "CONFIG_ADMIN_NOWHERE", facts: { scope: adminScope, places } })];
}

/** What is set and read by nobody, with what keeps it from being read. */
function findUnused({ options, config, environment, writtenIn }: PolicyParts): readonly Fault[] {
  const unused = (at: string, reason: string, suggestion: string) =>
    createFault({ code: "CONFIG_OPTION_UNUSED", at, facts: { reason, suggestion } });
  const { tokenSource = "header", tokenHeaderKey, cookieName, audience, jwksFile, userIsolation } = config;
  const taken = `the token is taken from the ${tokenSource} only`;
  const file = nameOption("jwksFile", writtenIn);
  // A configuration means authorization, unless it says otherwise; either way the variable counts for nothing.
  const hasPart = options.authorizationConfig !== undefined;
  const enforces = options.authorization ?? (hasPart ? true : undefined);
  const isOverruled = enforces !== undefined && (environment.isAuthorizationEnabled ?? enforces) !== enforces;
  const overruling = options.authorization === undefined ? nameOption("", writtenIn) : "authorization";
  return [
    ...(tokenSource === "cookie" && tokenHeaderKey !== undefined
      ? [
          unused(
            nameOption("tokenHeaderKey", writtenIn),
            taken,
            'remove it, or set "tokenSource" to "header" or "both"',
          ),
        ]
      : []),
    ...(tokenSource === "header" && cookieName !== undefined
      ? [
          unused(
            nameOption("cookieName", writtenIn),
            taken,
            'remove it, or set "tokenSource" to "cookie" or "both"',
          ),
        ]
      : []),
    ...(config.verifyAudience === false && audience !== undefined
      ? [unused(nameOption("audience", writtenIn), '"verifyAudience" is false', "remove one of the two")]
      : []),
    ...(jwksFile !== undefined && environment.jwksFile !== undefined
      ? [
          unused(
            "JWT_JWKS_FILE",
            `"${file}" takes its place`,
            `\`unset JWT_JWKS_FILE\`, or remove "${file}" to read the other one`,
          ),
        ]
      : []),
    ...(options.securityKey !== undefined &&
    environment.securityKey !== undefined &&
    options.securityKey !== environment.securityKey
      ? [
          unused(
            "OS_SECURITY_KEY",
            '"securityKey" takes its place',
            '`unset OS_SECURITY_KEY`, or remove "securityKey" to use the other one',
          ),
        ]
      : []),
    ...(isOverruled
      ? [
          unused(
            "AUTHORIZATION_ENABLED",
            `"${overruling}" in the configuration says otherwise, and wins`,
            "`unset AUTHORIZATION_ENABLED`",
          ),
        ]
      : []),
    ...(userIsolation !== undefined && (environment.isUserIsolationEnabled ?? userIsolation) !== userIsolation
      ? [
          unused(
            "USER_ISOLATION_ENABLED",
            `"${nameOption("userIsolation", writtenIn)}" in the configuration says otherwise, and wins`,
            "`unset USER_ISOLATION_ENABLED`",
          ),
        ]
      : []),
  ];
}

/** Switches that weaken a check, and checks that are off without theirs. */
function findUnsafe({ config, policy, issuers, writtenIn }: PolicyParts): readonly Fault[] {
  const { unsafe = {}, validate, verifyAudience } = config;
  const isUnverified = validate === false;
  const at = (path: string) => nameOption(path, writtenIn);
  const [{ audience }] = policy.tokens;
  const isAnyAudience =
    isTokenMode(policy.mode) && audience === undefined && unsafe.allowAnyAudience === true;
  const faults: (Fault | false)[] = [
    verifyAudience === false &&
      unsafe.allowAnyAudience !== true &&
      createFault({ code: "CONFIG_AUDIENCE_UNCHECKED", at: at("verifyAudience") }),
    isUnverified &&
      unsafe.allowUnverifiedTokens !== true &&
      createFault({ code: "CONFIG_TOKENS_UNVERIFIED", at: at("validate") }),
    isUnverified &&
      unsafe.allowUnverifiedTokens === true &&
      createFault({
        code: "CONFIG_TOKENS_ANY",
        at: at("unsafe.allowUnverifiedTokens"),
        facts: issuers.hasKeys
          ? { suggestion: "remove both: tokens are then verified with the keys that are configured" }
          : {},
      }),
    unsafe.allowMissingExpiration === true &&
      createFault({ code: "CONFIG_EXPIRATION_OPTIONAL", at: at("unsafe.allowMissingExpiration") }),
    unsafe.allowLongLivedTokens === true &&
      createFault({ code: "CONFIG_LIFETIME_UNLIMITED", at: at("unsafe.allowLongLivedTokens") }),
    isAnyAudience &&
      createFault({
        code: "CONFIG_AUDIENCE_ANY",
        at: at("unsafe.allowAnyAudience"),
        facts: {
          suggestion: `remove ${verifyAudience === false ? 'it and "verifyAudience"' : "it"}, and issue tokens with "${policy.claimNames.audience}": "${policy.id}"`,
        },
      }),
    unsafe.allowWeakSecrets === true &&
      createFault({ code: "CONFIG_SECRETS_WEAK", at: at("unsafe.allowWeakSecrets") }),
    unsafe.allowUnmappedRoutes === true &&
      createFault({ code: "CONFIG_ROUTES_UNMAPPED", at: at("unsafe.allowUnmappedRoutes") }),
  ];
  return faults.filter((fault) => fault !== false);
}
