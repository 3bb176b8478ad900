/**
 * Shared secrets beside public keys in the keys of one issuer. Whoever expects a public key there publishes it, and the
 * name of an algorithm in a token would choose between the two kinds: the oldest forgery of JWTs. So one kind at a time.
 */

import { createFault, type Fault } from "@agentos/contract";
import { A_SECRET } from "../judge/public-verification-key.ts";
import type { KeyResult } from "../model/key.ts";

/** A secret that was refused because public keys are expected. */
function isRefusedSecret({ code, facts }: Fault): boolean {
  if (code === "KEY_ALGORITHM_REQUIRED") return facts["could_be_secret"] === true;
  return code === "KEY_ALGORITHM_MISMATCH" && facts["key_type"] === A_SECRET;
}

/** A public key that was refused because secrets are expected. A secret made of one is another matter. */
function isRefusedPublicKey({ code, facts }: Fault): boolean {
  return code === "KEY_PUBLIC_AS_SECRET" && String(facts["found"]).startsWith("a public key (");
}

/**
 * Names the mixture where keys of one kind are in order and one of the other kind was refused: to change the algorithm, as
 * the fix of the one fault says, would only bring about the other.
 */
export function nameMixedKinds({ keys, faults }: KeyResult): KeyResult {
  const hasSecret = keys.some(({ type }) => type === "oct");
  const hasPublic = keys.some(({ type }) => type !== "oct");
  if (hasSecret && hasPublic) throw new TypeError("INVARIANT: no algorithm fits a secret and a public key");
  return {
    keys,
    faults: faults.map((fault) => {
      if (hasPublic && isRefusedSecret(fault))
        return createMixedFault(fault, {
          found: String(fault.facts["found"] ?? A_SECRET),
          others: "public keys",
        });
      if (hasSecret && isRefusedPublicKey(fault))
        return createMixedFault(fault, { found: "a public key", others: "shared secrets" });
      return fault;
    }),
  };
}

function createMixedFault(
  { at }: Fault,
  facts: { readonly found: string; readonly others: string },
): Fault<"KEY_KINDS_MIXED"> {
  return createFault({ code: "KEY_KINDS_MIXED", at, facts });
}
