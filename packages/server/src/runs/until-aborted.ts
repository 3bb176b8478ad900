/**
 * The values of `source` until the signal aborts, then an exception; even when the source itself never
 * looks at the signal. One listener for all of them: a run has many steps.
 */
export async function* untilAborted<Value>(
  source: AsyncIterable<Value>,
  signal: AbortSignal,
): AsyncGenerator<Value, void> {
  const iterator = source[Symbol.asyncIterator]();
  let stopWaiting: ((cause: Error) => void) | undefined;
  const onAbort = () => stopWaiting?.(abortedBy(signal));
  signal.addEventListener("abort", onAbort, { once: true });
  const next = () =>
    new Promise<IteratorResult<Value>>((resolve, reject) => {
      stopWaiting = reject;
      iterator.next().then(resolve, reject);
    });
  try {
    for (;;) {
      if (signal.aborted) throw abortedBy(signal);
      const step = await next();
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    // Not awaited: a source that hangs must not hold up the end of the run.
    void iterator.return?.().then(undefined, () => {});
  }
}

function abortedBy(signal: AbortSignal): Error {
  return new Error("aborted", { cause: signal.reason });
}
