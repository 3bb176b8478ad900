/**
 * The keys of a source that can change: the last good set, kept for a while when the source fails, and replaced at
 * once by a set that is good. File and address share this, so that both forget keys by the same rule.
 */

import type { VerificationKey } from "../model/key.ts";
import { createKeySet, type KeySet } from "../set/key-set.ts";
import type { KeySourceStatus } from "./key-source.ts";

/** However a source is configured, keys that nothing has confirmed for this long are not used (design.md section 6). */
const MAX_STALE_SECONDS = 60 * 60;

/** When keys that nothing confirms are dropped. */
export interface LastGoodKeysOptions {
  /** Seconds since 1970. */
  readonly now: () => number;
  /** How long the last good keys outlive a failing source, in seconds. Default and most: 3600. */
  readonly maxStaleSeconds?: number | undefined;
  /** Keys also expire while nothing failed and nobody asked the source. Default false: something polls it. */
  readonly expiresUnasked?: boolean | undefined;
}

/** Keys of a source that can fail. */
export interface LastGoodKeys {
  /** "ok" after a good read, "stale" while a failing source lives on its last keys, "failed" once those are dropped. */
  readonly state: KeySourceStatus["state"];
  /** The limit in force, in seconds. */
  readonly maxStaleSeconds: number;
  /** The keys to use now. */
  current(): KeySet;
  /** The source was read and is good; unchanged keys keep their set and its generation. */
  accept(keys: readonly VerificationKey[], isChanged: boolean): void;
  /** The source was read and cannot be used; listeners are told each time, since the reason may be another one. */
  fail(): void;
  /** Drops keys that are too old; for callers that want the state and not the keys. */
  expire(): void;
  /** Calls the listener after each change and each failure, until the returned function is called. */
  subscribe(listener: () => void): () => void;
  /** Forgets all listeners. */
  close(): void;
}

/** Starts with keys that were read just now. */
export function createLastGoodKeys(
  keys: readonly VerificationKey[],
  options: LastGoodKeysOptions,
): LastGoodKeys {
  const { now, expiresUnasked = false } = options;
  const maxStaleSeconds = Math.min(options.maxStaleSeconds ?? MAX_STALE_SECONDS, MAX_STALE_SECONDS);
  const listeners = new Set<() => void>();
  let keySet = createKeySet(keys);
  let goodAt = now();
  let state: KeySourceStatus["state"] = "ok";

  function notify(): void {
    for (const listener of listeners) {
      try {
        listener();
      } catch {
        // The keys are right already: what a listener makes of it changes neither them nor what the others hear.
      }
    }
  }

  /** True when the keys are too old, and are dropped now. */
  function drop(): boolean {
    if (state === "failed" || (state === "ok" && !expiresUnasked)) return false;
    // A clock that was set back tells no age: then the keys count as too old.
    if (Math.abs(now() - goodAt) <= maxStaleSeconds) return false;
    state = "failed";
    keySet = createKeySet([], keySet.generation + 1);
    return true;
  }

  function expire(): void {
    if (drop()) notify();
  }

  return {
    get state() {
      return state;
    },
    maxStaleSeconds,
    current() {
      expire();
      return keySet;
    },
    accept(read, isChanged) {
      const isReplaced = isChanged || state === "failed";
      const isRecovered = state !== "ok";
      goodAt = now();
      state = "ok";
      if (isReplaced) keySet = createKeySet(read, keySet.generation + 1);
      if (isReplaced || isRecovered) notify();
    },
    fail() {
      if (state === "ok") state = "stale";
      drop();
      notify();
    },
    expire,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      listeners.clear();
    },
  };
}
