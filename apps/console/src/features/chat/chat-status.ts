/** What of a conversation the page around it needs: the same object until something of it changes, so that words which stream in draw the messages alone. */
import type { ChatSnapshot } from "./chat-store.ts";
import { isActive, type TurnState } from "./turn.ts";

export interface ChatStatus
  extends Pick<ChatSnapshot, "sessionId" | "history" | "historyError" | "isReconnecting"> {
  readonly isEmpty: boolean;
  /** Of the last turn. */
  readonly lastState: TurnState | undefined;
  /** Of the turn that something is still to come of. */
  readonly activeState: TurnState | undefined;
}

export function createStatusReader(snapshot: () => ChatSnapshot): () => ChatStatus {
  let held: ChatStatus | undefined;
  return () => {
    const next = describeStatus(snapshot());
    if (held === undefined || !isSame(held, next)) held = next;
    return held;
  };
}

function describeStatus({ turns, ...rest }: ChatSnapshot): ChatStatus {
  return {
    ...rest,
    isEmpty: turns.length === 0,
    lastState: turns.at(-1)?.state,
    activeState: turns.findLast(isActive)?.state,
  };
}

function isSame(one: ChatStatus, other: ChatStatus): boolean {
  return (Object.keys(other) as (keyof ChatStatus)[]).every((key) => one[key] === other[key]);
}
