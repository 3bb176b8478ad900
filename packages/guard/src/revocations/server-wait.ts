/** Whoever revokes waits for every server that lives: with one look for all who wait, however many those are. */
import type { ReadingServer, ReadingServers } from "./revocation-store.ts";

export interface ServerWaitOptions {
  readonly nodes: Pick<ReadingServers, "listLiving">;
  /** Most that each waits. */
  readonly patienceSeconds: number;
  /** Seconds, by a clock that nobody sets. */
  readonly now: () => number;
}

interface Waiter {
  readonly seq: number;
  readonly since: number;
  readonly resolve: (behind: readonly ReadingServer[]) => void;
  readonly reject: (cause: unknown) => void;
}

/** Between two looks. */
const LOOK_MS = 100;

/** Creates the function that waits: it gives who is behind when all is well, or when there is no more time. */
export function createServerWait({ nodes, patienceSeconds, now }: ServerWaitOptions) {
  const waiting = new Set<Waiter>();
  let isLooking = false;

  async function look(): Promise<void> {
    // INVARIANT: a look counts for those alone who waited before it began. A server that says after it that it lives reads
    // after that, and what they have kept was there.
    const asked = [...waiting];
    try {
      const servers = await nodes.listLiving();
      for (const waiter of asked) {
        const behind = servers.filter(({ seenSeq }) => seenSeq < waiter.seq);
        if (behind.length > 0 && now() - waiter.since < patienceSeconds) continue;
        waiting.delete(waiter);
        waiter.resolve(behind.map(({ id, host }) => ({ id, host })));
      }
    } catch (cause) {
      for (const waiter of asked) if (waiting.delete(waiter)) waiter.reject(cause);
    }
  }

  async function lookOn(): Promise<void> {
    isLooking = true;
    while (waiting.size > 0) {
      await look();
      if (waiting.size > 0) await new Promise((resolve) => void setTimeout(resolve, LOOK_MS));
    }
    isLooking = false;
  }

  return (seq: number): Promise<readonly ReadingServer[]> =>
    new Promise((resolve, reject) => {
      waiting.add({ seq, since: now(), resolve, reject });
      if (!isLooking) void lookOn();
    });
}
