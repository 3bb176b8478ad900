/**
 * The engine: one authentication and one authorization for every transport. It has no clock, environment, random or
 * I/O of its own; all of it is passed in.
 */
import type { CompiledRoute } from "../decide/compile-route.ts";
import { isPublicFor, mayReach } from "../decide/decide.ts";
import { createNameless, type Identity } from "../identity/identity.ts";
import { createSubjectRules } from "../identity/subject-rules.ts";
import { fail, ok, type Refusal, type Result, refuse } from "../outcome/result.ts";
import { type AuthPolicy, believesEverybody } from "../policy/policy.ts";
import { checkCookieOrigin, checkLoopback } from "../request/check-origin.ts";
import { type Credential, createCredentialExtractor } from "../request/extract-credential.ts";
import type { RequestFacts } from "../request/request-facts.ts";
import type { PathParameters } from "../scope/requirement.ts";
import type { Access } from "./access.ts";
import type { Authenticator } from "./authenticator.ts";
import { authorize } from "./authorize.ts";
import type { RevocationCheck } from "./revocation-check.ts";

/** What the engine runs on. */
export interface AuthEngineOptions {
  /** Who may call, with what, and how far. */
  readonly policy: AuthPolicy;
  /** Of these the first that recognises a credential judges it. */
  readonly authenticators: readonly Authenticator[];
  /** Asked of every identity, on every request. Default: nothing is revoked. */
  readonly revocation?: RevocationCheck | undefined;
}

/** Authentication and authorization of one server, the same on every transport. */
export interface AuthEngine {
  /** Who calls. Answers at once for a cached token. Never throws. */
  authenticate(request: RequestFacts): Result<Identity> | Promise<Result<Identity>>;
  /** Whether a caller who was let in is let in still, by all but the credential, which is not read again. Never throws. */
  readmit(identity: Identity): Result<Identity> | Promise<Result<Identity>>;
  /** Whether this caller may use this route with these decoded path parameters. */
  authorize(identity: Identity, route: CompiledRoute, parameters: PathParameters): Result<Access>;
  /** Whether some request of this caller to a route may be allowed: what is worth showing to them, and never a decision. */
  mayReach(identity: Identity, route: CompiledRoute): boolean;
  /** True when the route needs no credential; then none is read, and {@link anonymous} is its access. */
  isPublic(route: CompiledRoute, parameters: PathParameters): boolean;
  /** The access of whoever calls a public route, or a server without a credential. */
  readonly anonymous: Access;
}

/** Creates the engine. */
export function createAuthEngine({ policy, authenticators, revocation }: AuthEngineOptions): AuthEngine {
  const anonymous: Access = Object.freeze({
    identity: createNameless("anonymous", policy.adminScope),
    visible: "all",
    // Who a stranger is nobody knows: with isolation nobody's data, unless a server without a credential believes everybody.
    dataScope: Object.freeze({ kind: policy.isolatesUsers && policy.mode !== "none" ? "none" : "all" }),
    decision: undefined,
  });
  const isOwnMachineOnly = believesEverybody(policy.mode);
  const extractCredential = createCredentialExtractor(policy);
  const findSubjectFault = createSubjectRules(policy);
  const isKnown = policy.mode !== "jwt-unverified";

  function authenticate(request: RequestFacts): Result<Identity> | Promise<Result<Identity>> {
    if (isOwnMachineOnly) {
      const origin = checkLoopback(request, policy);
      if (!origin.ok) return origin;
    }
    if (policy.mode === "none") return ok(anonymous.identity);
    const extracted = extractCredential(request);
    if (!extracted.ok) return extracted;
    const credential = extracted.value;
    if (credential.via === "cookie") {
      const origin = checkCookieOrigin(request, policy);
      if (!origin.ok) return origin;
    }
    const verified = identify(credential);
    // A cached token answers at once: no promise on the hot path.
    return verified instanceof Promise ? verified.then(admit) : admit(verified);
  }

  /** The authenticators of a mode recognise every credential between them: where none does, the server is at fault. */
  function identify(credential: Credential): Result<Identity> | Promise<Result<Identity>> {
    for (const authenticator of authenticators)
      if (authenticator.recognises(credential)) return authenticator.verify(credential);
    return refuse("AUTH_KEYS_UNAVAILABLE");
  }

  /** What holds of every identity, whoever found it. */
  function admit(verified: Result<Identity>): Result<Identity> | Promise<Result<Identity>> {
    if (!verified.ok) return fail(disown(verified.fault));
    const identity = verified.value;
    const { userId: subject, issuer, owner } = identity;
    const misnamed = findSubjectFault(identity);
    // Whom it is about is known here; without verification nobody knows. A name that is not theirs owns nothing.
    if (misnamed !== undefined) return fail(isKnown ? { subject, issuer, ...misnamed } : misnamed);
    const revoked = revocation?.(identity);
    if (revoked === undefined) return verified;
    const conclude = (refusal: Refusal | undefined): Result<Identity> => {
      if (refusal === undefined) return verified;
      return fail(isKnown ? { subject, issuer, owner, ...refusal } : refusal);
    };
    return revoked instanceof Promise ? revoked.then(conclude) : conclude(revoked);
  }

  /** A name that is not theirs owns nothing, whatever else is wrong with the token. */
  function disown(refusal: Refusal): Refusal {
    const { owner, subject } = refusal;
    return owner !== undefined && findSubjectFault({ kind: "user", userId: owner.id, subject }) !== undefined
      ? { ...refusal, owner: undefined }
      : refusal;
  }

  return {
    anonymous,
    authenticate,
    readmit: (identity) => (policy.mode === "none" ? ok(identity) : admit(ok(identity))),
    authorize: (identity, route, parameters) => authorize(identity, { route, parameters }, policy),
    mayReach: (identity, route) =>
      identity.kind === "user" && policy.enforcesScopes
        ? mayReach(identity.grants, route)
        : route.access.rule !== "unmapped" || route.access.conditional.length > 0,
    isPublic: isPublicFor,
  };
}
