/** Hints over PostgreSQL: they leave together, and arrive on a connection of their own. */
import { createHash, randomUUID } from "node:crypto";
import { readHints, writeHints } from "../hints/hint-text.ts";
import { createHintBoard, type Hints } from "../hints/hints.ts";
import { createWaitingHints } from "../hints/waiting-hints.ts";
import { createHintListener, type HintListenerOptions } from "./hint-listener.ts";

export interface PostgresHintsOptions
  extends Pick<HintListenerOptions, "url" | "hasDirectUrl" | "onNotice" | "timing"> {
  readonly group: string;
  /** Sends the texts to whoever listens on the channel, in a transaction of their own. */
  readonly notify: (channel: string, texts: readonly string[]) => Promise<void>;
}

export interface PostgresHints extends Hints {
  close(): Promise<void>;
}

/** Between two notifications: each one is a commit, of which a server makes one after the other. */
const SEND_EVERY_MS = 20;
/** A server that is slow to take them gets fewer: they have one part of so many of its time. */
const SHARE = 10;
const MAX_WAIT_MS = 1_000;

export function createPostgresHints({ group, notify, ...listening }: PostgresHintsOptions): PostgresHints {
  const channel = `agentos_${createHash("sha256").update(group).digest("hex").slice(0, 32)}`;
  const sender = randomUUID();
  const board = createHintBoard();
  const waiting = createWaitingHints();
  let timer: NodeJS.Timeout | undefined;
  let isSending = false;
  let isClosed = false;
  let mayFollowAt = 0;

  const listener = createHintListener({
    ...listening,
    channel,
    notify: (text) => notify(channel, [text]),
    hear(text) {
      const message = readHints(text);
      // What this process said, its listeners have heard already.
      if (message === undefined || message.sender === sender) return;
      for (const hint of message.hints) board.deliver(hint);
    },
    onMissed: () => board.deliverAll(),
  });

  function arm(): void {
    if (timer !== undefined || isSending || isClosed) return;
    timer = setTimeout(() => void send(), Math.max(0, mayFollowAt - performance.now())).unref();
  }

  async function send(): Promise<void> {
    timer = undefined;
    isSending = true;
    const begunAt = performance.now();
    try {
      await notify(channel, writeHints({ sender, hints: waiting.take() }));
    } catch {
      // The database does not answer, which others say; what was hinted at is found by polls.
    }
    const tookMs = performance.now() - begunAt;
    mayFollowAt = performance.now() + Math.min(MAX_WAIT_MS, Math.max(SEND_EVERY_MS, tookMs * SHARE));
    isSending = false;
    if (!waiting.isEmpty()) arm();
  }

  return {
    tell(topic, payload) {
      board.tell(topic, payload);
      waiting.add({ topic, payload });
      arm();
    },
    listen(topic, hear) {
      listener.start();
      return board.listen(topic, hear);
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await listener.close();
    },
  };
}
