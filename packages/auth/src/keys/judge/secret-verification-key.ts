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

/** What a secret begins or ends with, perhaps by mistake, in words. */
export function findSecretEdge(text: string): string | undefined {
  const [first, last] = [describeEdge(text.charAt(0)), describeEdge(text.charAt(text.length - 1))];
  if (first === last) return first && `begins and ends with ${first}`;
  const found = [first && `begins with ${first}`, last && `ends with ${last}`];
  return found.filter((words) => words !== undefined).join(" and ");
}

function describeEdge(character: string): string | undefined {
  if (character === "\uFEFF") return "a byte order mark";
  if (character === "\n" || character === "\r") return "a line end";
  if (character.trim() === "") return "white space";
  return /["'`]/.test(character) ? "a quote" : undefined;
}
