// Two nodes whose PostgreSQL stops and starts under load, as real processes: a short outage costs a wait, a long one is
// said to everybody, ends what could not be kept, and is over when the database is back.
import { startPostgresServer } from "@agentos/testkit/postgres";
import { expect, it, onTestFinished } from "vitest";
import {
  ask,
  type NodeAnswer,
  nextSession,
  type RunId,
  readRun,
  startFollowed,
} from "./support/node-client.ts";
import { startTestNodes } from "./support/nodes.ts";
import { checkHistory } from "./support/run-history.ts";
import type { RunStream } from "./support/run-stream.ts";

const STREAMS = Number(process.env["AGENTOS_OUTAGE_STREAMS"] ?? 10);
const TEST_MS = 90_000;

interface Load {
  readonly answers: readonly NodeAnswer[];
  end(): Promise<void>;
}

/** Short runs, one after the other, at each node; until the test has ended, at the latest. */
function startLoad(urls: readonly string[]): Load {
  const answers: NodeAnswer[] = [];
  const load = { isOver: false };
  const workers = [...urls, ...urls].map(async (url) => {
    while (!load.isOver) {
      const fields = { message: "hello", stream: "false", session_id: nextSession() };
      answers.push(await ask(`${url}/agents/echo/runs`, { fields }));
    }
  });
  const done = Promise.all(workers);
  // Of a test that fails meanwhile its own failure is told, and not that its nodes have gone.
  done.catch(() => undefined);
  onTestFinished(() => {
    load.isOver = true;
  });
  return {
    answers,
    async end() {
      load.isOver = true;
      await done;
    },
  };
}

/** Only these are answers of a node whose database has gone, and the refusal says when to come again. */
function expectHonest(answers: readonly NodeAnswer[]): void {
  for (const { status, retryAfter, body } of answers) {
    if (status === 200 && body["status"] === "COMPLETED") continue;
    // It had begun, and its end could not be kept.
    if (status === 200) expect(body).toMatchObject({ status: "ERROR" });
    else expect({ status, isLater: Number(retryAfter) > 0 }).toEqual({ status: 503, isLater: true });
  }
}

interface Followed {
  readonly run: RunId;
  readonly stream: RunStream;
}

async function startRuns(urls: readonly string[], agent: string): Promise<readonly Followed[]> {
  const followed = await Promise.all(
    Array.from({ length: STREAMS }, (_, index) => startFollowed(urls[index % urls.length] ?? "", { agent })),
  );
  await Promise.all(followed.map(({ stream }) => stream.find(({ event }) => event === "RunContent")));
  return followed;
}

async function untilEnded(url: string, runs: readonly RunId[]): Promise<void> {
  for (const run of runs)
    await expect
      .poll(async () => (await readRun(url, run)).body["status"], { timeout: 30_000, interval: 250 })
      .toMatch(/COMPLETED|ERROR/);
}

it(
  "a database that is restarted under load costs no run its words",
  async () => {
    const postgres = await startPostgresServer();
    onTestFinished(() => postgres.close());
    const nodes = await startTestNodes(2, { database: postgres.url, words: 80 });
    const urls = nodes.map(({ url }) => url);
    const followed = await startRuns(urls, "words");
    const load = startLoad(urls);
    await expect.poll(() => load.answers.length).toBeGreaterThan(10);
    await postgres.stop("immediate");
    await postgres.start();
    await Promise.all(followed.map(({ stream }) => stream.end));
    await untilEnded(
      urls[0] ?? "",
      followed.map(({ run }) => run),
    );
    const statuses = [];
    for (const { run, stream } of followed) statuses.push(await checkHistory(urls, run, stream.frames));
    expect(new Set(statuses)).toEqual(new Set(["COMPLETED"]));
    await load.end();
    expectHonest(load.answers);
  },
  TEST_MS,
);

it(
  "a database that stays away is said to everybody with when to come again, ends what runs, and is used again when it is back",
  async () => {
    const postgres = await startPostgresServer();
    onTestFinished(() => postgres.close());
    const nodes = await startTestNodes(2, { database: postgres.url });
    const urls = nodes.map(({ url }) => url);
    const followed = await startRuns(urls, "slow");
    const load = startLoad(urls);
    await expect.poll(() => load.answers.length).toBeGreaterThan(10);
    await postgres.stop("immediate");
    // Every stream ends, or nobody would know that its run is not kept.
    await Promise.all(followed.map(({ stream }) => stream.end));
    const refused = () => load.answers.filter(({ status }) => status === 503).length;
    await expect.poll(refused, { timeout: 20_000 }).toBeGreaterThan(4);
    for (const url of urls) expect((await ask(`${url}/health`, { method: "GET" })).status).toBe(200);
    await postgres.start();
    const served = load.answers.length;
    const isServed = () => load.answers.slice(served).filter(({ status }) => status === 200).length;
    await expect.poll(isServed, { timeout: 20_000 }).toBeGreaterThan(10);
    await untilEnded(
      urls[0] ?? "",
      followed.map(({ run }) => run),
    );
    for (const { run, stream } of followed)
      expect(await checkHistory(urls, run, stream.frames)).toBe("ERROR");
    await load.end();
    expectHonest(load.answers);
  },
  TEST_MS,
);
