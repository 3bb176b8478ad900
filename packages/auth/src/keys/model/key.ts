/**
 * What a key is after it has been parsed and judged: one algorithm bound to one key object, with a label that
 * may be shown. Nothing here holds or prints secret bytes.
 */

import type { Fault } from "@agentos/contract";
import type { CryptoKey } from "jose";
import type { KeyRepair } from "./repairs.ts";

/** The names that the "alg" of a token may have (RFC 7518 section 3.1, RFC 8037, RFC 9864). */
export type SigningAlgorithm =
  | "RS256"
  | "RS384"
  | "RS512"
  | "PS256"
  | "PS384"
  | "PS512"
  | "ES256"
  | "ES384"
  | "ES512"
  | "EdDSA"
  | "Ed25519"
  | "HS256"
  | "HS384"
  | "HS512";

/** Kinds of key, as "kty" names them (RFC 7518 section 6.1, RFC 8037). */
export type KeyType = "RSA" | "EC" | "OKP" | "oct";

/** One key that tokens are verified with; frozen. */
export interface VerificationKey {
  /** Position in its source, from 0. */
  readonly index: number;
  /** Where it came from, for people: `verificationKeys[0]`, `JWT_JWKS_FILE key 2`. Never a path. */
  readonly source: string;
  /** Only a JWK has one. */
  readonly kid: string | undefined;
  /** The algorithm bound to the key. Only an Ed25519 key has two, which are names of the same thing (RFC 9864). */
  readonly algorithms: readonly SigningAlgorithm[];
  /** Kind of the key. */
  readonly type: KeyType;
  /** Ready for jose's `compactVerify`. Keys made here are always a `CryptoKey`; a secret is not extractable. */
  readonly key: CryptoKey | Uint8Array;
  /** What may be shown: `RS256 RSA-2048, thumbprint ab12cd34…` or `HS256 secret #1, 64 bytes`. */
  readonly label: string;
  /** RFC 7638 SHA-256, asymmetric keys only. */
  readonly thumbprint: string | undefined;
  /** Exact length of a signature of this key; another length is refused before any cryptography. */
  readonly signatureBytes: number;
  /** What the key doctor did to read it. */
  readonly repairs: readonly KeyRepair[];
  /** May be tried for a token whose `kid` no key has: the key has no `kid`, and neither has any other in its set. */
  readonly answersUnknownKid: boolean;
}

/** What parsing gave. Both may be filled: usable keys beside warnings. */
export interface KeyResult {
  /** Keys that tokens may be verified with. */
  readonly keys: readonly VerificationKey[];
  /** Empty when nothing is wrong; several may be about one key. */
  readonly faults: readonly Fault[];
}

export type { KeyRepair };
