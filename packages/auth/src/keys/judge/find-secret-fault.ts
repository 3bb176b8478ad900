/**
 * Why a text or the bytes of a JWK must not be a shared secret. Who signs and who verifies both ask here, so that nobody
 * can sign with what no server accepts. Nothing of the secret is ever shown.
 */

import { createFault, type Fault } from "@agentos/contract";
import { signingAlgorithms } from "../model/algorithms.ts";
import type { SigningAlgorithm } from "../model/key.ts";
import { MIN_WEAK_SECRET_BYTES } from "../model/key-limits.ts";
import { RepairLog } from "../model/repairs.ts";
import { decodeText } from "../reader/decode-text.ts";
import { undoEscapes } from "../reader/unwrap.ts";
import { findSecretWeakness } from "./listed-secrets.ts";
import { DAMAGED_PUBLIC_KEY, holdsPublicKey } from "./public-key-traces.ts";

/** `text` is how the bytes read as text, for the comparison with known secrets. */
export interface SecretMaterial {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
}

export interface SecretOptions {
  /** Permits 16 bytes and more, for tests; never a listed secret. */
  readonly allowWeakSecrets: boolean;
}

/** The secret of a text: its exact UTF-8 bytes, white space and quotes included, as the other side has them. */
export function toSecretMaterial(text: string): SecretMaterial {
  return { bytes: new TextEncoder().encode(text), text };
}

/** `at` is where the secret stands, for people. */
export function findSecretFault(
  { bytes, text }: SecretMaterial,
  options: SecretOptions & { readonly algorithm: SigningAlgorithm; readonly at: string | undefined },
): Fault | undefined {
  const { algorithm, at, allowWeakSecrets } = options;
  // Lone surrogates have no bytes of their own: two different texts would be the same secret.
  if (!text.isWellFormed())
    return createFault({ code: "KEY_UNREADABLE", at, facts: { reason: "it is not valid Unicode" } });
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
