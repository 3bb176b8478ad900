/** What is known of one conversation, and who is told when it changes. Knows no client and no browser. */
import type { Turn } from "./turn.ts";

export interface ChatSnapshot {
  readonly turns: readonly Turn[];
  readonly sessionId: string | undefined;
  readonly history: "none" | "loading" | "loaded" | "failed";
  readonly historyError: unknown;
}

export interface Conversation {
  readonly snapshot: () => ChatSnapshot;
  readonly subscribe: (listener: () => void) => () => void;
  readonly change: (change: Partial<ChatSnapshot>) => void;
  readonly findTurn: (key: string) => Turn | undefined;
  /** Nothing where it is not there any longer. */
  readonly changeTurn: (key: string, update: (turn: Turn) => Turn) => void;
  /** Nobody is told any longer. */
  readonly close: () => void;
}

export function createConversation(sessionId: string | undefined): Conversation {
  const listeners = new Set<() => void>();
  let state: ChatSnapshot = {
    turns: [],
    sessionId,
    history: sessionId === undefined ? "none" : "loading",
    historyError: undefined,
  };

  function change(next: Partial<ChatSnapshot>): void {
    state = { ...state, ...next };
    for (const listener of listeners) listener();
  }

  return {
    snapshot: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change,
    findTurn: (key) => state.turns.find((turn) => turn.key === key),
    changeTurn(key, update) {
      const at = state.turns.findLastIndex((turn) => turn.key === key);
      const turn = state.turns[at];
      if (turn === undefined) return;
      const next = update(turn);
      if (next !== turn) change({ turns: state.turns.with(at, next) });
    },
    close: () => listeners.clear(),
  };
}
