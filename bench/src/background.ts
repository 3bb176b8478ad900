// What it costs that a run goes on without its client: rows, commits and bytes of the database for each stream, the CPU
// beside the plain stream, the time that a word waits for its commit, and what others on another node add.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgresServer } from "@agentos/testkit/postgres";
import { type ChildServer, startServer } from "./child-server.ts";
import { quantile } from "./measure.ts";
import { type Section, times, type Verdict } from "./report.ts";
import { readTimedStream, type TimedStream } from "./timed-stream.ts";
import { createTokens } from "./tokens.ts";
import { countPostgresWrites, countSqliteWrites, type WriteCounter } from "./written.ts";

export interface BackgroundOptions {
  /** Streams one after the other, for what one of them writes. */
  readonly alone: number;
  /** At a time, for the time of a word. */
  readonly streams: number;
  /** At a time, for the delay of the event loop. */
  readonly manyStreams: number;
  /** On another node. */
  readonly watchers: number;
  readonly words: number;
  readonly wordDelayMs: number;
  /** Before the first word, until all streams are open. */
  readonly delayMs: number;
}

interface Contender {
  readonly name: string;
  readonly server: ChildServer;
  readonly background: boolean;
  readonly countWrites: (() => Promise<WriteCounter>) | undefined;
}

interface Setting extends BackgroundOptions {
  readonly token: string;
}

const WATCHED_RUNS = 10;

export async function benchBackground(options: BackgroundOptions): Promise<Section> {
  const { key, tokens } = await createTokens("RS256", 1);
  const setting: Setting = { ...options, token: tokens[0] ?? "" };
  await using cleanup = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "agentos-bench-"));
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
  const postgres = cleanup.adopt(await startPostgresServer(), (server) => server.close());
  const start = async (database?: string) => {
    const { words, wordDelayMs, delayMs } = options;
    const { verificationKey } = key;
    const server = await startServer({ verificationKey, database, words, wordDelayMs, delayMs });
    return cleanup.adopt(server, (started) => started.stop());
  };
  const file = join(folder, "runs.db");
  const onSqlite = await start(`sqlite:${file}`);
  const onPostgres = await start(postgres.url);
  const sqlite = { server: onSqlite, countWrites: async () => countSqliteWrites(file) };
  const ofPostgres = { server: onPostgres, countWrites: () => countPostgresWrites(postgres.url) };
  const contenders: readonly Contender[] = [
    { name: "plain, in memory", server: await start(), background: false, countWrites: undefined },
    { name: "plain, SQLite", background: false, ...sqlite },
    { name: "background, SQLite", background: true, ...sqlite },
    { name: "plain, PostgreSQL", background: false, ...ofPostgres },
    { name: "background, PostgreSQL", background: true, ...ofPostgres },
  ];
  const results = [];
  for (const contender of contenders) results.push(await measureContender(contender, setting));
  const watched = await measureWatchers([onPostgres, await start(postgres.url)], setting);
  const { words, wordDelayMs, streams, manyStreams } = options;
  return {
    title: `Streams of ${words} words, ${wordDelayMs} ms apart: one alone for what is written; ${streams} for the time of a word and CPU; ${manyStreams} for the loop`,
    head: ["", "rows", "commits", "WAL bytes", "CPU ms/stream", "word p50 ms", "p99 ms", "loop p99 ms"],
    rows: [
      ...results.map(({ cells }) => cells),
      [
        `${options.watchers} watchers on another node`,
        "",
        "",
        "",
        "",
        watched.lags(0.5),
        watched.lags(0.99),
        "",
      ],
    ],
    verdicts: [
      ...compareCpu(results),
      ...results.filter(({ isWhole }) => !isWhole).map(({ cells: [name = ""] }) => lost(name)),
      ...(watched.isWhole ? [] : [lost("watchers on another node")]),
    ],
  };
}

const lost = (name: string): Verdict => ({
  target: `${name}: every stream is whole`,
  measured: "some are not",
  isMet: false,
  isFault: true,
});

interface Result {
  readonly cells: readonly string[];
  readonly cpuMs: number;
  readonly isWhole: boolean;
}

/** A background stream beside the plain one of the same database. */
function compareCpu([, ...results]: readonly Result[]): readonly Verdict[] {
  return ["SQLite", "PostgreSQL"].map((name, index) => {
    const plain = results[index * 2]?.cpuMs ?? Number.NaN;
    const background = results[index * 2 + 1]?.cpuMs ?? Number.NaN;
    const ratio = background / plain;
    return {
      target: `A background stream on ${name} at most ${CPU_LIMIT}x the CPU of a plain one`,
      measured: times(ratio),
      isMet: ratio <= CPU_LIMIT,
    };
  });
}

const CPU_LIMIT = 2;

async function measureContender(contender: Contender, setting: Setting): Promise<Result> {
  const { server, name } = contender;
  const { alone, streams, manyStreams } = setting;
  await openStreams(contender, 1, setting);
  const counter = await contender.countWrites?.();
  for (let stream = 0; stream < alone; stream++) await openStreams(contender, 1, setting);
  const written = await counter?.read();
  counter?.close();
  const perStream = (count: number | undefined) => (count === undefined ? "" : (count / alone).toFixed(0));
  const before = await server.cpuMicros();
  const together = await openStreams(contender, streams, setting);
  const cpuMs = ((await server.cpuMicros()) - before) / 1_000 / streams;
  let many: readonly TimedStream[] = [];
  const loopMs = await server.loopDelayMs(async () => {
    many = await openStreams(contender, manyStreams, setting);
  });
  const lags = together.flatMap(({ lagsMs }) => lagsMs);
  return {
    cpuMs,
    isWhole: [...together, ...many].every(
      ({ isWhole, lagsMs }) => isWhole && lagsMs.length === setting.words,
    ),
    cells: [
      name,
      perStream(written?.rows),
      perStream(written?.commits),
      perStream(written?.walBytes),
      cpuMs.toFixed(1),
      quantile(lags, 0.5).toFixed(1),
      quantile(lags, 0.99).toFixed(1),
      loopMs.toFixed(1),
    ],
  };
}

function openStreams(
  { server, background }: Pick<Contender, "server" | "background">,
  count: number,
  { token }: Setting,
): Promise<readonly TimedStream[]> {
  const form = { message: "go", stream: "true", background: String(background) };
  const request = { path: "/agents/clock/runs", token, form };
  return Promise.all(Array.from({ length: count }, () => readTimedStream(server.url, request)));
}

/** Runs on the one, watchers on the other. */
async function measureWatchers(
  [server, other]: readonly [ChildServer, ChildServer],
  { token, watchers }: Setting,
) {
  const form = { message: "go", stream: "true", background: "true" };
  const watching: Promise<TimedStream>[] = [];
  const each = Math.ceil(watchers / WATCHED_RUNS);
  const runs = Array.from({ length: WATCHED_RUNS }, () =>
    readTimedStream(server.url, { path: "/agents/clock/runs", token, form }, ({ runId, sessionId }) => {
      const path = `/agents/clock/runs/${runId}/resume`;
      for (let watcher = 0; watcher < each; watcher++)
        watching.push(readTimedStream(other.url, { path, token, form: { session_id: sessionId } }));
    }),
  );
  const ended = await Promise.all(runs);
  const heard = await Promise.all(watching);
  const lagsMs = heard.flatMap((stream) => stream.lagsMs);
  return {
    lags: (part: number) => quantile(lagsMs, part).toFixed(1),
    isWhole: heard.length >= watchers && [...ended, ...heard].every(({ isWhole }) => isWhole),
  };
}
