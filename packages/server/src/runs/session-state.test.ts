import { describe, expect, it } from "vitest";
import { MAX_SESSION_STATE_BYTES } from "./run-limits.ts";
import { changeBetween, mergeState, readState, withoutTokens } from "./session-state.ts";
import { createTestContext } from "./test-run.fixture.ts";

const json = JSON.stringify;

/** The state `now` after a run that began with `start` and ended with `end`. */
function apply(start: string, end: string, now: string): string {
  const change = changeBetween(start, end);
  if (change === undefined) throw new Error("no change");
  return change(now);
}

describe("a change of state", () => {
  it("is none where a run leaves what it found", () => {
    expect(changeBetween('{"a":1}', '{"a":1}')).toBeUndefined();
  });

  it.each([
    ["what was set", { a: 1 }, { a: 1, b: 2 }, { c: 3 }, { c: 3, b: 2 }],
    ["what was replaced", { a: 1 }, { a: [2] }, { a: 9, c: 3 }, { a: [2], c: 3 }],
    ["what was removed", { a: 1, b: 1 }, { b: 1 }, { a: 1, b: 5 }, { b: 5 }],
  ])("applies %s to the state that there is, and nothing else", (_, start, end, now, wanted) => {
    expect(JSON.parse(apply(json(start), json(end), json(now)))).toEqual(wanted);
  });

  it("takes a key named like a prototype for a key", () => {
    const changed = apply("{}", '{"__proto__":{"a":1},"constructor":2}', '{"b":1}');
    expect(changed).toBe('{"b":1,"__proto__":{"a":1},"constructor":2}');
  });

  it("lets the run that ends last have its way where both together are too large", () => {
    const half = "x".repeat(MAX_SESSION_STATE_BYTES - 100);
    const end = json({ mine: half });
    expect(apply("{}", end, json({ other: half }))).toBe(end);
    expect(JSON.parse(apply("{}", '{"mine":1}', '{"other":1}'))).toEqual({ other: 1, mine: 1 });
  });
});

describe("the limit of a state", () => {
  const text = (bytes: number) => ({ a: "é".repeat((bytes - '{"a":""}'.length) / 2) });

  it("is counted in bytes, at the start and at the end of a run", () => {
    const [fits, exceeds] = [text(MAX_SESSION_STATE_BYTES), text(MAX_SESSION_STATE_BYTES + 2)];
    expect(mergeState({}, fits)).toMatchObject({ ok: true, value: { bytes: MAX_SESSION_STATE_BYTES } });
    expect(mergeState(exceeds, {})).toMatchObject({ fault: { code: "RUN_STATE_TOO_LARGE" } });
    expect(readState(createTestContext({ sessionState: fits }), "{}")).toBe(json(fits));
    expect(() => readState(createTestContext({ sessionState: exceeds }), "{}")).toThrow("larger than");
  });
});

describe("a value without tokens", () => {
  it("is the value itself where it holds none", () => {
    const value = { a: [1, "x"] };
    expect(withoutTokens(value)).toEqual({ value, json: json(value) });
    expect(withoutTokens(value).value).toBe(value);
  });

  it("is read as its JSON would be, also beside something that looks like a token", () => {
    const at = new Date(0);
    const value = { at, cursor: "eyJabcdefghij" };
    expect(withoutTokens(value).json).toBe(json(value));
  });

  it("is text in place of what is no JSON", () => {
    const cycle: Record<string, unknown> = { n: 1n };
    cycle["self"] = cycle;
    expect(JSON.parse(withoutTokens(cycle).json)).toMatchObject({ n: "1" });
  });
});
