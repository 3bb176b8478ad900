/**
 * Follows the streams of a conversation, each to its end or until it is given up, and puts their events into their turns. A
 * flood is taken in pieces, with the page's own turn between them.
 */
import {
  type AgentOSClient,
  AgentOSRefusal,
  isClientError,
  type RunStream,
  type RunStreamOptions,
} from "@agentos/client";
import type { ChatStoreOptions } from "./chat-store-options.ts";
import type { Conversation } from "./conversation.ts";
import { reduceEvents, type TurnEvent } from "./reduce-events.ts";
import { isActive, type Turn } from "./turn.ts";

export interface StreamFollower {
  /** Opens a stream for a turn, and follows it. What goes wrong is told to `onFailed`. */
  readonly follow: (key: string, open: OpenStream) => Promise<void>;
  /** Reads a run from its beginning, whatever was known of it. */
  readonly reread: (key: string, open: OpenStream) => Promise<void>;
  readonly isFollowing: (key: string) => boolean;
  /** Whatever is done for a turn until it is given up. */
  readonly begin: (key: string) => AbortSignal;
  /** The request of one turn is not waited for any longer. */
  readonly giveUp: (key: string) => void;
  readonly giveUpAll: () => void;
}

export type OpenStream = (
  client: AgentOSClient,
  options: Omit<RunStreamOptions, "idempotencyKey">,
) => RunStream;

export interface StreamFollowerOptions
  extends Pick<
    ChatStoreOptions,
    "openClient" | "refresh" | "onSession" | "onSwitched" | "onEnd" | "clock" | "wait"
  > {
  readonly conversation: Conversation;
  readonly onFirstEvent: (key: string) => void;
  readonly onFailed: (key: string, error: unknown) => void;
}

/** Taken at once, in events and in milliseconds. */
const MAX_EVENTS_AT_ONCE = 200;
const MAX_MS_AT_ONCE = 8;
/** Events are shown so often, in milliseconds: each of them alone would be a page that is drawn for nothing else. */
const SHOW_EVERY_MS = 40;
/** What is long is drawn less often: a millisecond later for so many characters. */
const CHARACTERS_PER_MS = 1_000;

export function createStreamFollower(options: StreamFollowerOptions): StreamFollower {
  const { conversation, openClient, clock, wait } = options;
  const { findTurn, changeTurn } = conversation;
  const controllers = new Map<string, AbortController>();
  const followed = new Set<string>();
  /** Turns that are read from their beginning. */
  const reread = new Set<string>();
  /** Turns that were sent once more by themselves. */
  const switched = new Set<string>();
  /** A run goes on without this page, unless the instance has nowhere to keep it. */
  let isBackground = true;

  function begin(key: string): AbortSignal {
    const controller = new AbortController();
    controllers.set(key, controller);
    return controller.signal;
  }

  function take(key: string, events: readonly TurnEvent[]): void {
    if (events.length === 0) return;
    changeTurn(key, (turn) => {
      const next = reduceEvents(turn, events);
      // Whether it went on after a pause is known when all was read.
      return next.state === "paused" && reread.has(key) ? { ...next, state: turn.state } : next;
    });
    learnSession(findTurn(key)?.sessionId);
  }

  function learnSession(sessionId: string | undefined): void {
    if (sessionId === undefined || conversation.snapshot().sessionId === sessionId) return;
    conversation.change({ sessionId, history: "loaded" });
    options.onSession(sessionId);
  }

  async function readAll(key: string, stream: RunStream, signal: AbortSignal): Promise<void> {
    let queue: TurnEvent[] = [];
    let isShowing = false;
    const show = () => {
      const events = queue;
      queue = [];
      if (!signal.aborted) take(key, events);
    };
    const showSoon = async () => {
      if (isShowing) return;
      isShowing = true;
      await wait(SHOW_EVERY_MS + (findTurn(key)?.length ?? 0) / CHARACTERS_PER_MS);
      isShowing = false;
      show();
    };
    try {
      let since = clock();
      let taken = 0;
      for await (const event of stream) {
        options.onFirstEvent(key);
        queue.push(event);
        taken += 1;
        if (taken >= MAX_EVENTS_AT_ONCE || clock() - since >= MAX_MS_AT_ONCE) {
          show();
          await wait(0);
          since = clock();
          taken = 0;
        } else void showSoon();
      }
    } finally {
      show();
    }
  }

  async function consume(key: string, open: OpenStream, signal: AbortSignal): Promise<void> {
    let client: AgentOSClient | undefined;
    try {
      client = await openClient();
      // It was given up before anything was sent.
      if (signal.aborted) return;
      const stream = open(client, {
        background: isBackground,
        signal,
        onConnection: (isConnected) => changeTurn(key, (turn) => ({ ...turn, isReconnecting: !isConnected })),
      });
      await readAll(key, stream, signal);
      if (!signal.aborted) changeTurn(key, settle);
    } catch (error) {
      if (signal.aborted) return;
      if (client !== undefined && (await isSwitched(key, { client, error }))) {
        if (signal.aborted) return;
        if (isSending(findTurn(key))) options.onSwitched();
        await consume(key, open, signal);
      } else if (isBackground && isWithoutDatabase(error)) {
        isBackground = false;
        await consume(key, open, signal);
      } else {
        if (!isClientError(error)) console.error(error);
        options.onFailed(key, error);
      }
    }
  }

  /** Nothing was taken, for the credential is of another kind than the instance asks for by now: there is another client. */
  async function isSwitched(
    key: string,
    { client, error }: { readonly client: AgentOSClient; readonly error: unknown },
  ): Promise<boolean> {
    if (!(error instanceof AgentOSRefusal) || error.status !== 401 || switched.has(key)) return false;
    switched.add(key);
    try {
      await options.refresh();
      return (await openClient()) !== client;
    } catch {
      // The refusal itself says more.
      return false;
    }
  }

  async function follow(key: string, open: OpenStream): Promise<void> {
    const signal = begin(key);
    followed.add(key);
    await consume(key, open, signal);
    if (signal.aborted) return;
    followed.delete(key);
    controllers.delete(key);
    changeTurn(key, (turn) => (turn.isReconnecting ? { ...turn, isReconnecting: false } : turn));
    options.onEnd();
  }

  function giveUp(key: string): void {
    controllers.get(key)?.abort();
    controllers.delete(key);
    followed.delete(key);
  }

  return {
    follow,
    begin,
    giveUp,
    isFollowing: (key) => followed.has(key),
    async reread(key, open) {
      reread.add(key);
      await follow(key, open);
      reread.delete(key);
    },
    giveUpAll() {
      for (const key of controllers.keys()) giveUp(key);
    },
  };
}

/** A question or a decision is sent, and not only what was sent before is read. */
function isSending(turn: Turn | undefined): boolean {
  return turn?.runId === undefined || turn.pause !== undefined;
}

/** What a Python AgentOS says that keeps no runs. */
function isWithoutDatabase(error: unknown): boolean {
  return (
    error instanceof AgentOSRefusal &&
    error.status === 400 &&
    /^Background execution (?:requires|is not supported)/.test(error.detail)
  );
}

/** A stream that ends without a word on how the run ended. */
function settle(turn: Turn): Turn {
  return isActive(turn) ? { ...turn, state: "lost" } : turn;
}
