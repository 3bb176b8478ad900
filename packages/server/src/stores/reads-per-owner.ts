/**
 * Reads of whole runs, a few of one user at a time: they may be long, and whoever asks for hundreds of them at once waits
 * for her own and keeps nobody else from the connections. Who reaches everybody's data is not counted.
 */
import type { DataScope } from "@agentos/auth";

/** Fewer than a server has connections. */
const MAX_READS = 2;

export type ReadOfOwner = <Result>(scope: DataScope, read: () => Promise<Result>) => Promise<Result>;

/** Gives what reads when it is the user's turn, in the order of asking. */
export function createReadOfOwner(): ReadOfOwner {
  /** Of each user who reads: how many read, and who waits. */
  const users = new Map<string, { reading: number; readonly waiting: Set<() => void> }>();

  return async (scope, read) => {
    if (scope.kind !== "user") return read();
    const { issuer, kind, id } = scope.owner;
    const name = JSON.stringify([issuer, kind, id]);
    const user = users.get(name) ?? { reading: 0, waiting: new Set() };
    users.set(name, user);
    if (user.reading < MAX_READS) user.reading += 1;
    // Whoever is done hands on the place.
    else await new Promise<void>((resolve) => void user.waiting.add(resolve));
    try {
      return await read();
    } finally {
      const [next] = user.waiting;
      if (next === undefined) {
        user.reading -= 1;
        if (user.reading === 0) users.delete(name);
      } else {
        user.waiting.delete(next);
        next();
      }
    }
  };
}
