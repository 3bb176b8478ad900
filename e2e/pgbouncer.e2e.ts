// Servers behind a real PgBouncer that lends connections for a transaction. There is none on most machines, and none in
// npm: `npm run soak` fetches it where it can.
import { Agent } from "@agentos/server";
import { type Database, type DatabaseNotice, openDatabase } from "@agentos/storage";
import { createTestLogger } from "@agentos/testkit";
import {
  createTestPostgres,
  hasPgbouncer,
  type PgbouncerOptions,
  startPgbouncer,
} from "@agentos/testkit/postgres";
import { describe, expect, it, onTestFinished } from "vitest";
import { serve } from "./support/serve.ts";

const hasProgram = hasPgbouncer();

interface NotesTables {
  readonly agentos_e2e_notes: { readonly id: number };
}

const MIGRATIONS = [
  {
    name: "0001-notes",
    up: ({ integer }: { readonly integer: string }) => [
      `create table agentos_e2e_notes (id ${integer} primary key)`,
    ],
  },
];

/** A database with a pooler before it, which has two connections to it. */
async function startPooled(settings: PgbouncerOptions["settings"] = {}) {
  const { url: directUrl, drop } = await createTestPostgres();
  onTestFinished(drop);
  const pooler = await startPgbouncer({
    serverUrl: directUrl,
    settings: { default_pool_size: 2, ...settings },
  });
  onTestFinished(() => pooler.close());
  return { url: pooler.url, directUrl };
}

function open(
  { url, directUrl }: { readonly url: string; readonly directUrl?: string },
  notices: DatabaseNotice[] = [],
): Database<NotesTables> {
  const database = openDatabase<NotesTables>({
    location: { kind: "postgres", url, directUrl },
    migrations: MIGRATIONS,
    hintGroup: "g",
    onNotice: (notice) => notices.push(notice),
  });
  onTestFinished(() => database.close());
  return database;
}

/** The limits of time that the server holds a transaction to. */
async function readLimits(database: Database<NotesTables>): Promise<readonly unknown[]> {
  return database.write((transaction) =>
    transaction
      .selectNoFrom(({ fn, val }) => [
        fn<string>("current_setting", [val("statement_timeout")]).as("statement"),
        fn<string>("current_setting", [val("idle_in_transaction_session_timeout")]).as("idle"),
      ])
      .execute(),
  );
}

const LIMITS = [{ statement: "15s", idle: "15s" }];

describe.skipIf(!hasProgram)("behind PgBouncer (skipped where the machine has none)", () => {
  it("a database keeps its limits where the pooler refuses them, says so once, and with its fix says nothing", async () => {
    const notices: DatabaseNotice[] = [];
    const refusing = open(await startPooled(), notices);
    expect(await Promise.all([readLimits(refusing), readLimits(refusing)])).toEqual([LIMITS, LIMITS]);
    await refusing.upkeep.read((db) => db.selectNoFrom(({ val }) => val(1).as("one")).execute());
    expect(notices.map(({ name }) => name)).toEqual(["limits-refused"]);
    const [, setting = "", value = ""] = /"(\w+) = ([\w,]+)"/.exec(notices[0]?.fix ?? "") ?? [];
    const mended = open(await startPooled({ [setting]: value }), notices);
    expect(await readLimits(mended)).toEqual(LIMITS);
    expect(notices).toHaveLength(1);
  });

  it("an address that asks for more than the pooler takes is named", async () => {
    const { url } = await startPooled();
    const asking = open({ url: `${url}?options=-c%20work_mem%3D8MB` });
    await expect(asking.migrate()).rejects.toThrow("refuses a setting that its address asks for");
  });

  it("migrations wait for one another, and hundreds of statements share two connections", async () => {
    const pooled = await startPooled();
    const [one, other] = [open(pooled), open(pooled)];
    const applied = await Promise.all([one.migrate(), other.migrate()]);
    expect(applied.flat()).toEqual(["0001-notes"]);
    const ids = Array.from({ length: 400 }, (_, index) => index);
    await Promise.all(
      ids.map((id) =>
        (id % 2 === 0 ? one : other).write((transaction) =>
          transaction.insertInto("agentos_e2e_notes").values({ id }).execute(),
        ),
      ),
    );
    const found = await Promise.all(
      ids.map((id) =>
        one.read((db) =>
          db.selectFrom("agentos_e2e_notes").select("id").where("id", "=", id).executeTakeFirst(),
        ),
      ),
    );
    expect(found.map((row) => row?.id)).toEqual(ids);
  });

  it("hints do not arrive, which is said with its fix, and arrive by the second address", async () => {
    const pooled = await startPooled();
    const notices: DatabaseNotice[] = [];
    const deaf = open({ url: pooled.url }, notices);
    deaf.hints.listen("cancel", () => undefined);
    const namesOf = () => notices.map(({ name }) => name);
    await expect.poll(namesOf, { timeout: 10_000 }).toEqual(["limits-refused", "hints-deaf"]);
    expect(notices[1]?.fix).toContain('"DATABASE_DIRECT_URL", or "database.directUrl"');
    const heard: unknown[] = [];
    open(pooled).hints.listen("cancel", (payload) => heard.push(payload));
    await expect.poll(() => heard, { timeout: 5_000 }).toEqual([undefined]);
    deaf.hints.tell("cancel", "r1");
    await expect.poll(() => heard).toEqual([undefined, "r1"]);
  });

  it("two servers serve, and see each other's runs", async () => {
    const { url: pooled, directUrl } = await startPooled();
    const logger = createTestLogger();
    const options = {
      id: "shop",
      agents: [new Agent({ id: "echo", model: "offline:echo" })],
      env: { DATABASE_URL: pooled, DATABASE_DIRECT_URL: directUrl },
      database: undefined,
      logger,
    };
    const [one, other] = [await serve(options), await serve(options)];
    const post = (port: number, session: string, more: Readonly<Record<string, string>> = {}) =>
      fetch(`http://127.0.0.1:${port}/agents/echo/runs`, {
        method: "POST",
        body: new URLSearchParams({ message: "hello", stream: "false", session_id: session, ...more }),
      });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => post(index % 2 === 0 ? one.port : other.port, `s${index}`)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const runs = await fetch(`http://127.0.0.1:${other.port}/sessions/s0/runs?type=agent`);
    expect(await runs.json()).toMatchObject([
      { status: "COMPLETED", content: expect.stringContaining("hello") as string },
    ]);
    const accepted = await post(one.port, "in the background", { background: "true" });
    expect(accepted.status).toBe(202);
    const { run_id: runId } = (await accepted.json()) as { readonly run_id: string };
    const readStatus = async () => {
      const query = new URLSearchParams({ session_id: "in the background" }).toString();
      const run = await fetch(`http://127.0.0.1:${other.port}/agents/echo/runs/${runId}?${query}`);
      return ((await run.json()) as { readonly status: string }).status;
    };
    await expect.poll(readStatus, { timeout: 10_000 }).toBe("COMPLETED");
    const notices = logger.entries.flatMap(({ facts }) => facts["notice"] ?? []);
    // Of each server once.
    expect(notices).toEqual(["limits-refused", "limits-refused"]);
  });
});
