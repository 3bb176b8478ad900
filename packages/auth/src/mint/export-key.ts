/** Writes keys out: PEM for files and environment variables, JWKS for `JWT_JWKS_FILE`. */
import { exportPKCS8, exportSPKI, type JSONWebKeySet, type JWK } from "jose";
import { signingAlgorithms } from "../keys/model/algorithms.ts";
import type { SigningKeyPair, SigningSecret } from "./signing-key.ts";

/** The public half as a JWK with `kid`, `alg` and `use`. */
export function exportPublicJwk(key: SigningKeyPair): JWK {
  return { ...key.publicJwk };
}

/** A key set with the public half of each key. */
export function exportPublicJwks(keys: readonly SigningKeyPair[]): JSONWebKeySet {
  return { keys: keys.map(exportPublicJwk) };
}

/** The public half as SPKI PEM ("BEGIN PUBLIC KEY"), with a final line end. */
export async function exportPublicPem(key: SigningKeyPair): Promise<string> {
  const { parameters } = signingAlgorithms[key.algorithm];
  const imported = await crypto.subtle.importKey("jwk", key.publicJwk, parameters, true, ["verify"]);
  return withLineEnd(await exportSPKI(imported));
}

/** The private key as PKCS#8 PEM. The caller decides where it may go; nothing here writes it anywhere. */
export async function exportPrivatePem(key: SigningKeyPair): Promise<string> {
  return withLineEnd(await exportPKCS8(key.key));
}

/** A shared secret as base64url text. That text itself is the secret: its characters are what both sides sign with. */
export async function exportSecret(key: SigningSecret): Promise<string> {
  const { k } = await crypto.subtle.exportKey("jwk", key.key);
  if (k === undefined) throw new TypeError('INVARIANT: an HMAC key has its bytes in "k"');
  return k;
}

function withLineEnd(pem: string): string {
  return pem.endsWith("\n") ? pem : `${pem}\n`;
}
