/** Tries the selected keys; jose does the cryptography. The key's own algorithm is the only one allowed (CVE-2026-48523). */
import { compactVerify, errors } from "jose";
import type { VerificationKey } from "../keys/index.ts";
import { MAX_KEYS_TRIED } from "../limits.ts";
import { ok, type Result, refuse } from "../result.ts";
import { base64urlBytes, isBase64url } from "./base64url.ts";
import type { TokenHeader } from "./check-header.ts";
import type { TokenShape } from "./read-shape.ts";

export interface VerifiedSignature {
  readonly payload: Uint8Array;
  readonly key: VerificationKey;
}

/** Verifies the signature with the first key that fits. */
export async function checkSignature(
  token: string,
  shape: TokenShape,
  header: TokenHeader,
  keys: readonly VerificationKey[],
): Promise<Result<VerifiedSignature>> {
  const tried = keys.slice(0, MAX_KEYS_TRIED);
  const facts = {
    keys_tried: tried.map(({ label }) => label),
    keys_repaired: tried.flatMap(({ repairs }) => repairs),
  };
  // A wrong length needs no cryptography, and says more than "does not verify" (lesson haproxy 648b0e7).
  const bytes = base64urlBytes(shape.signature);
  const candidates = tried.filter(({ signatureBytes, algorithms }) => {
    return signatureBytes === bytes && algorithms.some((algorithm) => algorithm === header.algorithm);
  });
  if (!isBase64url(shape.signature)) return refuse("AUTH_SIGNATURE_MALFORMED", facts);

  let fault: unknown;
  for (const key of candidates) {
    try {
      const { payload } = await compactVerify(token, key.key, { algorithms: [header.algorithm] });
      return ok({ payload, key });
    } catch (cause) {
      // Only "does not verify" is the token's fault; anything else is a key that cannot be used.
      if (!(cause instanceof errors.JWSSignatureVerificationFailed)) fault ??= cause;
    }
  }
  if (fault !== undefined) return refuse("AUTH_KEYS_UNAVAILABLE", facts, fault);
  if (header.namesOwnKey) return refuse("AUTH_EMBEDDED_KEY_REFUSED", facts);
  return refuse(candidates.length === 0 ? "AUTH_SIGNATURE_MALFORMED" : "AUTH_SIGNATURE_INVALID", {
    ...facts,
    signature_bytes: bytes,
  });
}
