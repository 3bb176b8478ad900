import { describe, expect, it } from "vitest";
import { createBag } from "./bag.ts";

const item = (name: string) => ({ name, position: -1 });

describe("a bag", () => {
  it("has what was put in and not taken out, whatever the order", () => {
    const bag = createBag<ReturnType<typeof item>>();
    const [a, b, c, d] = [item("a"), item("b"), item("c"), item("d")];
    for (const one of [a, b, c, d]) bag.add(one);
    expect(bag.remove(b)).toBe(true);
    expect(bag.remove(d)).toBe(true);
    expect([...bag].map(({ name }) => name).toSorted()).toEqual(["a", "c"]);
    expect(bag.remove(b)).toBe(false);
    bag.add(b);
    expect([bag.remove(a), bag.remove(c), bag.remove(b), bag.size]).toEqual([true, true, true, 0]);
  });

  it("may be gone through while things are taken out", () => {
    const bag = createBag<ReturnType<typeof item>>();
    for (const name of ["a", "b", "c"]) bag.add(item(name));
    const seen: string[] = [];
    for (const one of bag) {
      bag.remove(one);
      seen.push(one.name);
    }
    expect([seen, bag.size]).toEqual([["a", "b", "c"], 0]);
  });

  it("takes nothing out for something that is not in it", () => {
    const bag = createBag<ReturnType<typeof item>>();
    bag.add(item("a"));
    expect(bag.remove({ name: "stranger", position: 0 })).toBe(false);
    expect(bag.size).toBe(1);
  });
});
