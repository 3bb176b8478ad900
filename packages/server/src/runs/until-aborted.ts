/** Reads from a source that may not look at the signal. */

export interface AbortableReader<Value> {
  /** The next value; throws once the signal aborts, whatever the source does. One call at a time. */
  next(): Promise<IteratorResult<Value>>;
  /** To be called once, at the end. Does not wait: a source that hangs must not hold up the end of the run. */
  close(): void;
}

/** One listener for all values: a run has many steps. */
export function readUntilAborted<Value>(
  source: AsyncIterable<Value>,
  signal: AbortSignal,
): AbortableReader<Value> {
  const iterator = source[Symbol.asyncIterator]();
  let stopWaiting: ((cause: Error) => void) | undefined;
  const onAbort = () => stopWaiting?.(abortedBy(signal));
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(abortedBy(signal));
          return;
        }
        stopWaiting = reject;
        iterator.next().then(resolve, reject);
      }),
    close() {
      signal.removeEventListener("abort", onAbort);
      void end(iterator);
    },
  };
}

async function end(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // The run has ended; what its source says afterwards is nobody's.
  }
}

function abortedBy(signal: AbortSignal): Error {
  return new Error("aborted", { cause: signal.reason });
}
