/** What every counter of keys must do. Called by the test of each driver. */
import { describe, expect, it } from "vitest";
import type { KeyCounter } from "./key-counter.ts";

const SPAN = 600;
const BEGIN = 1_000 * SPAN;

export function keyCounterSuite(
  name: string,
  create: (options: { readonly now: () => number }) => KeyCounter,
): void {
  const read = async (counter: KeyCounter) => Object.fromEntries((await counter.read()).counts);

  describe(`${name}, as a counter of keys`, () => {
    it("adds up requests by key", async () => {
      const counter = create({ now: () => BEGIN });
      for (const key of ["a", "b", "a"]) counter.count(key);
      expect(await read(counter)).toEqual({ a: 2, b: 1 });
      counter.count("b");
      expect(await read(counter)).toEqual({ a: 2, b: 2 });
    });

    it("forgets what is older than the hour, and says since when it counts", async () => {
      let now = BEGIN + 1;
      const counter = create({ now: () => now });
      counter.count("a");
      expect((await counter.read()).since).toBe(BEGIN + 1);
      now = BEGIN + 6 * SPAN;
      counter.count("a");
      expect(await read(counter)).toEqual({ a: 2 });
      now = BEGIN + 7 * SPAN - 1;
      expect(await counter.read()).toEqual({ since: BEGIN + 1, counts: new Map([["a", 2]]) });
      now = BEGIN + 7 * SPAN;
      expect(await counter.read()).toEqual({ since: BEGIN + SPAN, counts: new Map([["a", 1]]) });
      now = BEGIN + 13 * SPAN;
      expect(await counter.read()).toEqual({ since: BEGIN + 7 * SPAN, counts: new Map() });
    });

    it("counts together the keys that a span has no room for", async () => {
      const counter = create({ now: () => BEGIN });
      for (let n = 0; n < 1_100; n += 1) counter.count(`key ${n}`);
      const { counts } = await counter.read();
      expect(counts.size).toBe(1_001);
      expect(counts.get("(more)")).toBe(100);
    });

    it("keeps names as they are, whatever is in them", async () => {
      const counter = create({ now: () => BEGIN });
      for (const key of ['"quoted"', "null\0byte", "HS256 secret #1, 64 bytes"]) counter.count(key);
      expect(await read(counter)).toEqual({
        '"quoted"': 1,
        "null\0byte": 1,
        "HS256 secret #1, 64 bytes": 1,
      });
    });
  });
}
