/**
 * The connection on which hints arrive. It comes back by itself, and each new one is tested: behind a pooler that hands
 * connections on, LISTEN is answered and nothing ever arrives.
 */
import { randomUUID } from "node:crypto";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { DatabaseNotice } from "../faults/notices.ts";
import { toPostgresError } from "../faults/postgres-faults.ts";
import { withCheckedCertificate } from "./postgres-pool.ts";

export interface HintListenerOptions {
  readonly url: string;
  /** Whether `url` was given for this alone. */
  readonly hasDirectUrl: boolean;
  readonly channel: string;
  /** Sends a text to the channel, on the way on which hints leave. */
  readonly notify: (text: string) => Promise<void>;
  readonly hear: (text: string) => void;
  /** It listens from now on, and hears nothing of what was said before. */
  readonly onMissed: () => void;
  readonly onNotice: (notice: DatabaseNotice) => void;
  /** Default {@link TIMING}. */
  readonly timing?: HintTiming | undefined;
}

export interface HintListener {
  /** Listens from now on; nothing where it does already. */
  start(): void;
  close(): Promise<void>;
}

export interface HintTiming {
  /** How long connecting, and the test, may take. */
  readonly answerMs: number;
  /** From a connection that broke to the next, which doubles up to the greatest. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
  /** As long as hints do not arrive although the server is there. */
  readonly deafRetryMs: number;
  /** Between two looks whether a silent connection is still there. */
  readonly lookMs: number;
}

const TIMING: HintTiming = {
  answerMs: 5_000,
  retryMs: 200,
  maxRetryMs: 10_000,
  deafRetryMs: 60_000,
  lookMs: 30_000,
};

/** Why a connection is there no more. */
type Outcome = { readonly kind: "deaf" } | { readonly kind: "lost"; readonly error: unknown };

export function createHintListener(options: HintListenerOptions): HintListener {
  const { onNotice, onMissed, timing = TIMING } = options;
  const controller = new AbortController();
  const { signal } = controller;
  let running: Promise<void> | undefined;
  /** What was told, and has not passed. */
  let told: Outcome["kind"] | undefined;
  let retryMs = timing.retryMs;

  function onProven(): void {
    if (told !== undefined) onNotice({ name: "hints-back", text: "hints of other servers arrive again" });
    told = undefined;
    retryMs = timing.retryMs;
    onMissed();
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const outcome = await listenOnce(options, { signal, timing, onProven });
      if (signal.aborted) return;
      if (told !== outcome.kind) onNotice(describe(outcome, options.hasDirectUrl));
      told = outcome.kind;
      // All nodes of a deployment lose theirs at once: they do not come back at once.
      const waitMs = outcome.kind === "deaf" ? timing.deafRetryMs : retryMs;
      await pause(waitMs * (0.5 + Math.random()), signal);
      retryMs = Math.min(timing.maxRetryMs, retryMs * 2);
    }
  }

  return {
    start() {
      running ??= run();
    },
    async close() {
      controller.abort();
      await running;
    },
  };
}

interface Listening {
  readonly signal: AbortSignal;
  readonly timing: HintTiming;
  readonly onProven: () => void;
}

/** Resolves when the connection is no more, or was no use. Never rejects. */
async function listenOnce(
  { url, channel, notify, hear }: HintListenerOptions,
  { signal, timing, onProven }: Listening,
): Promise<Outcome> {
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const proof = Promise.withResolvers<void>();
  const nonce = randomUUID();
  let heardAt = performance.now();
  let client: pg.Client | undefined;
  const stopConnecting = () => client?.connection.stream.destroy();
  try {
    client = new pg.Client({
      connectionString: withCheckedCertificate(url),
      connectionTimeoutMillis: timing.answerMs,
      query_timeout: timing.answerMs,
      keepAlive: true,
      application_name: "agentos hints",
    });
    client.on("error", (error) => over.abort(error));
    client.on("end", () => over.abort(new Error("the connection ended")));
    client.on("notification", ({ payload = "" }) => {
      heardAt = performance.now();
      if (payload === nonce) proof.resolve();
      else hear(payload);
    });
    signal.addEventListener("abort", stopConnecting);
    await client.connect();
    signal.removeEventListener("abort", stopConnecting);
    keepNothingAlive(client);
    await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    await notify(nonce);
    const isProven = await Promise.race([
      proof.promise.then(() => true),
      pause(timing.answerMs, ended).then(() => false),
    ]);
    ended.throwIfAborted();
    if (!isProven) return { kind: "deaf" };
    onProven();
    while (!ended.aborted) {
      await pause(timing.lookMs, ended);
      // One that broke on its way says nothing of it.
      if (!ended.aborted && performance.now() - heardAt >= timing.lookMs) await client.query("select 1");
    }
    return { kind: "lost", error: ended.reason };
  } catch (error) {
    return { kind: "lost", error };
  } finally {
    signal.removeEventListener("abort", stopConnecting);
    if (client !== undefined) end(client);
  }
}

/** A server lives as long as it serves; what listens beside it holds nothing up. */
function keepNothingAlive(client: pg.Client): void {
  const { stream } = client.connection;
  if (stream instanceof Socket) stream.unref();
}

/** The server learns of it where it can; nobody waits for one that does not answer. */
function end(client: pg.Client): void {
  const { stream } = client.connection;
  const giveUp = setTimeout(() => stream.destroy(), END_MS).unref();
  client.end().then(
    () => clearTimeout(giveUp),
    () => stream.destroy(),
  );
}

const END_MS = 500;

/** Resolves early when the signal aborts. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
}

function describe(outcome: Outcome, hasDirectUrl: boolean): DatabaseNotice {
  if (outcome.kind === "deaf") return hasDirectUrl ? { ...DEAF, fix: OTHER_DIRECT_URL } : DEAF;
  const { message } = toPostgresError(outcome.error);
  return {
    name: "hints-lost",
    text: `the connection that listens for hints of other servers is not there: ${message}. What they change is found by polls meanwhile`,
    fix: hasDirectUrl ? LOOK_AT_DIRECT_URL : undefined,
    error: outcome.error,
  };
}

const DEAF: DatabaseNotice = {
  name: "hints-deaf",
  text: "the database takes hints of other servers and does not hand them on, as behind a pooler that lends connections for a transaction: what they change is found by polls",
  fix: 'set "DATABASE_DIRECT_URL", or "database.directUrl", to the address of the same database without the pooler',
};

const OTHER_DIRECT_URL =
  'set "DATABASE_DIRECT_URL", or "database.directUrl", to the address of the same database that "DATABASE_URL" names, without a pooler';

const LOOK_AT_DIRECT_URL =
  'look whether the address in "DATABASE_DIRECT_URL", or "database.directUrl", is right and can be reached from here';
