/** Where keys come from: fixed at start, or a file or address that can change while the server runs. */

import type { Fault } from "@agentos/contract";
import type { VerificationKey } from "../model/key.ts";
import { createKeySet, type KeySet } from "../set/key-set.ts";

/** How a source of keys fares. */
export interface KeySourceStatus {
  /** `stale`: the last good keys are used because the source is bad. `failed`: there are none any more. */
  readonly state: "ok" | "stale" | "failed";
  /** What is wrong with it now; warnings about single keys included. */
  readonly faults: readonly Fault[];
}

/** Where keys come from. `current` is asked for every request, so it never waits. */
export interface KeySource {
  /** The keys of this moment; the same object as long as nothing changes. */
  current(): KeySet;
  /** Called when a `kid` is unknown; resolves true when the set changed. Never rejects. */
  refresh?(kid: string): Promise<boolean>;
  /** Calls the listener after each change and each failure, until the returned function is called. */
  subscribe?(listener: () => void): () => void;
  /** Absent means always `ok`. */
  status?(): KeySourceStatus;
}

/** Keys that never change. */
export function createStaticKeySource(keys: readonly VerificationKey[]): KeySource {
  const keySet = createKeySet(keys);
  return { current: () => keySet };
}

/** Several sources as one, keys in their order. The generation grows when any of them changes. */
export function combineKeySources(sources: readonly KeySource[]): KeySource {
  let parts: readonly KeySet[] = sources.map((source) => source.current());
  let combined = createKeySet(parts.flatMap((part) => part.keys));

  function current(): KeySet {
    let isSame = true;
    for (let i = 0; i < sources.length; i += 1) isSame &&= sources[i]?.current() === parts[i];
    if (isSame) return combined;
    parts = sources.map((source) => source.current());
    combined = createKeySet(
      parts.flatMap((part) => part.keys),
      combined.generation + 1,
    );
    return combined;
  }

  return {
    current,
    async refresh(kid) {
      const changes = await Promise.all(
        sources.map(async (source) => (await source.refresh?.(kid)) === true),
      );
      return changes.includes(true);
    },
    subscribe(listener) {
      const stops = sources.map((source) => source.subscribe?.(listener));
      return () => {
        for (const stop of stops) stop?.();
      };
    },
    status() {
      const statuses = sources.map((source) => source.status?.() ?? OK);
      const state = worstOf(statuses.map((status) => status.state));
      return { state, faults: statuses.flatMap((status) => status.faults) };
    },
  };
}

const OK: KeySourceStatus = Object.freeze({ state: "ok", faults: [] });

function worstOf(states: readonly KeySourceStatus["state"][]): KeySourceStatus["state"] {
  if (states.includes("failed")) return "failed";
  return states.includes("stale") ? "stale" : "ok";
}
