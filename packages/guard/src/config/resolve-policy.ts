/** From options and environment to the policy, and to what it needs beside it; every contradiction becomes a fault (contract 1.1). */
import {
  type AuthMode,
  type AuthPolicy,
  type CredentialLocation,
  DEFAULT_CLAIM_NAMES,
  DEFAULT_ISSUER_NAME,
  deepFreeze,
  isTokenMode,
  MAX_TOKEN_LIFETIME_SECONDS,
  type TokenPolicy,
} from "@agentos/auth";
import { ADMIN_SCOPE, createFault, type Fault, type FaultCode } from "@agentos/contract";
import type { AuthOptions, AuthorizationConfig } from "./auth-options.ts";
import { type EnvironmentSettings, readEnvironment } from "./environment.ts";
import { type IssuerKeys, type KeyValue, type OwnKeys, resolveIssuers } from "./resolve-issuers.ts";
import { findAdminScopeFaults, findOriginFaults, findSecurityKeyFaults } from "./value-faults.ts";

/** What the operator lays over the routes. */
export interface RouteRules {
  readonly scopeMappings: Readonly<Record<string, readonly string[]>>;
  /** Replaces the routes that are public by themselves; undefined keeps them. */
  readonly publicPaths: readonly string[] | undefined;
  readonly allowsUnmappedRoutes: boolean;
}

/** The policy, frozen, with what is no part of it: secrets, and what is read or checked only at the start. */
export interface ResolvedPolicy {
  readonly policy: AuthPolicy;
  /** Where the keys come from, one entry for each set of keys that is kept apart from the others. */
  readonly issuerKeys: readonly IssuerKeys[];
  readonly allowsWeakSecrets: boolean;
  readonly securityKey: string | undefined;
  readonly rules: RouteRules;
  readonly cliCommand: string;
  /** Addresses and ranges of the proxies that are believed. */
  readonly trustedProxies: readonly string[];
  readonly environment: EnvironmentSettings;
  readonly faults: readonly Fault[];
}

const DEFAULT_ID = "agno-agentos";
const DEFAULT_ORIGINS = ["http://localhost:3000"];

/** Resolves checked options; nothing is read from outside but `env`. */
export function resolvePolicy(options: AuthOptions, processEnvironment: AuthOptions["env"]): ResolvedPolicy {
  const environment = readEnvironment(options.env ?? processEnvironment ?? {});
  const config: AuthorizationConfig = options.authorizationConfig ?? {};
  const unsafe = config.unsafe ?? {};
  const id = options.id ?? DEFAULT_ID;
  const securityKey = options.securityKey ?? environment.securityKey;
  const isUnverified = config.validate === false;
  const tokens = resolveTokens(config, id);
  const issuers = resolveIssuers(config, collectKeys(config, environment), tokens);
  const hasJwtSource = issuers.hasKeys || isUnverified;
  const wantsAuthorization =
    options.authorization ??
    (options.authorizationConfig === undefined ? environment.isAuthorizationEnabled === true : true);
  const mode = chooseMode({ readsTokens: hasJwtSource || wantsAuthorization, isUnverified, securityKey });
  const origins = [
    ...new Set([...environment.corsOrigins, ...(options.cors?.allowedOrigins ?? DEFAULT_ORIGINS)]),
  ];
  const isUnasked = (origin: string) => !environment.corsOrigins.includes(origin);
  const policy: AuthPolicy = {
    id,
    mode,
    hasSecurityKey: securityKey !== undefined,
    enforcesScopes: wantsAuthorization,
    isolatesUsers: config.userIsolation === true,
    adminScope: config.adminScope ?? ADMIN_SCOPE,
    credentialLocations: locateCredential(mode, config),
    allowedOrigins: origins.filter((origin) => origin !== "*"),
    localOrigins: options.cors?.allowedOrigins === undefined ? DEFAULT_ORIGINS.filter(isUnasked) : [],
    claimNames: {
      scopes: config.scopesClaim,
      userId: config.userIdClaim ?? DEFAULT_CLAIM_NAMES.userId,
      sessionId: config.sessionIdClaim ?? DEFAULT_CLAIM_NAMES.sessionId,
      audience: config.audienceClaim ?? DEFAULT_CLAIM_NAMES.audience,
      dependencies: config.dependenciesClaims ?? [],
      sessionState: config.sessionStateClaims ?? [],
    },
    // Without verification an issuer is nothing but a claim that everybody may write.
    separatesIssuers: issuers.areSeparate && !isUnverified,
    tokens: isUnverified ? [tokens] : issuers.tokens,
  };

  const faults: Fault[] = [...issuers.faults, ...environment.faults];
  const report = (code: FaultCode) => faults.push(createFault({ code }));
  if (wantsAuthorization && !hasJwtSource) report("CONFIG_KEYS_MISSING");
  const isJwt = isTokenMode(mode);
  if (isJwt && securityKey !== undefined) report("CONFIG_BOTH_CREDENTIALS");
  if (isJwt && !wantsAuthorization) report("CONFIG_SCOPES_UNENFORCED");
  if (securityKey !== undefined) faults.push(...findSecurityKeyFaults(securityKey));
  faults.push(...findAdminScopeFaults(policy.adminScope), ...findOriginFaults(origins));
  if (isJwt) faults.push(...findAdminNowhere(policy, issuers.keys));
  if (config.verifyAudience === false && unsafe.allowAnyAudience !== true)
    report("CONFIG_AUDIENCE_UNCHECKED");
  if (isUnverified && unsafe.allowUnverifiedTokens !== true) report("CONFIG_TOKENS_UNVERIFIED");
  if (isUnverified && unsafe.allowUnverifiedTokens === true) report("CONFIG_TOKENS_ANY");
  faults.push(...findUnusedPlaces(config));
  if (unsafe.allowMissingExpiration === true) report("CONFIG_EXPIRATION_OPTIONAL");
  if (unsafe.allowLongLivedTokens === true) report("CONFIG_LIFETIME_UNLIMITED");
  if (isJwt && tokens.audience === undefined) report("CONFIG_AUDIENCE_ANY");
  if (unsafe.allowWeakSecrets === true) report("CONFIG_SECRETS_WEAK");
  if (unsafe.allowUnmappedRoutes === true) report("CONFIG_ROUTES_UNMAPPED");

  const resolved: ResolvedPolicy = {
    policy,
    issuerKeys: issuers.keys,
    allowsWeakSecrets: unsafe.allowWeakSecrets === true,
    securityKey,
    rules: {
      scopeMappings: config.scopeMappings ?? {},
      publicPaths: config.excludedRoutePaths,
      allowsUnmappedRoutes: unsafe.allowUnmappedRoutes === true,
    },
    cliCommand: options.cliCommand ?? "agentos",
    trustedProxies: options.trustedProxies ?? environment.trustedProxies,
    environment,
    faults,
  };
  // A frozen copy: changed neither through the options it was made of, nor through what "describe" shows of it.
  return deepFreeze(structuredClone(resolved));
}

/** Of several issuers only those grant the admin scope that list it. */
function findAdminNowhere(
  { tokens, adminScope, enforcesScopes, isolatesUsers }: AuthPolicy,
  issuers: readonly IssuerKeys[],
): readonly Fault[] {
  const isSomewhere = tokens.some(({ allowedScopes }) => allowedScopes?.includes(adminScope) === true);
  const isAsked = enforcesScopes || isolatesUsers;
  if (tokens.length === 1 || !isAsked || isSomewhere) return [];
  const places = issuers.map(({ at, tokens: { name = DEFAULT_ISSUER_NAME } }) =>
    at === "issuer"
      ? '"authorizationConfig.allowedScopes" for the keys outside "issuers"'
      : `"${at}.allowedScopes" for "${name}"`,
  );
  return [createFault({ code: "CONFIG_ADMIN_NOWHERE", facts: { scope: adminScope, places } })];
}

function chooseMode({
  readsTokens,
  isUnverified,
  securityKey,
}: {
  readonly readsTokens: boolean;
  readonly isUnverified: boolean;
  readonly securityKey: string | undefined;
}): AuthMode {
  if (readsTokens) return isUnverified ? "jwt-unverified" : "jwt";
  return securityKey === undefined ? "none" : "security_key";
}

function locateCredential(
  mode: AuthMode,
  {
    tokenSource = "header",
    tokenHeaderKey = "Authorization",
    cookieName = "access_token",
  }: AuthorizationConfig,
): readonly CredentialLocation[] {
  if (mode === "none") return [];
  // The security key has its one place, whatever is configured for tokens.
  if (mode === "security_key") return [{ in: "header", name: "Authorization" }];
  return [
    ...(tokenSource === "cookie" ? [] : [{ in: "header", name: tokenHeaderKey } as const]),
    ...(tokenSource === "header" ? [] : [{ in: "cookie", name: cookieName } as const]),
  ];
}

/** The name of a header or cookie in which no token is looked for. */
function findUnusedPlaces({
  tokenSource = "header",
  tokenHeaderKey,
  cookieName,
}: AuthorizationConfig): readonly Fault[] {
  const createUnusedFault = (option: "tokenHeaderKey" | "cookieName", needed: "header" | "cookie") =>
    createFault({
      code: "CONFIG_OPTION_UNUSED",
      at: `authorizationConfig.${option}`,
      facts: {
        reason: `the token is taken from the ${tokenSource} only`,
        suggestion: `remove it, or set "tokenSource" to "${needed}" or "both"`,
      },
    });
  return [
    ...(tokenSource === "cookie" && tokenHeaderKey !== undefined
      ? [createUnusedFault("tokenHeaderKey", "header")]
      : []),
    ...(tokenSource === "header" && cookieName !== undefined
      ? [createUnusedFault("cookieName", "cookie")]
      : []),
  ];
}

/** What is checked of tokens, but for what one of `issuers` says otherwise. */
function resolveTokens(config: AuthorizationConfig, id: string): TokenPolicy {
  const unsafe = config.unsafe ?? {};
  return {
    name: config.issuerName ?? DEFAULT_ISSUER_NAME,
    issuer: config.issuer,
    allowedScopes: config.allowedScopes,
    audience: resolveAudience(config, id),
    isAudienceTheId: config.audience === undefined,
    requiresExpiration: unsafe.allowMissingExpiration !== true,
    maxLifetimeSeconds: unsafe.allowLongLivedTokens === true ? undefined : MAX_TOKEN_LIFETIME_SECONDS,
  };
}

/** The keys outside "issuers"; those of the environment stand behind those in code. */
function collectKeys(config: AuthorizationConfig, environment: EnvironmentSettings): OwnKeys {
  const { verificationKey, jwksFile } = environment;
  const explicit = (config.verificationKeys ?? []).map(
    (value, index): KeyValue => ({ source: `verificationKeys[${index}]`, value }),
  );
  const keyValues =
    verificationKey === undefined
      ? explicit
      : [...explicit, { source: "JWT_VERIFICATION_KEY", value: verificationKey }];
  const path = config.jwksFile ?? jwksFile;
  const source = config.jwksFile === undefined ? "JWT_JWKS_FILE" : "jwksFile";
  return {
    keyValues,
    jwksFile: path === undefined ? undefined : { source, path },
    algorithm: config.algorithm,
  };
}

/** An explicit `verifyAudience: true` or `audience` always checks; only then does the unsafe flag count. */
function resolveAudience(config: AuthorizationConfig, id: string): readonly string[] | undefined {
  const expected = config.audience === undefined ? [id] : [config.audience].flat();
  const verifies =
    config.verifyAudience ?? (config.audience !== undefined || config.unsafe?.allowAnyAudience !== true);
  return verifies ? expected : undefined;
}
