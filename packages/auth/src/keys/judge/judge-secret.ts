/** A shared secret becomes a verification key, or a fault says why it must not. Nothing of it is ever shown. */

import { createFault, type Fault } from "@agentos/contract";
import { fail, ok, type Result } from "../../outcome/result.ts";
import { boundAlgorithms, signingAlgorithms } from "../model/algorithms.ts";
import type { SigningAlgorithm, VerificationKey } from "../model/key.ts";
import { MIN_WEAK_SECRET_BYTES } from "../model/key-limits.ts";
import { RepairLog } from "../model/repairs.ts";
import { decodeText } from "../reader/decode-text.ts";
import { undoEscapes } from "../reader/unwrap.ts";
import { chooseAlgorithm, type KeyContext } from "./judge-public-key.ts";
import { findSecretWeakness } from "./listed-secrets.ts";
import { DAMAGED_PUBLIC_KEY, holdsPublicKey } from "./public-key-traces.ts";

export interface SecretOptions {
  /** Permits 16 bytes and more, for tests; never a listed secret. */
  readonly allowWeakSecrets: boolean;
}

/** `text` is how the bytes read as text, for the comparison with known secrets. */
export async function judgeSecret(
  secret: { readonly bytes: Uint8Array<ArrayBuffer>; readonly text: string },
  context: KeyContext,
  options: SecretOptions,
): Promise<Result<VerificationKey, Fault>> {
  const { index, source, kid, repairs, answersUnknownKid } = context;
  const chosen = chooseAlgorithm({ type: "oct" }, context);
  if (!chosen.ok) return chosen;
  const algorithm = chosen.value;
  const weakness = findFault(secret, { ...options, algorithm, at: source });
  if (weakness !== undefined) return fail(weakness);
  const { hashBytes, parameters } = signingAlgorithms[algorithm];
  return ok(
    Object.freeze({
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
    }),
  );
}

function findFault(
  { bytes, text }: { readonly bytes: Uint8Array; readonly text: string },
  { algorithm, at, allowWeakSecrets }: SecretOptions & { algorithm: SigningAlgorithm; at: string },
): Fault | undefined {
  // INVARIANT: no secret becomes a key without this check, wherever it stood.
  if ([text, toBinaryText(bytes), ...openAsReader(text)].some(holdsPublicKey))
    return createFault({ code: "KEY_PUBLIC_AS_SECRET", at, facts: { algorithm, found: DAMAGED_PUBLIC_KEY } });
  const reason = findSecretWeakness(text);
  if (reason !== undefined) return createFault({ code: "KEY_SECRET_LISTED", at, facts: { reason } });
  const minimum = allowWeakSecrets ? MIN_WEAK_SECRET_BYTES : signingAlgorithms[algorithm].hashBytes;
  if (bytes.length >= minimum) return undefined;
  return createFault({ code: "KEY_SECRET_SHORT", at, facts: { bytes: bytes.length, algorithm, minimum } });
}

/** What the reader undoes to find a key, for the case that it found a damaged one and called it text. */
function openAsReader(text: string): readonly string[] {
  const log = new RepairLog();
  const inner = decodeText(text.replace(/\s/g, ""), log);
  return [undoEscapes(text, log), ...(typeof inner === "string" ? [inner] : [])];
}

/** One character per byte. */
function toBinaryText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** What stands at the edge of a secret and may be there by mistake, in words. */
export function findSecretEdge(text: string): string | undefined {
  if (text.trim() !== text) return "white space";
  return /^["'`]|["'`]$/.test(text) ? "a quote" : undefined;
}
