/**
 * Memories that are forgotten when the process ends, bounded in bytes. When there is no room left, the owner who holds
 * most forgets what was changed longest ago; ids that cost nothing to make up are counted in common, as with runs.
 */
import type { DataScope, Owner } from "@agentos/auth";
import { MAX_LISTED_TOPICS, MAX_MEMORIES_PER_OWNER, MAX_TOPIC_SOURCES } from "../memories/memory-limits.ts";
import type {
  MemoryQuery,
  MemoryStatistic,
  MemoryStore,
  OfUser,
  StoredMemory,
} from "../memories/memory-store.ts";
import { coversOwner } from "../runs/store.ts";
import { ENTRY_BYTES, findAccounts, findLargest, pathOf, sizeOfText } from "./accounts.ts";
import { createTupleMap } from "./tuple-map.ts";

interface OwnerMemories {
  readonly owner: Owner;
  /** By id; in the order in which they were added. */
  readonly memories: Map<string, StoredMemory>;
  bytes: number;
}

/** Bytes that memories may take, of everybody. */
const MAX_MEMORY_BYTES = 32 * 1024 * 1024;

/** Makes one. `maxBytes` bounds all memories together; those of one user are bounded by their number and length. */
export function createVolatileMemoryStore({ maxBytes = MAX_MEMORY_BYTES } = {}): MemoryStore {
  const owners = createTupleMap<OwnerMemories>();
  let total = 0;

  function* inScope(scope: DataScope, { userId }: OfUser = {}): Iterable<OwnerMemories> {
    const reached = scope.kind === "user" ? [owners.get(pathOf(scope.owner))] : owners.values();
    for (const of of reached)
      if (of !== undefined && coversOwner(scope, of.owner) && (userId ?? of.owner.id) === of.owner.id)
        yield of;
  }

  function holderOf(scope: DataScope, { memoryId, ...of }: OfUser & { readonly memoryId: string }) {
    for (const holder of inScope(scope, of)) {
      const memory = holder.memories.get(memoryId);
      if (memory !== undefined) return { holder, memory };
    }
    return undefined;
  }

  function put(memory: StoredMemory): void {
    const path = pathOf(memory.owner);
    const known = owners.get(path);
    const holder: OwnerMemories = known ?? { owner: memory.owner, memories: new Map(), bytes: 0 };
    owners.set(path, holder);
    const before = holder.memories.get(memory.memoryId);
    count(holder, sizeOf(memory) - (before === undefined ? 0 : sizeOf(before)));
    holder.memories.set(memory.memoryId, memory);
    if (total > maxBytes) makeRoom();
  }

  function drop(holder: OwnerMemories, memory: StoredMemory): void {
    holder.memories.delete(memory.memoryId);
    count(holder, -sizeOf(memory));
    if (holder.memories.size === 0) owners.delete(pathOf(holder.owner));
  }

  function count(holder: OwnerMemories, bytes: number): void {
    holder.bytes += bytes;
    total += bytes;
  }

  /** A tenth at once, so that looking for the largest is not done for each memory. */
  function makeRoom(): void {
    for (;;) {
      if (total <= maxBytes * 0.9) return;
      const largest = findLargest(findLargest(findAccounts(owners.values()))?.members ?? []);
      if (largest === undefined) return;
      const byAge = [...largest.memories.values()].toSorted((one, other) => one.updatedAt - other.updatedAt);
      for (const memory of byAge.slice(0, Math.ceil(byAge.length / 10))) drop(largest, memory);
    }
  }

  function checkScope(scope: DataScope, owner: Owner): void {
    if (!coversOwner(scope, owner))
      throw new Error("INVARIANT: a memory is kept only within its caller's scope");
  }

  return {
    async add(scope, memory) {
      checkScope(scope, memory.owner);
      if ((owners.get(pathOf(memory.owner))?.memories.size ?? 0) >= MAX_MEMORIES_PER_OWNER) return false;
      put(memory);
      return true;
    },

    async find(scope, name) {
      return holderOf(scope, name)?.memory;
    },

    async list(scope, query) {
      const { sortBy, sortOrder, limit, page } = query;
      const found = [...inScope(scope, query)]
        .flatMap(({ memories }) => [...memories.values()])
        .filter((memory) => matches(memory, query));
      const direction = sortOrder === "asc" ? 1 : -1;
      // In the order in which they were added before; a descending order has it the other way round.
      if (direction === -1) found.reverse();
      found.sort((one, other) => direction * compare(one[sortBy], other[sortBy]));
      const first = (page - 1) * limit;
      return { memories: found.slice(first, first + limit), totalCount: found.length };
    },

    async change(scope, name, { memory, topics, at }) {
      const known = holderOf(scope, name);
      if (known === undefined) return undefined;
      const changed: StoredMemory = { ...known.memory, memory, topics, updatedAt: at };
      put(changed);
      return changed;
    },

    async remove(scope, { memoryIds, ...of }) {
      let removed = 0;
      for (const memoryId of new Set(memoryIds)) {
        const known = holderOf(scope, { memoryId, ...of });
        if (known === undefined) continue;
        drop(known.holder, known.memory);
        removed += 1;
      }
      return removed;
    },

    async listTopics(scope, of) {
      const newest = [...inScope(scope, of)]
        .flatMap(({ memories }) => [...memories.values()])
        .toSorted((one, other) => other.updatedAt - one.updatedAt)
        .slice(0, MAX_TOPIC_SOURCES);
      const topics = new Set(newest.flatMap((memory) => memory.topics));
      return [...topics].toSorted(compare).slice(0, MAX_LISTED_TOPICS);
    },

    async listStatistics(scope, { limit, page, ...of }) {
      const statistics = [...inScope(scope, of)]
        .map(({ owner, memories }): MemoryStatistic => {
          let updatedAt = 0;
          for (const memory of memories.values()) updatedAt = Math.max(updatedAt, memory.updatedAt);
          return { owner, count: memories.size, updatedAt };
        })
        .toSorted(
          (one, other) => compare(other.updatedAt, one.updatedAt) || compare(one.owner.id, other.owner.id),
        );
      const first = (page - 1) * limit;
      return { statistics: statistics.slice(first, first + limit), totalCount: statistics.length };
    },

    async replace(scope, { owner, removed, added }) {
      checkScope(scope, owner);
      const holder = owners.get(pathOf(owner));
      const isAsRead = removed.every(
        ({ memoryId, updatedAt }) => holder?.memories.get(memoryId)?.updatedAt === updatedAt,
      );
      const left = (holder?.memories.size ?? 0) - removed.length;
      if (!isAsRead || left + added.length > MAX_MEMORIES_PER_OWNER) return false;
      for (const memory of removed) if (holder !== undefined) drop(holder, memory);
      for (const memory of added) put(memory);
      return true;
    },
  };
}

function sizeOf({ memory, topics, memoryId }: StoredMemory): number {
  let bytes = ENTRY_BYTES + sizeOfText(memory) + sizeOfText(memoryId);
  for (const topic of topics) bytes += ENTRY_BYTES / 16 + sizeOfText(topic);
  return bytes;
}

function matches(memory: StoredMemory, { agentId, teamId, topics = [], contains }: MemoryQuery): boolean {
  if (agentId !== undefined && memory.agentId !== agentId) return false;
  if (teamId !== undefined && memory.teamId !== teamId) return false;
  const own = topics.length === 0 ? [] : memory.topics.map(lowerAscii);
  if (!topics.every((topic) => own.includes(lowerAscii(topic)))) return false;
  return contains === undefined || lowerAscii(memory.memory).includes(lowerAscii(contains));
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function compare<Key extends string | number>(one: Key, other: Key): number {
  return one < other ? -1 : Number(one > other);
}
