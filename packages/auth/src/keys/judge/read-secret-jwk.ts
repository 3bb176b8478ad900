/** The secret in a JWK of type "oct", for who signs and who verifies alike. */

import { createFault, type Fault } from "@agentos/contract";
import { decodeBase64Url } from "../../encoding/base64.ts";
import { fail, ok, type Result } from "../../outcome/result.ts";
import { showAlgorithm } from "../model/algorithms.ts";
import { MAX_KEY_CHARACTERS } from "../model/key-limits.ts";
import { readDerVerdict } from "../reader/der-verdict.ts";
import { readKey } from "../reader/read-key.ts";
import type { SecretMaterial } from "./find-secret-fault.ts";

/** Beside `k` they say that `k` is one of them, copied: it looks as random as a secret does. */
const PUBLIC_MEMBERS = ["n", "e", "crv", "x", "y", "x5c"] as const;

/** What `k` holds, or why it is no secret; how strong it is, is left to `findSecretFault`. */
export function readSecretJwk(
  jwk: Readonly<Record<string, unknown>>,
  { algorithm, at }: { readonly algorithm: string; readonly at: string | undefined },
): Result<SecretMaterial, Fault> {
  const { k } = jwk;
  const bytes = typeof k === "string" ? decodeBase64Url(k) : undefined;
  if (bytes === undefined || bytes.length === 0) {
    const facts = { reason: '"k" is missing or not base64url' };
    return fail(createFault({ code: "KEY_JWK_INVALID", at, facts }));
  }
  if (bytes.length > MAX_KEY_CHARACTERS) {
    const facts = { bytes: bytes.length, limit: MAX_KEY_CHARACTERS };
    return fail(createFault({ code: "KEY_TOO_LARGE", at, facts }));
  }
  const text = new TextDecoder().decode(bytes);
  const isAsymmetric = PUBLIC_MEMBERS.some((member) => Object.hasOwn(jwk, member));
  const found = isAsymmetric ? "an asymmetric JWK" : describePublicMaterial(bytes, text);
  if (found === undefined) return ok({ bytes, text });
  const facts = { algorithm: showAlgorithm(algorithm), found };
  return fail(createFault({ code: "KEY_PUBLIC_AS_SECRET", at, facts }));
}

/** Public bytes as `k` would let everybody sign (weak-spots B7). */
function describePublicMaterial(bytes: Uint8Array<ArrayBuffer>, text: string): string | undefined {
  if (readDerVerdict(bytes).kind !== "unknown") return "a key or certificate in DER";
  const { kind } = readKey(text, true);
  // White space is no key: that it is no secret either, is found later.
  return kind === "text" || kind === "empty" ? undefined : "a key or certificate as text";
}
