import { describe, expect, it } from "vitest";
import { compareValues } from "./difference.ts";

describe("compareValues", () => {
  it("puts both sides beside each other, and marks what changed", () => {
    expect(compareValues({ role: "member", name: "Mia" }, { role: "owner", name: "Mia" })).toMatchObject([
      { field: "role", before: "member", after: "owner", isChanged: true },
      { field: "name", before: "Mia", after: "Mia", isChanged: false },
    ]);
  });

  it("tells fields that came and that went", () => {
    expect(compareValues({ old: true }, { now: null })).toMatchObject([
      { field: "old", before: "yes", after: undefined },
      { field: "now", before: undefined, after: "none" },
    ]);
    expect(compareValues(null, { limit: 3 })).toMatchObject([{ before: undefined, after: "3" }]);
    expect(compareValues(null, null)).toEqual([]);
  });

  it("tells what came into a list and what went out of it", () => {
    expect(compareValues({ tags: ["a", "b"] }, { tags: ["b", "c"] })).toMatchObject([
      { list: { added: ["c"], removed: ["a"] } },
    ]);
  });

  it("shows times as times, and cuts what is long", () => {
    const [ends, text] = compareValues(null, { expires_at: 0, text: "x".repeat(9_000) });
    expect(ends?.after).toMatch(/19(70|69)/);
    expect(text?.after?.length).toBeLessThanOrEqual(2_000);
  });
});
