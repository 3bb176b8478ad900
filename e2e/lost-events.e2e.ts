/** Streams of runs whose events are not all there any more: forgotten over a long pause, damaged, or gone with their session. */
import { Agent, tool } from "@agentos/server";
import { type Database, openDatabase, parseLocation } from "@agentos/storage";
import { createTestIssuer, TEST_OS_ID } from "@agentos/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createDatabase, DATABASES } from "./support/databases.ts";
import { bodyOf, send } from "./support/http.ts";
import { cancelRun, type RunId, readRun, resume, startFollowed } from "./support/node-client.ts";
import type { RunStream } from "./support/run-stream.ts";
import { type Served, serve } from "./support/serve.ts";

const issuer = await createTestIssuer();
/** A first database waits for its server to start, on a machine that may be busy. */
const HOOK_TIMEOUT_MS = 60_000;

/** What is changed here of the tables of the server. */
interface Tables {
  readonly agentos_runs: { run_no: number; run_id: string; events_until: number | null };
  readonly agentos_run_events: { run_no: number; first_index: number; data: string };
}
type Rows = Parameters<Parameters<Database<Tables>["write"]>[0]>[0];

const pathOf = ({ agent, runId }: RunId) => `/agents/${agent}/runs/${runId}`;
const indicesOf = ({ frames }: RunStream) => frames.flatMap(({ index }) => index ?? []);
const eventsOf = ({ frames }: RunStream) => frames.map(({ event }) => event);

async function restOf(stream: RunStream): Promise<RunStream> {
  await stream.end;
  return stream;
}

describe.each(DATABASES)("events that are not all there on %s", (kind) => {
  let server: Served;
  let url: string;
  let base: string;
  let headers: Readonly<Record<string, string>>;
  let refunds: PromiseWithResolvers<string>;

  /** Changes its rows to what they would be an hour later, or after the disk has failed. */
  async function change(
    { runId }: RunId,
    apply: (db: Rows, runNo: number) => Promise<unknown>,
  ): Promise<void> {
    const location = parseLocation(url);
    if (typeof location === "string") throw new Error(location);
    const database = openDatabase<Tables>({ location, migrations: [] });
    await database.write(async (db) => {
      const row = db.selectFrom("agentos_runs").select("run_no").where("run_id", "=", runId);
      await apply(db, (await row.executeTakeFirstOrThrow()).run_no);
    });
    await database.close();
  }

  beforeAll(async () => {
    url = await createDatabase(kind);
    const refund = tool({
      name: "refund_order",
      description: "Waits for a confirmation, and then for the bank",
      parameters: z.object({ order_id: z.string() }),
      requiresConfirmation: true,
      execute: () => refunds.promise,
    });
    server = await serve({
      id: TEST_OS_ID,
      agents: [
        new Agent({ id: "echo", model: "offline:echo" }),
        new Agent({
          id: "refunder",
          model: "offline:script",
          tools: [refund],
          script: {
            steps: [
              { text: "Let me see. ", toolCalls: [{ name: "refund_order", args: { order_id: "A-1" } }] },
              { text: "All done." },
            ],
          },
        }),
      ],
      database: { url, deployment: "shared" },
      authorizationConfig: { verificationKeys: [issuer.verificationKey], userIsolation: true },
    });
    base = `http://127.0.0.1:${server.port}`;
    const scopes = ["agents:run", "agents:read", "sessions:write", "sessions:delete"];
    headers = await issuer.bearer({ subject: "alice", scopes });
  }, HOOK_TIMEOUT_MS);

  /** A run in the background that waits for its decision, and of which only what its record has is kept. */
  async function pauseLong() {
    refunds = Promise.withResolvers<string>();
    const { run, stream } = await startFollowed(base, { agent: "refunder", headers });
    const paused = await stream.find(({ event }) => event === "RunPaused");
    await stream.end;
    await change(run, async (db, runNo) => {
      await db.deleteFrom("agentos_run_events").where("run_no", "=", runNo).execute();
      await db.updateTable("agentos_runs").set({ events_until: null }).where("run_no", "=", runNo).execute();
    });
    return { run, paused, count: stream.frames.length };
  }

  test("after a long pause are those that are stored, where the run was cancelled since", async () => {
    const { run } = await pauseLong();
    expect((await cancelRun(base, run, headers)).status).toBe(200);
    const stream = await restOf(await resume(base, run, { headers }));
    const [replay, ...events] = stream.frames;
    expect(replay).toMatchObject({ event: "replay", data: { total_events: events.length } });
    expect(indicesOf(stream)).toEqual(events.map((_, index) => index));
    expect(eventsOf(stream).slice(1, 2)).toEqual(["RunStarted"]);
    expect(eventsOf(stream).slice(-2)).toEqual(["RunCancelled", "RunCompleted"]);
  });

  test("after a long pause begin with those that are stored, where the run goes on", async () => {
    const { run, paused, count } = await pauseLong();
    const tools = JSON.stringify(
      ((paused?.data["requirements"] ?? []) as readonly { tool_execution: { tool_call_id: string } }[]).map(
        ({ tool_execution }) => ({ tool_call_id: tool_execution.tool_call_id, confirmed: true }),
      ),
    );
    const body = new URLSearchParams({
      tools,
      session_id: run.sessionId,
      background: "true",
      stream: "false",
    });
    const path = `${pathOf(run)}/continue`;
    const continued = await send(server.port, { method: "POST", path, headers, body: body.toString() });
    expect(continued.status, continued.text).toBe(202);
    const whole = await resume(base, run, { headers });
    await whole.find(({ event }) => event === "subscribed");
    const known = eventsOf(whole).slice(0, eventsOf(whole).indexOf("subscribed"));
    expect(known.slice(0, 2)).toEqual(["catch_up", "RunStarted"]);
    expect(known).toContain("RunPaused");
    expect(whole.frames[0]?.data["missed_events"]).toBe(known.length - 1);
    // Who has all of them gets only what is new.
    const young = await resume(base, run, { after: count - 1, headers });
    refunds.resolve("paid back");
    await Promise.all([whole.end, young.end]);
    const indices = indicesOf(whole);
    expect(indices).toEqual([...new Set(indices)].toSorted((one, other) => one - other));
    expect(eventsOf(whole).at(-1)).toBe("RunCompleted");
    expect(indicesOf(young)).toEqual(indicesOf(young).map((_, offset) => count + offset));
    expect(eventsOf(young)).not.toContain("RunStarted");
  });

  test("end a stream before the one that is damaged, which says what to read, and no other stream", async () => {
    const { run, stream } = await startFollowed(base, { agent: "echo", message: "hello", headers });
    await stream.end;
    const last = stream.frames.length - 1;
    await change(run, (db, runNo) =>
      db
        .updateTable("agentos_run_events")
        .set({ data: "{" })
        .where("run_no", "=", runNo)
        .where("first_index", "=", last)
        .execute(),
    );
    const damaged = await restOf(await resume(base, run, { headers }));
    expect(indicesOf(damaged)).toEqual(indicesOf(stream).slice(0, -1));
    expect(damaged.frames.at(-1)).toMatchObject({
      event: "error",
      data: {
        error: `Event ${last} of this run is damaged, and this stream ends before it: read the run itself, which has its whole answer when it has ended`,
      },
    });
    // What it says helps.
    const { body } = await readRun(base, run, headers);
    expect(body).toMatchObject({ status: "COMPLETED", content: expect.stringContaining("hello") as string });
    expect(server.logLines.join("\n")).toMatch(/the events of run \d+ are damaged from index \d+ on/);
    const others = await startFollowed(base, { agent: "echo", headers });
    expect(await others.stream.end).toBe("finished");
    expect(eventsOf(others.stream).at(-1)).toBe("RunCompleted");
  });

  test("of a request that is sent again belong to its run as it is now", async () => {
    const fields = { message: "hello", stream: "false", background: "true", session_id: "again" };
    const ask = async () => {
      const sent = { ...headers, "idempotency-key": "again" };
      const body = new URLSearchParams(fields).toString();
      return send(server.port, { method: "POST", path: "/agents/echo/runs", headers: sent, body });
    };
    const first = bodyOf(await ask());
    const run = { agent: "echo", sessionId: "again", runId: String(first["run_id"]) };
    await expect.poll(async () => (await readRun(base, run, headers)).body["status"]).toBe("COMPLETED");
    const again = await ask();
    expect([again.status, bodyOf(again)]).toEqual([
      200,
      expect.objectContaining({ run_id: run.runId, session_id: "again", status: "COMPLETED" }),
    ]);
    const path = "/sessions/again?type=agent";
    const deleted = await send(server.port, { method: "DELETE", path, headers });
    expect(deleted.status, deleted.text).toBe(204);
    const anew = await ask();
    expect([anew.status, bodyOf(anew)["status"]]).toEqual([202, "PENDING"]);
    expect(bodyOf(anew)["run_id"]).not.toBe(run.runId);
  });
});
