/** A shared secret becomes a verification key, or a fault says why it must not. Nothing of it is ever shown. */

import type { Fault } from "@agentos/contract";
import { fail, ok, type Result } from "../../outcome/result.ts";
import { boundAlgorithms, signingAlgorithms } from "../model/algorithms.ts";
import type { VerificationKey } from "../model/key.ts";
import { findSecretFault, type SecretOptions } from "./find-secret-fault.ts";
import { chooseAlgorithm, type KeyContext } from "./public-verification-key.ts";
import { rememberMaterial, type SecretMaterial } from "./secret-material.ts";

export async function createSecretVerificationKey(
  secret: SecretMaterial,
  context: KeyContext,
  options: SecretOptions,
): Promise<Result<VerificationKey, Fault>> {
  const { index, source, kid, repairs, answersUnknownKid } = context;
  const chosen = chooseAlgorithm({ type: "oct" }, context);
  if (!chosen.ok) return chosen;
  const algorithm = chosen.value;
  const unfit = findSecretFault(secret, { ...options, algorithm, at: source });
  if (unfit !== undefined) return fail(unfit);
  const { hashBytes, parameters } = signingAlgorithms[algorithm];
  const key: VerificationKey = Object.freeze({
    index,
    source,
    kid,
    algorithms: boundAlgorithms(algorithm),
    type: "oct",
    key: await crypto.subtle.importKey("raw", secret.bytes, parameters, false, ["verify"]),
    label: `${algorithm} secret #${index + 1}, ${secret.bytes.length} bytes`,
    thumbprint: undefined,
    signatureBytes: hashBytes,
    repairs,
    answersUnknownKid,
  });
  rememberMaterial(key, { bytes: secret.bytes, text: secret.text });
  return ok(key);
}

/** What stands at the edge of a secret and may be there by mistake, in words. */
export function findSecretEdge(text: string): string | undefined {
  if (/^\uFEFF|\uFEFF$/.test(text)) return "a byte order mark";
  if (text.trim() !== text) return "white space";
  return /^["'`]|["'`]$/.test(text) ? "a quote" : undefined;
}
