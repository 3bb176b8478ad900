// A database in trouble while the server serves, over a real socket: each answer says so and when to come again, what
// needs no database goes on, and once the trouble is over the same server serves again.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent } from "@agentos/server";
import { startPostgresServer } from "@agentos/testkit/postgres";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Served, serve } from "./support/serve.ts";

const agents = () => [new Agent({ id: "echo", model: "offline:echo" })];

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
}

async function run({ port }: Served, sessionId: string): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}/agents/echo/runs`, {
    method: "POST",
    body: new URLSearchParams({ message: "hello", stream: "false", session_id: sessionId }),
  });
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after"),
    body: await response.text(),
  };
}

async function readStatus({ port }: Served, path: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  await response.arrayBuffer();
  return response.status;
}

/** The answer while the database is in trouble: when to come again, and nothing of the trouble itself. */
function expectOutage({ status, retryAfter, body }: Answer, detail: string): void {
  expect({ status, isLater: Number(retryAfter) > 0 }).toEqual({ status: 503, isLater: true });
  expect(JSON.parse(body)).toMatchObject({ detail });
  expect(body).not.toMatch(/sqlite|postgres|insert|127\.0\.0\.1:|ECONN|agentos_/i);
}

describe("a server of PostgreSQL that stops", () => {
  it("is told to everybody who needs it, and serves again as soon as it is back", async () => {
    const postgres = await startPostgresServer();
    onTestFinished(() => postgres.close());
    const served = await serve({ database: postgres.url, agents: agents() });
    expect((await run(served, "s1")).status).toBe(200);
    for (const how of ["fast", "immediate"] as const) {
      await postgres.stop(how);
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => run(served, `${how} ${index}`)),
      );
      for (const answer of answers) expectOutage(answer, "The database does not answer");
      expect(await readStatus(served, "/health")).toBe(200);
      expect(await readStatus(served, "/agents")).toBe(200);
      await postgres.start();
      expect((await run(served, "s1")).status).toBe(200);
    }
    expect(await readStatus(served, "/sessions/s1?type=agent")).toBe(200);
    // Nothing of a run that was refused is there.
    expect(await readStatus(served, "/sessions/fast%200?type=agent")).toBe(404);
  });
});

describe("a file of SQLite that another process holds", () => {
  it("is told to everybody who writes, who reads is served, and it is used again once it is free", async () => {
    const folder = mkdtempSync(join(tmpdir(), "agentos-outage-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "agentos.db");
    const served = await serve({ database: `sqlite:${file}`, agents: agents() });
    expect((await run(served, "s1")).status).toBe(200);
    const holder = spawn(process.execPath, [
      "-e",
      `const { DatabaseSync } = require("node:sqlite");
       new DatabaseSync(${JSON.stringify(file)}, { timeout: 5000 }).exec("begin immediate");
       console.log("held");
       process.stdin.resume();`,
    ]);
    onTestFinished(() => void holder.kill("SIGKILL"));
    await once(holder.stdout, "data");
    const waiting = Promise.all(Array.from({ length: 5 }, (_, index) => run(served, `held ${index}`)));
    // Where the test fails before it asks, that alone is told.
    waiting.catch(() => undefined);
    expect(await readStatus(served, "/sessions/s1?type=agent")).toBe(200);
    for (const answer of await waiting) expectOutage(answer, "The database is busy");
    holder.kill("SIGKILL");
    await once(holder, "exit");
    expect((await run(served, "s1")).status).toBe(200);
    expect(await readStatus(served, "/sessions/held%200?type=agent")).toBe(404);
  });
});
