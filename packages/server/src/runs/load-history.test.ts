import { describe, expect, it } from "vitest";
import { type HistorySource, loadHistory } from "./load-history.ts";
import { MAX_UNSUMMARIZED_RUNS } from "./run-limits.ts";
import { keyOf, outputOf } from "./store.suite.ts";
import type { StoredRun } from "./store.ts";
import { createTestRuntime, ownerNamed } from "./test-run.fixture.ts";

const key = keyOf(ownerNamed("alice"));
const say = (content: string) =>
  ({
    id: "m",
    role: "user",
    content,
    from_history: false,
    stop_after_tool_call: false,
    created_at: 1,
  }) as const;

/** Runs r1, r2, … of one message each, as a store gives the newest of them. */
function source(texts: readonly string[], rest: Partial<HistorySource> = {}) {
  const asked: number[] = [];
  const { logger, log } = createTestRuntime();
  const debug = (facts: object, text: string) => void log.push({ level: "debug", facts: { ...facts }, text });
  const runs = texts.map((text, index): StoredRun => {
    const output = outputOf(key, `r${index + 1}`, { messages: [say(text)] });
    return { key, output, events: [] };
  });
  return {
    asked,
    log,
    load: () =>
      loadHistory({
        runnable: { historyRuns: 2 },
        summary: undefined,
        listRuns: async (limit) => {
          asked.push(limit);
          return runs.slice(-limit);
        },
        logger: { ...logger, debug },
        sessionId: "s1",
        ...rest,
      }),
  };
}

const summarizing = (maxBytes = 1_000) =>
  ({ historyRuns: 2, historyPolicy: { maxBytes, overflow: "summarize" } }) as const;

describe("loadHistory", () => {
  it("asks for no more runs than are wanted, and for none where none are", async () => {
    const wanted = source(["a", "b", "c"]);
    expect(await wanted.load()).toEqual({ history: [[say("b")], [say("c")]] });
    expect(wanted.asked).toEqual([2]);
    const unwanted = source(["a"], { runnable: { historyRuns: 0 } });
    expect(await unwanted.load()).toEqual({ history: [] });
    expect(unwanted.asked).toEqual([]);
  });

  it("leaves out what is too large, and the log can tell", async () => {
    const historyPolicy = { maxBytes: 5, overflow: "drop" } as const;
    const some = source(["a".repeat(5), "b"], { runnable: { historyRuns: 2, historyPolicy } });
    expect(await some.load()).toEqual({ history: [[say("b")]] });
    expect(some.log).toMatchObject([{ level: "debug", facts: { session_id: "s1", left_out: 1, given: 1 } }]);
  });

  it("warns when even the newest run is too large, since the model then knows nothing", async () => {
    const historyPolicy = { maxBytes: 5, overflow: "drop" } as const;
    const none = source(["a", "b".repeat(6)], { runnable: { historyRuns: 2, historyPolicy } });
    expect(await none.load()).toEqual({ history: [] });
    expect(none.log).toMatchObject([{ level: "warn", facts: { left_out: 2, given: 0 } }]);
  });

  it("limits a runnable that does not say to 256 KiB", async () => {
    const fits = source(["a".repeat(256 * 1024)]);
    expect((await fits.load()).history).toHaveLength(1);
    const exceeds = source(["a".repeat(256 * 1024 + 1)]);
    expect((await exceeds.load()).history).toHaveLength(0);
  });

  it("gives whoever summarises the runs that neither history nor summary has, in bounded numbers", async () => {
    const texts = ["a", "b", "c", "d", "e"];
    const fresh = source(texts, { runnable: summarizing() });
    expect(await fresh.load()).toMatchObject({
      history: [[say("d")], [say("e")]],
      past: {
        summary: undefined,
        historyRunIds: ["r4", "r5"],
        unsummarizedRuns: [{ runId: "r1" }, { runId: "r2" }, { runId: "r3", messages: [say("c")] }],
      },
    });
    // One more than the history may have, and only where there is such a one all that may be summarised.
    expect(fresh.asked).toEqual([3, 2 + MAX_UNSUMMARIZED_RUNS]);
    expect(fresh.log).toEqual([]);
    const known = source(texts, {
      runnable: summarizing(),
      summary: { summary: "so far", last_run_id: "r2", updated_at: "then" },
    });
    expect((await known.load()).past).toMatchObject({
      summary: { summary: "so far", last_run_id: "r2" },
      unsummarizedRuns: [{ runId: "r3" }],
    });
  });

  it("reads no more where the summary reaches up to the history, or everything fits", async () => {
    const summary = { summary: "so far", last_run_id: "r3" };
    const reaching = source(["a", "b", "c", "d", "e"], { runnable: summarizing(), summary });
    expect((await reaching.load()).past?.unsummarizedRuns).toEqual([]);
    const short = source(["d", "e"], { runnable: summarizing() });
    expect((await short.load()).history).toHaveLength(2);
    expect([reaching.asked, short.asked]).toEqual([[3], [3]]);
  });

  it("gives no more of them than may be summarised at a time, the oldest, and at least one", async () => {
    const runnable = summarizing(5);
    const some = source(["aa", "bb", "cc", "d", "e"], { runnable });
    expect((await some.load()).past).toMatchObject({
      unsummarizedRuns: [{ runId: "r1" }, { runId: "r2" }],
      hasMoreUnsummarized: true,
    });
    const large = source(["a".repeat(9), "b", "c", "d"], { runnable });
    expect((await large.load()).past).toMatchObject({
      unsummarizedRuns: [{ runId: "r1" }],
      hasMoreUnsummarized: true,
    });
    const all = source(["aa", "bb", "d", "e"], { runnable });
    expect((await all.load()).past?.hasMoreUnsummarized).toBe(false);
  });

  it("gives all of them where the summary reaches to a run that is gone", async () => {
    const summary = { summary: "old", last_run_id: "r0" };
    const { load } = source(["a", "b", "c"], { runnable: summarizing(), summary });
    expect((await load()).past).toMatchObject({ summary, unsummarizedRuns: [{ runId: "r1" }] });
  });

  it("gives none where the summary is of the owner: what it left out does not come back", async () => {
    const summary = { summary: "mine" };
    const { load, asked } = source(["a", "b", "c", "d"], { runnable: summarizing(), summary });
    expect((await load()).past).toMatchObject({ summary, unsummarizedRuns: [] });
    expect(asked).toEqual([3]);
  });

  it("gives none where the summary reaches into the history, as after a change of the limits", async () => {
    const summary = { summary: "far", last_run_id: "r3" };
    const { load } = source(["a", "b", "c"], { runnable: summarizing(), summary });
    expect((await load()).past?.unsummarizedRuns).toEqual([]);
  });
});
