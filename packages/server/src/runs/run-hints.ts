/**
 * What servers tell each other so that nobody has to wait for the next look: that a run waits, that one is to stop. Never
 * needed, and never believed: who hears a hint looks at the store.
 */
export interface RunHints {
  tellPending(): void;
  /** Gives the function that stops the listening. */
  onPending(listener: () => void): () => void;
  tellCancel(runId: string): void;
  /** Told undefined where nobody knows which run. */
  onCancel(listener: (runId: string | undefined) => void): () => void;
}

/** Between the servers of one process. */
export function createLocalHints(): RunHints {
  const pending = createTopic<void>();
  const cancel = createTopic<string | undefined>();
  return {
    tellPending: pending.tell,
    onPending: pending.listen,
    tellCancel: (runId) => cancel.tell(runId),
    onCancel: cancel.listen,
  };
}

function createTopic<Word>() {
  const listeners = new Set<(word: Word) => void>();
  return {
    tell(word: Word) {
      for (const listener of listeners) listener(word);
    },
    listen(listener: (word: Word) => void) {
      // One of its own: a function that comes twice is told twice.
      const own = (word: Word) => listener(word);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
