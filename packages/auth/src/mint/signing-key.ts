/** A key that can sign: one algorithm bound to one private key or secret. Never printed, never serialised as a whole. */
import type { CryptoKey, JWK } from "jose";
import type { SigningAlgorithm } from "../keys/model/key.ts";

/** A key that can sign, bound to one algorithm. Treat it as the secret that it is. */
export interface SigningKey {
  /** The only algorithm that it signs with. */
  readonly algorithm: SigningAlgorithm;
  /** For the token header; an asymmetric key without one of its own gets its RFC 7638 thumbprint, a secret none. */
  readonly kid: string | undefined;
  /** The private key or secret, extractable: `export…` can write it out. */
  readonly key: CryptoKey;
  /** Public half, with `kid`, `alg` and `use`; undefined for a shared secret, which has none. */
  readonly publicJwk: JWK | undefined;
}

/** What can be wrong with a value that should be a signing key. */
export type SigningKeyFault =
  | "ALGORITHM_MISMATCH"
  | "ALGORITHM_REQUIRED"
  | "ENCRYPTED"
  | "JWK_INVALID"
  | "PUBLIC"
  | "SECRET_SHORT"
  | "UNREADABLE"
  | "UNSUPPORTED"
  | "WEAK_RSA";

/** A value that cannot be used as a signing key; the message says what is wrong, `fix` what to do. Holds no key material. */
export class SigningKeyError extends Error {
  /** What is wrong, for programs. */
  readonly fault: SigningKeyFault;
  /** What to do next, as a phrase. */
  readonly fix: string;

  /** `cause` goes to the error as it is; it must not quote the key. */
  constructor(
    fault: SigningKeyFault,
    message: string,
    options: { readonly fix: string; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SigningKeyError";
    this.fault = fault;
    this.fix = options.fix;
  }
}
