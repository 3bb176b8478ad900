import { describe, expect, it } from "vitest";
import { rankFuzzy } from "./fuzzy.ts";

describe("rankFuzzy", () => {
  it.each([
    ["Members", "mem"],
    ["Switch to Production", "prod"],
    ["Ada Lovelace ada@example.com", "lovelace ada"],
    ["Members and roles", "mar"],
    ["Audit", ""],
  ])("finds %j by %j", (text, search) => {
    expect(rankFuzzy(text, search)).toBeDefined();
  });

  it.each([
    ["Members", "audit"],
    ["Members", "sr"],
    ["Refusals of the organization", "rzn"],
    ["Production", "pon"],
    ["Ada Lovelace", "ada hopper"],
  ])("does not find %j by %j", (text, search) => {
    expect(rankFuzzy(text, search)).toBeUndefined();
  });

  it("puts the beginning before the middle, and words before letters", () => {
    const ranked = ["A hidden audit", "Audit", "a_u_d_i_t"].toSorted(
      (one, other) => (rankFuzzy(other, "audit") ?? 0) - (rankFuzzy(one, "audit") ?? 0),
    );
    expect(ranked).toEqual(["Audit", "A hidden audit", "a_u_d_i_t"]);
  });
});
