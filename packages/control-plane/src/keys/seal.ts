/**
 * Private keys at rest: AES-256-GCM under a key that is not in the database. Instance and key id are bound to it, so that
 * a row which somebody copies onto another instance does not open there.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { SealingKey } from "./installation-keys.ts";

/** Whose private key it is. */
export interface SealedFor {
  readonly instanceId: string;
  readonly kid: string;
}

const CIPHER = "aes-256-gcm";
/** Tells what is written below from what a later version may write. */
const FORM = "1.";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals it under a nonce of its own. */
export function seal(plain: Uint8Array, key: SealingKey, owner: SealedFor): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key.bytes, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(bindTo(owner));
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return FORM + sealed.toString("base64url");
}

/** Undefined for what this key has not sealed for this owner, or what was changed since. */
export function open(sealed: string, key: SealingKey, owner: SealedFor): Uint8Array | undefined {
  if (!sealed.startsWith(FORM)) return undefined;
  const bytes = Buffer.from(sealed.slice(FORM.length), "base64url");
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key.bytes, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(bindTo(owner));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return undefined;
  }
}

/** JSON, so that no two owners are written alike. */
function bindTo({ instanceId, kid }: SealedFor): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(["signing key", instanceId, kid]));
}
