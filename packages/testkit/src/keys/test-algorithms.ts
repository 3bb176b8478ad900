/** The algorithms that test keys are made for, and how WebCrypto signs with each. Written apart from `auth` on purpose. */

export const TEST_ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "HS256",
  "HS384",
  "HS512",
] as const;

/** An algorithm that test keys can be made for. */
export type TestAlgorithm = (typeof TEST_ALGORITHMS)[number];

/** True for an algorithm whose key is a shared secret. */
export function isSymmetric(algorithm: TestAlgorithm): boolean {
  return algorithm.startsWith("HS");
}

/** Parameters of `crypto.subtle.sign` for an algorithm. */
export function signParameters(algorithm: TestAlgorithm) {
  const bits = algorithm.slice(2);
  if (algorithm === "EdDSA") return { name: "Ed25519" };
  if (algorithm.startsWith("PS")) return { name: "RSA-PSS", saltLength: Number(bits) / 8 };
  if (algorithm.startsWith("ES")) return { name: "ECDSA", hash: `SHA-${bits}` };
  return { name: algorithm.startsWith("RS") ? "RSASSA-PKCS1-v1_5" : "HMAC" };
}
