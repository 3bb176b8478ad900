/** The runs that this process drives: each has its place from before its row until its end is stored. */
import { type BagItem, createBag } from "./bag.ts";
import type { LiveRun } from "./live-run.ts";

export interface ActiveRun extends BagItem {
  readonly controller: AbortController;
  /** Undefined until it is given. */
  runId: string | undefined;
  /** Undefined until it has begun. */
  run: LiveRun | undefined;
  /** Resolves when it has been stored and its place is free. */
  readonly hasEnded: Promise<void>;
}

export interface ActiveRuns extends Iterable<ActiveRun> {
  /** Takes a place. `release` gives it back, once. */
  open(): { readonly entry: ActiveRun; readonly release: () => void };
  /** It is driven from now on. */
  begin(entry: ActiveRun, run: LiveRun): void;
  /** Those that have begun. */
  begun(): readonly LiveRun[];
  /** By the number of its row. */
  find(runNo: number): LiveRun | undefined;
  /** Ids of runs that have left without an end that was kept, until the store says that it holds them no more. */
  readonly left: Set<string>;
  stop(isMeant: (run: LiveRun) => boolean, reason: Error): void;
}

export function createActiveRuns(): ActiveRuns {
  const bag = createBag<ActiveRun>();
  const byNumber = new Map<number, LiveRun>();

  return {
    [Symbol.iterator]: () => bag[Symbol.iterator](),
    open() {
      const { promise: hasEnded, resolve } = Promise.withResolvers<void>();
      const entry: ActiveRun = {
        controller: new AbortController(),
        runId: undefined,
        run: undefined,
        hasEnded,
        position: -1,
      };
      bag.add(entry);
      return {
        entry,
        release() {
          bag.remove(entry);
          // It may be back, as another attempt.
          if (entry.run !== undefined && byNumber.get(entry.run.runNo) === entry.run)
            byNumber.delete(entry.run.runNo);
          resolve();
        },
      };
    },
    begun: () => [...bag].flatMap(({ run }) => run ?? []),
    begin(entry, run) {
      entry.run = run;
      byNumber.set(run.runNo, run);
    },
    find: (runNo) => byNumber.get(runNo),
    left: new Set(),
    stop(isMeant, reason) {
      for (const { run, controller } of bag) if (run !== undefined && isMeant(run)) controller.abort(reason);
    },
  };
}
