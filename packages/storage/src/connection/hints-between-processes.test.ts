/** Hints between processes, each played by a database that is opened for itself, on a real server. */
import { createTestPostgres, type PostgresServer, startPostgresServer } from "@agentos/testkit/postgres";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DatabaseNotice } from "../faults/notices.ts";
import { readHints } from "../hints/hint-text.ts";
import { createPostgresHints, type PostgresHintsOptions } from "../postgres/postgres-hints.ts";
import type { Database } from "./database.ts";
import { afterTest, execute, makeLocation, type NotesTables, open } from "./opened.fixture.ts";

type Heard = (string | undefined)[];

function listen(database: Pick<Database<NotesTables>, "hints">, topic: string): Heard {
  const heard: Heard = [];
  database.hints.listen(topic, (payload) => heard.push(payload));
  return heard;
}

/** Listens, and has proved that it hears. */
async function listenProven(database: Database<NotesTables>, topic: string): Promise<Heard> {
  const heard = listen(database, topic);
  await expect.poll(() => heard, { timeout: 5_000 }).toEqual([undefined]);
  heard.length = 0;
  return heard;
}

const terminate = (database: Database<NotesTables>, application: string) =>
  execute(
    database,
    `select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = '${application}' and datname = current_database()`,
  );

async function makeUrl(): Promise<string> {
  const { url, drop } = await createTestPostgres();
  afterTest(drop);
  return url;
}

const openUrl = (url: string, hintGroup?: string, onNotice?: (notice: DatabaseNotice) => void) =>
  open({ kind: "postgres", url }, { hintGroup, onNotice });

describe("hints over PostgreSQL", () => {
  it("reach the processes of their group, and their own at once, and once", async () => {
    const url = await makeUrl();
    const [teller, neighbour, stranger] = [openUrl(url, "g"), openUrl(url, "g"), openUrl(url, "other")];
    const own = await listenProven(teller, "cancel");
    const there = await listenProven(neighbour, "cancel");
    const elsewhere = await listenProven(stranger, "cancel");
    teller.hints.tell("cancel", "r1");
    await expect.poll(() => there).toEqual(["r1"]);
    // What comes after it has come too.
    neighbour.hints.tell("cancel", "r2");
    await expect.poll(() => own).toEqual(["r1", "r2"]);
    expect(elsewhere).toEqual([]);
  });

  it("leave together, and the next ones while nobody waits for them", async () => {
    const sent: string[] = [];
    const isSent = Promise.withResolvers<void>();
    const hints = createPostgresHints({
      group: "g",
      url: "postgres://never-asked",
      hasDirectUrl: false,
      async notify(_, texts) {
        sent.push(...texts);
        await isSent.promise;
      },
      onNotice: () => undefined,
    });
    afterTest(() => hints.close());
    const namesIn = (text = "") => readHints(text)?.hints.map(({ payload }) => payload);
    for (const name of ["r1", "r2", "r1"]) hints.tell("cancel", name);
    await expect.poll(() => sent).toHaveLength(1);
    for (const name of ["r3", "r4"]) hints.tell("cancel", name);
    isSent.resolve();
    await expect.poll(() => sent).toHaveLength(2);
    expect(sent.map(namesIn)).toEqual([
      ["r1", "r2"],
      ["r3", "r4"],
    ]);
  });

  it("stay in their process without a group", async () => {
    const url = await makeUrl();
    const [teller, neighbour] = [openUrl(url), openUrl(url)];
    const [own, there] = [listen(teller, "cancel"), listen(neighbour, "cancel")];
    teller.hints.tell("cancel", "r1");
    await expect.poll(() => own).toEqual(["r1"]);
    expect(there).toEqual([]);
  });

  it("arrive again after the connection that listens was killed, and everything is looked at once", async () => {
    const url = await makeUrl();
    const notices: string[] = [];
    const listening = openUrl(url, "g", ({ name }) => notices.push(name));
    const teller = openUrl(url, "g");
    const heard = await listenProven(listening, "cancel");
    await terminate(teller, "agentos hints");
    await expect.poll(() => heard, { timeout: 5_000 }).toEqual([undefined]);
    expect(notices).toEqual(["hints-lost", "hints-back"]);
    teller.hints.tell("cancel", "r1");
    await expect.poll(() => heard).toEqual([undefined, "r1"]);
  });

  it("are not trusted: what anybody else says on the channel is passed over", async () => {
    const url = await makeUrl();
    const [teller, listening] = [openUrl(url, "g"), openUrl(url, "g")];
    const heard = await listenProven(listening, "cancel");
    const { rows } = await teller.read((db) =>
      sql<{
        query: string;
      }>`select query from pg_stat_activity where application_name = 'agentos hints' and datname = current_database()`.execute(
        db,
      ),
    );
    const channel = /agentos_[0-9a-f]{32}/.exec(String(rows[0]?.query))?.[0];
    expect(channel).toBeDefined();
    for (const text of [
      "",
      "drop table notes",
      '["x",[["cancel",{}]]]',
      `["x",[["${"t".repeat(5_000)}",null]]]`,
    ])
      await execute(teller, `select pg_notify('${channel}', '${text}')`);
    teller.hints.tell("cancel", "r1");
    await expect.poll(() => heard).toEqual(["r1"]);
  });
});

describe("a process that hears no hints", () => {
  /** Two processes, of which the second has the address that is given; its times are short. */
  async function openDeaf(directUrl: string, options: Partial<PostgresHintsOptions> = {}) {
    const database = openUrl(await makeUrl());
    const notices: DatabaseNotice[] = [];
    const hints = createPostgresHints({
      group: "g",
      url: directUrl,
      hasDirectUrl: true,
      async notify(channel, texts) {
        for (const text of texts)
          await database.upkeep.read((db) => sql`select pg_notify(${channel}, ${text})`.execute(db));
      },
      onNotice: (notice) => notices.push(notice),
      timing: { answerMs: 300, retryMs: 20, maxRetryMs: 100, deafRetryMs: 20, lookMs: 1_000 },
      ...options,
    });
    afterTest(() => hints.close());
    return { hints, notices, database };
  }

  it("says so, with what helps, when its second address leads to another database", async () => {
    const { hints, notices } = await openDeaf(await makeUrl());
    listen({ hints }, "cancel");
    await expect
      .poll(() => notices, { timeout: 5_000 })
      .toEqual([
        {
          name: "hints-deaf",
          text: expect.stringContaining("does not hand them on") as string,
          fix: expect.stringContaining("the same database") as string,
        },
      ]);
  });

  it("says so once, and hears again as soon as notifications are not suppressed any more", async () => {
    const url = await makeUrl();
    let isSuppressed = true;
    let tests = 0;
    const sender = openUrl(url);
    const { hints, notices } = await openDeaf(url, {
      hasDirectUrl: false,
      async notify(channel, texts) {
        tests++;
        if (isSuppressed) return;
        for (const text of texts)
          await sender.upkeep.read((db) => sql`select pg_notify(${channel}, ${text})`.execute(db));
      },
    });
    const heard = listen({ hints }, "cancel");
    await expect.poll(() => tests, { timeout: 10_000 }).toBeGreaterThan(2);
    expect(notices.map(({ name }) => name)).toEqual(["hints-deaf"]);
    expect(notices[0]?.fix).toContain("DATABASE_DIRECT_URL");
    // Nobody waits for what does not arrive: who is here hears it all the same.
    hints.tell("cancel", "r1");
    await expect.poll(() => heard).toEqual(["r1"]);
    isSuppressed = false;
    await expect
      .poll(() => notices.map(({ name }) => name), { timeout: 5_000 })
      .toEqual(["hints-deaf", "hints-back"]);
    expect(heard).toEqual(["r1", undefined]);
  });

  it("says what is wrong with an address that lets nobody in", async () => {
    const wrong = new URL(await makeUrl());
    wrong.password = "wrong";
    const { hints, notices } = await openDeaf(wrong.href);
    listen({ hints }, "cancel");
    await expect.poll(() => notices.length).toBe(1);
    expect(notices[0]).toMatchObject({
      name: "hints-lost",
      text: expect.stringContaining("the database does not let this user in") as string,
      fix: expect.stringContaining("DATABASE_DIRECT_URL") as string,
    });
  });
});

describe("a server that goes away", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.close());

  it("takes the hints with it, ends no process, and has them again when it is back", async () => {
    const notices: string[] = [];
    const [listening, teller] = [
      openUrl(server.url, "g", ({ name }) => notices.push(name)),
      openUrl(server.url, "g"),
    ];
    const heard = await listenProven(listening, "cancel");
    await listenProven(teller, "cancel");
    await server.stop("immediate");
    await expect.poll(() => notices).toEqual(["hints-lost"]);
    teller.hints.tell("cancel", "lost");
    await server.start();
    await expect.poll(() => heard, { timeout: 15_000 }).toEqual([undefined]);
    teller.hints.tell("cancel", "r1");
    await expect.poll(() => heard, { timeout: 5_000 }).toContain("r1");
    expect(notices).toEqual(["hints-lost", "hints-back"]);
  });
});

it("hints on a file are heard in its process", async () => {
  const database = open(await makeLocation("sqlite"), { hintGroup: "g" });
  const heard = listen(database, "cancel");
  database.hints.tell("cancel", "r1");
  await expect.poll(() => heard).toEqual(["r1"]);
});
