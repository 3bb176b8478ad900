/** Whoever waits for a turn to be let in: they hear of its first event, or of its fault, in the place of everybody else. */
export interface LetInWaiters {
  /** Does it; done with the first event of the turn, or its end. */
  readonly wait: (key: string, act: () => Promise<void>) => Promise<void>;
  readonly letIn: (key: string) => void;
  readonly isAwaited: (key: string) => boolean;
  readonly fail: (key: string, error: unknown) => void;
}

interface Waiter {
  readonly onLetIn: () => void;
  readonly onFault: (error: unknown) => void;
}

export function createLetInWaiters(): LetInWaiters {
  const waiters = new Map<string, Waiter>();
  return {
    wait: (key, act) =>
      new Promise((resolve, reject) => {
        waiters.set(key, { onLetIn: resolve, onFault: reject });
        void act().finally(() => {
          waiters.delete(key);
          resolve();
        });
      }),
    letIn: (key) => waiters.get(key)?.onLetIn(),
    isAwaited: (key) => waiters.has(key),
    fail: (key, error) => waiters.get(key)?.onFault(error),
  };
}
