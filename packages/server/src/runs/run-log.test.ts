import { describe, expect, it } from "vitest";
import type { ContentDelta, RunLogEntry } from "./log-entry.ts";
import { createRunLog, type RunLogOptions } from "./run-log.ts";
import { settle } from "./test-run.fixture.ts";

const delta = (text: string): ContentDelta => ({ event: "RunContent", createdAt: 1, text, reasoning: "" });

function createTestLog(options: Partial<RunLogOptions> = {}) {
  const commits: [number, readonly RunLogEntry[]][] = [];
  const closed: number[] = [];
  const failures: unknown[] = [];
  const held = { bytes: 0 };
  const log = createRunLog({
    async commit(firstIndex, entries) {
      commits.push([firstIndex, entries]);
    },
    onHeld: (bytes) => {
      held.bytes += bytes;
    },
    onCommitFailed: (cause) => failures.push(cause),
    onClosed: (left) => closed.push(left),
    ...options,
  });
  return { log, commits, closed, failures, held };
}

describe("the log of a run", () => {
  it("commits together what happens in one turn, each event once and in order", async () => {
    const { log, commits } = createTestLog();
    const [a, b, c] = [delta("a"), delta("b"), delta("c")];
    log.append(a);
    log.append(b);
    await settle();
    log.append(c);
    await log.settle();
    expect(commits).toEqual([
      [0, [a, b]],
      [2, [c]],
    ]);
    expect(log.committed).toBe(3);
  });

  it("has one commit under way at a time; what comes meanwhile goes with the next", async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const commits: number[] = [];
    const { log } = createTestLog({
      commit: async (_, entries) => {
        commits.push(entries.length);
        await gates[commits.length - 1]?.promise;
      },
    });
    log.append(delta("a"));
    await settle();
    log.append(delta("b"));
    log.append(delta("c"));
    await settle();
    expect(commits).toEqual([1]);
    gates[0]?.resolve();
    await settle();
    expect(commits).toEqual([1, 2]);
    gates[1]?.resolve();
    await log.settle();
  });

  it("shows nobody an event before it is committed", async () => {
    const gate = Promise.withResolvers<void>();
    const { log } = createTestLog({ commit: () => gate.promise });
    const watcher = log.watch();
    log.append(delta("a"));
    await settle();
    expect([watcher.take(), watcher.isBehind]).toEqual([undefined, false]);
    gate.resolve();
    expect(await watcher.ready()).toBe(true);
    expect(watcher.take()).toEqual(delta("a"));
  });

  it("gives every watcher every event, at its own pace, and the last one last", async () => {
    const { log } = createTestLog();
    const quick = log.watch();
    log.append(delta("a"));
    expect(await quick.ready()).toBe(true);
    quick.take();
    const late = log.watch();
    log.append(delta("b"));
    await log.settle();
    log.end(delta("end"));
    const rest = async (watcher: typeof late) => {
      const texts: string[] = [];
      while (await watcher.ready()) texts.push((watcher.take() as ContentDelta).text);
      return texts;
    };
    expect(await rest(quick)).toEqual(["b", "end"]);
    expect(await rest(late)).toEqual(["a", "b", "end"]);
  });

  it("drops what could not be committed, tells once, and still shows the end", async () => {
    const { log, failures } = createTestLog({ commit: () => Promise.reject(new Error("full")) });
    const watcher = log.watch();
    log.append(delta("a"));
    await expect(log.settle()).rejects.toThrow("events could not be stored");
    log.append(delta("b"));
    await settle();
    expect(failures).toHaveLength(1);
    log.end(delta("end"));
    expect(await watcher.ready()).toBe(true);
    expect(watcher.take()).toEqual(delta("end"));
    expect(await watcher.ready()).toBe(false);
  });

  it("ends the waiting of whoever closes, and says how many are left", async () => {
    const { log, closed } = createTestLog();
    const [one, other] = [log.watch(), log.watch()];
    const waiting = one.ready();
    one.close();
    expect(await waiting).toBe(false);
    one.close();
    other.close();
    expect(closed).toEqual([1, 0]);
  });

  it("lets go of what is committed, and of nothing else: who was behind goes on after it", async () => {
    const { log, commits, held } = createTestLog();
    const [quick, slow] = [log.watch(), log.watch()];
    log.append(delta("a"));
    log.append(delta("b"));
    expect(await quick.ready()).toBe(true);
    quick.take();
    log.append(delta("c"));
    const before = held.bytes;
    log.drop();
    expect(held.bytes / before).toBeCloseTo(1 / 3);
    expect([quick.isBehind, slow.isBehind, slow.take()]).toEqual([false, false, undefined]);
    await log.settle();
    log.end(delta("end"));
    for (const watcher of [quick, slow]) {
      expect(await watcher.ready()).toBe(true);
      expect([watcher.take(), watcher.isDone, watcher.take()]).toEqual([delta("c"), false, delta("end")]);
      expect([watcher.take(), watcher.isDone]).toEqual([undefined, true]);
    }
    expect(commits.map(([first, entries]) => [first, entries.length])).toEqual([
      [0, 2],
      [2, 1],
    ]);
  });

  it("that is cut is taken from everybody, waiting or not", async () => {
    const { log } = createTestLog();
    const watcher = log.watch();
    const waiting = watcher.ready();
    log.cut(new Error("too slow"));
    await expect(waiting).rejects.toThrow("too slow");
    await expect(log.watch().ready()).rejects.toThrow("too slow");
  });
});
