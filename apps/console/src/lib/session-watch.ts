/** Whether somebody has to sign in, behind an open page. Any refused call may be the first to know that the session is over. */
import { useSyncExternalStore } from "react";

/** `asked`: the session may be a good one, and a person wants a new one. `over`: nothing is answered before that. */
export type SignInNeed = "none" | "asked" | "over";

export interface SessionWatch {
  readonly need: () => SignInNeed;
  readonly markOver: () => void;
  /** Somebody has signed in again. */
  readonly markAlive: () => void;
  /** How often somebody has. */
  readonly signIns: () => number;
  /** A person wants to sign in again: true once it is done, false where they changed their mind. */
  readonly ask: () => Promise<boolean>;
  /** They changed their mind. A session that is over stays so. */
  readonly dismiss: () => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createSessionWatch(): SessionWatch {
  const listeners = new Set<() => void>();
  let need: SignInNeed = "none";
  let signIns = 0;
  let waiting: ((isDone: boolean) => void)[] = [];

  function set(next: SignInNeed): void {
    if (need === next) return;
    need = next;
    for (const listener of listeners) listener();
  }

  function answer(isDone: boolean): void {
    const told = waiting;
    waiting = [];
    set("none");
    for (const resolve of told) resolve(isDone);
  }

  return {
    need: () => need,
    markOver: () => set("over"),
    markAlive() {
      signIns += 1;
      answer(true);
    },
    signIns: () => signIns,
    ask: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (need === "none") set("asked");
      }),
    dismiss() {
      if (need === "asked") answer(false);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useSignInNeed(watch: SessionWatch): SignInNeed {
  return useSyncExternalStore(watch.subscribe, watch.need);
}
