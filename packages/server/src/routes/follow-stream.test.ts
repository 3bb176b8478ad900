import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { RunFollower } from "../runs/followers.ts";
import { createReaders, createUnreadWatch } from "../runs/readers.ts";
import { createTurns, TURN_MS } from "../runs/turns.ts";
import { openFollowStream } from "./follow-stream.ts";

/** Somebody who waits for the only event of a run. */
function waitFor(news: Promise<void>): RunFollower {
  let taken = 0;
  let isThere = false;
  return {
    ready: async () => {
      await news;
      isThere = true;
      return true;
    },
    take() {
      if (!isThere || taken > 0) return undefined;
      taken += 1;
      return { index: 0, entry: { event: "RunStarted", json: "{}" } };
    },
    taken: () => taken,
    isBehind: () => isThere && taken === 0,
    isDone: () => taken > 0,
    isDamaged: () => false,
    close: () => {},
  };
}

describe("whoever follows a run that could not be stored", () => {
  it("gets its end without an index", async () => {
    const entry = { event: "RunError", json: '{"event":"RunError"}' };
    const told = [
      { index: 4, entry },
      { index: undefined, entry },
    ];
    const ticket = { caller: {}, openStream: () => {}, closeStream: () => {} };
    const turns = createTurns({ now: () => 0, nextTurn: setImmediate });
    const stream = openFollowStream({
      follower: {
        ready: () => Promise.resolve(true),
        take: () => told.shift(),
        taken: () => 2 - told.length,
        isBehind: () => told.length > 0,
        isDone: () => told.length === 0,
        isDamaged: () => false,
        close: () => {},
      },
      readers: createReaders(ticket, { turns, unreadWatch: createUnreadWatch() }),
      onCut: () => {},
      toJson: () => entry.json,
      boundary: { index: 5, text: "event: subscribed\n\n" },
    });
    expect(await new Response(stream).text()).toBe(
      [
        'event: RunError\ndata: {"event":"RunError","event_index":4}\n\n',
        "event: subscribed\n\n",
        'event: RunError\ndata: {"event":"RunError"}\n\n',
      ].join(""),
    );
  });
});

describe("many who follow one run", () => {
  it("get what they wait for a few in each turn, and whoever is cut meanwhile gets nothing", async () => {
    let now = 0;
    let encoded = 0;
    const turns = createTurns({ now: () => now, nextTurn: setImmediate });
    const ticket = { caller: {}, openStream: () => {}, closeStream: () => {} };
    const readers = createReaders(ticket, { turns, unreadWatch: createUnreadWatch() });
    const { promise: news, resolve } = Promise.withResolvers<void>();
    const answers = Array.from({ length: 20 }, async () => {
      const stream = openFollowStream({
        follower: waitFor(news),
        readers,
        onCut: () => {},
        toJson() {
          now += 1;
          encoded += 1;
          return "{}";
        },
      });
      return new Response(stream).text();
    });
    await nextTurn();
    resolve();
    await nextTurn();
    expect(encoded).toBeLessThanOrEqual(2 * TURN_MS);
    readers.cutAll(new Error("memory is short"));
    const ended = await Promise.allSettled(answers);
    expect(ended.filter(({ status }) => status === "fulfilled").length).toBe(encoded);
    expect(encoded).toBeLessThan(20);
  });
});
