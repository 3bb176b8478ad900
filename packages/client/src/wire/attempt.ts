/** One try of a request: it ends by the caller's signal, by its own time, or when it is done. */
import { ConnectionFault } from "./client-errors.ts";
import { abortedFault } from "./runtime.ts";

export interface Attempt {
  /** For `fetch`. */
  readonly signal: AbortSignal;
  /** From now on it has so long again; undefined: as long as it takes. */
  allow(ms: number | undefined): void;
  /** What went wrong, from what was caught. */
  explain(cause: unknown): unknown;
  /** It is over: nothing is left that could end it, and what is open ends. */
  close(): void;
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
      if (ms === undefined) return;
      timer = setTimeout(() => {
        isTimedOut = true;
        stop.abort();
      }, ms);
    },
    explain(cause) {
      if (caller?.aborted === true) return abortedFault(caller);
      if (isTimedOut) return new ConnectionFault("timed-out", `no answer from ${place} in time`, { cause });
      if (cause instanceof ConnectionFault) return cause;
      return new ConnectionFault("unreachable", `no connection with ${place}, or it was lost`, { cause });
    },
    close() {
      clear();
      caller?.removeEventListener("abort", leave);
      stop.abort();
    },
  };
}
