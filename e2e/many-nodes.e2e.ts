// Three nodes on one PostgreSQL, each a process of its own: what one has begun, the others watch, cancel, pause and
// continue, and all of them tell the same of it. `AGENTOS_NODES_ROUNDS` for a longer run.
import { beforeAll, describe, expect, it } from "vitest";
import { createDatabase } from "./support/databases.ts";
import {
  ask,
  cancelRun,
  continueRun,
  nextSession,
  type RunId,
  readRun,
  resume,
  startFollowed,
  startUnwatched,
} from "./support/node-client.ts";
import { countCalls, startNodes, startTestNodes } from "./support/nodes.ts";
import { checkHistory } from "./support/run-history.ts";
import { eventsOf } from "./support/run-stream.ts";

const ROUNDS = Number(process.env["AGENTOS_NODES_ROUNDS"] ?? 1);
const WATCHERS = 5;
const WAITING = 15;
const rounds = Array.from({ length: ROUNDS }, (_, round) => round + 1);

/** Of three nodes: the one that a run is begun on comes first, each round another. */
type Urls = readonly [string, string, string];
let nodes: Urls;
const turn = (round: number): Urls => {
  const at = (offset: number) => nodes[(round + offset) % 3] ?? nodes[0];
  return [at(0), at(1), at(2)];
};

beforeAll(async () => {
  const [a, b, c] = await startNodes(3, { database: await createDatabase("postgres") });
  if (a === undefined || b === undefined || c === undefined) throw new Error("INVARIANT: three were started");
  nodes = [a.url, b.url, c.url];
});

/** Polls through one node until the run has that status. */
async function untilStatus(url: string, run: RunId, status: string): Promise<void> {
  await expect
    .poll(async () => (await readRun(url, run)).body["status"], { timeout: 10_000, interval: 50 })
    .toBe(status);
}

describe("a run that was begun on one of three nodes", () => {
  it.each(rounds)("is followed on another from where its client was cut, round %i", async (round) => {
    const [here, there, elsewhere] = turn(round);
    const { run, stream } = await startFollowed(here, { agent: "words" });
    await stream.find(({ index = 0 }) => index >= 10);
    stream.leave();
    await stream.end;
    const last = eventsOf(stream.frames).at(-1)?.index ?? -1;
    const rest = await resume(there, run, { after: last });
    expect(await rest.end).toBe("finished");
    expect(eventsOf(rest.frames)[0]?.index).toBe(last + 1);
    const heard = [...stream.frames, ...rest.frames];
    expect(await checkHistory([here, there, elsewhere], run, heard)).toBe("COMPLETED");
  });

  it.each(rounds)("is watched by many on another while it runs, round %i", async (round) => {
    const [here, there, elsewhere] = turn(round);
    const { run, stream } = await startFollowed(here, { agent: "words" });
    const watchers = await Promise.all(
      Array.from({ length: WATCHERS }, (_, index) => resume(there, run, { after: index * 2 - 1 })),
    );
    expect(await stream.end).toBe("finished");
    for (const [index, watcher] of watchers.entries()) {
      expect(await watcher.end).toBe("finished");
      expect(eventsOf(watcher.frames)[0]?.index).toBe(index * 2);
      await checkHistory([elsewhere], run, watcher.frames);
    }
    expect(await checkHistory([here, there, elsewhere], run, stream.frames)).toBe("COMPLETED");
  });

  it.each(rounds)("is cancelled through another, and whoever watches hears it, round %i", async (round) => {
    const [here, there, elsewhere] = turn(round);
    const { run, stream } = await startFollowed(here, { agent: "slow" });
    const watcher = await resume(there, run);
    await watcher.find(({ event }) => event === "RunContent");
    expect(await cancelRun(elsewhere, run)).toMatchObject({ status: 200, body: {} });
    for (const each of [stream, watcher]) {
      expect(await each.end).toBe("finished");
      expect(each.frames.slice(-2).map(({ event }) => event)).toEqual(["RunCancelled", "RunCompleted"]);
      expect(await checkHistory([here, there, elsewhere], run, each.frames)).toBe("CANCELLED");
    }
  });

  it.each(rounds)("pauses, and is continued once, through another, round %i", async (round) => {
    const [here, there, elsewhere] = turn(round);
    const { run, stream } = await startFollowed(here, { agent: "asks" });
    expect(await stream.end).toBe("finished");
    expect(await checkHistory([here, there, elsewhere], run, stream.frames)).toBe("PAUSED");
    const [toolCallId] = pausedCalls(stream.frames.at(-1)?.data);
    if (toolCallId === undefined) throw new Error("no call is waiting");
    expect(countCalls("charge", run.runId)).toBe(0);
    const decision = { toolCallId, confirmed: true };
    const answers = await Promise.all([there, elsewhere].map((url) => continueRun(url, run, decision)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 200)?.body).toMatchObject({
      run_id: run.runId,
      status: "COMPLETED",
      content: "It is charged.",
    });
    expect(countCalls("charge", run.runId)).toBe(1);
    expect((await continueRun(here, run, decision)).status).toBe(409);
    expect(await checkHistory([here, there, elsewhere], run, stream.frames)).toBe("COMPLETED");
  });

  it.each(rounds)("and that nobody watched ends by itself, on whichever node, round %i", async (round) => {
    const [here, there, elsewhere] = turn(round);
    const runs = await Promise.all(
      Array.from({ length: WATCHERS }, () => startUnwatched(here, { agent: "words" })),
    );
    for (const run of runs) {
      await untilStatus(there, run, "COMPLETED");
      expect(await checkHistory([here, there, elsewhere], run)).toBe("COMPLETED");
    }
  });
});

it("runs that wait for room are run by whichever node has some, each once", async () => {
  const database = await createDatabase("postgres");
  const limited = await startTestNodes(3, { database, limits: { activeRuns: 3 }, words: 5 });
  const urls = limited.map(({ url }) => url);
  // All at one node, which has room for three.
  const runs = await Promise.all(
    Array.from({ length: WAITING }, () => startUnwatched(urls[0] ?? "", { agent: "counts" })),
  );
  for (const run of runs) {
    await untilStatus(urls[1] ?? "", run, "COMPLETED");
    expect(countCalls("count", run.runId)).toBe(1);
    expect(await checkHistory(urls, run)).toBe("COMPLETED");
  }
});

it("a request that is sent again to another node gets the run of the first", async () => {
  const [here, there] = turn(0);
  const fields = { message: "go", session_id: nextSession(), stream: "false", background: "true" };
  const headers = { "idempotency-key": "one-order" };
  const [first, second] = await Promise.all(
    [here, there].map((url) => ask(`${url}/agents/words/runs`, { fields, headers })),
  );
  expect(first?.status).toBe(202);
  expect(second).toEqual(first);
});

/** The calls that a paused run waits for. */
function pausedCalls(data: Readonly<Record<string, unknown>> = {}): readonly string[] {
  const tools: unknown = data["tools"];
  if (!Array.isArray(tools)) return [];
  return tools.map((tool: { readonly tool_call_id: string }) => tool.tool_call_id);
}
