/**
 * The bytes of a shared secret, and the text that they are. The bytes of those that became keys are remembered apart from
 * the key, so that they can be compared and never be printed with it.
 */
import type { VerificationKey } from "../model/key.ts";

export interface SecretMaterial {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What they are as text; undefined where they are no UTF-8. */
  readonly text: string | undefined;
}

const materials = new WeakMap<VerificationKey, SecretMaterial>();

/** The secret of a text: its exact UTF-8 bytes, white space and quotes included, as the other side has them. */
export function toSecretMaterial(text: string): SecretMaterial {
  return { bytes: new TextEncoder().encode(text), text };
}

/** The secret of the bytes in a JWK. */
export function readSecretMaterial(bytes: Uint8Array<ArrayBuffer>): SecretMaterial {
  try {
    return { bytes, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { bytes, text: undefined };
  }
}

/**
 * The text where a person may have typed or pasted it: letters, marks, numbers, punctuation, symbols and white space. About
 * random bytes nothing can be guessed, and what looks like something in them looks so by chance.
 */
export function readTypedText({ text }: SecretMaterial): string | undefined {
  return text !== undefined && /^[\p{L}\p{M}\p{N}\p{P}\p{S}\s\u200b-\u200f\ufeff]*$/u.test(text)
    ? text
    : undefined;
}

/** The secret of a key that was made here; undefined for a public key. */
export function materialOf(key: VerificationKey): SecretMaterial | undefined {
  return materials.get(key);
}

/** Remembers it for as long as the key lives. */
export function rememberMaterial(key: VerificationKey, material: SecretMaterial): void {
  materials.set(key, material);
}
