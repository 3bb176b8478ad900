/**
 * Words between processes that share a database: "look now". Nothing depends on them: what nobody heard is found by a
 * poll, only later.
 */

export interface Hints {
  /**
   * Tells whoever listens, in this process and soon in others. To be called after the commit that it speaks of. It waits
   * for nothing and never throws.
   */
  tell(topic: string, payload?: string): void;
  /** Gives the function that ends it. */
  listen(topic: string, hear: HintListener): () => void;
}

/**
 * Told what the hint names; undefined where it names nothing, or where one may have been missed: everything is to be looked
 * at. It may come from anybody who can connect to the database, so it is believed nothing: the row says what is so.
 */
export type HintListener = (payload: string | undefined) => void;

export const MAX_TOPIC_LENGTH = 32;
/** Characters; an id of ours has far fewer. */
export const MAX_PAYLOAD_LENGTH = 100;

export interface Hint {
  /** A word of a program, at most {@link MAX_TOPIC_LENGTH} characters: there are few of them. */
  readonly topic: string;
  readonly payload: string | undefined;
}

/** Those of one process, and of no other. */
export interface HintBoard extends Hints {
  /** Hints from elsewhere. */
  deliver(hint: Hint): void;
  /** Hints may have been missed: every listener looks at everything. */
  deliverAll(): void;
}

export function createHintBoard(): HintBoard {
  const listeners = new Map<string, Set<HintListener>>();

  /** Not at once: whoever tells is in the middle of something. */
  function deliver({ topic, payload }: Hint): void {
    for (const hear of listeners.get(topic) ?? []) queueMicrotask(() => hear(payload));
  }

  return {
    deliver,
    deliverAll() {
      for (const topic of listeners.keys()) deliver({ topic, payload: undefined });
    },
    tell: (topic, payload) => deliver({ topic, payload }),
    listen(topic, hear) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(hear));
      return () => void set.delete(hear);
    },
  };
}
