/** Whether what a server knows of revocations is young enough to go by. */
import { LONG_AGO, type ReadClocks, secondsBetween, type TwoClocks } from "./two-clocks.ts";

export interface Freshness {
  /** It knows what was revoked before this moment. */
  mark(moment: TwoClocks): void;
  isFresh(now?: TwoClocks): boolean;
}

/** Creates it; nothing is known yet. */
export function createFreshness(trustSeconds: number, readClocks: ReadClocks): Freshness {
  let marked = LONG_AGO;
  return {
    mark(moment) {
      if (moment.monotonic >= marked.monotonic) marked = moment;
    },
    isFresh: (now = readClocks()) => secondsBetween(marked, now) < trustSeconds,
  };
}
