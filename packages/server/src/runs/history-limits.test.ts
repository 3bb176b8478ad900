import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countFittingRuns, type HistoryLimits, type HistoryMessage } from "./history-limits.ts";

const user = (content: string): HistoryMessage => ({ role: "user", content });
const call = (args: string): HistoryMessage => ({
  role: "assistant",
  tool_calls: [{ id: "c", type: "function", function: { name: "look", arguments: args } }],
});
const within = (limits: Partial<HistoryLimits> = {}): HistoryLimits => ({
  maxRuns: 100,
  maxBytes: 1_000_000,
  ...limits,
});

describe("countFittingRuns", () => {
  const runs = [[user("1234")], [user("1234"), user("1234")], [user("1234")]];

  it("takes the newest runs, at most so many", () => {
    expect(countFittingRuns(runs, within())).toBe(3);
    expect(countFittingRuns(runs, within({ maxRuns: 2 }))).toBe(2);
    expect(countFittingRuns(runs, within({ maxRuns: 0 }))).toBe(0);
    expect(countFittingRuns([], within())).toBe(0);
  });

  it("takes a run whole or not at all", () => {
    expect(countFittingRuns(runs, within({ maxBytes: 11 }))).toBe(1);
    expect(countFittingRuns(runs, within({ maxBytes: 12 }))).toBe(2);
    expect(countFittingRuns(runs, within({ maxBytes: 3 }))).toBe(0);
  });

  it("estimates a token as four characters, of whatever size", () => {
    expect(countFittingRuns(runs, within({ maxTokens: 2 }))).toBe(1);
    expect(countFittingRuns(runs, within({ maxTokens: 3 }))).toBe(2);
    expect(countFittingRuns([[user("ääää")]], within({ maxTokens: 1 }))).toBe(1);
    expect(countFittingRuns([[user("ääää")]], within({ maxBytes: 7 }))).toBe(0);
  });

  it("never passes over a run to reach an older one that is smaller", () => {
    expect(countFittingRuns([[user("1")], [user("1234")], [user("1")]], within({ maxBytes: 3 }))).toBe(1);
  });

  it.each<[string, HistoryMessage, number]>([
    ["a call's name and arguments", call('{"n":1}'), 11],
    ["a tool's name and result", { role: "tool", tool_name: "look", content: "ab" }, 6],
    [
      "data of a provider and the reasoning that it belongs to",
      { role: "assistant", reasoning_content: "hm", provider_data: { a: 1 } },
      9,
    ],
    ["no reasoning that does not go back", { role: "assistant", reasoning_content: "hm", content: "a" }, 1],
    ["no system message, which is not repeated", { role: "system", content: "long and long" }, 0],
  ])("counts %s", (_, message, bytes) => {
    expect(countFittingRuns([[message]], within({ maxBytes: bytes }))).toBe(1);
    if (bytes > 0) expect(countFittingRuns([[message]], within({ maxBytes: bytes - 1 }))).toBe(0);
  });

  const messages = fc.array(
    fc.oneof(fc.string().map(user), fc.string().map(call), fc.string({ unit: "grapheme" }).map(user)),
    { maxLength: 4 },
  );

  it("of any runs gives the most of the newest that are within all three limits", () => {
    fc.assert(
      fc.property(
        fc.array(messages, { maxLength: 8 }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 1, max: 120 }),
        fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
        (all, maxRuns, maxBytes, maxTokens) => {
          const count = countFittingRuns(all, { maxRuns, maxBytes, maxTokens });
          const fits = (taken: number) => {
            const texts = all
              .slice(all.length - taken)
              .flat()
              .flatMap(({ content, tool_calls: calls = [] }) => [
                typeof content === "string" ? content : "",
                ...calls.map(({ function: { name, arguments: args } }) => name + args),
              ])
              .join("");
            return (
              taken <= maxRuns &&
              Buffer.byteLength(texts) <= maxBytes &&
              (maxTokens === undefined || texts.length / 4 <= maxTokens)
            );
          };
          expect(count).toBeLessThanOrEqual(all.length);
          expect(fits(count)).toBe(true);
          if (count < all.length) expect(fits(count + 1)).toBe(false);
        },
      ),
    );
  });
});
