import { describe, expect, it } from "vitest";
import { type ContentDelta, sizeOfEntry, sizeOfKept } from "./log-entry.ts";
import { createRunLog, type RunLogOptions } from "./run-log.ts";
import { settle } from "./test-run.fixture.ts";

const delta = (text: string): ContentDelta => ({ event: "RunContent", createdAt: 1, text, reasoning: "" });
const LAST = { event: "RunCompleted", json: "{}" };
const BYTES = sizeOfEntry(delta("a"));

function createTail(options: Partial<RunLogOptions> = {}) {
  const held = { bytes: 0 };
  const log = createRunLog({
    commit: () => Promise.resolve(),
    onHeld: (bytes) => {
      held.bytes += bytes;
    },
    onCommitFailed: () => undefined,
    tailBytes: 3 * BYTES,
    ...options,
  });
  return { log, held };
}

describe("the log of a run whose events are kept elsewhere", () => {
  it("holds its last events alone, whoever looks, and counts what it has let go of by its text", async () => {
    const { log, held } = createTail();
    const stop = log.onNews(() => undefined);
    for (const text of "abcdefghij") {
      log.append(delta(text));
      await log.settle();
    }
    expect([log.first(), log.committed()]).toEqual([7, 10]);
    expect(log.at(6)).toBeUndefined();
    expect(log.at(7)).toEqual(delta("h"));
    expect(log.at(10)).toBeUndefined();
    expect(held.bytes).toBe(3 * BYTES + 7 * sizeOfKept(delta("a")));
    stop();
  });

  it("lets go of nothing that is not committed", async () => {
    const gate = Promise.withResolvers<void>();
    const { log } = createTail({ commit: () => gate.promise });
    for (const text of "abcdefghij") log.append(delta(text));
    await settle();
    expect([log.first(), log.committed()]).toEqual([0, 0]);
    expect(log.at(0)).toBeUndefined();
    gate.resolve();
    await log.settle();
    expect([log.first(), log.committed()]).toEqual([7, 10]);
  });

  it("holds one event that is longer than all that it may hold, until the next one", async () => {
    const { log } = createTail();
    const long = delta("x".repeat(1_000));
    log.append(long);
    await log.settle();
    expect(log.at(0)).toEqual(long);
    log.append(delta("a"));
    await log.settle();
    expect(log.first()).toBe(1);
  });

  it("holds nothing after the end but for those who still look, and counts nothing any more", async () => {
    const { log, held } = createTail();
    for (const text of "abcdefghij") log.append(delta(text));
    await log.settle();
    const stop = log.onNews(() => undefined);
    log.end(LAST);
    expect(log.hasEnded()).toBe(true);
    expect(log.at(10)).toEqual(LAST);
    stop();
    expect(log.at(10)).toBeUndefined();
    expect(held.bytes).toBeLessThanOrEqual(0);

    const unread = createTail();
    unread.log.append(delta("a"));
    await unread.log.settle();
    unread.log.end(LAST);
    expect(unread.log.first()).toBe(2);
  });

  it("begins at the index at which a run goes on", async () => {
    const commits: number[] = [];
    const { log } = createTail({
      firstIndex: 5,
      commit: (first) => {
        commits.push(first);
        return Promise.resolve();
      },
    });
    log.append(delta("a"));
    await log.settle();
    expect(commits).toEqual([5]);
    expect([log.first(), log.committed()]).toEqual([5, 6]);
    expect(log.at(5)).toEqual(delta("a"));
  });

  it("tells those who look that it is another's, and keeps nothing more", async () => {
    const { log, held } = createTail({ commit: () => new Promise(() => undefined) });
    const told = Promise.withResolvers<void>();
    log.onNews(told.resolve);
    log.append(delta("a"));
    log.abandon();
    await told.promise;
    expect(log.isAbandoned()).toBe(true);
    expect([log.first(), log.committed(), log.hasEnded()]).toEqual([0, 0, false]);
    await log.settle();
    expect(held.bytes).toBe(0);
  });
});
