// Runs each part of the benchmark with small counts: that it measures at all, never how fast anything is.
import { join } from "node:path";
import { expect, test } from "vitest";
import { benchBackground } from "./background.ts";
import { startBareServer, startServer } from "./child-server.ts";
import { benchDecision } from "./decision.ts";
import { benchHttp } from "./http.ts";
import { medianRatio, quantile } from "./measure.ts";
import { benchMemory } from "./memory.ts";
import { recordAnswer, splitFrames } from "./recorded-answer.ts";
import { formatMachine, formatSection, formatVerdicts } from "./report.ts";
import { benchRuns } from "./runs.ts";
import { benchSessions } from "./sessions.ts";
import { benchStreams, isComplete } from "./streams.ts";
import { benchVerify } from "./verify.ts";

// It starts forty processes, which compile the same.
process.env["NODE_COMPILE_CACHE"] = join(
  import.meta.dirname,
  "../../node_modules/.cache/agentos-tests/bench",
);

const small = { rounds: 1, batchMs: 1, tokens: 4 };

test("measures cold verification of three algorithms by six verifiers", async () => {
  const section = await benchVerify(small);
  expect(section.rows).toHaveLength(18);
  for (const [, wall, cpu] of section.rows) expect([Number(wall), Number(cpu)]).not.toContain(Number.NaN);
  expect(formatSection(section)).toContain("RS256 this engine");
});

test("measures the cached decision, and only decisions that come from the cache", async () => {
  const section = await benchDecision(small);
  expect(section.rows).toHaveLength(3);
  expect(formatVerdicts(section.verdicts)).toMatch(/met|MISSED/);
});

const load = { rounds: 1, seconds: 0.2, connections: 2 };

test("measures a server with and without authorization, and a bare one", { timeout: 60_000 }, async () => {
  const { rows, verdicts } = await benchHttp(load);
  expect(rows.map(([name]) => name)).toEqual([
    "authorised",
    "without authorization",
    "bare node:http, same bytes",
    "authorised, of the one without",
    "authorised, of the bare one",
  ]);
  for (const [, rate, cpu] of rows) expect(Math.min(Number(rate), Number(cpu))).toBeGreaterThan(0);
  expect(verdicts).toHaveLength(2);
});

test("measures a run in one piece and as a stream", { timeout: 60_000 }, async () => {
  const { rows, verdicts } = await benchRuns(load);
  expect(rows.map(([name]) => name)).toEqual([
    "JSON run",
    "bare node:http, same bytes",
    "SSE run of 40 words",
    expect.stringMatching(/^bare node:http, same 4\d frames, one by one$/),
    "bare node:http, each in a turn of its own",
  ]);
  expect(verdicts.map(({ measured }) => measured)).toEqual([
    expect.stringMatching(/^\d+\.\d\dx$/),
    expect.stringMatching(/^\d+\.\d\dx$/),
  ]);
});

test("measures a page of sessions beside the list of agents", { timeout: 60_000 }, async () => {
  const { rows, verdicts } = await benchSessions({ ...load, sessions: 30 });
  expect(rows.map(([name]) => name)).toEqual([
    "GET /agents",
    "GET /sessions, page of 20 of 30",
    "GET /sessions, page of 20 of the caller's 30",
  ]);
  for (const [, rate, cpu] of rows) expect(Math.min(Number(rate), Number(cpu))).toBeGreaterThan(0);
  expect(verdicts.map(({ measured }) => measured)).toEqual([expect.stringMatching(/^\d+\.\d\dx$/)]);
});

test.runIf(process.platform === "linux")(
  "reads the memory of a server after its start, after tokens and after streams",
  { timeout: 60_000 },
  async () => {
    const { rows } = await benchMemory({ tokens: 3, streams: 2, settleMs: 1, packages: "source" });
    expect(rows.map(([name]) => name)).toEqual(["after start", "after 3 tokens", "after 2 streams"]);
    for (const [, settled, most] of rows) expect(Math.min(Number(settled), Number(most))).toBeGreaterThan(10);
  },
);

test.each([
  ["a list", { path: "/agents" }],
  ["a run", { path: "/agents/echo/runs", form: { message: "two words", stream: "false" } }],
  ["a stream", { path: "/agents/echo/runs", form: { message: "two words", stream: "true" } }],
])("the bare server sends the same bytes as the AgentOS: %s", { timeout: 60_000 }, async (_, request) => {
  await using servers = new AsyncDisposableStack();
  const agentOS = servers.adopt(await startServer({}), (server) => server.stop());
  const answer = await recordAnswer(agentOS.url, request);
  const bare = servers.adopt(await startBareServer(answer), (server) => server.stop());
  expect(await recordAnswer(bare.url, request)).toEqual(answer);
  expect(answer.headers["content-type"]).toMatch(/^(application\/json|text\/event-stream)/);
  expect([answer.body].flat().join("")).toContain("echo");
});

test("the frames of a stream are split behind each empty line, and none is lost", () => {
  const frames = ["event: A\ndata: 1\n\n", "event: B\ndata: 2\n\n"];
  expect(splitFrames(frames.join(""))).toEqual(frames);
});

test("reads every stream to its end, all open at once", { timeout: 60_000 }, async () => {
  const { title, verdicts } = await benchStreams({ streams: 5, words: 3, wordDelayMs: 1 });
  expect(title).toContain("5 open at a time");
  expect(verdicts).toMatchObject([
    { target: "5 concurrent streams without loss", isMet: true, isFault: false },
  ]);
});

test("a stream that lost a word, got one twice, or has no end is not complete", () => {
  const frame = (event: string, data = "") => `event: ${event}\ndata: ${data}\n\n`;
  const good = [
    frame("RunStarted"),
    frame("RunContent", "word-0 "),
    frame("RunContent", "word-1"),
    frame("RunCompleted"),
  ];
  expect(isComplete(good.join(""), 2)).toBe(true);
  expect(isComplete(good.toSpliced(1, 1).join(""), 2)).toBe(false);
  expect(isComplete(good.toSpliced(1, 0, good[1] ?? "").join(""), 2)).toBe(false);
  expect(isComplete(good.slice(0, -1).join(""), 2)).toBe(false);
  expect(isComplete([good[0], good[2], good[1], good[3]].join(""), 2)).toBe(false);
});

test("ratios and quantiles are those of the textbook", () => {
  expect(medianRatio([2, 4, 90], [1, 4, 9])).toBe(2);
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([4, 1, 3, 2], 1)).toBe(4);
  expect(quantile([], 0.5)).toBeNaN();
  expect(formatMachine()).toContain(process.versions.node);
});

test("measures streams in the background on each database, and what is written", {
  timeout: 60_000,
}, async () => {
  const few = { alone: 1, streams: 2, manyStreams: 2, watchers: 10, words: 5, wordDelayMs: 5, delayMs: 50 };
  const { rows, verdicts } = await benchBackground(few);
  expect(rows.map(([name]) => name)).toEqual([
    "plain, in memory",
    "plain, SQLite",
    "background, SQLite",
    "plain, PostgreSQL",
    "background, PostgreSQL",
    "10 watchers on another node",
  ]);
  // A plain stream is written by two commits and has no events there.
  for (const at of [1, 3]) expect(Number(rows[at]?.[1])).toBe(0);
  for (const at of [2, 4]) expect(Number(rows[at]?.[1])).toBeGreaterThan(0);
  for (const at of [1, 2, 3, 4]) expect(Number(rows[at]?.[3])).toBeGreaterThan(0);
  expect(verdicts.filter(({ isFault }) => isFault)).toEqual([]);
});
