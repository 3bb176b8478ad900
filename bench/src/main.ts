// `npm run bench -- [--only verify,decision,http,runs,storage,sessions,streams,background,memory] [--streams N]`: measures what we promise in one
// run and prints which targets are met. Timings of a busy machine mean little; ratios of one run stand.
import { parseArgs } from "node:util";
import { benchBackground } from "./background.ts";
import { buildPackages } from "./build-packages.ts";
import { benchDecision } from "./decision.ts";
import { benchHttp } from "./http.ts";
import { benchMemory } from "./memory.ts";
import { formatMachine, formatSection, formatVerdicts, type Section, type Verdict } from "./report.ts";
import { benchRuns } from "./runs.ts";
import { benchSessions } from "./sessions.ts";
import { benchStorage } from "./storage.ts";
import { benchStreams } from "./streams.ts";
import { benchVerify } from "./verify.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    streams: { type: "string", default: "200" },
    rounds: { type: "string", default: "9" },
  },
});
const rounds = Number(values.rounds);
const streams = Number(values.streams);
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(streams) || streams < 1) {
  throw new Error('"--rounds" and "--streams" are whole numbers from 1');
}

const load = { rounds: Math.ceil(rounds * 0.6), seconds: 2, connections: 32 };
const sections: Readonly<Record<string, () => Promise<Section>>> = {
  verify: () => benchVerify({ rounds, batchMs: 100, tokens: 2_000 }),
  decision: () => benchDecision({ rounds, batchMs: 100, tokens: 1_000 }),
  http: () => benchHttp(load),
  runs: () => benchRuns(load),
  storage: () => benchStorage(load),
  sessions: () => benchSessions({ ...load, sessions: 2_000 }),
  streams: () => benchStreams({ streams, words: 40, wordDelayMs: 50 }),
  background: () =>
    benchBackground({
      alone: 5,
      streams: 100,
      manyStreams: streams,
      watchers: 100,
      words: 40,
      wordDelayMs: 20,
      delayMs: 500 + streams * 5,
    }),
  async memory() {
    buildPackages();
    return benchMemory({ tokens: 5_000, streams: 500, settleMs: 1_500, packages: "built" });
  },
};

const wanted = values.only?.split(",") ?? Object.keys(sections);
const unknown = wanted.filter((name) => !Object.hasOwn(sections, name));
if (unknown.length > 0)
  throw new Error(`no such part: ${unknown.join(", ")}; there are ${Object.keys(sections).join(", ")}`);

console.log(`${formatMachine()}\n`);
const startedAt = performance.now();
const verdicts: Verdict[] = [];
for (const name of wanted) {
  const section = await sections[name]?.();
  if (section === undefined) continue;
  console.log(`${formatSection(section)}\n`);
  verdicts.push(...section.verdicts);
}
console.log(formatVerdicts(verdicts));
console.log(`\n${((performance.now() - startedAt) / 1_000).toFixed(0)} s, ${rounds} rounds`);
// A lost stream is a fault wherever it happens; a slow machine is not.
process.exitCode = verdicts.some(({ isFault }) => isFault === true) ? 1 : 0;
