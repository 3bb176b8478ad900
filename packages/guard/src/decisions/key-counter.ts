/**
 * How many requests of about the last hour came with which key: whether a key is still in use is read from it before it is
 * taken away. Counted is who was verified, whatever they were allowed; nothing of a person is in it.
 */

/** How many requests came with each key, and since when that is counted. */
export interface KeyCounts {
  /** Seconds since the epoch: nothing before is in the counts. An hour ago or a little more, later where counting began later. */
  readonly since: number;
  /** By the thumbprint of the key, or {@link SECURITY_KEY_NAME}. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Counts the keys that requests came with. */
export interface KeyCounter {
  /** Never throws, never waits: it runs in front of every answer. */
  count(key: string): void;
  /** Rejects where the counts of other servers cannot be read: a part would look like the whole. */
  read(): Promise<KeyCounts>;
}

/** The name of the shared security key, of which nothing can be shown. */
export const SECURITY_KEY_NAME = "security_key";
