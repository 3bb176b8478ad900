/**
 * The conversation of one session while its page is open: sends, follows, stops, decides. Knows a client and no browser.
 * Runs are in the background at the instance, so leaving the page ends none of them: whoever opens it again finds them.
 */
import { KINDS } from "../../lib/runnable-kinds.ts";
import { createQuestionAsker } from "./ask-questions.ts";
import type { ChatStoreOptions, Upload } from "./chat-store-options.ts";
import { type ChatSnapshot, createConversation } from "./conversation.ts";
import { createPauseDecider } from "./decide-pauses.ts";
import type { Decision } from "./encode-decisions.ts";
import { createStreamFollower } from "./follow-stream.ts";
import { isNotTaken } from "./is-not-taken.ts";
import { createLetInWaiters } from "./let-in-waiters.ts";
import { readHistory } from "./read-history.ts";
import { createRunStopper } from "./stop-runs.ts";
import { isActive } from "./turn.ts";

export interface ChatStore {
  readonly snapshot: () => ChatSnapshot;
  readonly subscribe: (listener: () => void) => () => void;
  readonly load: () => Promise<void>;
  readonly send: (message: string, files?: readonly Upload[]) => Promise<void>;
  /**
   * Sends a question again, whose run came to nothing, or a decision that was not taken. What may have arrived is sent by its
   * first name, and not at all where the instance knows no names: then the turn is in doubt.
   */
  readonly retry: (key: string) => Promise<void>;
  /** Sends a question that is in doubt: it may be run twice. */
  readonly sendAnyway: (key: string) => Promise<void>;
  /** As `retry`; done with its first event, and failed with what the client throws before that. */
  readonly retryUntilLetIn: (key: string) => Promise<void>;
  readonly decide: (key: string, decisions: readonly Decision[]) => Promise<void>;
  /** A run that is under way, or waits; without a key the newest one that is under way. */
  readonly stop: (key?: string) => Promise<void>;
  /** The page is left: nothing is followed any longer, and nothing is stopped. */
  readonly close: () => void;
}

/** A browser holds six connections to a server, for all of its tabs: some are left for whatever else is asked. */
const MAX_FOLLOWED_AT_ONCE = 3;

export function createChatStore(options: ChatStoreOptions): ChatStore {
  const { kind, agentId } = options;
  const conversation = createConversation(options.sessionId);
  const { snapshot, subscribe, change, findTurn, changeTurn } = conversation;
  const waiters = createLetInWaiters();
  const follower = createStreamFollower({
    ...options,
    conversation,
    onFirstEvent: waiters.letIn,
    onFailed: fail,
  });
  const asker = createQuestionAsker({ ...options, conversation, follower, waiters });
  const decider = createPauseDecider({ kind, agentId, conversation, follower });
  const stop = createRunStopper({ ...options, conversation, follower, takeUp: decider.takeUp });
  let loading = new AbortController();

  function fail(key: string, error: unknown): void {
    const isUntouched = isNotTaken(error);
    if (isUntouched) asker.forgetName(key);
    // What has become of a decision is looked up before anybody is asked about it.
    const isLookedUp = !isUntouched && findTurn(key)?.pause !== undefined;
    // Who waits for it tells it.
    options.onFault(error, waiters.isAwaited(key) || isLookedUp ? undefined : key);
    changeTurn(key, (turn) => {
      // Its decision was not taken: it waits as before.
      if (turn.pause !== undefined) return { ...turn, state: isUntouched ? "paused" : "lost", error };
      return { ...turn, state: turn.runId === undefined && isUntouched ? "refused" : "lost", error };
    });
    waiters.fail(key, error);
  }

  /** Runs that still go on are found again, with all that they have said so far: the newest first, a few at a time. */
  async function followActive(signal: AbortSignal): Promise<void> {
    const left = snapshot().turns.filter((turn) => isActive(turn));
    const followNext = async (): Promise<void> => {
      const key = left.pop()?.key;
      if (key === undefined || signal.aborted) return;
      const turn = findTurn(key);
      // Whoever was stopped meanwhile has been read already.
      if (turn?.runId !== undefined && isActive(turn) && !follower.isFollowing(key)) {
        const run = { run_id: turn.runId, session_id: snapshot().sessionId };
        await follower.follow(key, (client, streaming) => client[kind].follow(agentId, run, streaming));
      }
      await followNext();
    };
    await Promise.all(Array.from({ length: MAX_FOLLOWED_AT_ONCE }, followNext));
  }

  async function load(): Promise<void> {
    const { sessionId } = snapshot();
    if (sessionId === undefined) return;
    leave();
    loading = new AbortController();
    const { signal } = loading;
    change({ history: "loading", historyError: undefined });
    try {
      const client = await options.openClient();
      const runs = await client.sessions.listRuns(
        { parameters: { session_id: sessionId }, query: { type: KINDS[kind].type, component_id: agentId } },
        { signal },
      );
      if (signal.aborted) return;
      change({ history: "loaded", turns: readHistory(runs, sessionId) });
    } catch (error) {
      if (signal.aborted) return;
      options.onFault(error);
      change({ history: "failed", historyError: error });
      return;
    }
    await followActive(signal);
  }

  async function retry(key: string, isForced = false): Promise<void> {
    const turn = findTurn(key);
    if (turn === undefined || isActive(turn)) return;
    if (turn.state === "paused") await decider.decideAgain(key);
    // It may have gone on: nothing is asked twice.
    else if (turn.state === "lost" && turn.runId !== undefined) await decider.takeUp(turn, turn.runId);
    else await asker.askAgain(turn, isForced);
  }

  function leave(): void {
    loading.abort();
    follower.giveUpAll();
  }

  return {
    snapshot,
    subscribe,
    load,
    send: (message, files = []) => asker.ask(message, files),
    retry: (key) => retry(key),
    sendAnyway: (key) => retry(key, true),
    retryUntilLetIn: (key) => waiters.wait(key, () => retry(key)),
    decide: decider.decide,
    async stop(key = snapshot().turns.findLast(isActive)?.key) {
      if (key !== undefined) await stop(key);
    },
    close() {
      leave();
      conversation.close();
    },
  };
}
