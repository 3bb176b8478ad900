import { TOKEN_SHAPED } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { MAX_SUMMARY_BYTES } from "./run-limits.ts";
import { boundSummary, readSummary, replaceSummary } from "./session-summary.ts";

const made = { summary: "new", updated_at: "2026-11-28T12:00:00.000Z", last_run_id: "r9" };

describe("readSummary", () => {
  it.each([undefined, null, "text", [], {}, { summary: 1 }, { summary: "" }])(
    "finds nothing in %j, which an owner may have put there",
    (stored) => expect(readSummary(stored)).toBeUndefined(),
  );

  it("takes the text and the run that it reaches to, and nothing else", () => {
    expect(readSummary({ ...made, topics: ["a"] })).toEqual({ summary: "new", last_run_id: "r9" });
    expect(readSummary({ summary: "mine", last_run_id: 7 })).toEqual({ summary: "mine" });
  });

  it("cuts what is too long for a model", () => {
    const summary = readSummary({ summary: "a".repeat(MAX_SUMMARY_BYTES + 1) })?.summary ?? "";
    expect(Buffer.byteLength(summary)).toBe(MAX_SUMMARY_BYTES);
  });
});

describe("boundSummary", () => {
  it("keeps tokens and whatever is too long out of the store", () => {
    const kept = boundSummary({ ...made, summary: `${TOKEN_SHAPED} ${"a".repeat(MAX_SUMMARY_BYTES)}` });
    expect(kept.summary).not.toContain(TOKEN_SHAPED);
    expect(Buffer.byteLength(kept.summary)).toBeLessThanOrEqual(MAX_SUMMARY_BYTES);
    expect(boundSummary(made)).toEqual(made);
  });
});

describe("replaceSummary", () => {
  const old = { summary: "old", last_run_id: "r1" };
  const stored = JSON.stringify({ ...old, updated_at: "then" });

  it("replaces the summary that the new one was made from", () => {
    expect(replaceSummary(old, made)(stored)).toBe(JSON.stringify(made));
    expect(replaceSummary(undefined, made)(undefined)).toBe(JSON.stringify(made));
  });

  it.each([
    ["of a run that ended first", old, { summary: "other", last_run_id: "r5" }],
    ["of a run that ended first, where there was none", undefined, { summary: "other", last_run_id: "r5" }],
    ["of the owner", old, { summary: "mine" }],
    ["of the same words that reaches further", old, { summary: "old", last_run_id: "r2" }],
  ])("leaves a summary %s", (_, before, now) => {
    expect(replaceSummary(before, made)(JSON.stringify(now))).toBe(JSON.stringify(now));
  });

  it("leaves none where it is gone", () => {
    expect(replaceSummary(old, made)(undefined)).toBeUndefined();
  });
});
