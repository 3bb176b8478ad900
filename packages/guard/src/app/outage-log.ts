/**
 * Requests that met something the server lacks for a while, as a database that is down, in the log. Every request meets
 * it, so a line with its cause stands for many: it is written for the first one of a code, and again each time that their
 * count has grown tenfold. After a minute the count begins anew.
 */
import type { Runtime } from "../log/runtime.ts";
import type { LimitFault } from "./input-fault.ts";

const WINDOW_SECONDS = 60;

export interface OutageLog {
  /** Counts one request, and writes a line where one is due. */
  note(
    outage: LimitFault,
    about: { readonly method: string; readonly path: string; readonly error: unknown },
  ): void;
}

export function createOutageLog({ clock, logger }: Pick<Runtime, "clock" | "logger">): OutageLog {
  /** One for each code. */
  const counts = new Map<string, { readonly since: number; readonly requests: number }>();
  return {
    note({ code }, about) {
      const now = clock.now();
      const last = counts.get(code);
      const isOver = last === undefined || now - last.since >= WINDOW_SECONDS;
      const { since, requests } = isOver
        ? { since: now, requests: 1 }
        : { ...last, requests: last.requests + 1 };
      counts.set(code, { since, requests });
      if (Number.isInteger(Math.log10(requests)))
        logger.error({ code, count: requests, ...about }, "a handler had to give up");
    },
  };
}
