/** Tries the selected keys. The key's own algorithm is the only one allowed (CVE-2026-48523). */
import { compactVerify, errors } from "jose";
import { base64urlBytes, isBase64url } from "../encoding/base64url.ts";
import { isSignatureLength, isSigningAlgorithm } from "../keys/model/algorithms.ts";
import type { VerificationKey } from "../keys/model/key.ts";
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { TokenHeader } from "./check-header.ts";
import { describeKeyIds } from "./find-keys.ts";
import type { TokenShape } from "./read-shape.ts";
import { MAX_KEYS_TRIED, MAX_KEYS_TRIED_IN_PLACE } from "./token-limits.ts";

/**
 * The cryptography: whether `key` verifies the signature of `token` (RFC 7515 section 5.2). It is called with three
 * segments of strict base64url, a signature of the key's length, and an algorithm that the key is bound to. False is a
 * signature that does not verify; whatever it throws is a key that cannot be used, never the token's fault.
 */
export type SignatureCheck = (
  token: string,
  key: VerificationKey["key"],
  algorithm: string,
) => boolean | Promise<boolean>;

/** By jose, and so by WebCrypto: every algorithm, everywhere. */
export const joseSignatureCheck: SignatureCheck = async (token, key, algorithm) => {
  try {
    await compactVerify(token, key, { algorithms: [algorithm] });
    return true;
  } catch (cause) {
    if (cause instanceof errors.JWSSignatureVerificationFailed) return false;
    throw cause;
  }
};

/** Gives the first key that verifies the signature. */
export async function checkSignature(
  token: string,
  shape: TokenShape,
  header: TokenHeader,
  keys: readonly VerificationKey[],
  isValid: SignatureCheck = joseSignatureCheck,
): Promise<Result<VerificationKey>> {
  const tried = keys.slice(0, MAX_KEYS_TRIED);
  const facts = {
    keys_tried: tried.map(({ label }) => label),
    keys_repaired: tried.flatMap(({ repairs }) => repairs),
    ...describeKeyIds({ keys: tried }, header),
  };
  // A wrong length needs no cryptography, and says more than "does not verify" (lesson haproxy 648b0e7).
  const bytes = base64urlBytes(shape.signature);
  const candidates = tried.filter(({ signatureBytes, algorithms }) => {
    return signatureBytes === bytes && algorithms.some((algorithm) => algorithm === header.algorithm);
  });
  const malformed = describeMalformed(shape.signature);
  if (malformed !== undefined)
    return refuse("AUTH_SIGNATURE_MALFORMED", { ...facts, signature_found: malformed });

  const check = candidates.length > MAX_KEYS_TRIED_IN_PLACE ? joseSignatureCheck : isValid;
  let fault: unknown;
  for (const key of candidates) {
    try {
      const verdict = check(token, key.key, header.algorithm);
      if (typeof verdict === "boolean" ? verdict : await verdict) return ok(key);
    } catch (cause) {
      fault ??= cause;
    }
  }
  if (fault !== undefined) return refuse("AUTH_KEYS_UNAVAILABLE", facts, fault);
  if (header.namesOwnKey) return refuse("AUTH_EMBEDDED_KEY_REFUSED", facts);
  // Whole, of a key of another size: that is another key, and no copy of the token changes it.
  if (candidates.length > 0 || isOfAnotherSize(bytes, header, tried))
    return refuse("AUTH_SIGNATURE_INVALID", { ...facts, signature_bytes: bytes });
  const found = `has ${bytes} bytes, and those of the key have ${listLengths(tried)}`;
  return refuse("AUTH_SIGNATURE_MALFORMED", { ...facts, signature_bytes: bytes, signature_found: found });
}

/** What keeps a text from being any signature; completes "the signature of the token". */
export function describeMalformed(signature: string): string | undefined {
  if (signature === "") return "is empty";
  return isBase64url(signature) ? undefined : "is not base64url";
}

function isOfAnotherSize(
  bytes: number,
  { algorithm }: TokenHeader,
  tried: readonly VerificationKey[],
): boolean {
  const hasKeyOfKind = tried.some(({ type }) => type === "RSA");
  return hasKeyOfKind && isSigningAlgorithm(algorithm) && isSignatureLength(algorithm, bytes);
}

function listLengths(keys: readonly VerificationKey[]): string {
  return [...new Set(keys.map(({ signatureBytes }) => signatureBytes))].join(" or ");
}
