import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findPayers } from "./denial-quota.ts";

const pay = (sizes: readonly number[], capacity: number) => {
  const sources = sizes.map((rows, index) => ({ source: String(index), rows }));
  const paid = new Map(findPayers(sources, capacity).map(({ source, rows }) => [source, rows]));
  return sizes.map((_, index) => paid.get(String(index)) ?? 0);
};

describe("who pays for a full quota", () => {
  it.each<[readonly number[], number, readonly number[]]>([
    [[5, 1, 1], 7, [0, 0, 0]],
    [[5, 1, 1], 6, [1, 0, 0]],
    [[5, 4, 1], 6, [3, 1, 0]],
    // Of equals the one that was quiet for longest.
    [[3, 3, 3], 8, [1, 0, 0]],
    [[1, 1, 1], 1, [1, 1, 0]],
    [[2, 2], 0, [2, 2]],
    [[], 0, []],
  ])("of %j for %i is %j", (sizes, capacity, paid) => {
    expect(pay(sizes, capacity)).toEqual(paid);
  });

  it("is never more than is needed, and nobody is left with less than somebody who paid", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 }),
        fc.nat(500),
        (sizes, capacity) => {
          const paid = pay(sizes, capacity);
          const left = sizes.map((size, index) => size - (paid[index] ?? 0));
          const total = sizes.reduce((sum, size) => sum + size, 0);
          expect(left.reduce((sum, size) => sum + size, 0)).toBe(Math.min(total, capacity));
          const most = Math.max(0, ...left);
          for (const [index, size] of left.entries())
            if ((paid[index] ?? 0) > 0) expect(size).toBeGreaterThanOrEqual(most - 1);
        },
      ),
    );
  });
});
