/**
 * Which key has let an identity in, so that whatever it has opened ends when that key is withdrawn. A public key is the
 * same wherever it is read again; a shared secret has no name that may be compared, so only the very same one counts.
 */
import type { Identity } from "../identity/identity.ts";
import type { VerificationKey } from "../keys/model/key.ts";

const secrets = new WeakMap<Identity, VerificationKey>();

/** Notes it; once for each identity. */
export function noteVerifyingKey(identity: Identity, key: VerificationKey): void {
  if (key.thumbprint === undefined) secrets.set(identity, key);
}

/** True where a key has let an identity in, and is none of these. */
export function isKeyWithdrawn(identity: Identity, keys: readonly VerificationKey[]): boolean {
  const { keyThumbprint } = identity;
  if (keyThumbprint !== undefined) return keys.every(({ thumbprint }) => thumbprint !== keyThumbprint);
  const secret = secrets.get(identity);
  return secret !== undefined && !keys.includes(secret);
}
