import { expect, test } from "vitest";
import { createSessionWatch } from "./session-watch.ts";

function open() {
  const watch = createSessionWatch();
  const seen: string[] = [];
  watch.subscribe(() => seen.push(watch.need()));
  return { watch, seen };
}

test("who asked to sign in again is told that it is done", async () => {
  const { watch, seen } = open();
  const asked = watch.ask();
  watch.markAlive();
  await expect(asked).resolves.toBe(true);
  expect(seen).toEqual(["asked", "none"]);
});

test("who asked can change their mind, and is told that nothing was done", async () => {
  const { watch, seen } = open();
  const asked = watch.ask();
  watch.dismiss();
  await expect(asked).resolves.toBe(false);
  expect(seen).toEqual(["asked", "none"]);
});

test("a session that is over cannot be dismissed, whoever asked before or after", async () => {
  const { watch, seen } = open();
  const before = watch.ask();
  watch.markOver();
  const after = watch.ask();
  watch.dismiss();
  expect(watch.need()).toBe("over");
  watch.markAlive();
  await expect(Promise.all([before, after])).resolves.toEqual([true, true]);
  expect(seen).toEqual(["asked", "over", "none"]);
});
