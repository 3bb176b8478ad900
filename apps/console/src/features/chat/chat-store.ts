// LENGTH: one conversation: what is sent, followed, stopped and decided shares its state.
/**
 * The conversation of one session while its page is open: sends, follows, stops, decides. Knows a client and no browser.
 * Runs are in the background at the instance, so leaving the page ends none of them: whoever opens it again finds them.
 */
import { type AgentOSClient, AgentOSRefusal, isClientError, type RunStream } from "@agentos/client";
import { KINDS, type RunnableKind } from "../../lib/runnable-kinds.ts";
import { type Decision, encodeDecisions } from "./encode-decisions.ts";
import { isNotTaken } from "./is-not-taken.ts";
import { MAX_TURNS, readHistory } from "./read-history.ts";
import {
  createTurn,
  isActive,
  reduceEvents,
  type Turn,
  type TurnAttachment,
  type TurnEvent,
} from "./turn.ts";

export interface ChatSnapshot {
  readonly turns: readonly Turn[];
  readonly sessionId: string | undefined;
  readonly history: "none" | "loading" | "loaded" | "failed";
  readonly historyError: unknown;
  /** The connection of a stream was lost, and is being taken up again. */
  readonly isReconnecting: boolean;
}

/** A file as the browser has it. */
export type Upload = Blob & { readonly name: string };

export interface ChatStoreOptions {
  /** What it is that is talked to. */
  readonly kind: RunnableKind;
  readonly agentId: string;
  readonly sessionId: string | undefined;
  /** Whether the instance knows a request that comes twice by its name. Throws where it cannot be asked. */
  readonly knowsKeys: (client: AgentOSClient) => Promise<boolean>;
  /** A name that no other request has. */
  readonly makeKey: () => string;
  /** Asked for each request: the switches of the instance may be other ones by then. */
  readonly openClient: () => Promise<AgentOSClient>;
  /** A new conversation has a session now. */
  readonly onSession: (sessionId: string) => void;
  /** Reads anew how the instance is meant to be: another one may have thrown a switch. */
  readonly refresh: () => Promise<void>;
  /** A message was sent again, since the instance asks for another credential than before. */
  readonly onSwitched: () => void;
  /** A request has failed: what is known of the instance may be old. `key` is that of its turn. */
  readonly onFault: (error: unknown, key?: string) => void;
  /** A run is over: lists of sessions are old. */
  readonly onEnd: () => void;
  /** Milliseconds, by a clock that only goes forward. */
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

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
  readonly stop: () => Promise<void>;
  /** The page is left: nothing is followed any longer, and nothing is stopped. */
  readonly close: () => void;
}

/** A flood is taken in pieces of so many events, or of so many milliseconds, with the page's own turn between them. */
const MAX_EVENTS_AT_ONCE = 200;
const MAX_MS_AT_ONCE = 8;
/** Events are shown so often, in milliseconds: each of them alone would be a page that is drawn for nothing else. */
const SHOW_EVERY_MS = 40;
/** What is long is drawn less often: a millisecond later for so many characters. */
const CHARACTERS_PER_MS = 1_000;

export function createChatStore(options: ChatStoreOptions): ChatStore {
  const { kind, agentId, openClient, onFault, clock, wait } = options;
  const listeners = new Set<() => void>();
  /** What was sent with a question, in case that it is sent again. */
  const uploads = new Map<string, readonly Upload[]>();
  /** Turns that were sent once more by themselves. */
  const switched = new Set<string>();
  const decided = new Map<string, readonly Decision[]>();
  /** Turns that are read from their beginning. */
  const lookedUp = new Set<string>();
  /** What the request of a turn is called, by which an instance of ours knows it again. */
  const names = new Map<string, string>();
  /** Somebody waits for a turn to be let in, and hears of its faults. */
  const waiting = new Map<
    string,
    { readonly onLetIn: () => void; readonly onFault: (error: unknown) => void }
  >();
  let state: ChatSnapshot = {
    turns: [],
    sessionId: options.sessionId,
    history: options.sessionId === undefined ? "none" : "loading",
    historyError: undefined,
    isReconnecting: false,
  };
  let leaving = new AbortController();
  let count = 0;
  /** A run goes on without this page, unless the instance has nowhere to keep it. */
  let isBackground = true;

  function set(change: Partial<ChatSnapshot>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  function changeTurn(key: string, update: (turn: Turn) => Turn): void {
    const at = state.turns.findLastIndex((turn) => turn.key === key);
    const turn = state.turns[at];
    if (turn === undefined) return;
    const next = update(turn);
    if (next !== turn) set({ turns: state.turns.with(at, next) });
  }

  function find(key: string): Turn | undefined {
    return state.turns.find((turn) => turn.key === key);
  }

  function learnSession(sessionId: string | undefined): void {
    if (sessionId === undefined || state.sessionId === sessionId) return;
    set({ sessionId, history: "loaded" });
    options.onSession(sessionId);
  }

  function take(key: string, events: readonly TurnEvent[]): void {
    if (events.length === 0) return;
    changeTurn(key, (turn) => {
      const next = reduceEvents(turn, events);
      // Whether it went on after a pause is known when all was read.
      return next.state === "paused" && lookedUp.has(key) ? { ...next, state: "running" } : next;
    });
    learnSession(find(key)?.sessionId);
  }

  /** Follows a stream to its end, or until the page is left. */
  async function consume(key: string, open: (client: AgentOSClient) => RunStream): Promise<void> {
    const { signal } = leaving;
    let client: AgentOSClient | undefined;
    let queue: TurnEvent[] = [];
    const show = () => {
      const events = queue;
      queue = [];
      if (!signal.aborted) take(key, events);
    };
    let isShowing = false;
    const showSoon = async () => {
      if (isShowing) return;
      isShowing = true;
      await wait(SHOW_EVERY_MS + (find(key)?.length ?? 0) / CHARACTERS_PER_MS);
      isShowing = false;
      show();
    };
    try {
      let since = clock();
      let taken = 0;
      client = await openClient();
      // It was stopped before anything was sent.
      if (signal.aborted) return;
      for await (const event of open(client)) {
        waiting.get(key)?.onLetIn();
        queue.push(event);
        taken += 1;
        if (taken >= MAX_EVENTS_AT_ONCE || clock() - since >= MAX_MS_AT_ONCE) {
          show();
          await wait(0);
          since = clock();
          taken = 0;
        } else void showSoon();
      }
      show();
      if (!signal.aborted) changeTurn(key, settle);
    } catch (error) {
      show();
      if (signal.aborted) return;
      if (client !== undefined && (await isSwitched(key, { client, error }))) {
        if (signal.aborted) return;
        options.onSwitched();
        await consume(key, open);
        return;
      }
      if (isBackground && isWithoutDatabase(error)) {
        isBackground = false;
        await consume(key, open);
        return;
      }
      if (!isClientError(error)) console.error(error);
      fail(key, error);
    } finally {
      if (!signal.aborted) {
        set({ isReconnecting: false });
        options.onEnd();
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

  function fail(key: string, error: unknown): void {
    const listener = waiting.get(key);
    const isUntouched = isNotTaken(error);
    if (isUntouched) names.delete(key);
    // What has become of a decision is looked up before anybody is asked about it.
    const isLookedUp = !isUntouched && (find(key)?.waiting.length ?? 0) > 0;
    // Who waits for it tells it.
    onFault(error, listener === undefined && !isLookedUp ? key : undefined);
    changeTurn(key, (turn) => {
      // Its decision was not taken: it waits as before.
      if (turn.waiting.length > 0) return { ...turn, state: isUntouched ? "paused" : "lost", error };
      return { ...turn, state: turn.runId === undefined && isUntouched ? "refused" : "lost", error };
    });
    listener?.onFault(error);
  }

  const streamOptions = () => ({
    background: isBackground,
    signal: leaving.signal,
    onConnection: (isConnected: boolean) => set({ isReconnecting: !isConnected }),
  });

  async function begin(key: string, files: readonly Upload[]): Promise<void> {
    const turn = find(key);
    if (turn === undefined) return;
    const idempotencyKey = names.get(key) ?? options.makeKey();
    names.set(key, idempotencyKey);
    await consume(key, (client) =>
      client[kind].stream(
        agentId,
        // As it was the first time: the same name is the same request.
        { message: turn.asked, session_id: turn.sessionId, ...(files.length === 0 ? {} : { files }) },
        { ...streamOptions(), idempotencyKey },
      ),
    );
  }

  async function follow(key: string, runId: string): Promise<void> {
    await consume(key, (client) =>
      client[kind].follow(agentId, { run_id: runId, session_id: state.sessionId }, streamOptions()),
    );
  }

  async function decide(key: string, decisions: readonly Decision[]): Promise<void> {
    const turn = find(key);
    if (turn?.runId === undefined || turn.state !== "paused") return;
    const { runId, waiting: asked } = turn;
    decided.set(key, decisions);
    changeTurn(key, (before) => ({ ...before, state: "running", error: undefined }));
    await consume(key, (client) =>
      client[kind].streamContinued(
        agentId,
        { run_id: runId },
        {
          session_id: turn.sessionId ?? state.sessionId,
          ...(encodeDecisions(kind, asked, decisions) as object),
        },
        streamOptions(),
      ),
    );
    const after = find(key);
    // It may have arrived: nothing is offered before it is known.
    if (after?.state !== "lost" || after.waiting.length === 0) return;
    await takeUp(after, runId);
    changeTurn(key, (now) => (now.state === "paused" ? { ...now, error: after.error } : now));
  }

  /** Reads a run from its beginning, and follows it: what is known of it may be old. */
  async function takeUp(turn: Turn, runId: string): Promise<void> {
    const { key, asked, attachments, sessionId, hasContinued } = turn;
    const empty = createTurn({ key, asked, attachments, sessionId, runId, state: "running" });
    changeTurn(key, () => ({ ...empty, hasContinued }));
    lookedUp.add(key);
    await follow(key, runId);
    lookedUp.delete(key);
    changeTurn(key, (now) =>
      now.state === "lost" && now.error === undefined && now.waiting.length > 0
        ? { ...now, state: "paused" }
        : now,
    );
  }

  async function retry(key: string, isForced = false): Promise<void> {
    const turn = find(key);
    if (turn === undefined || isActive(turn)) return;
    if (turn.state === "paused") {
      await decide(key, decided.get(key) ?? []);
      return;
    }
    const files = uploads.get(key) ?? [];
    // It may have gone on: nothing is asked twice.
    if (turn.state === "lost" && turn.runId !== undefined) {
      await takeUp(turn, turn.runId);
      return;
    }
    const { asked, attachments } = turn;
    if (turn.runId !== undefined) {
      // Files of a turn before a reload are not in this tab any more: what is shown is what is sent.
      await ask(asked, { files, attachments: files.map(({ name, size }) => ({ name, size })) });
      return;
    }
    // A question that nobody took is asked where it stands.
    const isOpen = turn.state === "lost" || turn.state === "cancelled";
    const sessionId = isOpen ? turn.sessionId : state.sessionId;
    changeTurn(key, () => createTurn({ key, asked, attachments, sessionId }));
    if (!isOpen) names.delete(key);
    else if (!isForced && !(await mayRepeat(turn))) return;
    await begin(key, files);
  }

  /** Whether the instance will know that it has this request already; if not, the turn stands as before, in doubt. */
  async function mayRepeat(turn: Turn): Promise<boolean> {
    const { signal } = leaving;
    const { key, error } = turn;
    try {
      const knows = await options.knowsKeys(await openClient());
      if (signal.aborted) return false;
      if (knows) return true;
      changeTurn(key, () => ({ ...turn, state: "lost", isInDoubt: true }));
      waiting.get(key)?.onFault(error);
    } catch (fault) {
      if (signal.aborted) return false;
      changeTurn(key, () => ({ ...turn, state: "lost", error: fault }));
      onFault(fault);
      waiting.get(key)?.onFault(fault);
    }
    return false;
  }

  async function ask(
    asked: string,
    {
      files,
      attachments,
    }: { readonly files: readonly Upload[]; readonly attachments: readonly TurnAttachment[] },
  ): Promise<void> {
    count += 1;
    const key = `sent ${count}`;
    if (files.length > 0) uploads.set(key, files);
    const turn = createTurn({ key, asked, attachments, sessionId: state.sessionId });
    set({ turns: [...state.turns, turn].slice(-MAX_TURNS) });
    await begin(key, files);
  }

  return {
    snapshot: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async load() {
      const { sessionId } = state;
      if (sessionId === undefined) return;
      leaving.abort();
      leaving = new AbortController();
      const { signal } = leaving;
      set({ history: "loading", historyError: undefined });
      try {
        const client = await openClient();
        const runs = await client.sessions.listRuns(
          { parameters: { session_id: sessionId }, query: { type: KINDS[kind].type, component_id: agentId } },
          { signal },
        );
        if (signal.aborted) return;
        set({ history: "loaded", turns: readHistory(runs, sessionId) });
      } catch (error) {
        if (signal.aborted) return;
        onFault(error);
        set({ history: "failed", historyError: error });
        return;
      }
      // One that still runs is found again, with all that it has said so far.
      const running = state.turns.findLast(isActive);
      if (running?.runId !== undefined) await follow(running.key, running.runId);
    },

    send: (message, files = []) =>
      ask(message, { files, attachments: files.map(({ name, size }) => ({ name, size })) }),
    retry: (key) => retry(key),
    sendAnyway: (key) => retry(key, true),
    retryUntilLetIn: (key) =>
      new Promise((resolve, reject) => {
        waiting.set(key, { onLetIn: resolve, onFault: reject });
        void retry(key).finally(() => {
          waiting.delete(key);
          resolve();
        });
      }),
    decide,

    async stop() {
      const turn = state.turns.findLast(isActive);
      if (turn === undefined) return;
      if (turn.runId === undefined) {
        // Nobody has answered yet: the request is given up.
        leaving.abort();
        leaving = new AbortController();
        changeTurn(turn.key, (before) => ({ ...before, state: "cancelled", isStoppedHere: true }));
        set({ isReconnecting: false });
        return;
      }
      changeTurn(turn.key, (before) => ({ ...before, state: "stopping", isStoppedHere: true }));
      try {
        const client = await openClient();
        await client[kind].cancelRun(agentId, {
          run_id: turn.runId,
          session_id: turn.sessionId ?? state.sessionId,
        });
      } catch (error) {
        onFault(error);
        changeTurn(turn.key, (before) =>
          before.state === "stopping" ? { ...before, state: "running", error } : before,
        );
      }
    },

    close() {
      leaving.abort();
      listeners.clear();
    },
  };
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
