/**
 * What the control plane encrypts and names things with for itself. All of it is derived from the installation's secrets
 * (HKDF), each purpose by a key of its own, so that none says anything of another.
 */
import { hkdfSync } from "node:crypto";

/** Bytes of a secret. */
export const SECRET_BYTES = 32;

/** Encrypts private keys at rest. */
export interface SealingKey {
  /** Names it beside what it has sealed. Tells nothing of it. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

export interface InstallationKeys {
  /** The first is current and seals; the others only open what they have sealed before. */
  readonly sealing: readonly [SealingKey, ...SealingKey[]];
  /** Secrets of better-auth, the current one first: cookies that an older one has signed end with it. */
  readonly signInSecrets: readonly [string, ...string[]];
  /** Names sign-ins in tokens, see `signInIdOf`. */
  readonly signInIds: Uint8Array;
  /** Of credentials, where one has to be told from another (design.md section 10). */
  readonly fingerprints: Uint8Array;
}

/** Derives them. Each secret has 32 random bytes. */
export function deriveInstallationKeys(secrets: readonly [Uint8Array, ...Uint8Array[]]): InstallationKeys {
  const [current, ...older] = secrets;
  return {
    sealing: [deriveSealingKey(current), ...older.map(deriveSealingKey)],
    signInSecrets: [deriveSignInSecret(current), ...older.map(deriveSignInSecret)],
    signInIds: derive(current, "sign-in ids"),
    fingerprints: derive(current, "fingerprints"),
  };
}

function deriveSealingKey(secret: Uint8Array): SealingKey {
  return {
    id: Buffer.from(derive(secret, "name of the sealing key")).toString("hex").slice(0, 16),
    bytes: derive(secret, "sealing"),
  };
}

function deriveSignInSecret(secret: Uint8Array): string {
  return Buffer.from(derive(secret, "sign-in")).toString("base64url");
}

function derive(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, "", `agentos control plane: ${purpose}`, SECRET_BYTES));
}
