/** A shared secret becomes a verification key, or a fault says why it must not. Nothing of it is ever shown. */

import type { CryptoKey } from "jose";
import { boundAlgorithms, countSignatureBytes, signingAlgorithms } from "../model/algorithms.ts";
import type { KeyFault, KeyResult, SigningAlgorithm } from "../model/key.ts";
import { createKeyFault, faultResult } from "../model/key-fault.ts";
import { MIN_WEAK_SECRET_BYTES } from "../model/key-limits.ts";
import { chooseAlgorithm, type KeyContext } from "./judge-public-key.ts";
import { findSecretWeakness } from "./listed-secrets.ts";
import { DAMAGED_PUBLIC_KEY, holdsPublicKey } from "./public-key-traces.ts";

export interface SecretOptions {
  /** Permits 16 bytes and more, for tests; never a listed secret. */
  readonly allowWeakSecrets: boolean;
}

/** The exact UTF-8 bytes are the secret: white space and quotes included, as the signer has them. */
export async function judgeSecretText(
  text: string,
  context: KeyContext,
  options: SecretOptions,
): Promise<KeyResult> {
  const judged = await judgeSecretBytes(new TextEncoder().encode(text), text, context, options);
  const edge = findEdge(text);
  if (edge === undefined || judged.keys.length === 0) return judged;
  const warning: KeyFault = createKeyFault("KEY_SECRET_EDGES", context.source, { edge });
  return { keys: judged.keys, faults: [...judged.faults, warning] };
}

/** `text` is how the bytes read as text, for the comparison with known secrets. */
export async function judgeSecretBytes(
  bytes: Uint8Array<ArrayBuffer>,
  text: string,
  context: KeyContext,
  options: SecretOptions,
): Promise<KeyResult> {
  const { source } = context;
  const chosen = chooseAlgorithm("oct", context);
  if (typeof chosen !== "string") return chosen;
  const { hashBytes, parameters } = signingAlgorithms[chosen];
  // INVARIANT: no secret becomes a key without this check, wherever it stood.
  if ([...new Set([text, toBinaryText(bytes)])].some(holdsPublicKey))
    return faultResult("KEY_PUBLIC_AS_SECRET", source, { algorithm: chosen, found: DAMAGED_PUBLIC_KEY });
  const reason = findSecretWeakness(text);
  if (reason !== undefined) return faultResult("KEY_SECRET_LISTED", source, { reason });
  const minimum = options.allowWeakSecrets ? MIN_WEAK_SECRET_BYTES : hashBytes;
  if (bytes.length < minimum) {
    return faultResult("KEY_SECRET_SHORT", source, {
      bytes: bytes.length,
      algorithm: chosen,
      minimum,
    });
  }
  const key = await crypto.subtle.importKey("raw", bytes, parameters, false, ["verify"]);
  return { keys: [createSecretKey(key, { ...context, chosen, byteLength: bytes.length })], faults: [] };
}

function createSecretKey(
  key: CryptoKey,
  context: KeyContext & { readonly chosen: SigningAlgorithm; readonly byteLength: number },
): KeyResult["keys"][number] {
  const { index, source, kid, chosen, repairs, answersUnknownKid } = context;
  return Object.freeze({
    index,
    source,
    kid,
    algorithms: boundAlgorithms(chosen),
    type: "oct",
    key,
    label: `${chosen} secret #${index + 1}, ${context.byteLength} bytes`,
    thumbprint: undefined,
    signatureBytes: countSignatureBytes(chosen, "oct"),
    repairs,
    answersUnknownKid,
  });
}

/** One character per byte. */
function toBinaryText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

function findEdge(text: string): string | undefined {
  if (text.trim() !== text) return "white space";
  return /^["'`]|["'`]$/.test(text) ? "a quote" : undefined;
}
