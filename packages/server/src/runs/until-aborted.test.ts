import { describe, expect, it } from "vitest";
import { settle } from "./test-run.fixture.ts";
import { readUntilAborted } from "./until-aborted.ts";

/** Counts its listeners. */
function createTestSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  const counted = { listeners: 0 };
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    counted.listeners += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    counted.listeners -= 1;
    remove(...args);
  };
  return { controller, signal, counted };
}

describe("reading until a signal aborts", () => {
  it("gives every value, with one listener for all, and leaves none", async () => {
    const { signal, counted } = createTestSignal();
    const reader = readUntilAborted(
      (async function* () {
        yield 1;
        yield 2;
      })(),
      signal,
    );
    expect([(await reader.next()).value, (await reader.next()).value]).toEqual([1, 2]);
    expect(counted.listeners).toBe(1);
    expect((await reader.next()).done).toBe(true);
    reader.close();
    expect(counted.listeners).toBe(0);
  });

  it("ends a source that is not read to its end", async () => {
    const { signal } = createTestSignal();
    let isEnded = false;
    const reader = readUntilAborted(
      (async function* () {
        try {
          for (;;) yield 1;
        } finally {
          isEnded = true;
        }
      })(),
      signal,
    );
    await reader.next();
    reader.close();
    await settle();
    expect(isEnded).toBe(true);
  });

  it("throws when the signal aborts, though the source never answers, and asks it no more", async () => {
    const { controller, signal } = createTestSignal();
    let asked = 0;
    const never = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          asked += 1;
          return new Promise<IteratorResult<number>>(() => {});
        },
      }),
    };
    const reader = readUntilAborted(never, signal);
    const waiting = reader.next();
    controller.abort(new Error("gone"));
    await expect(waiting).rejects.toMatchObject({ message: "aborted", cause: { message: "gone" } });
    await expect(reader.next()).rejects.toThrow("aborted");
    expect(asked).toBe(1);
  });
});
