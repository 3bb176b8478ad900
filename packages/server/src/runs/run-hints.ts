/**
 * What servers tell each other so that nobody has to wait for the next look: that a run waits, that one is to stop. Never
 * needed, and never believed: who hears a hint looks at the store.
 */
export interface RunHints {
  tellPending(): void;
  /** Gives the function that stops the listening. */
  onPending(listener: () => void): () => void;
  tellCancel(): void;
  onCancel(listener: () => void): () => void;
}

/** Between the servers of one process. */
export function createLocalHints(): RunHints {
  const pending = createTopic();
  const cancel = createTopic();
  return {
    tellPending: pending.tell,
    onPending: pending.listen,
    tellCancel: cancel.tell,
    onCancel: cancel.listen,
  };
}

function createTopic() {
  const listeners = new Set<() => void>();
  return {
    tell() {
      for (const listener of listeners) listener();
    },
    listen(listener: () => void) {
      // One of its own: a function that comes twice is told twice.
      const own = () => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
