/** Where a server listens: a policy that believes everybody must not come into force where others can reach it. */
import { isLoopbackHost } from "@agentos/auth";
import type { Fault } from "@agentos/contract";
import { createReachFault } from "../config/reach-fault.ts";
import type { ResolvedPolicy } from "../config/resolve-policy.ts";

export interface Listening {
  /** Begins to listen on a host. The host counts from the call on, until that rejects. */
  on<Server>(host: string, listen: () => Promise<Server>): Promise<Server>;
  /** What forbids a policy there. */
  findReachFaults(resolved: ResolvedPolicy): readonly Fault[];
}

/** Creates it; a host counts until the process ends, since a server that is closed takes no policy. */
export function createListening(): Listening {
  const hosts = new Map<string, number>();
  const count = (host: string, by: number) => hosts.set(host, (hosts.get(host) ?? 0) + by);
  return {
    async on(host, listen) {
      count(host, 1);
      try {
        return await listen();
      } catch (cause) {
        count(host, -1);
        throw cause;
      }
    },
    findReachFaults(resolved) {
      const open = [...hosts].flatMap(([host, servers]) =>
        servers > 0 && !isLoopbackHost(host) ? [createReachFault(resolved, host)] : [],
      );
      return open.filter((fault) => fault !== undefined);
    },
  };
}
