import { expect, it } from "vitest";
import { createFreshness } from "./freshness.ts";

function create() {
  const clocks = { monotonic: 100, wall: 5_000 };
  const freshness = createFreshness(6, () => ({ ...clocks }));
  return { clocks, freshness };
}

it("is not fresh before anything was read", () => {
  expect(create().freshness.isFresh()).toBe(false);
});

it.each<[name: string, monotonic: number, wall: number, isFresh: boolean]>([
  ["just before the time is over", 5.9, 5.9, true],
  ["when the time is over", 6, 6, false],
  ["after a sleep, which only the wall clock has seen", 0.1, 6, false],
  ["after the wall clock was set back over all of it", 6, 0.1, false],
  ["after the wall clock was corrected a little", 3, -0.9, true],
  ["after the wall clock was set back further, so that it tells nothing", 3, -1, false],
  ["after the wall clock was set ahead", 0.1, 3_600, false],
])("%s", (_, monotonic, wall, isFresh) => {
  const { clocks, freshness } = create();
  freshness.mark({ ...clocks });
  clocks.monotonic += monotonic;
  clocks.wall += wall;
  expect(freshness.isFresh()).toBe(isFresh);
});

it("does not grow older by a mark that comes late", () => {
  const { clocks, freshness } = create();
  const early = { ...clocks };
  clocks.monotonic += 5;
  clocks.wall += 5;
  freshness.mark({ ...clocks });
  freshness.mark(early);
  clocks.monotonic += 5;
  clocks.wall += 5;
  expect(freshness.isFresh()).toBe(true);
});
