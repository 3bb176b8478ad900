/** Whether the session behind this page has ended while it was open. Any refused call may be the first to know. */
import { useSyncExternalStore } from "react";

export interface SessionWatch {
  readonly isOver: () => boolean;
  readonly markOver: () => void;
  /** Somebody has signed in again. */
  readonly markAlive: () => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createSessionWatch(): SessionWatch {
  const listeners = new Set<() => void>();
  let isOver = false;
  const set = (value: boolean) => {
    if (isOver === value) return;
    isOver = value;
    for (const listener of listeners) listener();
  };
  return {
    isOver: () => isOver,
    markOver: () => set(true),
    markAlive: () => set(false),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useIsSessionOver(watch: SessionWatch): boolean {
  return useSyncExternalStore(watch.subscribe, watch.isOver);
}
