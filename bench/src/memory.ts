// Resident memory of one AgentOS, as the system counts it: after its start, after many different tokens, after many
// streams at once. From the built packages and with Node's own settings, as an installation runs it.
import { setTimeout as wait } from "node:timers/promises";
import { type ChildServer, startServer } from "./child-server.ts";
import type { Section } from "./report.ts";
import { readStream } from "./streams.ts";
import { createTokens } from "./tokens.ts";

const MEBIBYTE = 1_048_576;
const WORDS = 40;
const WORD_DELAY_MS = 50;
/** Callers at a time while tokens are shown; more only wait. */
const CALLERS = 16;

export interface MemoryOptions {
  readonly tokens: number;
  readonly streams: number;
  readonly settleMs: number;
  readonly packages: "source" | "built";
}

interface Step {
  readonly name: string;
  readonly limitMiB: number;
  readonly run: (server: ChildServer) => Promise<void>;
}

export async function benchMemory({ tokens: count, ...options }: MemoryOptions): Promise<Section> {
  const { streams, settleMs, packages } = options;
  const { key, tokens } = await createTokens("RS256", count);
  const steps: readonly Step[] = [
    { name: "after start", limitMiB: 100, run: async () => undefined },
    { name: `after ${count} tokens`, limitMiB: 130, run: ({ url }) => showTokens(url, tokens) },
    { name: `after ${streams} streams`, limitMiB: 180, run: ({ url }) => openStreams(url, tokens, streams) },
  ];
  const server = await startServer({
    verificationKey: key.verificationKey,
    words: WORDS,
    wordDelayMs: WORD_DELAY_MS,
    // All of them are open before the first has its first word.
    delayMs: 500 + streams * 5,
    packages,
  });
  try {
    const measured: { readonly step: Step; readonly mebibytes: number; readonly most: number }[] = [];
    for (const step of steps) {
      const most = await watchMost(server, () => step.run(server));
      await wait(settleMs);
      measured.push({ step, mebibytes: (await server.residentBytes()) / MEBIBYTE, most: most / MEBIBYTE });
    }
    return {
      title: `Resident memory in MiB, ${packages === "built" ? "built packages" : "from source"}, one process through all of it`,
      head: ["", "settled", "most on the way"],
      rows: measured.map(({ step, mebibytes, most }) => [step.name, mebibytes.toFixed(1), most.toFixed(1)]),
      verdicts: measured.map(({ step, mebibytes }) => ({
        target: `resident memory ${step.name} at most ${step.limitMiB} MiB`,
        measured: `${mebibytes.toFixed(1)} MiB`,
        isMet: mebibytes <= step.limitMiB,
      })),
    };
  } finally {
    await server.stop();
  }
}

/** The most that was seen while it ran. */
async function watchMost(server: ChildServer, run: () => Promise<void>): Promise<number> {
  let most = 0;
  const look = async () => {
    most = Math.max(most, await server.residentBytes());
  };
  const timer = setInterval(() => void look(), 20);
  try {
    await run();
    await look();
    return most;
  } finally {
    clearInterval(timer);
  }
}

/** Each token once. */
async function showTokens(url: string, tokens: readonly string[]): Promise<void> {
  const waiting = tokens.values();
  const call = async () => {
    for (const token of waiting) {
      const response = await fetch(`${url}/agents`, { headers: { authorization: `Bearer ${token}` } });
      await response.arrayBuffer();
      if (response.status !== 200)
        throw new Error(`the benchmark's own token is refused: ${response.status}`);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
}

/** All at once, each by a caller of its own. */
async function openStreams(url: string, tokens: readonly string[], streams: number): Promise<void> {
  const results = await Promise.all(
    Array.from({ length: streams }, (_, index) =>
      readStream(url, { token: tokens[index % tokens.length] ?? "", words: WORDS, watch: () => undefined }),
    ),
  );
  const lost = results.filter(({ isComplete }) => !isComplete).length;
  if (lost > 0) throw new Error(`${lost} of ${streams} streams are not complete`);
}
