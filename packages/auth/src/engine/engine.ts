/**
 * The engine: one authentication and one authorization for every transport. It has no clock, environment, random or
 * I/O of its own; all of it is passed in.
 */
import type { RefusalCode } from "@agentos/contract";
import type { CompiledRoute } from "../decide/compile-route.ts";
import { type Decision, decide, findRule } from "../decide/decide.ts";
import { describeScopeChoice } from "../decide/scope-choice.ts";
import type { Identity } from "../identity/identity.ts";
import { ok, type Result, refuse } from "../outcome/result.ts";
import { checkCookieOrigin, checkLoopback } from "../request/check-origin.ts";
import { type Credential, extractCredential, type TokenSource } from "../request/extract-credential.ts";
import type { RequestFacts } from "../request/request-facts.ts";
import { compileGrants, type Grants } from "../scope/grants.ts";
import type { PathParameters } from "../scope/requirement.ts";
import type { TokenVerifier } from "../token/verify-token.ts";

/** What guards the server (contract 1.1); `jwt` wins over `security_key`. */
export type AuthMode = "jwt" | "security_key" | "none";

/** Checked options; everything that the engine needs from outside is among them. */
export interface AuthEngineOptions {
  /** What a credential has to be. */
  readonly mode: AuthMode;
  /** Needed in mode `jwt`. */
  readonly verifier?: TokenVerifier | undefined;
  /** Needed in mode `security_key`; in mode `jwt` its presence only makes a refusal clearer. */
  readonly securityKey?: string | undefined;
  /** Answer this machine only: for a server that believes everybody (no credential, or unverified tokens). */
  readonly isLoopbackOnly: boolean;
  /** False verifies tokens without enforcing scopes. */
  readonly enforcesScopes: boolean;
  /** Each user reaches only their own data (contract 2.7). */
  readonly isolatesUsers: boolean;
  /** The scope that satisfies every requirement. */
  readonly adminScope: string;
  /** Claim with the user id, named where isolation refuses a token without one. */
  readonly userIdClaim: string;
  /** Where a token is looked for; the security key is taken from `Authorization` only. */
  readonly tokenSource: TokenSource;
  /** Header with the token, in any case. */
  readonly tokenHeaderName: string;
  /** Cookie with the token, to the letter. */
  readonly cookieName: string;
  /** Origins whose pages may use a cookie, or an AgentOS without credentials. */
  readonly allowedOrigins: readonly string[];
  /** SHA-256 of a text. Security keys are compared by it, so that the time taken tells nothing. */
  readonly sha256: (text: string) => string;
}

/** What an allowed caller may see and touch. */
export interface Access {
  /** Who calls. */
  readonly identity: Identity;
  /** For a list: the items to show. */
  readonly visible: "all" | ReadonlySet<string>;
  /** Whose data the request may touch: everybody's, one user's, or nobody's. */
  readonly dataScope:
    | { readonly kind: "all" }
    | { readonly kind: "user"; readonly userId: string }
    | { readonly kind: "none" };
  /** Why scopes allow it; undefined where scopes are not enforced. */
  readonly decision: Decision | undefined;
}

/** Authentication and authorization of one server, the same on every transport. */
export interface AuthEngine {
  /** What a credential has to be. */
  readonly mode: AuthMode;
  /** Who calls. Answers at once for a cached token. Never throws. */
  authenticate(request: RequestFacts): Result<Identity> | Promise<Result<Identity>>;
  /** Whether this caller may use this route with these decoded path parameters. */
  authorize(identity: Identity, route: CompiledRoute, parameters: PathParameters): Result<Access>;
  /** True when the route needs no credential; then none is read. */
  isPublic(route: CompiledRoute, parameters: PathParameters): boolean;
}

/** Creates the engine from checked options. */
export function createAuthEngine(options: AuthEngineOptions): AuthEngine {
  const { mode, verifier, sha256 } = options;
  const nothing = compileGrants([], options.adminScope);
  const anonymous = createRoot("anonymous", nothing);
  const root = createRoot("security_key", nothing);
  const securityKeyHash = options.securityKey === undefined ? undefined : sha256(options.securityKey);
  const extraction = {
    source: mode === "security_key" ? ("header" as const) : options.tokenSource,
    headerName: mode === "security_key" ? "Authorization" : options.tokenHeaderName,
    cookieName: options.cookieName,
    missing: missingCode(mode, options.tokenSource),
  };

  const acceptedCredential = mode === "jwt" ? "a JWT" : "the security key of this AgentOS";
  // Where only cookies are read, a header is no way out.
  const cookieAlternative =
    options.tokenSource === "both"
      ? `send the token in the header "${options.tokenHeaderName}: Bearer TOKEN", or `
      : "";

  function authenticate(request: RequestFacts): Result<Identity> | Promise<Result<Identity>> {
    if (options.isLoopbackOnly) {
      const origin = checkLoopback(request, options);
      if (!origin.ok) return origin;
    }
    if (mode === "none") return ok(anonymous);
    const extracted = extractCredential(request, extraction);
    if (!extracted.ok) return extracted;
    const credential = extracted.value;
    if (credential.via === "cookie") {
      const origin = checkCookieOrigin(request, options);
      if (!origin.ok) return refuse("AUTH_COOKIE_CROSS_SITE", { alternative: cookieAlternative });
    }
    // A service account token is never tried as anything else (contract 1.6).
    if (credential.value.startsWith("agno_pat_"))
      return refuse("AUTH_SERVICE_ACCOUNTS_DISABLED", { accepted_credential: acceptedCredential });
    return mode === "jwt" ? verifyJwt(credential) : compareSecurityKey(credential);
  }

  function verifyJwt({ value, via }: Credential): Result<Identity> | Promise<Result<Identity>> {
    // Two headers arrive joined by a comma, which no token contains.
    if (via === "header" && value.includes(",")) return refuse("AUTH_CREDENTIAL_REPEATED");
    // Said by form, without comparing: the answer must not tell whether a guessed key is right.
    if (securityKeyHash !== undefined && !/\.[^.]*\./.test(value))
      return refuse("AUTH_SECURITY_KEY_NOT_ACCEPTED");
    return verifier === undefined ? refuse("AUTH_KEYS_UNAVAILABLE") : verifier.verify(value);
  }

  function compareSecurityKey({ value }: Credential): Result<Identity> {
    if (securityKeyHash !== undefined && equalInConstantTime(sha256(value), securityKeyHash)) return ok(root);
    if (value.includes(",")) return refuse("AUTH_CREDENTIAL_REPEATED");
    return refuse(
      /^[\w-]+\.[\w-]+\.[\w-]*$/.test(value) ? "AUTH_TOKEN_NOT_ACCEPTED" : "AUTH_SECURITY_KEY_INVALID",
    );
  }

  function authorize(identity: Identity, route: CompiledRoute, parameters: PathParameters): Result<Access> {
    let decision: Decision | undefined;
    if (identity.kind === "user" && options.enforcesScopes) {
      decision = decide(identity.grants, route, parameters);
      if (!decision.isAllowed) {
        const { required, missing, scopeToAdd } = decision;
        const { withheldScopes } = identity;
        const facts = {
          required_scopes: required,
          missing_scopes: missing,
          held_scopes: identity.scopes,
          ...(withheldScopes === undefined ? {} : { withheld_scopes: withheldScopes }),
        };
        const refused = refuse(
          wouldSuffice(identity, route, parameters) ? "SCOPE_OVER_CEILING" : decision.code,
          scopeToAdd === undefined
            ? facts
            : { ...facts, scope_to_add: scopeToAdd, scope_choice: describeScopeChoice(scopeToAdd, missing) },
        );
        return { ok: false, fault: { ...refused.fault, subject: identity.userId } };
      }
    } else if (findRule(route, parameters) === "unmapped") {
      return refuse("SCOPE_ROUTE_UNMAPPED");
    }
    const dataScope = dataScopeOf(identity);
    if (route.access.isOwned && dataScope.kind === "none") {
      return refuse("AUTH_USER_REQUIRED", { user_id_claim: options.userIdClaim });
    }
    return ok({
      identity,
      visible: decision?.isAllowed === true ? decision.visible : "all",
      dataScope,
      decision,
    });
  }

  /** True when the scopes of the token would do, were it not for the ceiling of its issuer. */
  function wouldSuffice(
    { scopes, withheldScopes }: Identity,
    route: CompiledRoute,
    parameters: PathParameters,
  ): boolean {
    if (withheldScopes === undefined) return false;
    const all = compileGrants([...scopes, ...withheldScopes], options.adminScope);
    return decide(all, route, parameters).isAllowed;
  }

  /** Without a usable user id isolation means nobody's data, never everybody's (repair of contract Q10). */
  function dataScopeOf(identity: Identity): Access["dataScope"] {
    if (!options.isolatesUsers || identity.kind !== "user" || identity.grants.adminScope !== undefined)
      return { kind: "all" };
    return identity.userId === undefined ? { kind: "none" } : { kind: "user", userId: identity.userId };
  }

  return {
    mode,
    authenticate,
    authorize,
    isPublic: (route, parameters) => findRule(route, parameters) === "public",
  };
}

function createRoot(kind: "security_key" | "anonymous", grants: Grants): Identity {
  return Object.freeze({
    kind,
    userId: undefined,
    sessionId: undefined,
    scopes: Object.freeze([]),
    grants,
    claims: Object.freeze({}),
    dependencies: undefined,
    sessionState: undefined,
    expiresAt: undefined,
    notBefore: undefined,
    keyLabel: undefined,
  });
}

function missingCode(mode: AuthMode, source: TokenSource): RefusalCode {
  if (mode === "security_key") return "AUTH_SECURITY_KEY_MISSING";
  if (source === "cookie") return "AUTH_COOKIE_MISSING";
  return source === "both" ? "AUTH_TOKEN_MISSING" : "AUTH_HEADER_MISSING";
}

/** Compares two digests of equal length without telling where they differ. */
function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index++)
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index % b.length);
  return difference === 0;
}
