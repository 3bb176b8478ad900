/** What a client needs of the machine that it runs on. Tests pass their own. */
import { ConnectionFault } from "./client-errors.ts";

/** Clock, chance, network and waiting. */
export interface ClientRuntime {
  /** Default: the global one, looked up at each request. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly clock: () => number;
  /** From 0 to 1, for the spread of waits. Default `Math.random`. */
  readonly random: () => number;
  /** Resolves after so many milliseconds; rejects at once when the signal aborts. Default: a timer. */
  readonly wait: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** The machine's own, but for what is given. */
export function createRuntime(given: Partial<ClientRuntime>): ClientRuntime {
  return {
    fetch: given.fetch ?? ((url, init) => fetch(url, init)),
    clock: given.clock ?? Date.now,
    random: given.random ?? Math.random,
    wait: given.wait ?? waitFor,
  };
}

function waitFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(abortedFault(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Waits for it no longer than the caller wants. */
export async function orAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const leave = () => reject(abortedFault(signal));
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

/** What a call throws when its caller has aborted it. */
export function abortedFault(signal: AbortSignal | undefined): ConnectionFault {
  return new ConnectionFault("aborted", "the caller has aborted the request", { cause: signal?.reason });
}

/** Milliseconds before another attempt, the first one being 0: doubled each time, spread, never more than the most. */
export function backoffMs(
  attempt: number,
  { random }: Pick<ClientRuntime, "random">,
  mostMs = 10_000,
): number {
  const whole = Math.min(250 * 2 ** Math.min(attempt, 20), mostMs);
  // Half of it at least: clients that lost one server at one moment come back one after the other.
  return Math.round(whole / 2 + (whole / 2) * random());
}
