import { expect, it } from "vitest";
import { createListBodies } from "./list-bodies.ts";

const items = [
  { id: "a", name: "A" },
  { id: "b", name: "B" },
  { id: "c", name: "C" },
];

function createCounted() {
  const asked: string[] = [];
  const bodies = createListBodies(items, ({ id, name }) => {
    asked.push(id);
    return { id, name };
  });
  return { bodies, asked };
}

it("lists what a caller may see, in the order of the server", () => {
  const { bodies } = createCounted();
  const list = (visible: "all" | ReadonlySet<string>) => JSON.parse(bodies.list(visible)) as unknown;
  expect(list(new Set(["c", "ghost", "a"]))).toEqual([items[0], items[2]]);
  expect(list("all")).toEqual(items);
  expect(list(new Set())).toEqual([]);
});

it("shows every caller its own items, whoever has asked before", () => {
  const { bodies } = createCounted();
  bodies.list("all");
  expect(JSON.parse(bodies.list(new Set(["b"])))).toEqual([items[1]]);
  expect(JSON.parse(bodies.list("all"))).toEqual(items);
});

it("asks each item what it is once, however often and by whom it is shown", () => {
  const { bodies, asked } = createCounted();
  for (const visible of ["all", new Set(["b"]), "all", new Set(["a", "b"])] as const) bodies.list(visible);
  for (const item of items) bodies.read(item);
  expect(asked.toSorted()).toEqual(["a", "b", "c"]);
});

it("asks only about what is shown", () => {
  const { bodies, asked } = createCounted();
  bodies.list(new Set(["b"]));
  expect(asked).toEqual(["b"]);
});

it("asks again after a description that failed", () => {
  let isBroken = true;
  const bodies = createListBodies(items, (item) => {
    if (isBroken) throw new Error("not ready");
    return item;
  });
  expect(() => bodies.list("all")).toThrow("not ready");
  isBroken = false;
  expect(JSON.parse(bodies.list("all"))).toEqual(items);
});
