/** One try of a request: it ends by the caller's signal, by its own time, or when it is done. */
import { AgentOSRefusal, ConnectionFault, InvalidInput } from "./client-errors.ts";
import { abortedFault } from "./runtime.ts";

export interface Attempt {
  /** For `fetch`. */
  readonly signal: AbortSignal;
  /** From now on it has so long again; undefined: as long as it takes. */
  allow(ms: number | undefined): void;
  /** Waits no longer than the try itself. */
  orEnd<Value>(promise: Promise<Value>): Promise<Value>;
  /** What went wrong, from what was caught. */
  explain(cause: unknown): unknown;
  /** It is over: nothing is left that could end it, and what is open ends. */
  close(): void;
}

/** What the network threw, as a network says it. */
class WireError extends Error {}

/** Tells what the network throws from what anybody else does. */
export async function onWire<Value>(promise: Promise<Value>): Promise<Value> {
  try {
    return await promise;
  } catch (cause) {
    throw new WireError("the network has failed", { cause });
  }
}

/** `place` is where it goes, for people: an origin. */
export function beginAttempt(place: string, caller: AbortSignal | undefined): Attempt {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isTimedOut = false;
  const leave = () => stop.abort(caller?.reason);
  if (caller?.aborted === true) leave();
  else caller?.addEventListener("abort", leave, { once: true });
  const clear = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    signal: stop.signal,
    allow(ms) {
      clear();
      // No timer has more than 31 bits: it would end the try at once.
      if (ms === undefined || ms === Number.POSITIVE_INFINITY) return;
      timer = setTimeout(() => {
        isTimedOut = true;
        stop.abort();
      }, ms);
    },
    orEnd: (promise) =>
      Promise.race([
        promise,
        new Promise<never>((_, reject) => {
          const end = () => reject(new Error("the try is over"));
          if (stop.signal.aborted) end();
          else stop.signal.addEventListener("abort", end, { once: true });
        }),
      ]),
    explain(cause) {
      if (cause instanceof AgentOSRefusal || cause instanceof InvalidInput) return cause;
      if (caller?.aborted === true) return abortedFault(caller);
      if (isTimedOut) return new ConnectionFault("timed-out", `no answer from ${place} in time`, { cause });
      if (cause instanceof WireError)
        return new ConnectionFault("unreachable", `no connection with ${place}, or it was lost`, {
          cause: cause.cause,
        });
      // Of the caller's own code, such as `checkAnswer`: it is shown as it is.
      return cause;
    },
    close() {
      clear();
      caller?.removeEventListener("abort", leave);
      stop.abort();
    },
  };
}
