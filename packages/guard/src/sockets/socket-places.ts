/** How many connections there are: in all, of each caller, and of each address that nobody has authenticated for. */
import type { Owner } from "@agentos/auth";
import { MAX_SOCKETS, MAX_SOCKETS_PER_CALLER, MAX_WAITING_PER_ADDRESS } from "./socket-limits.ts";

/** A limit that one more connection would break. */
export interface SocketLimit {
  readonly code: "RUN_SERVER_SOCKETS" | "RUN_CALLER_SOCKETS" | "RUN_ADDRESS_SOCKETS";
  readonly limit: number;
}

/** The place of one connection. */
export interface SocketPlace {
  /** Its caller is known from now on; a limit when that caller has too many. */
  claim(owner: Owner): SocketLimit | undefined;
  /** The connection is gone. A second call does nothing. */
  release(): void;
}

export interface SocketPlaces {
  /** A place for a connection from an address, or the limit that is reached. */
  take(address: string | undefined, isAuthenticated: boolean): SocketPlace | SocketLimit;
}

export function createSocketPlaces(): SocketPlaces {
  let total = 0;
  const waiting = new Map<string, number>();
  const callers = new Map<string, number>();

  return {
    take(address, isAuthenticated) {
      if (total >= MAX_SOCKETS) return { code: "RUN_SERVER_SOCKETS", limit: MAX_SOCKETS };
      const network = networkOf(address);
      if (!isAuthenticated && (waiting.get(network) ?? 0) >= MAX_WAITING_PER_ADDRESS)
        return { code: "RUN_ADDRESS_SOCKETS", limit: MAX_WAITING_PER_ADDRESS };
      total += 1;
      let leave = isAuthenticated ? () => undefined : enter(waiting, network);
      let isOpen = true;
      return {
        claim(owner) {
          if (!isOpen) return undefined;
          // Those who share a credential, or have none, are many.
          const isNamed = owner.kind === "user" && owner.id !== "";
          const key = JSON.stringify([owner.issuer, owner.kind, owner.id]);
          if (isNamed && (callers.get(key) ?? 0) >= MAX_SOCKETS_PER_CALLER)
            return { code: "RUN_CALLER_SOCKETS", limit: MAX_SOCKETS_PER_CALLER };
          leave();
          leave = isNamed ? enter(callers, key) : () => undefined;
          return undefined;
        },
        release() {
          if (!isOpen) return;
          isOpen = false;
          total -= 1;
          leave();
        },
      };
    },
  };
}

/** Counts one more, and gives what counts it off again. */
function enter(counts: Map<string, number>, key: string): () => undefined {
  counts.set(key, (counts.get(key) ?? 0) + 1);
  return () => {
    const left = (counts.get(key) ?? 1) - 1;
    if (left > 0) counts.set(key, left);
    else counts.delete(key);
    return undefined;
  };
}

/** One client of IPv6 has at least a /64 of addresses. */
function networkOf(address = ""): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head = ""] = address.split("::", 1);
  const groups = head === "" ? [] : head.split(":");
  return [...groups, "0", "0", "0", "0"].slice(0, 4).join(":");
}
