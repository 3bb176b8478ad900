/** The secret in a JWK of type "oct", for who signs and who verifies alike. */

import { createFault, type Fault } from "@agentos/contract";
import { fail, ok, type Result } from "../../outcome/result.ts";
import { showAlgorithm } from "../model/algorithms.ts";
import { MAX_KEY_CHARACTERS } from "../model/key-limits.ts";
import { readDerVerdict } from "../reader/der-verdict.ts";
import { readKey } from "../reader/read-key.ts";
import type { DerVerdict } from "../reader/verdict.ts";
import { type MemberBytes, readMember } from "./jwk-members.ts";
import { readSecretMaterial, readTypedText, type SecretMaterial } from "./secret-material.ts";

/** Beside `k` they say that `k` is one of them, copied: it looks as random as a secret does. */
const PUBLIC_MEMBERS = ["n", "e", "crv", "x", "y", "x5c"] as const;

/** A secret, and what had to be repaired to read it. */
export type SecretJwk = SecretMaterial & Pick<MemberBytes, "repairs">;

/** What `k` holds, or why it is no secret; how strong it is, is left to `findSecretFault`. */
export function readSecretJwk(
  jwk: Readonly<Record<string, unknown>>,
  { algorithm, at }: { readonly algorithm: string; readonly at: string | undefined },
): Result<SecretJwk, Fault> {
  const read = readMember(jwk, "k");
  if (!read.ok) return fail(createFault({ code: "KEY_JWK_INVALID", at, facts: { reason: read.fault } }));
  const { bytes, repairs } = read.value;
  if (bytes.length > MAX_KEY_CHARACTERS) {
    const facts = { bytes: bytes.length, limit: MAX_KEY_CHARACTERS, padding_found: "" };
    return fail(createFault({ code: "KEY_TOO_LARGE", at, facts }));
  }
  const material = readSecretMaterial(bytes);
  const isAsymmetric = PUBLIC_MEMBERS.some((member) => Object.hasOwn(jwk, member));
  const found = isAsymmetric ? "an asymmetric JWK" : describePublicMaterial(material);
  if (found === undefined) return ok({ ...material, repairs });
  const facts = { algorithm: showAlgorithm(algorithm), found };
  return fail(createFault({ code: "KEY_PUBLIC_AS_SECRET", at, facts }));
}

const NO_WHOLE_KEY: ReadonlySet<DerVerdict["kind"]> = new Set(["unknown", "truncated", "damaged"]);

/** Public bytes as `k` would let everybody sign (weak-spots B7). */
function describePublicMaterial(material: SecretMaterial): string | undefined {
  // A key that is cut off or damaged is found by its traces: random bytes can begin like one.
  if (!NO_WHOLE_KEY.has(readDerVerdict(material.bytes).kind)) return "a key or certificate in DER";
  const text = readTypedText(material);
  if (text === undefined) return undefined;
  const { kind } = readKey(text, { isSecret: true });
  // White space is no key: that it is no secret either, is found later.
  return kind === "text" || kind === "empty" ? undefined : "a key or certificate as text";
}
