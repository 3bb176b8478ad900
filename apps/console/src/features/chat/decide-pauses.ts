/** Pauses of a conversation: what a person says about them is sent, and what has become of it is looked up where it is not known. */
import type { ChatStoreOptions } from "./chat-store-options.ts";
import type { Conversation } from "./conversation.ts";
import { type Decision, encodeDecisions } from "./encode-decisions.ts";
import type { StreamFollower } from "./follow-stream.ts";
import { createTurn, type Turn } from "./turn.ts";

export interface PauseDecider {
  readonly decide: (key: string, decisions: readonly Decision[]) => Promise<void>;
  /** Sends once more what was decided, and not taken. */
  readonly decideAgain: (key: string) => Promise<void>;
  /** Reads a run from its beginning, and follows it: what is known of it may be old. */
  readonly takeUp: (turn: Turn, runId: string) => Promise<void>;
}

export interface PauseDeciderOptions extends Pick<ChatStoreOptions, "kind" | "agentId"> {
  readonly conversation: Conversation;
  readonly follower: Pick<StreamFollower, "follow" | "reread">;
}

export function createPauseDecider({
  kind,
  agentId,
  conversation,
  follower,
}: PauseDeciderOptions): PauseDecider {
  const { findTurn, changeTurn, snapshot } = conversation;
  const decided = new Map<string, readonly Decision[]>();

  async function decide(key: string, decisions: readonly Decision[]): Promise<void> {
    const turn = findTurn(key);
    if (turn?.runId === undefined || turn.pause === undefined || turn.state !== "paused") return;
    const { runId, pause } = turn;
    decided.set(key, decisions);
    changeTurn(key, (before) => ({ ...before, state: "running", error: undefined, stopError: undefined }));
    await follower.follow(key, (client, streaming) =>
      client[kind].streamContinued(
        agentId,
        { run_id: runId },
        {
          session_id: turn.sessionId ?? snapshot().sessionId,
          ...(encodeDecisions(kind, pause, decisions) as object),
        },
        streaming,
      ),
    );
    const after = findTurn(key);
    // It may have arrived: nothing is offered before it is known.
    if (after?.state !== "lost" || after.pause === undefined) return;
    await takeUp(after, runId);
    changeTurn(key, (now) => (now.state === "paused" ? { ...now, error: after.error } : now));
  }

  async function takeUp(turn: Turn, runId: string): Promise<void> {
    const { key, asked, attachments, sessionId, hasContinued, isStoppedHere } = turn;
    const state = turn.state === "stopping" ? "stopping" : "running";
    changeTurn(key, () => ({
      ...createTurn({ key, asked, attachments, sessionId, runId, state }),
      hasContinued,
      isStoppedHere,
    }));
    await follower.reread(key, (client, streaming) =>
      client[kind].follow(agentId, { run_id: runId, session_id: snapshot().sessionId }, streaming),
    );
    changeTurn(key, (now) =>
      now.state === "lost" && now.error === undefined && now.pause !== undefined
        ? { ...now, state: "paused" }
        : now,
    );
  }

  return {
    decide,
    takeUp,
    async decideAgain(key) {
      const decisions = decided.get(key);
      if (decisions !== undefined) await decide(key, decisions);
    },
  };
}
