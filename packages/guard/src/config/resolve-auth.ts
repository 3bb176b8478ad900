/** From options and environment to what the engine checks; every contradiction becomes a finding (contract 1.1). */
import {
  type AuthMode,
  DEFAULT_CLAIM_NAMES,
  deepFreeze,
  MAX_TOKEN_LIFETIME_SECONDS,
  type TokenPolicy,
  type TokenSource,
} from "@agentos/auth";
import { ADMIN_SCOPE, createFault, type Fault, type FaultCode } from "@agentos/contract";
import type { AuthOptions, AuthorizationConfig } from "./auth-options.ts";
import { type EnvironmentSettings, readEnvironment } from "./environment.ts";
import { type KeyPlaces, type KeyValue, type ResolvedIssuer, resolveIssuers } from "./resolve-issuers.ts";
import { findAdminScopeFaults, findOriginFaults, findSecurityKeyFaults } from "./value-faults.ts";

export interface ResolvedAuth extends KeyPlaces {
  readonly id: string;
  readonly mode: AuthMode;
  readonly enforcesScopes: boolean;
  readonly isolatesUsers: boolean;
  readonly policy: TokenPolicy;
  /** Trusted issuers when tokens are told apart by their "iss"; the keys outside "issuers" are then one of them. */
  readonly issuers: readonly ResolvedIssuer[] | undefined;
  readonly allowsWeakSecrets: boolean;
  readonly securityKey: string | undefined;
  readonly tokenSource: TokenSource;
  readonly tokenHeaderName: string;
  readonly cookieName: string;
  readonly allowedOrigins: readonly string[];
  readonly scopeMappings: Readonly<Record<string, readonly string[]>>;
  readonly publicPaths: readonly string[] | undefined;
  readonly allowsUnmappedRoutes: boolean;
  readonly cliCommand: string;
  readonly environment: EnvironmentSettings;
  readonly findings: readonly Fault[];
}

const DEFAULT_ID = "agno-agentos";
const DEFAULT_ORIGINS = ["http://localhost:3000"];

/** Resolves checked options; nothing is read from outside but `env`. */
export function resolveAuth(options: AuthOptions, processEnvironment: AuthOptions["env"]): ResolvedAuth {
  const environment = readEnvironment(options.env ?? processEnvironment ?? {});
  const config: AuthorizationConfig = options.authorizationConfig ?? {};
  const unsafe = config.unsafe ?? {};
  const id = options.id ?? DEFAULT_ID;
  const securityKey = options.securityKey ?? environment.securityKey;
  const keyValues = collectKeys(config, environment);
  const jwksFile = collectJwksFile(config, environment);
  const isUnverified = config.validate === false;
  const audience = resolveAudience(config, id);
  const policy = resolvePolicy(config, audience);
  const places = { keyValues, jwksFile, algorithm: config.algorithm };
  const { remote, issuers, findings: issuerFindings } = resolveIssuers(config, places, policy);
  const hasJwtSource =
    keyValues.length > 0 ||
    jwksFile !== undefined ||
    remote !== undefined ||
    issuers !== undefined ||
    isUnverified;
  const wantsAuthorization =
    options.authorization ??
    (options.authorizationConfig === undefined ? environment.isAuthorizationEnabled === true : true);

  const mode: AuthMode =
    hasJwtSource || wantsAuthorization ? "jwt" : securityKey === undefined ? "none" : "security_key";
  const allowedOrigins = [
    ...new Set([...environment.corsOrigins, ...(options.cors?.allowedOrigins ?? DEFAULT_ORIGINS)]),
  ];
  const findings: Fault[] = [...issuerFindings, ...environment.faults];
  const report = (code: FaultCode) => findings.push(createFault({ code }));

  if (wantsAuthorization && !hasJwtSource) report("CONFIG_KEYS_MISSING");
  if (mode === "jwt" && securityKey !== undefined) report("CONFIG_BOTH_CREDENTIALS");
  if (mode === "jwt" && !wantsAuthorization) report("CONFIG_SCOPES_UNENFORCED");
  if (securityKey !== undefined) findings.push(...findSecurityKeyFaults(securityKey));
  findings.push(...findAdminScopeFaults(policy.adminScope), ...findOriginFaults(allowedOrigins));
  if (config.verifyAudience === false && unsafe.allowAnyAudience !== true)
    report("CONFIG_AUDIENCE_UNCHECKED");
  if (isUnverified && unsafe.allowUnverifiedTokens !== true) report("CONFIG_TOKENS_UNVERIFIED");
  if (isUnverified && unsafe.allowUnverifiedTokens === true) report("CONFIG_TOKENS_ANY");
  findings.push(...findUnusedPlaces(config));
  if (unsafe.allowMissingExpiration === true) report("CONFIG_EXPIRATION_OPTIONAL");
  if (unsafe.allowLongLivedTokens === true) report("CONFIG_LIFETIME_UNLIMITED");
  if (mode === "jwt" && audience === undefined) report("CONFIG_AUDIENCE_ANY");
  if (unsafe.allowWeakSecrets === true) report("CONFIG_SECRETS_WEAK");
  if (unsafe.allowUnmappedRoutes === true) report("CONFIG_ROUTES_UNMAPPED");

  const resolved: ResolvedAuth = {
    id,
    mode,
    enforcesScopes: wantsAuthorization,
    isolatesUsers: config.userIsolation === true,
    policy,
    ...places,
    remote,
    issuers,
    allowsWeakSecrets: unsafe.allowWeakSecrets === true,
    securityKey,
    tokenSource: config.tokenSource ?? "header",
    tokenHeaderName: config.tokenHeaderKey ?? "Authorization",
    cookieName: config.cookieName ?? "access_token",
    allowedOrigins: allowedOrigins.filter((origin) => origin !== "*"),
    scopeMappings: config.scopeMappings ?? {},
    publicPaths: config.excludedRoutePaths,
    allowsUnmappedRoutes: unsafe.allowUnmappedRoutes === true,
    cliCommand: options.cliCommand ?? "agentos",
    environment,
    findings,
  };
  // A frozen copy: changed neither through the options it was made of, nor through what "describe" shows of it.
  return deepFreeze(structuredClone(resolved));
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

function resolvePolicy(config: AuthorizationConfig, audience: TokenPolicy["audience"]): TokenPolicy {
  const unsafe = config.unsafe ?? {};
  return {
    audience,
    isAudienceTheId: config.audience === undefined,
    issuer: config.issuer,
    requiresExpiration: unsafe.allowMissingExpiration !== true,
    maxLifetimeSeconds: unsafe.allowLongLivedTokens === true ? undefined : MAX_TOKEN_LIFETIME_SECONDS,
    verifiesSignature: config.validate !== false,
    adminScope: config.adminScope ?? ADMIN_SCOPE,
    claimNames: {
      scopes: config.scopesClaim,
      userId: config.userIdClaim ?? DEFAULT_CLAIM_NAMES.userId,
      sessionId: config.sessionIdClaim ?? DEFAULT_CLAIM_NAMES.sessionId,
      audience: config.audienceClaim ?? DEFAULT_CLAIM_NAMES.audience,
      dependencies: config.dependenciesClaims ?? [],
      sessionState: config.sessionStateClaims ?? [],
    },
  };
}

function collectKeys(config: AuthorizationConfig, environment: EnvironmentSettings): readonly KeyValue[] {
  const explicit = (config.verificationKeys ?? []).map((value, index) => ({
    source: `verificationKeys[${index}]`,
    value,
  }));
  const { verificationKey } = environment;
  return verificationKey === undefined
    ? explicit
    : [...explicit, { source: "JWT_VERIFICATION_KEY", value: verificationKey }];
}

function collectJwksFile(
  config: AuthorizationConfig,
  environment: EnvironmentSettings,
): ResolvedAuth["jwksFile"] {
  if (config.jwksFile !== undefined) return { source: "jwksFile", path: config.jwksFile };
  return environment.jwksFile === undefined
    ? undefined
    : { source: "JWT_JWKS_FILE", path: environment.jwksFile };
}

/** An explicit `verifyAudience: true` or `audience` always checks; only then does the unsafe flag count. */
function resolveAudience(config: AuthorizationConfig, id: string): readonly string[] | undefined {
  const expected = config.audience === undefined ? [id] : [config.audience].flat();
  const verifies =
    config.verifyAudience ?? (config.audience !== undefined || config.unsafe?.allowAnyAudience !== true);
  return verifies ? expected : undefined;
}
