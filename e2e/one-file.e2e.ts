// Two processes on one file of SQLite: both serve, each run belongs to one of them, and each tells of the other's. And a
// disk that is full, and a file that another program holds: said as such, nothing half written.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createDatabase } from "./support/databases.ts";
import {
  ask,
  cancelRun,
  nextSession,
  type RunId,
  readRun,
  resume,
  startFollowed,
  startUnwatched,
} from "./support/node-client.ts";
import { countCalls, startNode, startNodes, type TestNode } from "./support/nodes.ts";
import { checkHistory } from "./support/run-history.ts";

const RUNS = 6;

const statusOf = async (url: string, run: RunId) => (await readRun(url, run)).body["status"];

describe("two processes on one file", () => {
  let here: TestNode;
  let there: TestNode;

  /** With room for two runs each, so that runs wait and are claimed. */
  beforeAll(async () => {
    const database = await createDatabase("sqlite");
    const [first, second] = await startNodes(2, { database, limits: { activeRuns: 2 } });
    if (first === undefined || second === undefined) throw new Error("INVARIANT: two were started");
    here = first;
    there = second;
  });

  it("both serve, and each run is run by one of them", async () => {
    const urls = [here.url, there.url];
    const runs = await Promise.all(
      Array.from({ length: RUNS }, (_, index) => startUnwatched(urls[index % 2] ?? "", { agent: "counts" })),
    );
    for (const [index, run] of runs.entries()) {
      const other = urls[(index + 1) % 2] ?? "";
      await expect.poll(() => statusOf(other, run), { timeout: 10_000 }).toBe("COMPLETED");
      expect(countCalls("count", run.runId)).toBe(1);
      expect(await checkHistory(urls, run)).toBe("COMPLETED");
    }
  });

  it("watch and cancel what the other runs", async () => {
    const { run, stream } = await startFollowed(here.url, { agent: "slow" });
    const watcher = await resume(there.url, run);
    await watcher.find(({ event }) => event === "RunContent");
    expect((await cancelRun(there.url, run)).status).toBe(200);
    for (const each of [stream, watcher]) {
      expect(await each.end).toBe("finished");
      expect(await checkHistory([here.url, there.url], run, each.frames)).toBe("CANCELLED");
    }
  });

  it("know at once that the other was killed", async () => {
    const { run, stream } = await startFollowed(here.url, { agent: "slow" });
    await stream.find(({ event }) => event === "RunContent");
    const watcher = await resume(there.url, run);
    await here.kill();
    await stream.end;
    expect(await watcher.end).toBe("finished");
    expect(watcher.frames.at(-1)?.data).toMatchObject({ event: "RunError", error_type: "interrupted" });
    expect(await checkHistory([there.url], run, stream.frames)).toBe("ERROR");
  });
});

describe("a disk that is full", () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startNode({ database: await createDatabase("sqlite"), words: 400, everyMs: 5 });
  });

  it("is said as such to whoever writes, nothing of what was refused is there, and it is used again", async () => {
    await startUnwatched(node.url, { agent: "echo" });
    await node.setDisk("fill");
    const refused: string[] = [];
    const message = "x".repeat(20_000);
    for (let attempt = 0; attempt < 20 && refused.length < 3; attempt++) {
      const sessionId = nextSession();
      const fields = { message, session_id: sessionId, stream: "false", background: "true" };
      const answer = await ask(`${node.url}/agents/echo/runs`, { fields });
      if (answer.status === 202) continue;
      expect(answer).toMatchObject({ status: 503, body: { code: "STORE_SPACE_USED_UP" } });
      expect(Number(answer.retryAfter)).toBeGreaterThan(0);
      refused.push(sessionId);
    }
    expect(refused.length).toBeGreaterThan(0);
    await node.setDisk("empty");
    for (const sessionId of refused) {
      const session = `${node.url}/sessions/${sessionId}?type=agent`;
      expect((await ask(session, { method: "GET" })).status).toBe(404);
    }
    const run = await startUnwatched(node.url, { agent: "echo", message });
    await expect.poll(() => statusOf(node.url, run)).toBe("COMPLETED");
    await checkHistory([node.url], run);
  });

  it("ends what runs, which says so, and leaves what was heard", async () => {
    const { run, stream } = await startFollowed(node.url, { agent: "words" });
    await stream.find(({ event }) => event === "RunContent");
    await node.setDisk("fill");
    await stream.end;
    await node.setDisk("empty");
    await expect.poll(() => statusOf(node.url, run), { timeout: 15_000 }).toBe("ERROR");
    expect(await checkHistory([node.url], run, stream.frames)).toBe("ERROR");
  });
});

describe("a file that another program holds", () => {
  it("is said as such to whoever writes, and runs that went on meanwhile have all their words", async () => {
    const database = await createDatabase("sqlite");
    const node = await startNode({ database });
    const { run, stream } = await startFollowed(node.url, { agent: "words" });
    await stream.find(({ event }) => event === "RunContent");
    const holder = spawn(process.execPath, [
      "-e",
      `const { DatabaseSync } = require("node:sqlite");
       new DatabaseSync(${JSON.stringify(database.slice("sqlite:".length))}, { timeout: 5000 }).exec("begin immediate");
       console.log("held");
       process.stdin.resume();`,
    ]);
    onTestFinished(() => void holder.kill("SIGKILL"));
    await once(holder.stdout, "data");
    const fields = { message: "hello", session_id: nextSession(), stream: "false" };
    const answer = await ask(`${node.url}/agents/echo/runs`, { fields });
    expect(answer).toMatchObject({ status: 503, body: { code: "STORE_BUSY" } });
    holder.kill("SIGKILL");
    await once(holder, "exit");
    expect(await stream.end).toBe("finished");
    expect(await checkHistory([node.url], run, stream.frames)).toBe("COMPLETED");
  });
});
