// Nodes on one PostgreSQL that die or sleep in the middle of their work, as real processes: nothing that a client has
// heard is lost, and nothing is said late. `AGENTOS_NODES_ROUNDS` and `AGENTOS_NODES_RUNS` for a longer run.
import { describe, expect, it } from "vitest";
import { createDatabase } from "./support/databases.ts";
import { ask, type RunId, readRun, resume, startFollowed, startUnwatched } from "./support/node-client.ts";
import { countCalls, startTestNodes, type TestNode } from "./support/nodes.ts";
import { checkHistory } from "./support/run-history.ts";
import { eventsOf, type RunStream } from "./support/run-stream.ts";

const ROUNDS = Number(process.env["AGENTOS_NODES_ROUNDS"] ?? 1);
const RUNS = Number(process.env["AGENTOS_NODES_RUNS"] ?? 20);
const rounds = Array.from({ length: ROUNDS }, (_, round) => round + 1);
/** A node that is silent for eight seconds counts as gone; what comes after is the time of a busy machine. */
const FOUND_MS = 30_000;
const TEST_MS = 60_000;
/** What a client may have to wait for a word that is on its way. */
const WORDS_HEARD = 4;

interface Followed {
  readonly run: RunId;
  readonly stream: RunStream;
}

/** Longer than any of this takes. */
const LONG = { words: 10_000, everyMs: 50 };

async function startTwo(words = {}): Promise<readonly [TestNode, TestNode]> {
  const [first, second] = await startTestNodes(2, { database: await createDatabase("postgres"), ...words });
  if (first === undefined || second === undefined) throw new Error("INVARIANT: two were started");
  return [first, second];
}

/** Half of them call a tool first; each has said something. */
async function startRuns(url: string): Promise<readonly Followed[]> {
  const followed = await Promise.all(
    Array.from({ length: RUNS }, (_, index) =>
      startFollowed(url, { agent: index % 2 === 0 ? "slow" : "counts" }),
    ),
  );
  await Promise.all(
    followed.map(({ stream }) => {
      let words = 0;
      return stream.find(({ event }) => event === "RunContent" && ++words >= WORDS_HEARD);
    }),
  );
  return followed;
}

/** Resolves when another node says that every one of them was interrupted. A longer run tells how long that took. */
async function untilInterrupted(url: string, runs: readonly RunId[]): Promise<void> {
  const since = performance.now();
  for (const run of runs)
    await expect
      .poll(async () => (await readRun(url, run)).body["status"], { timeout: FOUND_MS, interval: 250 })
      .toBe("ERROR");
  if (ROUNDS > 1)
    console.log(
      `${runs.length} runs interrupted after ${((performance.now() - since) / 1_000).toFixed(1)} s`,
    );
}

/** The one end of each, everything that was heard, and that no tool was called again. */
async function checkInterrupted(urls: readonly string[], followed: readonly Followed[]): Promise<void> {
  for (const { run, stream } of followed) {
    expect(await checkHistory(urls, run, stream.frames)).toBe("ERROR");
    const { body } = await readRun(urls[0] ?? "", run);
    expect(body).toMatchObject({ events: [{ event: "RunError", error_type: "interrupted" }] });
    if (run.agent === "counts") expect(countCalls("count", run.runId)).toBe(1);
  }
}

describe("a node with many runs", () => {
  it.each(rounds)(
    `that is killed leaves each of ${RUNS} interrupted, and whoever watches on another hears it, round %i`,
    async () => {
      const [doomed, other] = await startTwo(LONG);
      const followed = await startRuns(doomed.url);
      const unwatched = await startUnwatched(doomed.url, { agent: "slow" });
      const watchers = await Promise.all(
        followed.slice(0, 5).map(async ({ run }) => ({ run, stream: await resume(other.url, run) })),
      );
      await doomed.kill();
      await Promise.all(followed.map(({ stream }) => stream.end));
      await untilInterrupted(other.url, [unwatched, ...followed.map(({ run }) => run)]);
      await checkInterrupted([other.url], followed);
      for (const { run, stream } of watchers) {
        expect(await stream.end).toBe("finished");
        expect(stream.frames.at(-1)?.event).toBe("RunError");
        await checkHistory([other.url], run, stream.frames);
      }
    },
    TEST_MS,
  );

  it.each(rounds)(
    `that sleeps until others took ${RUNS} for gone says nothing more of them when it wakes, round %i`,
    async () => {
      const [sleeper, other] = await startTwo(LONG);
      const followed = await startRuns(sleeper.url);
      sleeper.stop();
      await untilInterrupted(
        other.url,
        followed.map(({ run }) => run),
      );
      sleeper.wake();
      await Promise.all(followed.map(({ stream }) => stream.end));
      // What it had kept before it slept it may still send; a word that only it knows would be seen here.
      await checkInterrupted([other.url, sleeper.url], followed);
      // It is one of them again.
      const { run, stream } = await startFollowed(sleeper.url, { agent: "echo" });
      expect(await stream.end).toBe("finished");
      expect(await checkHistory([other.url, sleeper.url], run, stream.frames)).toBe("COMPLETED");
    },
    TEST_MS,
  );

  it("that sleeps for a moment goes on where it was", async () => {
    const [sleeper, other] = await startTwo();
    const { run, stream } = await startFollowed(sleeper.url, { agent: "words" });
    await stream.find(({ event }) => event === "RunContent");
    const watcher = await resume(other.url, run);
    await watcher.find(({ event }) => event === "RunContent");
    sleeper.stop();
    // Served by the other meanwhile.
    const echo = { message: "hello", stream: "false" };
    expect((await ask(`${other.url}/agents/echo/runs`, { fields: echo })).status).toBe(200);
    sleeper.wake();
    expect(await stream.end).toBe("finished");
    expect(await watcher.end).toBe("finished");
    expect(eventsOf(watcher.frames)).toEqual(eventsOf(stream.frames));
    expect(await checkHistory([other.url, sleeper.url], run, stream.frames)).toBe("COMPLETED");
  });
});
