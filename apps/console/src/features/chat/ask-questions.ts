/**
 * Questions of a conversation: sent, and sent again. What may have arrived is sent by its first name, and not at all where the
 * instance knows no names.
 */
import type { ChatStoreOptions, Upload } from "./chat-store-options.ts";
import type { Conversation } from "./conversation.ts";
import type { StreamFollower } from "./follow-stream.ts";
import type { LetInWaiters } from "./let-in-waiters.ts";
import { MAX_TURNS } from "./read-history.ts";
import { createTurn, type Turn } from "./turn.ts";

export interface QuestionAsker {
  readonly ask: (message: string, files: readonly Upload[]) => Promise<void>;
  /** A question whose run came to nothing, or ended. `isForced`: although it may run twice. */
  readonly askAgain: (turn: Turn, isForced: boolean) => Promise<void>;
  /** It was not taken: asked again, it is another request. */
  readonly forgetName: (key: string) => void;
}

export interface QuestionAskerOptions
  extends Pick<ChatStoreOptions, "kind" | "agentId" | "openClient" | "knowsKeys" | "makeKey" | "onFault"> {
  readonly conversation: Conversation;
  readonly follower: Pick<StreamFollower, "follow" | "begin">;
  readonly waiters: Pick<LetInWaiters, "fail">;
}

export function createQuestionAsker(options: QuestionAskerOptions): QuestionAsker {
  const { kind, agentId, conversation, follower } = options;
  const { findTurn, changeTurn } = conversation;
  /** What was sent with a question, in case that it is sent again. */
  const uploads = new Map<string, readonly Upload[]>();
  /** What the request of a turn is called, by which an instance of ours knows it again. */
  const names = new Map<string, string>();
  let count = 0;

  async function send(key: string): Promise<void> {
    const turn = findTurn(key);
    if (turn === undefined) return;
    const files = uploads.get(key) ?? [];
    const idempotencyKey = names.get(key) ?? options.makeKey();
    names.set(key, idempotencyKey);
    await follower.follow(key, (client, streaming) =>
      client[kind].stream(
        agentId,
        // As it was the first time: the same name is the same request.
        { message: turn.asked, session_id: turn.sessionId, ...(files.length === 0 ? {} : { files }) },
        { ...streaming, idempotencyKey },
      ),
    );
  }

  async function ask(asked: string, files: readonly Upload[]): Promise<void> {
    count += 1;
    const key = `sent ${count}`;
    if (files.length > 0) uploads.set(key, files);
    const { turns, sessionId } = conversation.snapshot();
    const attachments = files.map(({ name, size }) => ({ name, size }));
    const turn = createTurn({ key, asked, attachments, sessionId });
    conversation.change({ turns: [...turns, turn].slice(-MAX_TURNS) });
    for (const known of [...uploads.keys(), ...names.keys()])
      if (findTurn(known) === undefined) {
        uploads.delete(known);
        names.delete(known);
      }
    await send(key);
  }

  async function askAgain(turn: Turn, isForced: boolean): Promise<void> {
    const { key, asked, attachments } = turn;
    // Files of a turn before a reload are not in this tab any more: what is shown is what is sent.
    if (turn.runId !== undefined) return ask(asked, uploads.get(key) ?? []);
    // A question that nobody took is asked where it stands.
    const isOpen = turn.state === "lost" || turn.state === "cancelled";
    const sessionId = isOpen ? turn.sessionId : conversation.snapshot().sessionId;
    changeTurn(key, () => createTurn({ key, asked, attachments, sessionId }));
    if (!isOpen) names.delete(key);
    else if (!isForced && !(await mayRepeat(turn))) return;
    await send(key);
  }

  /** Whether the instance will know that it has this request already; if not, the turn stands as before, in doubt. */
  async function mayRepeat(turn: Turn): Promise<boolean> {
    const { key, error } = turn;
    const signal = follower.begin(key);
    try {
      const knows = await options.knowsKeys(await options.openClient());
      if (signal.aborted) return false;
      if (knows) return true;
      changeTurn(key, () => ({ ...turn, state: "lost", isInDoubt: true }));
      options.waiters.fail(key, error);
    } catch (fault) {
      if (signal.aborted) return false;
      changeTurn(key, () => ({ ...turn, state: "lost", error: fault }));
      options.onFault(fault);
      options.waiters.fail(key, fault);
    }
    return false;
  }

  return { ask, askAgain, forgetName: (key) => void names.delete(key) };
}
