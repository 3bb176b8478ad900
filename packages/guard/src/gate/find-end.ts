/**
 * Why what a caller has opened may not go on: as a request is judged by the policy in force, but for the times of its
 * credential.
 */
import {
  type AuthEngine,
  type CompiledRoute,
  DEFAULT_ISSUER_NAME,
  type Identity,
  isKeyWithdrawn,
  isTokenMode,
  type Refusal,
  type RevocationCheck,
  recheckClaims,
  refuse,
  type TrustedIssuer,
} from "@agentos/auth";
import type { Revocations } from "../revocations/revocations.ts";
import type { FindEnd } from "./connection-registry.ts";
import { isReadAlike, type ReadBy } from "./read-alike.ts";

export interface FindEndOptions {
  readonly engine: Pick<AuthEngine, "authorize" | "isPublic">;
  readonly readBy: ReadBy;
  /** Those in force; one that was opened under an older policy is found by its id. */
  readonly routes: readonly CompiledRoute[];
  /** Those of the policy, with the keys in force. */
  readonly issuers: readonly TrustedIssuer[];
  readonly revocations: Pick<Revocations, "judge">;
  /** That of whoever embeds this server. What it has to wait for it says at the next request. */
  readonly revocation: RevocationCheck | undefined;
}

/** Creates the judgement. */
export function createFindEnd(options: FindEndOptions): FindEnd {
  const { engine, readBy, issuers, revocations, revocation } = options;
  const { policy } = readBy;
  const routes = new Map(options.routes.map((route) => [route.id, route]));

  function findCredentialEnd(identity: Identity, before: ReadBy): Refusal | undefined {
    if (policy.mode === "none") return undefined;
    if (identity.kind === "anonymous") return refuse("AUTH_HEADER_MISSING").fault;
    if (!isReadAlike(identity, before, readBy)) return refuse("AUTH_KEY_UNKNOWN").fault;
    if (identity.kind === "security_key")
      return policy.mode === "security_key" ? undefined : refuse("AUTH_KEY_UNKNOWN").fault;
    // Of a credential of the product's own only its authenticator knows.
    return identity.token === undefined ? undefined : findTokenEnd(identity);
  }

  function findTokenEnd(identity: Identity): Refusal | undefined {
    const named = issuers.filter(({ policy: { name } }) => (name ?? DEFAULT_ISSUER_NAME) === identity.issuer);
    if (!isTokenMode(policy.mode) || named.length === 0) return refuse("AUTH_KEY_UNKNOWN").fault;
    const keys = named.flatMap(({ keySource }) => keySource.current().keys);
    if (policy.mode === "jwt" && isKeyWithdrawn(identity, keys)) return refuse("AUTH_KEY_UNKNOWN").fault;
    const checked = named.map((issuer) => recheckClaims(identity.claims, issuer.policy, policy.claimNames));
    const refused = checked.find((result) => !result.ok);
    return refused === undefined || refused.ok || checked.some(({ ok }) => ok) ? undefined : refused.fault;
  }

  return ({ identity, route: opened, parameters, readBy: before = readBy }) => {
    const route = routes.get(opened.id) ?? opened;
    if (engine.isPublic(route, parameters)) return undefined;
    const revoked = revocations.judge(identity);
    if (revoked !== undefined) return revoked;
    const refused = revocation?.(identity);
    if (refused instanceof Promise) {
      // Nobody waits for it here: the next request asks again, and fails where it does.
      refused.catch(() => undefined);
    } else if (refused !== undefined) return refused;
    const credential = findCredentialEnd(identity, before);
    if (credential !== undefined) return credential;
    const authorized = engine.authorize(identity, route, parameters);
    return authorized.ok ? undefined : authorized.fault;
  };
}
