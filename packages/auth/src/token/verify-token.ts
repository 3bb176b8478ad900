/**
 * The verifier: shape, header, key, signature, times, issuer, kind, audience, user id, in this order (design.md
 * section 4). Claims are looked at only after the signature holds, so that a refusal before it reveals nothing. Names
 * that a user may not have are no matter of tokens: see `identity/subject-rules.ts`.
 */

import { decodeJsonObject } from "../encoding/base64url.ts";
import type { Identity } from "../identity/identity.ts";
import { createOwner, DEFAULT_ISSUER_NAME, type Owner } from "../identity/owner.ts";
import type { VerificationKey } from "../keys/model/key.ts";
import type { KeySource } from "../keys/source/key-source.ts";
import { fail, ok, type Result, refuse } from "../outcome/result.ts";
import type { AuthPolicy, TokenPolicy } from "../policy/policy.ts";
import { buildIdentity } from "./build-identity.ts";
import { checkAllClaims } from "./check-all-claims.ts";
import { checkIssuer, readUser } from "./check-claims.ts";
import { checkHeader } from "./check-header.ts";
import { checkSignature, type SignatureCheck } from "./check-signature.ts";
import { recheckTimes } from "./check-times.ts";
import { findKeys } from "./find-keys.ts";
import { type Claims, readClaim } from "./read-claim.ts";
import { readShape, type TokenShape } from "./read-shape.ts";
import { readTokenFacts } from "./read-token-facts.ts";
import { addForeignIssuer, createIssuerSelector, type TrustedIssuer } from "./select-issuer.ts";
import { createTokenCache } from "./token-cache.ts";
import { MAX_IDENTIFIER_CHARACTERS, MAX_TOKEN_BYTES, TOKEN_CACHE_ENTRIES } from "./token-limits.ts";
import { noteVerifyingKey } from "./verifying-key.ts";

/** What the verifier checks with; clock and hash come from outside. */
export interface TokenVerifierOptions {
  /** All keys. */
  readonly keySource: KeySource;
  /** What tokens are checked against; its first part is for every token, unless `issuers` are given. */
  readonly policy: Pick<AuthPolicy, "mode" | "adminScope" | "claimNames" | "tokens">;
  /** When given, a token is verified only with the keys and the part of the issuer that it names. */
  readonly issuers?: readonly TrustedIssuer[] | undefined;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** SHA-256 of a text; must be collision resistant, since it names cache entries. */
  readonly sha256: (text: string) => string;
  /** The cryptography, where a runtime has a faster one; default jose. */
  readonly signatureCheck?: SignatureCheck | undefined;
  /** Verified tokens kept; 0 turns the cache off. Default 10,000. */
  readonly cacheEntries?: number;
}

/** Verifies tokens, and remembers those that passed until they expire or a key changes. */
export interface TokenVerifier {
  /**
   * Answers at once for a token in the cache, else with a promise. Never throws or rejects. Whether a user may be called
   * so is not asked here, but by the engine of every identity.
   */
  verify(token: string): Result<Identity> | Promise<Result<Identity>>;
  /** Forgets every verified token. */
  clear(): void;
}

/** What is known of a token beside its claims once its signature holds. */
interface Verified {
  /** Undefined where no signature is verified. */
  readonly key: VerificationKey | undefined;
  readonly trusted: TrustedIssuer;
  readonly isAccessTyped: boolean;
}

/** Creates the verifier; it keeps no state but its cache. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { keySource, policy, now, sha256 } = options;
  const { mode, claimNames } = policy;
  const only: TrustedIssuer = { keySource, policy: policy.tokens[0] };
  const selectIssuer = options.issuers === undefined ? () => ok(only) : createIssuerSelector(options.issuers);
  const isVerified = mode !== "jwt-unverified";
  const cache = createTokenCache(isVerified ? (options.cacheEntries ?? TOKEN_CACHE_ENTRIES) : 0);

  async function verifyAnew(token: string, hash: string): Promise<Result<Identity>> {
    const shape = readShape(token);
    if (!shape.ok) return shape;
    if (!isVerified) {
      const claims = decodeJsonObject(shape.value.payload);
      return claims === undefined
        ? refuse("AUTH_PAYLOAD_INVALID")
        : acceptClaims(claims, shape.value, { key: undefined, trusted: only, isAccessTyped: false });
    }
    // Taken first: keys that change while this token is being verified make its cache entry worthless.
    const { generation } = keySource.current();
    const issuer = selectIssuer(shape.value.payload);
    const trusted = issuer.ok ? issuer.value : only;
    const algorithms = trusted.policy.algorithms ?? trusted.keySource.current().algorithms;
    const header = checkHeader(shape.value.header, algorithms);
    if (!header.ok) return header;
    if (!issuer.ok) return issuer;
    if (trusted.policy.algorithms?.includes(header.value.algorithm) === false) {
      const facts = { expected_algorithms: algorithms, token_algorithm: header.value.algorithm };
      return refuse("AUTH_ALGORITHM_MISMATCH", facts);
    }
    const found = findKeys(trusted.keySource, header.value);
    const selected = found instanceof Promise ? await found : found;
    if (!selected.ok) return addForeignIssuer(selected, shape.value.payload, trusted.policy);
    const key = await checkSignature(
      token,
      shape.value,
      header.value,
      selected.value.keys,
      options.signatureCheck,
    );
    if (!key.ok) return addForeignIssuer(key, shape.value.payload, trusted.policy);

    const claims = decodeJsonObject(shape.value.payload);
    if (claims === undefined) return refuse("AUTH_PAYLOAD_INVALID");
    const { isAccessTyped } = header.value;
    const seen = { key: key.value, trusted, isAccessTyped };
    const identity = acceptClaims(claims, shape.value, seen);
    if (!identity.ok) return identity;
    noteVerifyingKey(identity.value, key.value);
    cache.set(hash, identity.value, trusted === only ? selected.value.generation : generation);
    return identity;
  }

  /** The claims of a token that may be believed; a refusal from here on names whose token it was. */
  function acceptClaims(
    claims: Claims,
    { header, payload }: TokenShape,
    { key, trusted, isAccessTyped }: Verified,
  ): Result<Identity> {
    const { policy: part } = trusted;
    const accepted = checkAllClaims(claims, { mode, claimNames, policy: part, now: now(), isAccessTyped });
    if (accepted.ok) {
      const token = readTokenFacts(claims, () => sha256(`${header}.${payload}`));
      return ok(buildIdentity({ ...accepted.value, claims, key, token, policy: part }, policy));
    }
    const subject = readClaim(claims, claimNames.userId);
    if (typeof subject !== "string" || !isVerified) return accepted;
    return {
      ok: false,
      fault: {
        ...accepted.fault,
        subject: subject.slice(0, MAX_IDENTIFIER_CHARACTERS),
        issuer: part.name ?? DEFAULT_ISSUER_NAME,
        owner: findOwner(claims, part),
      },
    };
  }

  /** Whose refused token it is. One of another issuer names nobody here, whatever its user is called. */
  function findOwner(claims: Claims, part: TokenPolicy): Owner | undefined {
    const user = readUser(claims, part, claimNames);
    return user.ok && user.value.userId !== undefined && checkIssuer(claims, part).ok
      ? createOwner(part.name ?? DEFAULT_ISSUER_NAME, user.value.userId)
      : undefined;
  }

  return {
    verify(token) {
      if (token.length > MAX_TOKEN_BYTES)
        return refuse("AUTH_TOKEN_TOO_LARGE", { token_bytes: token.length, limit_bytes: MAX_TOKEN_BYTES });
      const hash = sha256(token);
      const cached = cache.get(hash, keySource.current().generation);
      // Whatever fails in here is the server's fault, never the token's.
      if (cached === undefined)
        return verifyAnew(token, hash).catch((cause: unknown) => refuse("AUTH_KEYS_UNAVAILABLE", {}, cause));
      const times = recheckTimes(cached, now());
      if (times.ok) return ok(cached);
      cache.delete(hash);
      const { userId: subject, issuer, owner } = cached;
      return fail({ ...times.fault, subject, issuer, owner });
    },
    clear: () => cache.clear(),
  };
}
