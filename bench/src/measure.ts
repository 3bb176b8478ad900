// Times tasks side by side: each round runs every task once, in turn, so that whatever else the machine does falls
// on all of them alike. What counts is the median over the rounds, and ratios are taken within a round. The targets
// are judged by CPU time, which other programs disturb little.

export interface Task {
  readonly name: string;
  /** Runs the operation `count` times, one after the other. */
  readonly batch: (count: number) => void | Promise<void>;
}

export interface Timing {
  readonly name: string;
  /** Microseconds per operation by the clock, one value for each round. */
  readonly wall: readonly number[];
  /** CPU microseconds per operation, all threads of the process: what an operation takes from a core. */
  readonly cpu: readonly number[];
}

export interface MeasureOptions {
  readonly rounds: number;
  /** Aimed-at length of one task's batch. */
  readonly batchMs: number;
}

/** A task that answers at once. */
export function syncTask(name: string, operation: (index: number) => unknown): Task {
  let next = 0;
  return {
    name,
    batch(count) {
      for (let done = 0; done < count; done++) operation(next++);
    },
  };
}

/** A task that answers with a promise; the next operation starts when the last one is done. */
export function asyncTask(name: string, operation: (index: number) => unknown): Task {
  let next = 0;
  return {
    name,
    async batch(count) {
      for (let done = 0; done < count; done++) await operation(next++);
    },
  };
}

export async function measure(
  tasks: readonly Task[],
  { rounds, batchMs }: MeasureOptions,
): Promise<readonly Timing[]> {
  const runs = [];
  for (const task of tasks)
    runs.push({ task, count: await calibrate(task, batchMs), wall: emptyNumbers(), cpu: emptyNumbers() });
  for (let round = 0; round < rounds; round++) {
    for (const { task, count, wall, cpu } of runs) {
      const used = process.cpuUsage();
      const startedAt = performance.now();
      await task.batch(count);
      wall.push(((performance.now() - startedAt) * 1_000) / count);
      const { user, system } = process.cpuUsage(used);
      cpu.push((user + system) / count);
    }
  }
  return runs.map(({ task, wall, cpu }) => ({ name: task.name, wall, cpu }));
}

const emptyNumbers = (): number[] => [];

/** Runs the task until it is warm, and finds how often it fits into the batch time. */
async function calibrate(task: Task, batchMs: number): Promise<number> {
  for (let count = 1; ; count *= 2) {
    const startedAt = performance.now();
    await task.batch(count);
    const tookMs = performance.now() - startedAt;
    if (tookMs >= batchMs / 2) return Math.max(1, Math.round((count * batchMs) / tookMs));
  }
}

/** Median over the rounds of `a` divided by `b`. */
export function medianRatio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((value, round) => value / (b[round] ?? Number.NaN)));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which that part of the values lies; NaN of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}
