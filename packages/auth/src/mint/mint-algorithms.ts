/** The algorithms that keys can be made for: exactly those that the verifier knows. */
import {
  algorithmsFor,
  isSecretAlgorithm,
  isSigningAlgorithm,
  signingAlgorithms,
} from "../keys/model/algorithms.ts";
import type { SigningAlgorithm } from "../keys/model/key.ts";

export { algorithmsFor, isSecretAlgorithm, isSigningAlgorithm };

/** Every algorithm name, in the order of the catalogue. */
export const SIGNING_ALGORITHMS: readonly SigningAlgorithm[] = Object.keys(signingAlgorithms).filter((name) =>
  isSigningAlgorithm(name),
);

/** Least length of a shared secret for an algorithm (RFC 7518 section 3.2). */
export function minimumSecretBytes(algorithm: SigningAlgorithm): number {
  return signingAlgorithms[algorithm].hashBytes;
}

/** How WebCrypto names the purpose of a key of this algorithm. */
export function importParameters(
  algorithm: SigningAlgorithm,
): (typeof signingAlgorithms)[SigningAlgorithm]["parameters"] {
  return signingAlgorithms[algorithm].parameters;
}
