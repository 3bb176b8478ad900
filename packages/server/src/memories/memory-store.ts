/**
 * Where memories are kept. The owner is part of each, and whoever asks says whose may be reached: what is outside of the
 * scope is not there. Ids are the server's, and name one memory of one deployment.
 */
import type { DataScope, Owner } from "@agentos/auth";

export interface StoredMemory {
  readonly memoryId: string;
  readonly owner: Owner;
  readonly memory: string;
  readonly topics: readonly string[];
  /** The agent that keeps it; undefined where a client did. */
  readonly agentId: string | undefined;
  readonly teamId: string | undefined;
  /** Seconds since the epoch, whole. */
  readonly createdAt: number;
  /** With a fraction: which of two is newer. */
  readonly updatedAt: number;
}

/** Whose, within the scope: the id that the wire shows of an owner. Left out: of all that the scope covers. */
export interface OfUser {
  readonly userId?: string | undefined;
}

export interface MemoryName extends OfUser {
  readonly memoryId: string;
}

export interface MemoryQuery extends OfUser {
  readonly agentId?: string | undefined;
  readonly teamId?: string | undefined;
  /** Those that have all of them, letter for letter but for the case of A to Z. */
  readonly topics?: readonly string[];
  /** Part of the memory, in the same way; no character is a wildcard. */
  readonly contains?: string | undefined;
  readonly sortBy: "updatedAt" | "createdAt" | "memory" | "memoryId";
  readonly sortOrder: "asc" | "desc";
  /** At least 1. */
  readonly limit: number;
  /** Counts from 1. */
  readonly page: number;
}

export interface MemoryPage {
  readonly memories: readonly StoredMemory[];
  /** Of all pages. */
  readonly totalCount: number;
}

export interface MemoryChange {
  readonly memory: string;
  readonly topics: readonly string[];
  readonly at: number;
}

/** How much is remembered of one owner. */
export interface MemoryStatistic {
  readonly owner: Owner;
  readonly count: number;
  readonly updatedAt: number;
}

/** What takes the place of memories that were read before. */
export interface MemoryReplacement {
  readonly owner: Owner;
  readonly removed: readonly StoredMemory[];
  readonly added: readonly StoredMemory[];
}

export interface MemoryStore {
  /**
   * False where the owner has as many as one may have; then nothing is kept. Throws where the scope does not cover the
   * owner.
   */
  add(scope: DataScope, memory: StoredMemory): Promise<boolean>;
  find(scope: DataScope, name: MemoryName): Promise<StoredMemory | undefined>;
  /** Those of equal keys in the order in which they were added, or in its reverse. */
  list(scope: DataScope, query: MemoryQuery): Promise<MemoryPage>;
  /** As it is now; undefined where there is none in the scope. */
  change(scope: DataScope, name: MemoryName, change: MemoryChange): Promise<StoredMemory | undefined>;
  /** Forgets those that there are in the scope; gives how many. */
  remove(scope: DataScope, names: OfUser & { readonly memoryIds: readonly string[] }): Promise<number>;
  /** Each once, in the order of its code units; of the newest memories, where there are very many. */
  listTopics(scope: DataScope, of: OfUser): Promise<readonly string[]>;
  /** Those with the newest memories first. */
  listStatistics(
    scope: DataScope,
    query: OfUser & Pick<MemoryQuery, "limit" | "page">,
  ): Promise<{ readonly statistics: readonly MemoryStatistic[]; readonly totalCount: number }>;
  /** All of it or nothing: false where one that should go is gone or was changed, or the owner would have too many. */
  replace(scope: DataScope, replacement: MemoryReplacement): Promise<boolean>;
}
