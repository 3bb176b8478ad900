import { setImmediate as turn } from "node:timers/promises";
import type { RevocationRoom, RevocationStore } from "@agentos/guard/app";
import { type Database, openDatabase } from "@agentos/storage";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { revocation, revocationStoreSuite } from "../../../guard/src/revocations/revocation-store.suite.ts";
import type { Tables } from "./schema/tables.ts";
import { createSqlNode } from "./sql-node.ts";
import { createSqlRevocationStore } from "./sql-revocation-store.ts";
import { openTestDatabase, TEST_DIALECTS, type TestDatabase } from "./test-database.fixture.ts";

/** Revocations of the test of order; soak asks for more. */
const MANY = Number(process.env["AGENTOS_REVOCATIONS"] ?? 600);

describe.each(TEST_DIALECTS)("revocations on %s", (dialect) => {
  let database: TestDatabase;
  let names = 0;

  beforeAll(async () => {
    database = await openTestDatabase(dialect);
  });
  afterAll(() => database.close());

  function create({
    deployment = `os-${(names += 1)}`,
    room = {},
    server = database,
  }: {
    deployment?: string;
    room?: RevocationRoom | undefined;
    server?: Database<Tables>;
  } = {}) {
    const node = { deployment, nodeId: `node-${(names += 1)}` };
    const { spread } = createSqlNode(server, node);
    return { ...node, spread, store: createSqlRevocationStore(server, { ...node, spread, ...room }) };
  }

  revocationStoreSuite(`the store on ${dialect}`, (room) => create({ room }).store);

  it("are those of one deployment", async () => {
    await create().store.add(revocation);
    expect(await create().store.listAfter(0, 10)).toEqual([]);
  });

  it("are read although rows among them are foreign, damaged, or of a kind that only a newer server knows", async () => {
    const { deployment, nodeId, spread } = create();
    const foreign: number[] = [];
    const store = createSqlRevocationStore(database, {
      deployment,
      nodeId,
      spread,
      onForeign: (seq) => foreign.push(seq),
    });
    const row = { deployment, kind: "jti", issuer: "default", issued_before: null, until: 4e9 } as const;
    await store.add({ ...revocation, value: "first" });
    await database.write((db) =>
      db
        .insertInto("agentos_revocations")
        .values([
          { ...row, value: "token-1" },
          { ...row, value: '"token-2"', created_by: "somebody" },
          { ...row, value: '"token-3"', issuer: "\\x" },
          // A kind of tomorrow.
          { ...row, value: '"token-4"', kind: "tomorrow" as "jti" },
        ])
        .execute(),
    );
    await store.add({ ...revocation, value: "last" });
    const read = await store.listAfter(0, 10);
    expect(read.map(({ value }) => value)).toEqual(["first", "token-1", "token-2", "token-3", "last"]);
    expect(read[2]).toMatchObject({ issuer: "default", createdBy: undefined });
    expect(read[3]).toMatchObject({ issuer: "\\x" });
    // The newest row is read each second.
    await store.listAfter(0, 10);
    expect(foreign).toEqual([read[1]?.seq]);
    expect((await store.list({ limit: 10 })).totalCount).toBe(5);
  });

  it("come in one order, however many are added at once, and no reader skips one", {
    timeout: 600_000,
  }, async () => {
    const { store, deployment } = create();
    const { location } = database;
    // Each with connections of its own, as servers have them.
    const servers = Array.from({ length: 4 }, () => openDatabase<Tables>({ location, migrations: [] }));
    onTestFinished(async () => void (await Promise.all(servers.map((server) => server.close()))));
    const others = servers.map((server) => create({ deployment, server }).store);
    const read: number[] = [];
    let isOver = false;
    async function readOn() {
      for (;;) {
        const wasOver = isOver;
        const news = await store.listAfter(read.at(-1) ?? 0, 100);
        read.push(...news.map(({ seq }) => seq));
        if (wasOver && news.length === 0) return;
        await turn();
      }
    }
    const reading = readOn();
    let next = 0;
    const seqs: number[] = [];
    async function addOn(other: RevocationStore) {
      while (next < MANY) {
        const added = await other.add({ ...revocation, value: `t-${(next += 1)}` });
        if (added.ok) seqs.push(added.value.seq);
      }
    }
    await Promise.all([...others, ...others, ...others].map(addOn));
    isOver = true;
    await reading;
    seqs.sort((a, b) => a - b);
    expect(new Set(seqs).size).toBe(MANY);
    expect(read).toEqual(seqs);
  });
});

describe("servers of PostgreSQL", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase("postgres");
  });
  afterAll(() => database.close());

  function create(nodeId: string, deployment: string) {
    const { spread, leave } = createSqlNode(database, { deployment, nodeId });
    const { nodes } = createSqlRevocationStore(database, { deployment, nodeId, spread }).spread ?? {};
    if (nodes === undefined) throw new Error("they say nothing of each other");
    return { nodes, leave };
  }
  const age = (nodeId: string, seconds: number) =>
    database.write((db) =>
      db
        .updateTable("agentos_nodes")
        .set((row) => ({ heartbeat_at: row("heartbeat_at", "-", seconds) }))
        .where("node_id", "=", nodeId)
        .execute(),
    );

  it("are behind as long as they live and have not said that they know it", async () => {
    const [one, other] = [create("a1", "behind"), create("a2", "behind")];
    await one.nodes.beat(7);
    await other.nodes.beat(3);
    const idsBehind = async (seq: number) => {
      const living = await one.nodes.listLiving();
      return living.filter(({ seenSeq }) => seenSeq < seq).map(({ id }) => id);
    };
    expect(await idsBehind(4)).toEqual(["a2"]);
    expect(await idsBehind(3)).toEqual([]);
    // Nobody waits for itself.
    expect(await idsBehind(99)).toEqual(["a2"]);
    expect((await one.nodes.listLiving())[0]?.host).toMatch(/^\S+$/);
    expect(await create("a3", "elsewhere").nodes.listLiving()).toEqual([]);
    await other.nodes.beat(4);
    expect(await idsBehind(4)).toEqual([]);
    await age("a2", 7);
    expect(await idsBehind(99)).toEqual(["a2"]);
    await age("a2", 2);
    expect(await idsBehind(99)).toEqual([]);
  });

  it("are not waited for once they have left", async () => {
    const [one, other] = [create("b1", "leaving"), create("b2", "leaving")];
    await other.nodes.beat(1);
    expect(await one.nodes.listLiving()).toHaveLength(1);
    await other.leave();
    expect(await one.nodes.listLiving()).toEqual([]);
  });

  it("say nothing again that they have just said, and something new at once", async () => {
    const { nodes } = create("c1", "saying");
    const first = await nodes.beat(1);
    expect(await nodes.beat(1)).toBe(first);
    expect(await nodes.beat(2)).not.toBe(first);
    // A server that has to read again from the beginning does not know what it knew.
    await nodes.beat(0);
    expect((await create("c2", "saying").nodes.listLiving()).map(({ seenSeq }) => seenSeq)).toEqual([0]);
  });
});
