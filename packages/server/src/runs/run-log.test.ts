import { describe, expect, it } from "vitest";
import type { ContentDelta, RunLogEntry } from "./log-entry.ts";
import { createRunLog, type RunLogOptions } from "./run-log.ts";
import { settle } from "./test-run.fixture.ts";

const delta = (text: string): ContentDelta => ({ event: "RunContent", createdAt: 1, text, reasoning: "" });

function createTestLog(options: Partial<RunLogOptions> = {}) {
  const commits: [number, readonly RunLogEntry[]][] = [];
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
    ...options,
  });
  return { log, commits, failures, held };
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
    expect(log.committed()).toBe(3);
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
    expect([watcher.take(), watcher.isBehind()]).toEqual([undefined, false]);
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

  it("tells an end that is not stored last, and counts it nowhere", async () => {
    const { log } = createTestLog();
    const [quick, late] = [log.watch(), log.watch()];
    log.append(delta("a"));
    await log.settle();
    quick.take();
    const waiting = quick.ready();
    log.endUnstored(delta("end"));
    expect([await waiting, quick.isBehind(), quick.isDone()]).toEqual([true, true, false]);
    expect([quick.take(), quick.take(), quick.isDone()]).toEqual([delta("end"), undefined, true]);
    expect([late.take(), late.take(), late.isDone()]).toEqual([delta("a"), delta("end"), true]);
    expect([log.committed(), log.at(1), log.unstoredEnd()]).toEqual([1, undefined, delta("end")]);
    quick.close();
    late.close();
    expect([await late.ready(), log.unstoredEnd()]).toEqual([false, undefined]);
  });

  it("that ends while a commit is under way counts and shows nothing of it", async () => {
    const gate = Promise.withResolvers<void>();
    const { log } = createTestLog({ commit: () => gate.promise });
    const watcher = log.watch();
    log.append(delta("a"));
    log.append(delta("b"));
    await settle();
    log.endUnstored(delta("end"));
    gate.resolve();
    await settle();
    expect([log.committed(), watcher.take(), watcher.isDone()]).toEqual([0, delta("end"), true]);
  });

  it("ends the waiting of whoever closes", async () => {
    const { log } = createTestLog();
    const watcher = log.watch();
    const waiting = watcher.ready();
    watcher.close();
    expect(await waiting).toBe(false);
    watcher.close();
  });

  it("loses no event that comes while a commit ends", async () => {
    for (let microtasks = 0; microtasks < 8; microtasks++) {
      const { log } = createTestLog();
      log.append(delta("a"));
      const settled = log.settle();
      for (let turn = 0; turn < microtasks; turn++) await Promise.resolve();
      log.append(delta("b"));
      await log.settle();
      expect(log.committed()).toBe(2);
      await settled;
    }
  });

  it("has nothing for whoever comes after the last one has gone", async () => {
    const { log, held } = createTestLog();
    const watcher = log.watch();
    log.append(delta("a"));
    await log.settle();
    log.end(delta("end"));
    watcher.close();
    const late = log.watch();
    expect([await late.ready(), late.take(), held.bytes]).toEqual([false, undefined, expect.any(Number)]);
  });
});
