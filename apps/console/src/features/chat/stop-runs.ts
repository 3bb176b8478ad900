/** Stops runs of a conversation: those that are under way, and those that wait for a person. */
import type { ChatStoreOptions } from "./chat-store-options.ts";
import type { Conversation } from "./conversation.ts";
import type { PauseDecider } from "./decide-pauses.ts";
import type { StreamFollower } from "./follow-stream.ts";
import { isActive, type Turn } from "./turn.ts";

export interface RunStopperOptions
  extends Pick<ChatStoreOptions, "kind" | "agentId" | "openClient" | "onFault"> {
  readonly conversation: Conversation;
  readonly follower: Pick<StreamFollower, "giveUp" | "isFollowing">;
  readonly takeUp: PauseDecider["takeUp"];
}

export function createRunStopper({
  kind,
  agentId,
  openClient,
  onFault,
  conversation,
  follower,
  takeUp,
}: RunStopperOptions): (key: string) => Promise<void> {
  const { findTurn, changeTurn, snapshot } = conversation;

  return async (key) => {
    const turn = findTurn(key);
    if (turn === undefined || turn.state === "stopping" || !(isActive(turn) || turn.state === "paused"))
      return;
    const { runId, state } = turn;
    const stopped: Turn = { ...turn, isStoppedHere: true, stopError: undefined };
    if (runId === undefined) {
      // Nobody has answered yet: the request is given up.
      follower.giveUp(key);
      changeTurn(key, () => ({ ...stopped, state: "cancelled", isReconnecting: false }));
      return;
    }
    changeTurn(key, () => ({ ...stopped, state: "stopping" }));
    try {
      const client = await openClient();
      const session_id = turn.sessionId ?? snapshot().sessionId;
      await client[kind].cancelRun(agentId, { run_id: runId, session_id });
    } catch (error) {
      onFault(error);
      changeTurn(key, (now) =>
        now.state === "stopping" ? { ...now, state, isStoppedHere: false, stopError: error } : now,
      );
      return;
    }
    // Of a run that nobody follows nobody would hear the end.
    const now = findTurn(key);
    if (now?.state === "stopping" && !follower.isFollowing(key)) await takeUp(now, runId);
  };
}
