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
import { readTypedText, type SecretMaterial } from "./secret-material.ts";
import { toBinaryText } from "./secret-readings.ts";

export interface SecretOptions {
  /** Permits 16 bytes and more, for tests; never a listed secret. */
  readonly allowWeakSecrets: boolean;
}

/** `at` is where the secret stands, for people. */
export function findSecretFault(
  material: SecretMaterial,
  options: SecretOptions & { readonly algorithm: SigningAlgorithm; readonly at: string | undefined },
): Fault | undefined {
  const { bytes, text } = material;
  const { algorithm, at, allowWeakSecrets } = options;
  // INVARIANT: no secret becomes a key without this check, wherever it stood.
  const readings = text === undefined ? [] : [text, ...openAsReader(text)];
  if ([...readings, toBinaryText(bytes)].some(holdsPublicKey))
    return createFault({ code: "KEY_PUBLIC_AS_SECRET", at, facts: { algorithm, found: DAMAGED_PUBLIC_KEY } });
  const found = text === undefined ? undefined : findLostText(text);
  if (found !== undefined) return createFault({ code: "KEY_SECRET_BYTES_LOST", at, facts: { found } });
  const reason = findSecretWeakness(readTypedText(material) ?? toBinaryText(bytes));
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

/** Two different values would be the same secret. */
function findLostText(text: string): string | undefined {
  if (!text.isWellFormed()) return "half a character (a lone surrogate), which has no bytes of its own";
  return text.includes("\uFFFD")
    ? "U+FFFD, which stands where bytes that are no UTF-8 text were lost"
    : undefined;
}
