/** Options of authentication and authorization, shared by `AgentOS` and the guard that works alone. */
import { z } from "zod";
import { filledText as text } from "./empty-value.ts";
import { issuerNameSchema, issuerSchema } from "./issuer-options.ts";
import type { WrittenIn } from "./option-names.ts";
import { isProxyRange } from "./proxy-range.ts";

const texts = z.array(text);

/** Switches that weaken a check, each as far as its text says and no further (design.md section 10). */
const unsafeOptionsSchema = z.strictObject({
  /** Accept tokens without `exp`. Default false. */
  allowMissingExpiration: z.boolean().optional(),
  /** Accept tokens that live longer than 24 hours. Default false. */
  allowLongLivedTokens: z.boolean().optional(),
  /** Accept HMAC secrets of 16 to 31 bytes, for tests. Never one of a public list. Default false. */
  allowWeakSecrets: z.boolean().optional(),
  /** Accept tokens for any audience, unless `verifyAudience: true`. Default false. */
  allowAnyAudience: z.boolean().optional(),
  /** Permit `validate: false`, on loopback only. Default false. */
  allowUnverifiedTokens: z.boolean().optional(),
  /** Open routes of the application that declare no access to every verified caller. Default false. */
  allowUnmappedRoutes: z.boolean().optional(),
});

/** How tokens are verified and what they must carry (contract 1.2). */
export const authorizationConfigSchema = z.strictObject({
  /** Public keys (PEM, JWK or JWKS text) or HMAC secrets; `JWT_VERIFICATION_KEY` is appended. Default none. */
  verificationKeys: texts.optional(),
  /** JWKS file, re-read when it changes. Default: `JWT_JWKS_FILE`. */
  jwksFile: text.optional(),
  /** Address of a JWKS, https or on this machine; cached, and read again for an unknown key id. Default none. */
  jwksUrl: text.optional(),
  /** Exact `iss` of the tokens. Without any key, its OpenID Connect discovery document names the address of the keys. Default: not checked. */
  issuer: text.optional(),
  /** Stable name of the issuer of the keys outside "issuers", part of every identity that it names; its form is that of `name` below. Default "default". */
  issuerName: issuerNameSchema.optional(),
  /** The most that tokens of the keys outside "issuers" may grant, as `allowedScopes` below. Default: no ceiling but, with several issuers, without the admin scope and every scope of `authz`. */
  allowedScopes: texts.optional(),
  /** Several trusted issuers, each with its own keys; a token is verified only with those of the issuer that it names. Default none. */
  issuers: z.array(issuerSchema).min(1).optional(),
  /** Algorithm of the keys. Default: what the key says, else RS256. */
  algorithm: text.optional(),
  /** False believes unsigned tokens; needs `unsafe.allowUnverifiedTokens`. Default true. */
  validate: z.boolean().optional(),
  /** Check the audience. Default true; false needs `unsafe.allowAnyAudience`. */
  verifyAudience: z.boolean().optional(),
  /** Accepted audiences. Default: the id of this AgentOS. */
  audience: z.union([text, texts.min(1)]).optional(),
  /** Scope that satisfies everything. Default `agent_os:admin`. */
  adminScope: text.optional(),
  /** Each user reaches only their own data. Default: `USER_ISOLATION_ENABLED`, else false. */
  userIsolation: z.boolean().optional(),
  /** Scope rules over the defaults: "METHOD /pattern" to required scopes; `[]` opens to every verified caller. Default none. */
  scopeMappings: z.record(z.string(), z.array(z.string())).optional(),
  /** Paths that need no credential; replaces the whole list. Default: the routes that are public by themselves. */
  excludedRoutePaths: texts.optional(),
  /** Where the token is. Default "header". */
  tokenSource: z.enum(["header", "cookie", "both"]).optional(),
  /** Header with the token. Default "Authorization". */
  tokenHeaderKey: z
    .string()
    .regex(/^[\w!#$%&'*+.^`|~-]+$/)
    .optional(),
  /** Cookie with the token. Default "access_token". */
  cookieName: z
    .string()
    .regex(/^[\w!#$%&'*+.^`|~-]+$/)
    .optional(),
  /** Claim with the scopes, or a list of claims whose scopes count together; each by its exact name, or as a path of names with dots between them (`realm_access.roles`). Default: the first of `scopes`, `scope`, `scp`, `permissions` that is present. */
  scopesClaim: z.union([text, texts.min(1)]).optional(),
  /** Claim with the user id; by name or path, as the claims below. Default "sub". */
  userIdClaim: text.optional(),
  /** Claim with the session id. Default "session_id". */
  sessionIdClaim: text.optional(),
  /** Claim with the audience. Default "aud". */
  audienceClaim: text.optional(),
  /** Claims handed to runs as `dependencies`. Default none. */
  dependenciesClaims: texts.optional(),
  /** Claims handed to runs as `session_state`. Default none. */
  sessionStateClaims: texts.optional(),
  /** Switches that weaken a check. Default none. */
  unsafe: unsafeOptionsSchema.optional(),
});

/** Which web pages may call from a browser. */
export const corsSchema = z.strictObject({
  /**
   * Origins whose pages may call. Default: `CORS_ORIGIN_LIST` and, where the request names this machine (such as
   * localhost), http://localhost:3000.
   */
  allowedOrigins: z.array(text).optional(),
});

/** Addresses and ranges of the proxies in front of a server. */
export const trustedProxiesSchema = z.array(
  z
    .string()
    .refine(isProxyRange, 'is no address or range such as "10.0.0.0/8", or one that has everybody in it'),
);

/** Switches that weaken a check; each is a warning at every start. */
export type UnsafeOptions = z.input<typeof unsafeOptionsSchema>;
/** How tokens are verified and what they must carry (contract 1.2). */
export type AuthorizationConfig = z.input<typeof authorizationConfigSchema>;
/** Which web pages may call from a browser. */
export type CorsOptions = z.input<typeof corsSchema>;

/** The documented environment names, read by `readEnvironment` only (contract 1.2). */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the guard needs to know, whether it stands alone or inside an AgentOS. */
export interface AuthOptions {
  /** Id of this AgentOS: the default audience. Default "agno-agentos". */
  readonly id?: string | undefined;
  /**
   * Enforce scopes. Default true when `authorizationConfig` is given or `AUTHORIZATION_ENABLED` is set; with keys
   * in the environment only, tokens are verified and scopes are not enforced (contract 1.1).
   */
  readonly authorization?: boolean | undefined;
  /** How tokens are verified and what they must carry. Default: environment only. */
  readonly authorizationConfig?: AuthorizationConfig | undefined;
  /** The shared security key for development. Default: `OS_SECURITY_KEY`. */
  readonly securityKey?: string | undefined;
  /** Which web pages may call from a browser. Default: on this machine, those on http://localhost:3000. */
  readonly cors?: CorsOptions | undefined;
  /**
   * Addresses and ranges (CIDR) of the proxies in front of this server. Only what they say of a client in
   * `X-Forwarded-For` is believed: it names the client in denial records, and is the machine that a server without
   * credentials answers. Default: `AGENT_OS_TRUSTED_PROXIES`, else none, so that the peer of the connection is the client.
   */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Environment to read the documented names from. Default: the process's. */
  readonly env?: Environment | undefined;
  /** The command that fixes name. Default "npx --no agentos". */
  readonly cliCommand?: string | undefined;
  /** Where the options were written, since a JSON file has other names for some of them: faults use those. Default "code". */
  readonly writtenIn?: WrittenIn | undefined;
}

export const authOptionsShape = {
  id: text.max(256).optional(),
  authorization: z.boolean().optional(),
  authorizationConfig: authorizationConfigSchema.optional(),
  securityKey: z.string().optional(),
  cors: corsSchema.optional(),
  trustedProxies: trustedProxiesSchema.optional(),
  env: z.record(z.string(), z.string().optional()).optional(),
  cliCommand: text.optional(),
  writtenIn: z.enum(["code", "json"]).optional(),
};
