/** What every event log must do. Called by the test of each driver, with the store of its runs. */
import type { DataScope } from "@agentos/auth";
import { describe, expect, it } from "vitest";
import { readRow, toLastRow, toRows } from "./event-rows.ts";
import type { RunLogEntry } from "./log-entry.ts";
import { alice, keyOf, NO_TOKENS, outputOf } from "./store.suite.ts";
import { type RunEnd, type RunLease, RunLeaseLost, type RunStore } from "./store.ts";

const all: DataScope = { kind: "all" };
const MUCH = 1024 * 1024;

/** An event with its number as its text. */
export const eventOf = (index: number): RunLogEntry =>
  index % 3 === 0
    ? { event: "ToolCallStarted", json: `{"event":"ToolCallStarted","index":${index}}` }
    : { event: "RunContent", createdAt: 1, text: `${index}`, reasoning: "" };

export const eventsFrom = (first: number, count: number): readonly RunLogEntry[] =>
  Array.from({ length: count }, (_, offset) => eventOf(first + offset));

export const LAST = { event: "RunCompleted", json: '{"event":"RunCompleted"}' };

export function beginKept(store: RunStore, runId: string): Promise<RunLease> {
  const key = keyOf(alice);
  return store.createRun(all, {
    key,
    runId,
    createdAt: 1,
    outputJson: JSON.stringify(outputOf(key, runId, { status: "RUNNING", content: "" })),
    input: "hi",
    changeState: undefined,
    keepsEvents: true,
  });
}

export function endKept(
  lease: RunLease,
  terminalIndex: number,
  status: RunEnd["status"] = "COMPLETED",
): RunEnd {
  return {
    status,
    outputJson: JSON.stringify(outputOf(lease.key, lease.runId, { status })),
    eventsJson: `[${LAST.json}]`,
    terminalIndex,
    lastRow: toLastRow(terminalIndex, LAST, status === "PAUSED" ? "pause" : "end"),
    tokens: NO_TOKENS,
    changeState: undefined,
  };
}

/** All events of a run, each with its index. */
export async function readAll(
  store: RunStore,
  { runNo }: Pick<RunLease, "runNo">,
): Promise<readonly (readonly [number, RunLogEntry])[]> {
  const found: [number, RunLogEntry][] = [];
  for (;;) {
    const [piece] = await store.events.read([{ runNo, after: found.at(-1)?.[0] ?? -1 }], MUCH);
    for (const row of piece?.rows ?? [])
      for (const [offset, entry] of readRow(row).entries()) found.push([row.firstIndex + offset, entry]);
    if (piece?.isLast !== false) return found;
  }
}

export function eventLogSuite(driver: string, create: () => RunStore | Promise<RunStore>): void {
  describe(`the events of runs in ${driver}`, () => {
    const write = (store: RunStore, lease: RunLease, first: number, count: number) =>
      store.events.append([{ lease, rows: toRows(first, eventsFrom(first, count)) }]);

    it("are given back from any index on, to the last one", async () => {
      const store = await create();
      const lease = await beginKept(store, "r1");
      expect(await write(store, lease, 0, 5)).toEqual(new Set());
      expect(await write(store, lease, 5, 4)).toEqual(new Set());
      await store.finishRun(lease, endKept(lease, 9));
      expect(await readAll(store, lease)).toEqual(
        [...eventsFrom(0, 9), LAST].map((entry, index) => [index, entry]),
      );
      for (let after = -1; after < 10; after++) {
        const [piece] = await store.events.read([{ runNo: lease.runNo, after }], MUCH);
        expect(piece).toMatchObject({ isLast: true, isOver: true });
        const indices = piece?.rows.map(({ lastIndex }) => lastIndex) ?? [];
        expect(indices.at(-1) ?? 9).toBe(9);
        expect(piece?.rows[0]?.firstIndex ?? 0).toBeLessThanOrEqual(after + 1);
        expect(piece?.rows[0]?.lastIndex ?? 10).toBeGreaterThan(after);
      }
    });

    it("of several runs are kept in one call, each for itself", async () => {
      const store = await create();
      const leases = [await beginKept(store, "r1"), await beginKept(store, "r2")];
      await store.events.append(
        leases.map((lease, index) => ({ lease, rows: toRows(0, eventsFrom(0, index + 1)) })),
      );
      const cursors = leases.map(({ runNo }) => ({ runNo, after: -1 })).toReversed();
      const pieces = await store.events.read(cursors, MUCH);
      expect(pieces.map(({ rows }) => rows.flatMap(readRow))).toEqual([eventsFrom(0, 2), eventsFrom(0, 1)]);
      expect(pieces).toMatchObject([{ isOver: false }, { isOver: false }]);
    });

    it("of a run that has ended, is gone, or is another attempt's are not kept, and those beside them are", async () => {
      const store = await create();
      const [ended, gone, good] = [
        await beginKept(store, "r1"),
        await store.createRun(all, {
          key: keyOf(alice, { sessionId: "s2" }),
          runId: "r2",
          createdAt: 1,
          outputJson: JSON.stringify(
            outputOf(keyOf(alice, { sessionId: "s2" }), "r2", { status: "RUNNING" }),
          ),
          input: "hi",
          changeState: undefined,
          keepsEvents: true,
        }),
        await beginKept(store, "r3"),
      ];
      const older = { ...(await beginKept(store, "r4")), attempt: 0 };
      await store.finishRun(ended, endKept(ended, 0));
      await store.deleteSession(all, gone.key);
      const lost = await store.events.append(
        [ended, gone, good, older].map((lease) => ({ lease, rows: toRows(0, eventsFrom(0, 4)) })),
      );
      expect(lost).toEqual(new Set([ended.runNo, gone.runNo, older.runNo]));
      expect(await readAll(store, ended)).toEqual([[0, LAST]]);
      expect(await readAll(store, gone)).toEqual([]);
      expect(await readAll(store, older)).toEqual([]);
      expect(await readAll(store, good)).toHaveLength(4);
    });

    it("may be sent again where the answer was lost, and where others stand in their place the run is lost", async () => {
      const store = await create();
      const lease = await beginKept(store, "r1");
      await write(store, lease, 0, 5);
      expect(await write(store, lease, 0, 5)).toEqual(new Set());
      expect(await readAll(store, lease)).toHaveLength(5);
      const others = toRows(4, [eventOf(8), eventOf(9)]);
      expect(await store.events.append([{ lease, rows: others }])).toEqual(new Set([lease.runNo]));
      expect(await readAll(store, lease)).toHaveLength(5);
    });

    it("keep nothing of an end whose index is taken: the run has not ended", async () => {
      const store = await create();
      const lease = await beginKept(store, "r1");
      await write(store, lease, 0, 1);
      await write(store, lease, 1, 1);
      await expect(store.finishRun(lease, endKept(lease, 1))).rejects.toThrow(RunLeaseLost);
      expect((await store.findRun(all, lease.key, "r1"))?.output.status).toBe("RUNNING");
      expect(await readAll(store, lease)).toHaveLength(2);
      await store.finishRun(lease, endKept(lease, 2));
      expect(await readAll(store, lease)).toHaveLength(3);
    });

    it("are over for now where the run is paused, and go when their session goes", async () => {
      const store = await create();
      const lease = await beginKept(store, "r1");
      await write(store, lease, 0, 2);
      await store.finishRun(lease, endKept(lease, 2, "PAUSED"));
      const read = () => store.events.read([{ runNo: lease.runNo, after: 1 }], MUCH);
      expect(await read()).toMatchObject([{ isOver: true, rows: [{ kind: "pause" }] }]);
      await store.deleteSession(all, lease.key);
      expect(await read()).toEqual([{ rows: [], isLast: true, isOver: true }]);
    });

    it("come in pieces of so many bytes, one row at least, and nobody waits behind a long run", async () => {
      const store = await create();
      const [long, short] = [await beginKept(store, "r1"), await beginKept(store, "r2")];
      for (let index = 0; index < 20; index++)
        await store.events.append([
          { lease: long, rows: toRows(index, [{ event: "A", json: JSON.stringify("x".repeat(1_000)) }]) },
        ]);
      await write(store, short, 0, 1);
      const cursors = [long, short].map(({ runNo }) => ({ runNo, after: -1 }));
      const [ofLong, ofShort] = await store.events.read(cursors, 5_000);
      expect(ofLong?.isLast).toBe(false);
      expect(ofLong?.rows.length).toBeGreaterThan(0);
      expect(ofLong?.rows.length).toBeLessThan(6);
      expect(ofShort).toMatchObject({ isLast: true, rows: [{ firstIndex: 0 }] });
      expect((await store.events.read(cursors.slice(0, 1), 1))[0]?.rows).toHaveLength(1);
      expect(await readAll(store, long)).toHaveLength(20);
    });

    it("that nobody asks for, or of runs that there never were, are none", async () => {
      const store = await create();
      expect(await store.events.read([], MUCH)).toEqual([]);
      expect(await store.events.append([])).toEqual(new Set());
      expect(await store.events.read([{ runNo: 123_456_789, after: -1 }], MUCH)).toEqual([
        { rows: [], isLast: true, isOver: true },
      ]);
    });
  });
}
