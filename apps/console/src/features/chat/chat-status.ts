/** What of a conversation the page around it needs: the same object until something of it changes, so that words which stream in draw the messages alone. */
import type { ChatSnapshot } from "./conversation.ts";
import { isActive, type Turn, type TurnState } from "./turn.ts";

export interface ChatStatus extends Pick<ChatSnapshot, "sessionId" | "history" | "historyError"> {
  readonly isEmpty: boolean;
  /** A connection of a stream was lost, and is being taken up again. */
  readonly isReconnecting: boolean;
  /** Of the last turn. */
  readonly lastState: TurnState | undefined;
  /** The last turn asks what can be answered here. */
  readonly waitsForAnswer: boolean;
  /** The newest turn that something is still to come of: the one that the button below stops. */
  readonly activeKey: string | undefined;
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
  const last = turns.at(-1);
  const active = turns.findLast(isActive);
  return {
    ...rest,
    isEmpty: turns.length === 0,
    isReconnecting: turns.some(({ isReconnecting }) => isReconnecting),
    lastState: last?.state,
    waitsForAnswer: last !== undefined && isAnswerable(last),
    activeKey: active?.key,
    activeState: active?.state,
  };
}

/** Whoever tried to stop it has said that they will not answer. */
function isAnswerable({ state, pause, isStoppedHere }: Turn): boolean {
  return state === "paused" && pause !== undefined && pause.waiting.length > 0 && !isStoppedHere;
}

function isSame(one: ChatStatus, other: ChatStatus): boolean {
  return (Object.keys(other) as (keyof ChatStatus)[]).every((key) => one[key] === other[key]);
}
