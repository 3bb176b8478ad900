// Many SSE streams at once: each must bring every word, in order, and its end.
import { startServer } from "./child-server.ts";
import { quantile } from "./measure.ts";
import type { Section } from "./report.ts";
import { createTokens } from "./tokens.ts";

export interface StreamOptions {
  readonly streams: number;
  readonly words: number;
  readonly wordDelayMs: number;
}

interface StreamResult {
  readonly isComplete: boolean;
  readonly firstMs: number;
  readonly totalMs: number;
}

export async function benchStreams(options: StreamOptions): Promise<Section> {
  const { key, tokens } = await createTokens("RS256", 1);
  const server = await startServer({
    ...options,
    delayMs: openingMs(options),
    verificationKey: key.verificationKey,
  });
  try {
    let open = 0;
    let mostOpen = 0;
    const watch = (change: number) => {
      open += change;
      mostOpen = Math.max(mostOpen, open);
    };
    const before = await server.cpuMicros();
    const results = await Promise.all(
      Array.from({ length: options.streams }, () =>
        readStream(server.url, { token: tokens[0] ?? "", words: options.words, watch }),
      ),
    );
    const used = (await server.cpuMicros()) - before;
    return describe(results, { mostOpen, cpuMicrosPerStream: used / options.streams }, options);
  } finally {
    await server.stop();
  }
}

/** Time that all streams get to open before the first of them has its first word, so that they really overlap. */
const openingMs = ({ streams }: StreamOptions) => 500 + streams * 20;

interface StreamReader {
  readonly token: string;
  readonly words: number;
  /** Told +1 when the stream has opened, and -1 when it has ended. */
  readonly watch: (change: number) => void;
}

/** Opens a stream and reads it to its end. */
export async function readStream(url: string, { token, words, watch }: StreamReader): Promise<StreamResult> {
  const startedAt = performance.now();
  const failed = { isComplete: false, firstMs: Number.NaN, totalMs: Number.NaN };
  try {
    const response = await fetch(`${url}/agents/stream/runs`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams({ message: "go", stream: "true" }),
    });
    if (response.status !== 200 || response.body === null) return failed;
    watch(1);
    let firstMs = Number.NaN;
    let text = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      if (text === "") firstMs = performance.now() - startedAt;
      text += chunk;
    }
    watch(-1);
    return { isComplete: isComplete(text, words), firstMs, totalMs: performance.now() - startedAt };
  } catch {
    return failed;
  }
}

/** Every word once and in order, one start, one end, nothing after it. */
export function isComplete(stream: string, words: number): boolean {
  const events = stream.split("\n\n").filter((frame) => frame !== "");
  const names = events.map((frame) => /^event: (\w+)/.exec(frame)?.[1]);
  const heard = events
    .filter((_, index) => names[index] === "RunContent")
    .flatMap((frame) => [...frame.matchAll(/word-(\d+)/g)]);
  return (
    names[0] === "RunStarted" &&
    names.at(-1) === "RunCompleted" &&
    heard.length === words &&
    heard.every((match, index) => Number(match[1]) === index)
  );
}

interface Load {
  readonly mostOpen: number;
  readonly cpuMicrosPerStream: number;
}

function describe(results: readonly StreamResult[], load: Load, options: StreamOptions): Section {
  const { streams, words, wordDelayMs } = options;
  const scriptMs = openingMs(options) + words * wordDelayMs;
  const complete = results.filter((result) => result.isComplete);
  const row = (name: string, values: readonly number[]) => [
    name,
    ...[0.5, 0.99, 1].map((part) => quantile(values, part).toFixed(0)),
  ];
  return {
    title: `${streams} streams of ${words} words, each ${scriptMs} ms long by its script; ${load.mostOpen} open at a time`,
    head: ["ms", "median", "p99", "slowest"],
    rows: [
      row(
        "to the first event",
        complete.map(({ firstMs }) => firstMs),
      ),
      row(
        "to the end",
        complete.map(({ totalMs }) => totalMs),
      ),
      ["server CPU per stream", (load.cpuMicrosPerStream / 1_000).toFixed(1)],
    ],
    verdicts: [
      {
        target: `${streams} concurrent streams without loss`,
        measured: `${complete.length} complete, ${load.mostOpen} open at a time`,
        isMet: complete.length === streams && load.mostOpen === streams,
        isFault: complete.length < streams,
      },
    ],
  };
}
