/**
 * The port of what is revoked: kept where every server of an AgentOS finds it, in one order that all of them see. A store
 * that several servers share says besides which of them live, and how far each of them has read.
 */
import type { OwnerParts, Result, Revocation, RevocationKind } from "@agentos/auth";
import type { TwoClocks } from "./two-clocks.ts";

/** A caller, by name. */
export type RevokedBy = Pick<OwnerParts, "issuer" | "id">;

/** What is to be kept. */
export interface NewRevocation extends Revocation {
  /** Who revokes; undefined where the credential names nobody. */
  readonly createdBy?: RevokedBy | undefined;
}

/** A revocation that is kept. */
export interface StoredRevocation extends NewRevocation {
  /** Its place in the order: nothing with a lower one is kept later, and what goes earlier is past, or said by a later one. */
  readonly seq: number;
  /** Seconds since 1970. */
  readonly createdAt: number;
}

/** Which revocations, and how many of them. */
export interface RevocationQuery {
  /** Most that are given. */
  readonly limit: number;
  /** How many are left out before them. Default 0. */
  readonly offset?: number | undefined;
  readonly kind?: RevocationKind | undefined;
  readonly issuer?: string | undefined;
  readonly value?: string | undefined;
}

/** A part of them. */
export interface RevocationPage {
  /** Newest first. */
  readonly revocations: readonly StoredRevocation[];
  /** How many the query finds without its limit. */
  readonly totalCount: number;
}

/** There are as many as may be kept at a time. */
export interface RevocationsFull {
  readonly limit: number;
}

/** A server that reads them. */
export interface ReadingServer {
  readonly id: string;
  /** Name of its machine. */
  readonly host: string;
}

/** One that lives. */
export interface LivingServer extends ReadingServer {
  /** It knows all up to this one. */
  readonly seenSeq: number;
}

/** How servers that share a store keep up with each other. */
export interface RevocationSpread {
  /** How long a server may go by what it has read, seconds. */
  readonly trustSeconds: number;
  /**
   * Calls the listener while something runs here beside requests, every few seconds, until the returned function is
   * called: with a moment before this server said that it lives, where servers say so.
   */
  onBeat(listener: (before: TwoClocks | undefined) => void): () => void;
  /** Calls the listener when somebody says that there is something new, until the returned function is called. */
  onHint(listener: () => void): () => void;
  /** Where servers say that they live. Without it whoever revokes waits until nobody trusts what was read before. */
  readonly nodes?: ReadingServers | undefined;
}

/** Servers that say that they live, and how far each of them has read. */
export interface ReadingServers {
  /**
   * Says that this server lives, and that it knows all up to this one, which may be lower than what it said before; gives a
   * moment before it said so. Says nothing again that was said within the last two seconds.
   */
  beat(seenSeq: number): Promise<TwoClocks>;
  /** The other servers that live. */
  listLiving(): Promise<readonly LivingServer[]>;
}

/** Keeps revocations. */
export interface RevocationStore {
  /** One that says no more than one that is kept gives that one; those that say no more than it are kept no longer. */
  add(revocation: NewRevocation): Promise<Result<StoredRevocation, RevocationsFull>>;
  /** Those after this one, in their order. */
  listAfter(seq: number, limit: number): Promise<readonly StoredRevocation[]>;
  list(query: RevocationQuery): Promise<RevocationPage>;
  /** Undefined: this process alone reads it. */
  readonly spread?: RevocationSpread | undefined;
}

/** Most that are kept at a time; each costs every server a few hundred bytes of memory. */
export const MAX_REVOCATIONS = 50_000;
/** So many more of users and keys, so that what stops most can still be revoked when there is no room for single tokens. */
export const RESERVED_REVOCATIONS = 1_000;
/** And so many for whoever has kept few: one caller who fills the rest keeps no other from revoking, them among others. */
export const SPARE_REVOCATIONS = 100;
export const FEW_REVOCATIONS = 10;

/** Room of a store. */
export interface RevocationRoom {
  /** Default {@link MAX_REVOCATIONS}. */
  readonly capacity?: number | undefined;
  /** Beyond the capacity, for users and keys alone. Default 1,000. */
  readonly reserved?: number | undefined;
  /** Beyond both, for callers of whom fewer than ten are kept. Default 100. */
  readonly spare?: number | undefined;
}

/** Most that are in force at a time, in any store. */
export const MOST_IN_FORCE = MAX_REVOCATIONS + RESERVED_REVOCATIONS + SPARE_REVOCATIONS;

/** Most that may be kept when one of this kind is added by a caller of whom so many are kept. */
export function roomFor(
  kind: RevocationKind,
  ownCount: number,
  { capacity = MAX_REVOCATIONS, reserved = RESERVED_REVOCATIONS, spare = SPARE_REVOCATIONS }: RevocationRoom,
): number {
  if (spare > 0 && ownCount < FEW_REVOCATIONS) return capacity + reserved + spare;
  return kind === "subject" || kind === "key" ? capacity + reserved : capacity;
}
