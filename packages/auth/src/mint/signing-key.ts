/** A key that can sign: one algorithm bound to one private key or secret. Never printed, never serialised as a whole. */
import type { CryptoKey, JWK } from "jose";
import type { SecretAlgorithm } from "../keys/model/algorithms.ts";
import type { SigningAlgorithm } from "../keys/model/key.ts";

/** A private key, bound to one algorithm. Treat it as the secret that it is. */
export interface SigningKeyPair {
  /** The only algorithm that it signs with. */
  readonly algorithm: Exclude<SigningAlgorithm, SecretAlgorithm>;
  /** For the token header: its own, or its RFC 7638 thumbprint. */
  readonly kid: string;
  /** The private key, extractable: `exportPrivatePem` can write it out. */
  readonly key: CryptoKey;
  /** Public half, with `kid`, `alg` and `use`. */
  readonly publicJwk: JWK;
}

/** A shared secret, bound to one algorithm. */
export interface SigningSecret {
  /** The only algorithm that it signs with. */
  readonly algorithm: SecretAlgorithm;
  /** For the token header; none unless given, since a hash of a secret would give it away. */
  readonly kid: string | undefined;
  /** The secret, extractable: `exportSecret` can write it out. */
  readonly key: CryptoKey;
  /** A secret has no public half. */
  readonly publicJwk: undefined;
}

/** A key that can sign; `publicJwk` tells the two apart. */
export type SigningKey = SigningKeyPair | SigningSecret;
