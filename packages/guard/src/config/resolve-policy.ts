/** From options and environment to the policy, and to what it needs beside it; every contradiction becomes a fault (contract 1.1). */
import {
  type AuthMode,
  type AuthPolicy,
  type CredentialLocation,
  DEFAULT_CLAIM_NAMES,
  DEFAULT_ISSUER_NAME,
  deepFreeze,
  MAX_TOKEN_LIFETIME_SECONDS,
  type TokenPolicy,
} from "@agentos/auth";
import {
  ADMIN_SCOPE,
  DEFAULT_CLI,
  DEFAULT_COOKIE_NAME,
  DEFAULT_TOKEN_HEADER,
  type Fault,
} from "@agentos/contract";
import type { AuthOptions, AuthorizationConfig } from "./auth-options.ts";
import { type ReadEnvironment, readEnvironment } from "./environment.ts";
import type { WrittenIn } from "./option-names.ts";
import { collectOwnKeys } from "./own-keys.ts";
import { findPolicyFaults } from "./policy-faults.ts";
import { type IssuerKeys, type ResolvedIssuers, resolveIssuers } from "./resolve-issuers.ts";

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
  /** Names of the switches under `unsafe` that are set. */
  readonly unsafeSwitches: readonly string[];
  readonly securityKey: string | undefined;
  readonly rules: RouteRules;
  readonly cliCommand: string;
  readonly writtenIn: WrittenIn;
  /** Addresses and ranges of the proxies that are believed. */
  readonly trustedProxies: readonly string[];
  readonly environment: ReadEnvironment;
  readonly faults: readonly Fault[];
}

const DEFAULT_ID = "agno-agentos";
const DEFAULT_ORIGINS = ["http://localhost:3000"];

/** Resolves checked options; nothing is read from outside but `env`. */
export function resolvePolicy(options: AuthOptions, processEnvironment: AuthOptions["env"]): ResolvedPolicy {
  const environment = readEnvironment(options.env ?? processEnvironment ?? {});
  const config: AuthorizationConfig = options.authorizationConfig ?? {};
  const { writtenIn = "code" } = options;
  const tokens = resolveTokens(config, options.id ?? DEFAULT_ID);
  const issuers = resolveIssuers(config, collectOwnKeys(config, environment), { tokens, writtenIn });
  const securityKey = options.securityKey ?? environment.securityKey;
  const wantsAuthorization =
    options.authorization ??
    (options.authorizationConfig === undefined ? environment.isAuthorizationEnabled === true : true);
  const policy = createPolicy(
    { ...options, authorizationConfig: config },
    { environment, tokens, issuers, securityKey, wantsAuthorization },
  );
  const resolved: ResolvedPolicy = {
    policy,
    issuerKeys: issuers.keys,
    allowsWeakSecrets: config.unsafe?.allowWeakSecrets === true,
    unsafeSwitches: Object.entries(config.unsafe ?? {}).flatMap(([name, isSet]) => (isSet ? [name] : [])),
    securityKey,
    rules: {
      scopeMappings: config.scopeMappings ?? {},
      publicPaths: config.excludedRoutePaths,
      allowsUnmappedRoutes: config.unsafe?.allowUnmappedRoutes === true,
    },
    cliCommand: options.cliCommand ?? DEFAULT_CLI,
    writtenIn,
    trustedProxies: options.trustedProxies ?? environment.trustedProxies,
    environment,
    faults: findPolicyFaults({
      options,
      config,
      environment,
      issuers,
      policy,
      wantsAuthorization,
      securityKey,
      writtenIn,
    }),
  };
  // A frozen copy: changed neither through the options it was made of, nor through what "describe" shows of it.
  return deepFreeze(structuredClone(resolved));
}

interface PolicyContext {
  readonly environment: ReadEnvironment;
  readonly tokens: TokenPolicy;
  readonly issuers: ResolvedIssuers;
  readonly securityKey: string | undefined;
  readonly wantsAuthorization: boolean;
}

function createPolicy(
  { id = DEFAULT_ID, authorizationConfig: config = {}, cors }: AuthOptions,
  { environment, tokens, issuers, securityKey, wantsAuthorization }: PolicyContext,
): AuthPolicy {
  const isUnverified = config.validate === false;
  const readsTokens = issuers.hasKeys || isUnverified || wantsAuthorization;
  const mode = chooseMode({ readsTokens, isUnverified, securityKey });
  const origins = new Set([...environment.corsOrigins, ...(cors?.allowedOrigins ?? DEFAULT_ORIGINS)]);
  const isUnasked = (origin: string) => !environment.corsOrigins.includes(origin);
  return {
    id,
    mode,
    hasSecurityKey: securityKey !== undefined,
    enforcesScopes: wantsAuthorization,
    isolatesUsers: config.userIsolation ?? environment.isUserIsolationEnabled === true,
    adminScope: config.adminScope ?? ADMIN_SCOPE,
    credentialLocations: locateCredential(mode, config),
    allowedOrigins: [...origins].filter((origin) => origin !== "*"),
    localOrigins: cors?.allowedOrigins === undefined ? DEFAULT_ORIGINS.filter(isUnasked) : [],
    claimNames: {
      scopes: config.scopesClaim === undefined ? undefined : [config.scopesClaim].flat(),
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
    tokenHeaderKey = DEFAULT_TOKEN_HEADER,
    cookieName = DEFAULT_COOKIE_NAME,
  }: AuthorizationConfig,
): readonly CredentialLocation[] {
  if (mode === "none") return [];
  // The security key has its one place, whatever is configured for tokens.
  if (mode === "security_key") return [{ in: "header", name: DEFAULT_TOKEN_HEADER }];
  return [
    ...(tokenSource === "cookie" ? [] : [{ in: "header", name: tokenHeaderKey } as const]),
    ...(tokenSource === "header" ? [] : [{ in: "cookie", name: cookieName } as const]),
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

/** An explicit `verifyAudience: true` or `audience` always checks; only then does the unsafe flag count. */
function resolveAudience(config: AuthorizationConfig, id: string): readonly string[] | undefined {
  const expected = config.audience === undefined ? [id] : [config.audience].flat();
  const verifies =
    config.verifyAudience ?? (config.audience !== undefined || config.unsafe?.allowAnyAudience !== true);
  return verifies ? expected : undefined;
}
