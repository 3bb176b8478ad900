/**
 * A server that is killed in the middle of its work: whatever it had answered is there afterwards, and what it had begun
 * says what became of it. `AGENTOS_CRASH_ROUNDS` and `AGENTOS_CRASH_CLIENTS` for a longer run.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createTestPostgres } from "@agentos/testkit/postgres";
import { afterAll, describe, expect, it } from "vitest";

const ROUNDS = Number(process.env["AGENTOS_CRASH_ROUNDS"] ?? 1);
const CLIENTS = Number(process.env["AGENTOS_CRASH_CLIENTS"] ?? 8);
/** Runs that are answered before the kill. */
const ANSWERED = CLIENTS * 10;
/** A server that lives elsewhere counts as gone after eight seconds; runs are looked for every five. */
const FOUND_MS = 20_000;

interface Server {
  readonly url: string;
  readonly process: ChildProcess;
}

async function start(database: string): Promise<Server> {
  const script = join(import.meta.dirname, "support/stored-process.ts");
  const child = spawn(process.execPath, ["--conditions=@agentos/source", script, database], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const url of createInterface({ input: child.stdout })) return { url, process: child };
  throw new Error("the server has not started");
}

async function kill({ process: child }: Server): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

interface Run {
  readonly agent: "echo" | "slow";
  readonly sessionId: string;
  readonly runId: string;
  readonly message: string;
}

const post = (url: string, agent: string, fields: Record<string, string>) =>
  fetch(`${url}/agents/${agent}/runs`, { method: "POST", body: new URLSearchParams(fields) });

async function runEcho(url: string, sessionId: string, message: string): Promise<Run> {
  const response = await post(url, "echo", { message, session_id: sessionId, stream: "false" });
  const output = (await response.json()) as { run_id: string; content: string };
  expect(output.content).toBe(message);
  return { agent: "echo", sessionId, runId: output.run_id, message };
}

/** Resolves with the first event: the run is begun by then, and goes on. */
async function beginSlow(url: string, sessionId: string): Promise<Run> {
  const message = `slow in ${sessionId}`;
  const response = await post(url, "slow", { message, session_id: sessionId, stream: "true" });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const runId = /"run_id":"([^"]+)"/.exec((await reader?.read())?.value ?? "")?.[1];
  if (runId === undefined) throw new Error("no run has begun");
  void drain(reader);
  return { agent: "slow", sessionId, runId, message };
}

async function drain(reader: { read(): Promise<{ done: boolean }> } | undefined): Promise<void> {
  try {
    while ((await reader?.read())?.done === false);
  } catch {
    // The server was killed.
  }
}

/** Every client runs one after the other until the server is gone; resolves with what was answered. */
async function runUntilKilled(server: Server, round: number): Promise<readonly Run[]> {
  const answered: Run[] = [];
  const { promise: isEnough, resolve } = Promise.withResolvers<void>();
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let turn = 0; ; turn++) {
      // Some runs of a client share a session, so that a commit has more than new rows.
      const sessionId = `round ${round} client ${client} session ${Math.floor(turn / 4)}`;
      try {
        answered.push(await runEcho(server.url, sessionId, `message ${turn} of ${sessionId}`));
      } catch {
        return;
      }
      if (answered.length >= ANSWERED) resolve();
    }
  });
  await isEnough;
  await kill(server);
  await Promise.all(clients);
  return answered;
}

async function find(url: string, { agent, sessionId, runId }: Run): Promise<Record<string, unknown>> {
  const query = new URLSearchParams({ session_id: sessionId });
  const response = await fetch(`${url}/agents/${agent}/runs/${runId}?${query.toString()}`);
  return { httpStatus: response.status, ...((await response.json()) as object) };
}

const folder = mkdtempSync(join(tmpdir(), "agentos-crash-"));
const postgres = await createTestPostgres();
const servers: Server[] = [];
afterAll(async () => {
  for (const server of servers) server.process.kill("SIGKILL");
  await postgres.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ["SQLite", `sqlite:${join(folder, "agentos.db")}`],
  ["PostgreSQL", postgres.url],
])("a server on %s that is killed", (_, database) => {
  it(
    `has everything that it answered, ${ROUNDS} times in a row, and says what was interrupted`,
    async () => {
      let server = await start(database);
      servers.push(server);
      for (let round = 0; round < ROUNDS; round++) {
        const begun = await Promise.all(
          [0, 1, 2].map((index) => beginSlow(server.url, `slow ${round} ${index}`)),
        );
        const answered = await runUntilKilled(server, round);
        expect(answered.length).toBeGreaterThanOrEqual(ANSWERED);
        server = await start(database);
        servers.push(server);
        const { url } = server;
        for (const run of answered)
          expect(await find(url, run)).toMatchObject({
            httpStatus: 200,
            status: "COMPLETED",
            content: run.message,
          });
        for (const run of begun)
          await expect
            .poll(() => find(url, run), { timeout: FOUND_MS, interval: 200 })
            .toMatchObject({
              status: "ERROR",
              content: "The run was interrupted: the server that ran it stopped",
              input: { input_content: run.message },
              events: [{ event: "RunError", error_type: "interrupted" }],
            });
        // The conversation goes on where it was.
        const [first] = answered;
        if (first === undefined) throw new Error("nothing was answered");
        const next = await runEcho(url, first.sessionId, "and on");
        const response = await fetch(
          `${url}/sessions/${encodeURIComponent(first.sessionId)}/runs?type=agent`,
        );
        const runs = (await response.json()) as { run_id: string }[];
        const ids = answered
          .filter(({ sessionId }) => sessionId === first.sessionId)
          .map(({ runId }) => runId);
        expect(runs.map(({ run_id }) => run_id)).toEqual(expect.arrayContaining([...ids, next.runId]));
      }
      await kill(server);
    },
    ROUNDS * 60_000,
  );
});
