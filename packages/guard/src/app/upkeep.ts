/** What a server does by itself, again and again, until it closes. It keeps no process alive, and a failure ends nothing. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../log/runtime.ts";

export interface UpkeepTask {
  /** Begins the line of the log that says so when it fails. */
  readonly name: string;
  /** From the end of one round to the begin of the next; a function is asked each time. */
  readonly everyMs: number | (() => number);
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

export interface Upkeep {
  /** Resolves when nothing of it runs any more. */
  close(): Promise<void>;
}

/** The first round of each task begins at once. */
export function startUpkeep(tasks: readonly UpkeepTask[], logger: Logger): Upkeep {
  const controller = new AbortController();
  const { signal } = controller;

  async function repeat({ name, everyMs, run }: UpkeepTask): Promise<void> {
    let hasFailed = false;
    while (!signal.aborted) {
      try {
        await run(signal);
        hasFailed = false;
      } catch (error) {
        // A database that is down fails every round: one line says so.
        if (!signal.aborted && !hasFailed) logger.warn({ error }, `${name} failed; it is tried again`);
        hasFailed = true;
      }
      await pause(typeof everyMs === "number" ? everyMs : everyMs(), signal);
    }
  }

  const running = Promise.all(tasks.map(repeat));
  return {
    async close() {
      controller.abort();
      await running;
    },
  };
}

/** Resolves early when the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
}
