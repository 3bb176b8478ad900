/**
 * Requests that there was no room for, in the log. A refused client may ask again thousands of times, so a line stands
 * for all refusals of one code and caller: it is written for the first one, and again each time that their count has
 * grown tenfold. After ten minutes the count begins anew.
 */
import type { Owner } from "@agentos/auth";
import type { Runtime } from "../log/runtime.ts";
import type { LimitFault } from "./input-fault.ts";
import { describeLimit } from "./limit-response.ts";

const WINDOW_SECONDS = 600;
/** Codes and callers that are counted apart; what comes beyond them is counted by its code alone. */
const MAX_COUNTS = 1_000;

export interface LimitLog {
  /** Counts one refusal, and writes a line where one is due. `route` is `METHOD /template`. */
  note(fault: LimitFault, about: { readonly caller: Owner; readonly route: string }): void;
}

interface Count {
  readonly since: number;
  refusals: number;
}

export function createLimitLog(
  { clock, logger }: Pick<Runtime, "clock" | "logger">,
  { maxCounts = MAX_COUNTS }: { readonly maxCounts?: number } = {},
): LimitLog {
  // In the order in which they began: the first are the first that are over.
  const counts = new Map<string, Count>();

  function dropOld(now: number): void {
    for (const [key, { since }] of counts) {
      if (now - since < WINDOW_SECONDS) return;
      counts.delete(key);
    }
  }

  function countUp(key: string, now: number): number {
    const count = counts.get(key) ?? { since: now, refusals: 0 };
    count.refusals += 1;
    counts.set(key, count);
    return count.refusals;
  }

  return {
    note(fault, { caller, route }) {
      const now = clock.now();
      dropOld(now);
      const own = JSON.stringify([fault.code, caller.issuer, caller.kind, caller.id]);
      const isCountedApart = counts.has(own) || counts.size < maxCounts;
      const count = countUp(isCountedApart ? own : fault.code, now);
      if (!Number.isInteger(Math.log10(count))) return;
      const { title, fix, facts } = describeLimit(fault);
      logger.warn(
        {
          code: fault.code,
          ...facts,
          caller: isCountedApart ? nameOf(caller) : "several",
          route,
          count,
          fix,
        },
        title,
      );
    },
  };
}

/** One of those who share a credential, or have none, is named by its kind alone. */
function nameOf({ issuer, kind, id }: Owner): object | string {
  return id === "" ? kind : { issuer, kind, id };
}
