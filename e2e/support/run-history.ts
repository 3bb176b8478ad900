/**
 * What must hold for every run that was begun, whatever became of the node that ran it (engine.md section 4): its indices
 * go from 0 without gap or repeat, it has exactly one end, which is its last event, every node tells the same, and
 * whatever a client has heard is part of it.
 */
import { expect } from "vitest";
import { type RunId, readRun, resume } from "./node-client.ts";
import { eventsOf, type RunFrame } from "./run-stream.ts";

/** The last event of a run, by its status. */
const ENDS: Readonly<Record<string, string>> = {
  COMPLETED: "RunCompleted",
  // After RunCancelled.
  CANCELLED: "RunCompleted",
  ERROR: "RunError",
  PAUSED: "RunPaused",
};
const FINAL = new Set(["RunCompleted", "RunError"]);

/** The whole run as one node tells it. Resolves when the run has ended. */
async function readHistory(url: string, run: RunId): Promise<readonly RunFrame[]> {
  const stream = await resume(url, run);
  expect(await stream.end, `the stream of ${run.runId} from ${url}`).toBe("finished");
  return eventsOf(stream.frames);
}

/** Holds a run that has ended against every rule, through each of the nodes; gives its status. */
export async function checkHistory(
  urls: readonly string[],
  run: RunId,
  heard: readonly RunFrame[] = [],
): Promise<string> {
  const [first = [], ...others] = await Promise.all(urls.map((url) => readHistory(url, run)));
  for (const other of others) expect(other, `the other node about ${run.runId}`).toEqual(first);
  expect(
    first.map(({ index }) => index),
    `indices of ${run.runId}`,
  ).toEqual(first.map((_, position) => position));
  const { body } = await readRun(urls[0] ?? "", run);
  const status = String(body["status"]);
  expect(first.at(-1)?.event, `the last event of ${run.runId}, ${status}`).toBe(ENDS[status]);
  const finals = first.filter(({ event }) => FINAL.has(event));
  expect(
    finals.map(({ event }) => event),
    `ends of ${run.runId}`,
  ).toHaveLength(status === "PAUSED" ? 0 : 1);
  for (const frame of eventsOf(heard)) expect(first[frame.index ?? -1]).toEqual(frame);
  expectGrowing(heard, run);
  return status;
}

/** A client hears each index once, and none twice or out of turn. */
function expectGrowing(heard: readonly RunFrame[], run: RunId): void {
  const indices = eventsOf(heard).map(({ index = -1 }) => index);
  const from = indices[0] ?? 0;
  expect(indices, `what was heard of ${run.runId}`).toEqual(indices.map((_, position) => from + position));
}
