/** Who data belongs to: a tuple, compared part by part and never as one joined text. */
import type { OwnerParts } from "../outcome/result.ts";

/**
 * What an owner is. `claimed` is a space of its own for ids that a client states about itself in a form: nobody has
 * verified them, so they never equal a verified user. `service_account` and `internal` arrive with their credentials.
 */
export type OwnerKind = "user" | "claimed" | "service_account" | "security_key" | "anonymous" | "internal";

/** The owner of a session, a run or a memory. */
export interface Owner {
  /** Name that the operator gave to the issuer of the credential; `default` when nothing is said. */
  readonly issuer: string;
  /** How the owner is known. */
  readonly kind: OwnerKind;
  /** Unique among its kind and issuer; empty for a kind that names nobody. */
  readonly id: string;
}

/** Name of the issuer when the operator gives none, and of credentials that no issuer made. */
export const DEFAULT_ISSUER_NAME = "default";

/**
 * Who the data of a user belongs to; nobody, for a credential that names no user. An id with a lone surrogate names
 * nobody either: it has no bytes, so a store would take every such id for one and the same.
 */
export function createOwner(issuer: string, userId: string | undefined): Owner {
  const isNamed = userId !== undefined && userId !== "" && userId.isWellFormed();
  return Object.freeze(
    isNamed ? { issuer, kind: "user", id: userId } : { issuer, kind: "anonymous", id: "" },
  );
}

/** True for the same owner: every part is equal to the last code unit. */
export function isSameOwner(one: OwnerParts, other: OwnerParts): boolean {
  return one.id === other.id && one.kind === other.kind && one.issuer === other.issuer;
}
