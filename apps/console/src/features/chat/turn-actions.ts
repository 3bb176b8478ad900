/** What a turn is shown with, and what can be done about it. */
import type { RunnableKind } from "../../lib/runnable-kinds.ts";
import type { Decision } from "./encode-decisions.ts";
import type { Turn } from "./turn.ts";

export interface TurnActions {
  readonly retry: (key: string) => void;
  /** Although it may run a second time. */
  readonly sendAnyway: (key: string) => void;
  /** Why it was refused, and what mends it. */
  readonly explain: (key: string) => void;
  readonly edit: (text: string) => void;
  /** Where one sees what has run; what was asked is kept. */
  readonly lookUp: (turn: Turn) => void;
  readonly stop: (key: string) => void;
  readonly decide: (key: string, decisions: readonly Decision[]) => void;
  /** The line for a shell that asks the same. */
  readonly curlOf: (turn: Turn) => string;
  /** The line that answers what its run waits for, to be filled in. */
  readonly continuingCurlOf: (turn: Turn) => string;
}

export interface TurnViewProps {
  readonly turn: Turn;
  readonly kind: RunnableKind;
  readonly agentId: string;
  /** Who answers, where others speak too. */
  readonly name: string;
  /** Scopes mean nothing where authorization is off. */
  readonly isAuthorized: boolean;
  /** The button below the conversation stops another one. */
  readonly hasStop: boolean;
  readonly actions: TurnActions;
}
