// Runs each part of the benchmark with small counts: that it measures at all, never how fast anything is.
import { expect, test } from "vitest";
import { benchDecision } from "./decision.ts";
import { benchHttp } from "./http.ts";
import { medianRatio, quantile } from "./measure.ts";
import { formatMachine, formatSection, formatVerdicts } from "./report.ts";
import { benchStreams, isComplete } from "./streams.ts";
import { benchVerify } from "./verify.ts";

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

test("measures a server with and without authorization", { timeout: 60_000 }, async () => {
  const { rows } = await benchHttp({ rounds: 1, seconds: 1, connections: 2 });
  expect(rows.map(([name]) => name)).toEqual(["authorised", "without authorization", "ratio"]);
  expect(Number(rows[2]?.[1])).toBeGreaterThan(0);
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
