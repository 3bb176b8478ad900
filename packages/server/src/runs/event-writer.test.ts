import { StorageError } from "@agentos/storage";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createMemoryRunStore } from "../stores/memory-run-store.ts";
import { beginKept, endKept, readAll } from "./event-log.suite.ts";
import type { RowBatch, RunEventLog } from "./event-log.ts";
import { createEventWriter, type EventWriterOptions } from "./event-writer.ts";
import type { ContentDelta, EventText } from "./log-entry.ts";
import { RunLeaseLost } from "./store.ts";
import { settle } from "./test-run.fixture.ts";

const delta = (text: string): ContentDelta => ({ event: "RunContent", createdAt: 1, text, reasoning: "" });
const STARTED: EventText = { event: "RunStarted", json: '{"event":"RunStarted"}' };

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** A writer on a clock that stands still unless it is turned; each append is noted, and may be held up. */
function createTestWriter(options: Partial<EventWriterOptions> = {}) {
  const store = createMemoryRunStore();
  const appended: (readonly RowBatch[])[] = [];
  const faults: Error[] = [];
  const clock = { ms: 1_000, gate: Promise.resolve() };
  const log: RunEventLog = {
    ...store.events,
    async append(batches) {
      appended.push(batches);
      await clock.gate;
      const fault = faults.shift();
      if (fault !== undefined) throw fault;
      return store.events.append(batches);
    },
  };
  const writer = createEventWriter({
    log,
    now: () => clock.ms,
    isPassing: (cause) => cause instanceof StorageError && cause.isPassing,
    pause: async () => undefined,
    ...options,
  });
  async function turn(ms: number) {
    clock.ms += ms;
    await vi.advanceTimersByTimeAsync(ms);
    await settle();
  }
  /** How many runs and events each append had. */
  const sizes = () =>
    appended.map((batches) => [
      batches.length,
      batches.reduce(
        (sum, { rows }) => sum + (rows.at(-1)?.lastIndex ?? 0) - (rows[0]?.firstIndex ?? 0) + 1,
        0,
      ),
    ]);
  return { store, writer, clock, faults, turn, sizes };
}

describe("the writer of events", () => {
  it("commits what came of all runs since the last commit, not more often than its interval", async () => {
    const { store, writer, turn, sizes } = createTestWriter();
    const [one, other] = [await beginKept(store, "r1"), await beginKept(store, "r2")];
    const first = [writer.append(one, 0, [STARTED]), writer.append(other, 0, [STARTED])];
    await settle();
    await Promise.all(first);
    expect(sizes()).toEqual([[2, 2]]);
    const second = writer.append(one, 1, [STARTED, STARTED]);
    await turn(24);
    const third = writer.append(other, 1, [STARTED]);
    await settle();
    expect(sizes()).toHaveLength(1);
    await turn(1);
    await Promise.all([second, third]);
    expect(sizes()).toEqual([
      [2, 2],
      [2, 3],
    ]);
    expect(await readAll(store, one)).toHaveLength(3);
  });

  it("writes the first content of a run without a wait, and no other", async () => {
    const { store, writer, turn, sizes } = createTestWriter();
    const lease = await beginKept(store, "r1");
    void writer.append(lease, 0, [STARTED]);
    await settle();
    const first = writer.append(lease, 1, [delta("a")]);
    await settle();
    await first;
    expect(sizes()).toHaveLength(2);
    void writer.append(lease, 2, [delta("b")]);
    await settle();
    expect(sizes()).toHaveLength(2);
    await turn(25);
    expect(sizes()).toHaveLength(3);
  });

  it("has one commit under way at a time, and waits as long as the last one took, or as many servers need", async () => {
    const nodes = { count: 1 };
    const { store, writer, clock, turn, sizes } = createTestWriter({ countNodes: () => nodes.count });
    const lease = await beginKept(store, "r1");
    const { promise, resolve } = Promise.withResolvers<void>();
    clock.gate = promise;
    const first = writer.append(lease, 0, [delta("a")]);
    await settle();
    const other = await beginKept(store, "r2");
    const urgent = writer.append(other, 0, [delta("a")]);
    await turn(80);
    expect(sizes()).toHaveLength(1);
    resolve();
    await settle();
    await Promise.all([first, urgent]);
    expect(sizes()).toHaveLength(2);
    nodes.count = 300;
    const third = writer.append(lease, 1, [delta("b")]);
    await turn(99);
    expect(sizes()).toHaveLength(2);
    await turn(1);
    await third;
    expect(sizes()).toHaveLength(3);
  });

  it("tells a run that is lost, writes nothing more of it, and goes on with the others", async () => {
    const { store, writer, turn, sizes } = createTestWriter();
    const [lost, good] = [await beginKept(store, "r1"), await beginKept(store, "r2")];
    await store.finishRun(lost, endKept(lost, 0));
    const both = Promise.allSettled([writer.append(lost, 0, [STARTED]), writer.append(good, 0, [STARTED])]);
    await settle();
    expect(await both).toMatchObject([
      { status: "rejected", reason: expect.any(RunLeaseLost) as unknown },
      { status: "fulfilled" },
    ]);
    await expect(writer.append(lost, 1, [STARTED])).rejects.toThrow(RunLeaseLost);
    await turn(100);
    expect(sizes()).toHaveLength(1);
  });

  it("tries again what a passing fault kept from being written, and loses no event by it", async () => {
    const { store, writer, faults, sizes } = createTestWriter();
    const lease = await beginKept(store, "r1");
    faults.push(new StorageError("unreachable"), new StorageError("busy"));
    const written = writer.append(lease, 0, [STARTED, delta("a")]);
    await settle();
    await written;
    expect(sizes()).toHaveLength(3);
    expect(await readAll(store, lease)).toHaveLength(2);
  });

  it("gives up where a fault does not pass, or does not end, and the next commit is one of its own", async () => {
    const { store, writer, faults, turn } = createTestWriter();
    const lease = await beginKept(store, "r1");
    const full = new StorageError("full");
    faults.push(full);
    const written = writer.append(lease, 0, [delta("a")]);
    await expect(Promise.all([written, settle()])).rejects.toBe(full);
    faults.push(...Array.from({ length: 6 }, () => new StorageError("unreachable")));
    const again = Promise.allSettled([writer.append(lease, 0, [delta("a")])]);
    await turn(25);
    await settle();
    expect(await again).toMatchObject([{ status: "rejected", reason: { fault: "unreachable" } }]);
    const good = writer.append(lease, 0, [delta("a")]);
    await turn(25);
    await good;
    expect(await readAll(store, lease)).toHaveLength(1);
  });

  it("writes what waits when it is closed", async () => {
    const { store, writer, sizes } = createTestWriter();
    const lease = await beginKept(store, "r1");
    await Promise.all([writer.append(lease, 0, [STARTED]), settle()]);
    const last = writer.append(lease, 1, [STARTED]);
    await writer.close();
    await last;
    expect(sizes()).toHaveLength(2);
  });
});
