/**
 * The verifier: shape, header, key, signature, times, issuer, audience, kind, subject, in this order (design.md
 * section 4). Claims are looked at only after the signature holds, so that a refusal before it reveals nothing.
 */

import type { Identity } from "../identity.ts";
import type { KeySet, KeySource } from "../keys/index.ts";
import { selectKeys } from "../keys/index.ts";
import { MAX_TOKEN_BYTES, TOKEN_CACHE_ENTRIES } from "../limits.ts";
import { ok, type Result, refuse } from "../result.ts";
import { decodeJsonObject, parseJsonObject } from "./base64url.ts";
import { buildIdentity } from "./build-identity.ts";
import { checkAudience, checkIssuer, checkKind, checkSubject } from "./check-claims.ts";
import { checkHeader, type TokenHeader } from "./check-header.ts";
import { checkSignature } from "./check-signature.ts";
import { checkTimes, recheckTimes } from "./check-times.ts";
import type { TokenPolicy } from "./policy.ts";
import { readShape } from "./read-shape.ts";
import { createTokenCache } from "./token-cache.ts";

export interface TokenVerifierOptions {
  readonly keySource: KeySource;
  readonly policy: TokenPolicy;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** SHA-256 of a text; must be collision resistant, since it names cache entries. */
  readonly sha256: (text: string) => string;
  /** Verified tokens kept; 0 turns the cache off. Default 10,000. */
  readonly cacheEntries?: number;
}

export interface TokenVerifier {
  /** Answers at once for a token in the cache, else with a promise. Never throws or rejects. */
  verify(token: string): Result<Identity> | Promise<Result<Identity>>;
  /** Forgets every verified token. */
  clear(): void;
}

/** Creates the verifier; it keeps no state but its cache. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { keySource, policy, now, sha256 } = options;
  const cache = createTokenCache(
    policy.verifiesSignature ? (options.cacheEntries ?? TOKEN_CACHE_ENTRIES) : 0,
  );

  async function verifyAnew(token: string, hash: string): Promise<Result<Identity>> {
    const shape = readShape(token);
    if (!shape.ok) return shape;
    const keySet = keySource.current();
    const header = checkHeader(shape.value.header, keySet.algorithms);
    if (!header.ok && policy.verifiesSignature) return header;

    let claims: Readonly<Record<string, unknown>> | undefined;
    let keyLabel: string | undefined;
    let generation = keySet.generation;
    if (policy.verifiesSignature && header.ok) {
      const selected = await findKeys(keySet, header.value);
      if (!selected.ok) return selected;
      generation = selected.value.generation;
      const signature = await checkSignature(token, shape.value, header.value, selected.value.keys);
      if (!signature.ok) return signature;
      claims = parseJsonObject(signature.value.payload);
      keyLabel = signature.value.key.label;
    } else {
      claims = decodeJsonObject(shape.value.payload);
    }
    if (claims === undefined) return refuse("AUTH_PAYLOAD_INVALID");

    const identity = checkAllClaims(claims, keyLabel);
    if (identity.ok) cache.set(hash, identity.value, generation);
    return identity;
  }

  /** The keys to try; asks the source once when the `kid` is unknown. */
  async function findKeys(
    keySet: KeySet,
    header: TokenHeader,
  ): Promise<Result<Pick<KeySet, "keys" | "generation">>> {
    if (keySet.keys.length === 0) return refuse("AUTH_KEYS_UNAVAILABLE");
    const wanted = { algorithm: header.algorithm, kid: header.kid };
    let current = keySet;
    let selection = selectKeys(current, wanted);
    if ("refusal" in selection && selection.refusal === "unknown-kid" && header.kid !== undefined) {
      if ((await keySource.refresh?.(header.kid)) === true) {
        current = keySource.current();
        selection = selectKeys(current, wanted);
      }
    }
    if (!("refusal" in selection)) return ok({ keys: selection.keys, generation: current.generation });
    if (selection.refusal === "no-keys") return refuse("AUTH_KEYS_UNAVAILABLE");
    if (selection.refusal === "algorithm-mismatch") {
      const named = current.keys.filter(({ kid }) => kid !== undefined && kid === header.kid);
      const expected =
        named.length === 0 ? current.algorithms : named.flatMap(({ algorithms }) => algorithms);
      return refuse("AUTH_ALGORITHM_MISMATCH", {
        expected_algorithms: [...new Set(expected)],
        token_algorithm: header.algorithm,
      });
    }
    return refuse(header.namesOwnKey ? "AUTH_EMBEDDED_KEY_REFUSED" : "AUTH_KEY_UNKNOWN");
  }

  function checkAllClaims(
    claims: Readonly<Record<string, unknown>>,
    keyLabel: string | undefined,
  ): Result<Identity> {
    if (claims["jti"] !== undefined && typeof claims["jti"] !== "string")
      return refuse("AUTH_JWT_ID_INVALID");
    const times = policy.verifiesSignature
      ? checkTimes(claims, policy, now())
      : ok({ expiresAt: undefined, notBefore: undefined });
    if (!times.ok) return times;
    for (const check of [checkIssuer(claims, policy), checkAudience(claims, policy), checkKind(claims)])
      if (!check.ok) return check;
    const subject = checkSubject(claims, policy);
    if (!subject.ok) return subject;
    return ok(buildIdentity({ claims, userId: subject.value, times: times.value, keyLabel }, policy));
  }

  return {
    verify(token) {
      if (token.length > MAX_TOKEN_BYTES)
        return refuse("AUTH_TOKEN_TOO_LARGE", { limit_bytes: MAX_TOKEN_BYTES });
      const hash = sha256(token);
      const cached = cache.get(hash, keySource.current().generation);
      // Whatever fails in here is the server's fault, never the token's.
      if (cached === undefined)
        return verifyAnew(token, hash).catch((cause: unknown) => refuse("AUTH_KEYS_UNAVAILABLE", {}, cause));
      const times = recheckTimes(cached, now());
      if (times.ok) return ok(cached);
      cache.delete(hash);
      return times;
    },
    clear: () => cache.clear(),
  };
}
