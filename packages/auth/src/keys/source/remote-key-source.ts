/**
 * Keys from an issuer's address. Pure: the fetching and the clock are passed in, and no timer runs here.
 *
 * Three promises. A request never waits for a fetch unless its own key is missing. Whatever callers send, an issuer is
 * asked at most once per cool-down because of them, failures included, and never twice at a time (lesson
 * CVE-2026-48524). A failure never takes a good key away before its hour is over, and a valid set that no longer holds
 * a key takes it away at once.
 */

import { createFault, type Fault } from "@agentos/contract";
import type { KeySource, KeySourceStatus } from "./key-source.ts";
import { createLastGoodKeys } from "./last-good-keys.ts";
import {
  createRemoteKeyReader,
  type RemoteKeyReader,
  type RemoteKeyReaderOptions,
  type RemoteKeys,
} from "./remote-key-reader.ts";

/** Whose keys to fetch, and how often. */
export interface RemoteKeySourceOptions extends RemoteKeyReaderOptions {
  /** Least seconds between two fetches that unknown key ids or failures cause. Default 10. */
  readonly cooldownSeconds?: number | undefined;
  /** How long the last good keys outlive a failing issuer, in seconds. Default and most: 3600. */
  readonly maxStaleSeconds?: number | undefined;
}

/** A source that looks again when its answer is too old, or a token names an unknown `kid`. */
export interface RemoteKeySource extends KeySource {
  /** Fetches unless the cool-down forbids it; resolves true when the keys changed. Never rejects. */
  refresh(kid: string): Promise<boolean>;
  /** As {@link KeySource} has it. */
  subscribe(listener: () => void): () => void;
  /** As {@link KeySource} has it. */
  status(): KeySourceStatus;
  /** Takes no answer any more, and starts no fetch. */
  close(): void;
}

/** What the first look gave. */
export interface RemoteKeyResult {
  /** Absent when the first look failed; the faults then hold an error. */
  readonly keySource: RemoteKeySource | undefined;
  /** Errors when there is no source, else warnings. */
  readonly faults: readonly Fault[];
}

const COOLDOWN_SECONDS = 10;

/** Fetches the keys for the first time; whoever has none at the start does not start. */
export async function createRemoteKeySource(options: RemoteKeySourceOptions): Promise<RemoteKeyResult> {
  const reader = createRemoteKeyReader(options);
  const first = await reader.read();
  if (!first.ok) return { keySource: undefined, faults: first.fault };
  const { keys, faults } = first.value;
  return { keySource: keys.length === 0 ? undefined : keepFresh(options, reader, first.value), faults };
}

function keepFresh(
  options: RemoteKeySourceOptions,
  reader: RemoteKeyReader,
  first: RemoteKeys,
): RemoteKeySource {
  const { now, source, maxStaleSeconds, cooldownSeconds = COOLDOWN_SECONDS } = options;
  const keys = createLastGoodKeys(first.keys, { now, maxStaleSeconds, expiresUnasked: true });
  // A clock that was set back must not stop refreshes.
  const since = (time: number) => Math.abs(now() - time);
  let { faults } = first;
  let readAt = now();
  let dueSeconds = first.ttlSeconds;
  /** Start of the last fetch that a caller caused, or end of the last one that failed. */
  let cooledFrom = Number.NEGATIVE_INFINITY;
  let inFlight: Promise<void> | undefined;
  let isClosed = false;

  async function look(): Promise<void> {
    const answer = await reader.read();
    if (isClosed) return;
    readAt = now();
    if (answer.ok) {
      ({ faults, ttlSeconds: dueSeconds } = answer.value);
      keys.accept(answer.value.keys, answer.value.isChanged);
    } else {
      faults = answer.fault;
      cooledFrom = readAt;
      dueSeconds = cooldownSeconds;
      keys.fail();
    }
  }

  function lookOnce(): Promise<void> {
    // A listener that throws must not become a rejection that nobody handles.
    inFlight ??= look()
      .catch(() => undefined)
      .finally(() => {
        inFlight = undefined;
      });
    return inFlight;
  }

  return {
    current() {
      if (inFlight === undefined && !isClosed && since(readAt) >= dueSeconds) void lookOnce();
      return keys.current();
    },
    async refresh() {
      const before = keys.current();
      if (isClosed) return false;
      if (inFlight === undefined) {
        if (since(cooledFrom) < cooldownSeconds) return false;
        cooledFrom = now();
      }
      await lookOnce();
      return keys.current() !== before;
    },
    subscribe: (listener) => keys.subscribe(listener),
    status() {
      keys.expire();
      const { state } = keys;
      if (state === "ok") return { state, faults };
      const minutes = Math.ceil(keys.maxStaleSeconds / 60);
      const code = faults.find(({ severity }) => severity === "error")?.code;
      const summary = createFault({
        code: state === "stale" ? "KEY_SOURCE_STALE" : "KEY_SOURCE_EXPIRED",
        at: source,
        facts:
          code === undefined
            ? { code: "nobody asked for them", minutes, suggestion: "send a request: it fetches them again" }
            : { code, minutes },
      });
      return { state, faults: [summary, ...faults] };
    },
    close() {
      isClosed = true;
      keys.close();
    },
  };
}
