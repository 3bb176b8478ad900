/**
 * Everything that a value can turn out to be. The reader stops here: what a verdict means is the matter of whoever
 * asked. Who verifies refuses a private key, who signs a public one.
 */

import type { PrivateKey } from "../model/private-key.ts";
import type { PublicKey } from "../model/public-key.ts";
import type { KeyRepair, RepairLog } from "../model/repairs.ts";

/** Why a private key is none that can sign. */
export type PrivateKeyProblem = "unsupported" | "binary" | "cut off" | "damaged" | "several";

/** `found` says in which form, in words; `type`, of one that is not supported, what key it is. */
export interface PrivateVerdict {
  readonly kind: "private";
  readonly found: string;
  readonly type?: string;
  readonly key: PrivateKey | PrivateKeyProblem;
}

/** What DER bytes are. */
export type DerVerdict =
  | { readonly kind: "public"; readonly key: PublicKey; readonly format: "spki" | "pkcs1" }
  | PrivateVerdict
  | { readonly kind: "encrypted" | "certificate" | "certificate-request" }
  | { readonly kind: "unsupported-type"; readonly keyType: string }
  | { readonly kind: "unsupported-curve"; readonly curve: string }
  | {
      readonly kind: "truncated";
      readonly expected: number;
      readonly actual: number;
      readonly isLikelyPrivate: boolean;
    }
  | { readonly kind: "several"; readonly count: number }
  | { readonly kind: "trailing" }
  /** Starts like a key and is damaged inside. */
  | { readonly kind: "damaged" }
  /** Not DER at all. */
  | { readonly kind: "unknown" };

/** A value that nothing is read from. */
export type NoTextVerdict =
  | { readonly kind: "not-text" }
  | { readonly kind: "empty"; readonly isQuoted: boolean }
  | {
      readonly kind: "too-large";
      readonly characters: number;
      readonly limit: number;
      /** Without the white space around it, it is not too large. */
      readonly isPadded: boolean;
    };

/** What a text is. */
export type KeyVerdict =
  | NoTextVerdict
  | Exclude<DerVerdict, { readonly kind: "trailing" | "damaged" | "unknown" }>
  | { readonly kind: "json"; readonly value: Readonly<Record<string, unknown>> }
  /** A JWK or a key set that is no JSON as it stands. */
  | { readonly kind: "broken-json"; readonly reason: string }
  | { readonly kind: "unreadable"; readonly reason: string }
  /** It is only a header, its `+` are spaces now, it is DER that lost its high bytes, or it is an example. */
  | { readonly kind: "body-missing" | "plus-lost" | "binary" | "placeholder" }
  | { readonly kind: "ssh" | "file-path" | "url" }
  /** `ssh-keygen` writes it in no form that we read. */
  | { readonly kind: "ssh-unconvertible"; readonly keyType: string }
  /** Nothing that could be a key: a shared secret perhaps. */
  | { readonly kind: "text" };

/** A verdict, and what had to be repaired on the way to it. */
export type KeyReading = KeyVerdict & { readonly repairs: readonly KeyRepair[] };

/** Closes a reading. */
export function conclude(verdict: KeyVerdict, log: RepairLog): KeyReading {
  return { ...verdict, repairs: log.list() };
}

/** What a text is whose bytes are this. */
export function toKeyVerdict(verdict: DerVerdict): KeyVerdict {
  switch (verdict.kind) {
    case "truncated":
      return verdict.isLikelyPrivate ? { kind: "private", found: "cut off", key: "cut off" } : verdict;
    case "trailing":
      return { kind: "unreadable", reason: "something follows the key that does not belong to it" };
    case "damaged":
      return { kind: "unreadable", reason: "it starts like a key but its content is damaged" };
    case "unknown":
      return { kind: "text" };
    default:
      return verdict;
  }
}
