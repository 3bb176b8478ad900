/**
 * How many connections there are: in all, of each caller, and of each address that nobody has authenticated for. Strangers
 * from many addresses take the places of strangers only: for one more the oldest of them makes way.
 */
import type { Owner } from "@agentos/auth";
import {
  MAX_SOCKETS,
  MAX_SOCKETS_PER_CALLER,
  MAX_WAITING_PER_ADDRESS,
  MAX_WAITING_SOCKETS,
} from "./socket-limits.ts";

/** A limit that one more connection would break. */
export interface SocketLimit {
  readonly code: "RUN_SERVER_SOCKETS" | "RUN_CALLER_SOCKETS" | "RUN_ADDRESS_SOCKETS";
  readonly limit: number;
}

/** The place of one connection. */
export interface SocketPlace {
  /** Its caller is known from now on; a limit when that caller has too many. */
  claim(owner: Owner): SocketLimit | undefined;
  /** Nobody has authenticated for it. */
  isWaiting(): boolean;
  /** Sets what ends the connection when its place is given to another one. */
  onTaken(end: () => void): void;
  /** The connection is gone. A second call does nothing. */
  release(): void;
}

export interface SocketPlaces {
  /** A place for a connection from an address, or the limit that is reached. */
  take(address: string | undefined, isAuthenticated: boolean): SocketPlace | SocketLimit;
}

export function createSocketPlaces(): SocketPlaces {
  let total = 0;
  /** What ends those that are not authenticated, the oldest first. */
  const strangers = new Set<() => void>();
  const waiting = new Map<string, number>();
  const callers = new Map<string, number>();

  function wait(makeWay: () => void, network: string): () => undefined {
    const leave = enter(waiting, network);
    strangers.add(makeWay);
    return () => {
      strangers.delete(makeWay);
      return leave();
    };
  }

  return {
    take(address, isAuthenticated) {
      const network = networkOf(address);
      if (!isAuthenticated && (waiting.get(network) ?? 0) >= MAX_WAITING_PER_ADDRESS)
        return { code: "RUN_ADDRESS_SOCKETS", limit: MAX_WAITING_PER_ADDRESS };
      if (total >= MAX_SOCKETS || strangers.size >= MAX_WAITING_SOCKETS) {
        const [endOldest] = strangers;
        if (endOldest === undefined) return { code: "RUN_SERVER_SOCKETS", limit: MAX_SOCKETS };
        endOldest();
      }
      total += 1;
      let end: () => void = () => undefined;
      let isOpen = true;
      const release = (): void => {
        if (!isOpen) return;
        isOpen = false;
        total -= 1;
        leave();
      };
      const makeWay = (): void => {
        release();
        end();
      };
      let leave = isAuthenticated ? () => undefined : wait(makeWay, network);
      return {
        isWaiting: () => strangers.has(makeWay),
        onTaken(given) {
          end = given;
        },
        release,
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
