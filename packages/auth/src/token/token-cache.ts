/**
 * Verified tokens, least recently used first out. The key is the hash of the whole token, never of its claims: two
 * tokens can then never share an identity (lesson CVE-2026-35039).
 */
import type { Identity } from "../identity/identity.ts";

interface Entry {
  readonly identity: Identity;
  /** Key set that verified it: an entry of an older set is worthless. */
  readonly generation: number;
}

export interface TokenCache {
  get(hash: string, generation: number): Identity | undefined;
  set(hash: string, identity: Identity, generation: number): void;
  delete(hash: string): void;
  clear(): void;
  readonly size: number;
}

/** A bounded cache; `capacity` 0 keeps nothing. */
export function createTokenCache(capacity: number): TokenCache {
  // A Map keeps insertion order: deleting and setting again moves an entry to the young end.
  const entries = new Map<string, Entry>();
  return {
    get(hash, generation) {
      const entry = entries.get(hash);
      if (entry === undefined) return undefined;
      const isCurrent = entry.generation === generation;
      // While half of the room is free nothing is dropped soon, and the order may wait: hits are the hot path.
      if (!isCurrent || entries.size > capacity / 2) {
        entries.delete(hash);
        if (isCurrent) entries.set(hash, entry);
      }
      return isCurrent ? entry.identity : undefined;
    },
    set(hash, identity, generation) {
      if (capacity < 1) return;
      entries.delete(hash);
      entries.set(hash, { identity, generation });
      const [oldest] = entries.keys();
      if (entries.size > capacity && oldest !== undefined) entries.delete(oldest);
    },
    delete(hash) {
      entries.delete(hash);
    },
    clear() {
      entries.clear();
    },
    get size() {
      return entries.size;
    },
  };
}
