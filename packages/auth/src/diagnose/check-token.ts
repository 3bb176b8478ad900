/**
 * A token checked as a server with these keys would check it, and everything else that is wrong with it. The first
 * objection is the verifier's own, so this can never say something else than a server.
 */
import { CLAIM_STAGES, REFUSALS } from "@agentos/contract";
import { createSubjectRules } from "../identity/subject-rules.ts";
import { type VerificationKey } from "../keys/model/key.ts";
import { createStaticKeySource } from "../keys/source/key-source.ts";
import type { Refusal } from "../outcome/result.ts";
import type { KnownPolicy } from "../policy/policy.ts";
import { createTokenVerifier } from "../token/verify-token.ts";
import { completePolicy } from "./complete-policy.ts";
import { listAlgorithms } from "./diagnosis.ts";
import { type InspectedToken, inspectToken } from "./inspect-token.ts";

/** The server that checks; its tokens are those of one issuer. */
export interface CheckTokenOptions {
  /** What it checks, as far as it is known. */
  readonly policy: KnownPolicy;
  /** Keys to verify with; none when the signature is not to be checked. */
  readonly keys: readonly VerificationKey[];
  /** Seconds since 1970. */
  readonly now: number;
}

/** An inspected token, and what a key says about it. */
export interface CheckedToken extends InspectedToken {
  /** `verified` where nothing but claims is wrong, `refused` for whatever fails before them, `not checked` without keys. */
  readonly signature: "verified" | "refused" | "not checked";
  /** Label of the key that verified it. */
  readonly keyLabel: string | undefined;
}

/** Checks a token; never throws. */
export async function checkToken(
  token: string,
  { policy: known, keys, now }: CheckTokenOptions,
): Promise<CheckedToken> {
  const policy = completePolicy(known);
  const algorithms = listAlgorithms(keys);
  const inspected = inspectToken(token, { policy, algorithms, now });
  if (keys.length === 0) return { ...inspected, signature: "not checked", keyLabel: undefined };

  const verifier = createTokenVerifier({
    keySource: createStaticKeySource(keys),
    policy,
    now: () => now,
    sha256: (text) => text,
    cacheEntries: 0,
  });
  const result = await verifier.verify(token);
  const first = result.ok ? createSubjectRules(policy)(result.value) : result.fault;
  if (first === undefined) {
    const keyLabel = result.ok ? result.value.keyLabel : undefined;
    return { ...inspected, objections: [], signature: "verified", keyLabel };
  }
  const isClaim = isClaimRefusal(first);
  // Claims are looked at only after the signature held; that it is JSON at all shows only then, too.
  return {
    ...inspected,
    objections: [
      first,
      ...inspected.objections.filter((other) => other.code !== first.code && isClaimRefusal(other)),
    ],
    signature: isClaim && first.code !== "AUTH_PAYLOAD_INVALID" ? "verified" : "refused",
    keyLabel: undefined,
  };
}

function isClaimRefusal({ code }: Refusal): boolean {
  return CLAIM_STAGES.includes(REFUSALS[code].stage);
}
