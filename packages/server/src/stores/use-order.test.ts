import { describe, expect, it } from "vitest";
import { createUseOrder, type Used } from "./use-order.ts";

interface Item extends Used<Item> {
  readonly name: string;
}
const item = (name: string): Item => ({ name, older: undefined, newer: undefined });

function createTestOrder() {
  const order = createUseOrder<Item>();
  const items = ["a", "b", "c"].map(item) as [Item, Item, Item];
  for (const one of items) order.use(one);
  return { order, items, names: () => [...order.list()].map(({ name }) => name).join("") };
}

describe("the order of use", () => {
  it("has what was used last at its end, once", () => {
    const { order, items, names } = createTestOrder();
    expect(names()).toBe("abc");
    order.use(items[0]);
    expect([names(), order.newest?.name]).toEqual(["bca", "a"]);
    order.use(items[2]);
    order.use(items[2]);
    expect([names(), order.size]).toEqual(["bac", 3]);
  });

  it.each([
    [0, "bc", "c"],
    [1, "ac", "c"],
    [2, "ab", "b"],
  ] as const)("closes behind the one at %i that is removed, and it links to nothing", (at, rest, newest) => {
    const { order, items, names } = createTestOrder();
    order.remove(items[at]);
    order.remove(items[at]);
    expect([names(), order.newest?.name, order.size]).toEqual([rest, newest, 2]);
    expect([items[at].older, items[at].newer]).toEqual([undefined, undefined]);
    order.use(items[at]);
    expect(names()).toBe(`${rest}${items[at].name}`);
  });

  it("may lose the one that was just given", () => {
    const { order, names } = createTestOrder();
    for (const one of order.list()) order.remove(one);
    expect([names(), order.size, order.newest]).toEqual(["", 0, undefined]);
  });
});
