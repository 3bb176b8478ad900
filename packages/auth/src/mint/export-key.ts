/** Writes keys out: PEM for files and environment variables, JWKS for `JWT_JWKS_FILE`. */
import { exportPKCS8, exportSPKI, importJWK, type JSONWebKeySet, type JWK } from "jose";
import { type SigningKey, SigningKeyError } from "./signing-key.ts";

/** The public half as a JWK with `kid`, `alg` and `use`. */
export function exportPublicJwk(key: SigningKey): JWK {
  if (key.publicJwk === undefined) throw secretHasNoPublicHalf();
  return { ...key.publicJwk };
}

/** A key set with the public half of each key. */
export function exportPublicJwks(keys: readonly SigningKey[]): JSONWebKeySet {
  return { keys: keys.map(exportPublicJwk) };
}

/** The public half as SPKI PEM ("BEGIN PUBLIC KEY"), with a final line end. */
export async function exportPublicPem(key: SigningKey): Promise<string> {
  const imported = await importJWK(exportPublicJwk(key), key.algorithm, { extractable: true });
  if (imported instanceof Uint8Array) throw secretHasNoPublicHalf();
  return withLineEnd(await exportSPKI(imported));
}

/** The private key as PKCS#8 PEM. The caller decides where it may go; nothing here writes it anywhere. */
export async function exportPrivatePem(key: SigningKey): Promise<string> {
  if (key.publicJwk === undefined) throw secretHasNoPublicHalf();
  return withLineEnd(await exportPKCS8(key.key));
}

/** A shared secret as base64url text. That text itself is the secret: its characters are what both sides sign with. */
export async function exportSecret(key: SigningKey): Promise<string> {
  const { k } = await crypto.subtle.exportKey("jwk", key.key);
  if (k === undefined) {
    throw new SigningKeyError("UNSUPPORTED", "the key is a key pair, not a shared secret", {
      fix: "export it as PEM",
    });
  }
  return k;
}

function withLineEnd(pem: string): string {
  return pem.endsWith("\n") ? pem : `${pem}\n`;
}

function secretHasNoPublicHalf(): SigningKeyError {
  return new SigningKeyError("UNSUPPORTED", "a shared secret has no public half and no PEM form", {
    fix: "use an asymmetric algorithm such as RS256, or give the secret itself to the verifier",
  });
}
