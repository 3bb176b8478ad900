import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_ROW_EVENTS, readRow, toLastRow, toRows } from "./event-rows.ts";
import type { RunLogEntry } from "./log-entry.ts";

const delta = (text: string, rest: { createdAt?: number; reasoning?: string; event?: string } = {}) => ({
  event: "RunContent",
  createdAt: 1,
  text,
  reasoning: "",
  ...rest,
});
const text = (event: string, own: unknown = {}) => ({ event, json: JSON.stringify({ event, own }) });

const anyText = fc.string({ unit: "binary", maxLength: 20 });
const anyEntry: fc.Arbitrary<RunLogEntry> = fc.oneof(
  fc
    .record({
      text: anyText,
      reasoning: fc.oneof(fc.constant(""), anyText),
      createdAt: fc.integer({ min: 0, max: 2 }),
    })
    .map(({ text: piece, ...rest }) => delta(piece, rest)),
  fc.tuple(anyText, fc.json()).map(([event, json]) => ({ event, json })),
);

describe("rows of events", () => {
  it("give back every event, byte for byte, each at its index", () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(anyEntry, { maxLength: 30 }), (firstIndex, entries) => {
        const rows = toRows(firstIndex, entries);
        expect(rows.flatMap(readRow)).toEqual(entries);
        let next = firstIndex;
        for (const row of rows) {
          expect(row.firstIndex).toBe(next);
          expect(readRow(row)).toHaveLength(row.lastIndex - row.firstIndex + 1);
          next = row.lastIndex + 1;
        }
      }),
    );
  });

  it("have the pieces of an answer together, by their text alone", () => {
    const entries = [text("RunStarted"), delta("a"), delta("b"), delta("c"), text("RunContentCompleted")];
    const rows = toRows(4, entries);
    expect(rows.map(({ firstIndex, lastIndex, kind }) => [firstIndex, lastIndex, kind])).toEqual([
      [4, 4, "event"],
      [5, 7, "delta"],
      [8, 8, "event"],
    ]);
    expect(rows[1]?.data).toBe('["RunContent",1,"a","b","c"]');
  });

  it.each([
    { what: "names differ", other: delta("b", { event: "TeamRunContent" }) },
    { what: "seconds differ", other: delta("b", { createdAt: 2 }) },
  ])("are two where the pieces' $what", ({ other }) => {
    expect(toRows(0, [delta("a"), other])).toHaveLength(2);
    expect(toRows(0, [delta("a"), delta("b")])).toHaveLength(1);
  });

  it("hold so many events and so much text, and a longer one alone", () => {
    expect(
      toRows(
        0,
        Array.from({ length: MAX_ROW_EVENTS + 1 }, () => delta("a")),
      ),
    ).toHaveLength(2);
    const half = "x".repeat(33 * 1024);
    expect(toRows(0, [delta(half), delta(half)])).toHaveLength(2);
    const large = text("ToolCallCompleted", "x".repeat(200_000));
    const rows = toRows(0, [text("A"), large, text("B")]);
    expect(rows.map(({ firstIndex }) => firstIndex)).toEqual([0, 1, 2]);
  });

  it("have the last event of a run alone", () => {
    const last = text("RunCompleted", { "2": 1, "1": 12_345_678_901_234_567_890n.toString() });
    const row = toLastRow(7, last, "end");
    expect(row).toMatchObject({ firstIndex: 7, lastIndex: 7, kind: "end" });
    expect(readRow(row)).toEqual([last]);
  });
});
