/**
 * RSA signatures verified by node:crypto, in place; all others by jose. One RSA verification costs less than handing it
 * to another thread, as WebCrypto does (docs/decisions/0018-rsa-by-node-crypto.md): a token that nobody has seen, and so each one that a
 * stranger sends, costs a third.
 */
import { constants, KeyObject, type VerifyKeyObjectInput, verify, type webcrypto } from "node:crypto";
import { joseSignatureCheck, type SignatureCheck } from "@agentos/auth";

interface RsaKey {
  readonly hash: string;
  readonly input: KeyObject | VerifyKeyObjectInput;
}

/** Up to here a verification is cheap: 70 us with 4,096 bits and the usual exponent 65,537, which has 17. */
const MAX_MODULUS_BITS = 4_096;
const MAX_EXPONENT_BITS = 17;

/** `undefined`: a key for jose. Looked up first, since every look at a CryptoKey costs microseconds. */
const rsaKeys = new WeakMap<object, RsaKey | undefined>();

/** The check of a server on Node, for `createTokenVerifier` of `@agentos/auth`. */
export const nodeSignatureCheck: SignatureCheck = (token, key, algorithm) => {
  if (!rsaKeys.has(key)) rsaKeys.set(key, key instanceof CryptoKey ? readRsaKey(key) : undefined);
  const rsa = rsaKeys.get(key);
  if (rsa === undefined) return joseSignatureCheck(token, key, algorithm);
  const end = token.lastIndexOf(".");
  const signature = Buffer.from(token.slice(end + 1), "base64url");
  return verify(rsa.hash, Buffer.from(token.slice(0, end), "latin1"), rsa.input, signature);
};

/** Padding and hash are those that the key was imported for: what the token says chooses nothing here. */
function readRsaKey(key: webcrypto.CryptoKey): RsaKey | undefined {
  const { name } = key.algorithm;
  if (name !== "RSASSA-PKCS1-v1_5" && name !== "RSA-PSS") return undefined;
  const algorithm = key.algorithm as webcrypto.RsaHashedKeyAlgorithm;
  if (algorithm.modulusLength > MAX_MODULUS_BITS || countBits(algorithm.publicExponent) > MAX_EXPONENT_BITS)
    return undefined;
  const hash = algorithm.hash.name;
  const keyObject = KeyObject.from(key);
  // Node's padding for RSA is that of PKCS #1 v1.5; to name it would cost half a verification.
  if (name === "RSASSA-PKCS1-v1_5") return { hash, input: keyObject };
  // RFC 7518 section 3.5: the salt is as long as the hash.
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  return { hash, input: { key: keyObject, padding, saltLength } };
}

function countBits(bigEndian: Uint8Array): number {
  const first = bigEndian.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : (bigEndian.length - first) * 8 - Math.clz32(bigEndian[first] ?? 0) + 24;
}
