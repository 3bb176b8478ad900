/**
 * What ⌘K finds on the instance at hand, asked for when it opens: the same questions that the pages ask. An instance that does
 * not answer has nothing; its own pages say why.
 */
import type { Instance } from "../lib/instance-state.ts";
import type { RunnableKind } from "../lib/runnable-kinds.ts";
import { type Runnables, useRunnablesOf } from "../lib/runnables.ts";
import { ownerOf, type SessionRow, useSessionsOf } from "../lib/sessions.ts";

interface FoundSession {
  readonly kind: RunnableKind;
  /** Whom it is with. */
  readonly agentId: string;
  readonly session: SessionRow;
}

export interface FoundThings {
  readonly runnables: Runnables;
  readonly sessions: readonly FoundSession[];
}

const MAX_SESSIONS = 100;

export function useFoundThings(instance: Instance | undefined, isOpen: boolean): FoundThings {
  const isAsked = isOpen && instance !== undefined && instance.endpoint !== null;
  const runnables = useRunnablesOf(instance, isAsked);
  const isWanted = (kind: RunnableKind) => isAsked && runnables[kind].length > 0;
  const sessions = [
    ...useFoundSessions(instance, "agents", isWanted("agents")),
    ...useFoundSessions(instance, "teams", isWanted("teams")),
    ...useFoundSessions(instance, "workflows", isWanted("workflows")),
  ];
  return { runnables, sessions };
}

function useFoundSessions(
  instance: Instance | undefined,
  kind: RunnableKind,
  isWanted: boolean,
): readonly FoundSession[] {
  const wanted = { kind, agentId: undefined, search: "", page: 1, limit: MAX_SESSIONS };
  const { data } = useSessionsOf(instance, wanted, isWanted);
  return (data?.data ?? []).flatMap((session) => {
    const agentId = ownerOf(session, kind);
    return agentId === undefined ? [] : [{ kind, agentId, session }];
  });
}
