/** What is counted is what is there. */
import type { DataScope, Owner } from "@agentos/auth";
import { sql } from "kysely";
import { afterAll, describe, expect, it } from "vitest";
import { createDescribeAbandoned } from "../runs/abandoned.ts";
import { alice, bob, keyOf, NO_TOKENS, outputOf } from "../runs/store.suite.ts";
import { type RunLease, type RunStore, type SessionKey, SessionsFull } from "../runs/store.ts";
import { createTestRuntime } from "../runs/test-run.fixture.ts";
import { erasePersonalData } from "./sql-erase.ts";
import { sweepRetention } from "./sql-retention.ts";
import { createSqlRunStore } from "./sql-run-store.ts";
import { openTestDatabase, TEST_DIALECTS } from "./test-database.fixture.ts";

const all: DataScope = { kind: "all" };
const nobody: Owner = { issuer: "", kind: "anonymous", id: "" };
const claimed: Owner = { issuer: "", kind: "claimed", id: "alice" };
const robot: Owner = { ...alice, kind: "service_account" };
/** Text of more bytes than characters. */
const textOf = (length: number) => "é漢x".repeat(length).slice(0, length);

for (const dialect of TEST_DIALECTS) {
  const database = await openTestDatabase(dialect);
  afterAll(() => database.close());
  let deployments = 0;
  const open = (maxBytesPerOwner?: number) => {
    const deployment = `deployment ${++deployments}`;
    const nodeId = `${deployment} node`;
    return { deployment, store: createSqlRunStore(database, { deployment, nodeId, maxBytesPerOwner }) };
  };

  const begin = (store: RunStore, runId: string, key: SessionKey, state?: string) =>
    store.createRun(all, {
      key,
      runId,
      createdAt: 1,
      outputJson: JSON.stringify(outputOf(key, runId, { status: "RUNNING", content: "" })),
      input: "hi",
      changeState: state === undefined ? undefined : () => JSON.stringify({ state }),
    });
  const end = (
    store: RunStore,
    lease: RunLease,
    { text = "", state = "", summary = "", checkpoint = "" } = {},
  ) =>
    store.finishRun(lease, {
      status: checkpoint === "" ? "COMPLETED" : "PAUSED",
      checkpointJson: checkpoint === "" ? undefined : checkpoint,
      outputJson: JSON.stringify(outputOf(lease.key, lease.runId, { content: text })),
      eventsJson: JSON.stringify([text]),
      terminalIndex: 3,
      tokens: NO_TOKENS,
      changeState: state === "" ? undefined : () => JSON.stringify({ state }),
      changeSummary: summary === "" ? undefined : () => JSON.stringify({ summary }),
    });

  /** By owner: what is counted, and what is there, `handmade` being the sessions that no run made. */
  async function count(deployment: string, isHandmade: (sessionId: string) => boolean) {
    const counted = await database.read((db) =>
      db.selectFrom("agentos_usage").selectAll().where("deployment", "=", deployment).execute(),
    );
    const sessions = await database.read((db) =>
      db
        .selectFrom("agentos_sessions")
        .selectAll()
        .select(
          sql<number>`octet_length(state_json) - 2 + coalesce(octet_length(name), 0) + coalesce(octet_length(metadata_json), 0) + coalesce(octet_length(summary_json), 0)
            + (select coalesce(sum(2048 + octet_length(output_json) + octet_length(events_json) + coalesce(octet_length(checkpoint_json), 0)), 0) from agentos_runs
               where agentos_runs.session_no = agentos_sessions.session_no and ended_at is not null)`.as(
            "held",
          ),
        )
        .where("deployment", "=", deployment)
        .execute(),
    );
    const sums = new Map<string, number>();
    for (const { owner_kind, owner_id, session_id, held, bytes } of sessions) {
      const truth = held + (isHandmade(session_id) ? 1_024 : 0);
      expect(bytes, session_id).toBe(truth);
      const owner = `${owner_kind} ${owner_id}`;
      sums.set(owner, (sums.get(owner) ?? 0) + truth);
    }
    const shown = counted.map(
      ({ owner_kind, owner_id, bytes }) => [`${owner_kind} ${owner_id}`, bytes] as const,
    );
    return {
      counted: Object.fromEntries(shown.filter(([, bytes]) => bytes !== 0)),
      truth: Object.fromEntries(sums),
    };
  }

  describe(`what is counted of each owner on ${dialect}`, () => {
    it.each([1, 2, 3])("is what is there after any operations, of the order that %s gives", async (seed) => {
      const { store, deployment } = open();
      let drawn = seed * 7_919;
      const draw = (below: number) => {
        drawn = (drawn * 1_103_515_245 + 12_345) % 2_147_483_648;
        return Math.floor((drawn / 2_147_483_648) * below);
      };
      const handmade = new Set<string>();
      const leases: RunLease[] = [];
      const paused: RunLease[] = [];
      const keyAt = () =>
        keyOf([alice, bob, nobody, claimed][draw(4)] ?? alice, { sessionId: `s${draw(4)}` });
      for (let step = 0; step < 150; step += 1) {
        const key = keyAt();
        switch (draw(10)) {
          case 0: {
            // One id for each: who made it is known by it.
            const own = keyOf(key.owner, { sessionId: `made ${step}` });
            handmade.add(own.sessionId);
            await store.createSession(all, {
              key: own,
              name: draw(2) === 0 ? undefined : textOf(draw(50)),
              state: { a: textOf(draw(300)) },
              metadata: draw(2) === 0 ? undefined : { b: textOf(draw(300)) },
              createdAt: 1,
            });
            break;
          }
          case 1:
            await store.changeSession(all, key, {
              at: 2,
              ...(draw(2) === 0 ? {} : { name: textOf(draw(50)) }),
              ...(draw(2) === 0 ? {} : { state: { a: textOf(draw(300)) } }),
              ...(draw(2) === 0 ? {} : { metadata: { b: textOf(draw(300)) } }),
              ...(draw(2) === 0 ? {} : { summary: { c: textOf(draw(300)) } }),
            });
            break;
          case 2:
            await store.deleteSession(all, key);
            break;
          case 3:
          case 4:
            leases.push(await begin(store, `r${step}`, key, draw(2) === 0 ? undefined : textOf(draw(300))));
            break;
          case 5: {
            const [lease] = paused.splice(draw(paused.length), 1);
            if (lease === undefined) break;
            const gone = await store.continueRun(all, lease, {
              attempt: lease.attempt,
              status: "RUNNING",
              at: 3,
              outputJson: JSON.stringify(outputOf(lease.key, lease.runId, { content: textOf(draw(400)) })),
              keepsEvents: false,
            });
            if (gone !== undefined) leases.push(gone);
            break;
          }
          case 7: {
            const copy = { runId: `copy ${step}`, status: "COMPLETED" as const, createdAt: 1, input: "hi" };
            const outputJson = JSON.stringify(outputOf(key, copy.runId, { content: textOf(draw(300)) }));
            // There may be none of this key.
            await store
              .addEndedRuns(all, key, [{ ...copy, outputJson, eventsJson: "[]", nextIndex: 0 }])
              .catch(() => undefined);
            break;
          }
          case 6: {
            const [lease] = leases.splice(draw(leases.length), 1);
            if (lease === undefined) break;
            const left = { text: textOf(draw(500)), checkpoint: textOf(1 + draw(300)) };
            await end(store, lease, left).then(
              () => paused.push(lease),
              () => undefined,
            );
            break;
          }
          default: {
            const [lease] = leases.splice(draw(leases.length), 1);
            if (lease === undefined) break;
            // Its session may be gone.
            await end(store, lease, {
              text: textOf(draw(500)),
              state: textOf(draw(300)),
              summary: textOf(draw(300)),
            }).catch(() => undefined);
          }
        }
      }
      const left = new Map(leases.map(({ runId, attempt }) => [runId, attempt]));
      await store.endOrphans(createDescribeAbandoned(createTestRuntime()), left);
      const { counted, truth } = await count(deployment, (id) => handmade.has(id));
      expect(Object.keys(truth).length).toBeGreaterThan(1);
      expect(counted).toEqual(truth);
    });

    it("is what is there after many runs, changes and deletions at once", async () => {
      const { store, deployment } = open();
      await Promise.all(
        Array.from({ length: 60 }, async (_, index) => {
          const key = keyOf(index % 3 === 0 ? bob : alice, { sessionId: `s${index % 5}` });
          const lease = await begin(store, `r${index}`, key, textOf(index));
          if (index % 7 === 0) await store.changeSession(all, key, { at: 2, metadata: { a: textOf(index) } });
          if (index % 11 === 0) await store.deleteSession(all, key);
          await end(store, lease, {
            text: textOf(100 + index),
            state: textOf(200 - index),
            summary: "s",
          }).catch(() => undefined);
        }),
      );
      const { counted, truth } = await count(deployment, () => false);
      expect(Object.keys(truth).toSorted()).toEqual(["user alice", "user bob"]);
      expect(counted).toEqual(truth);
    });

    it("goes with what is too old, and with the person", async () => {
      const { store, deployment } = open();
      for (const [index, owner] of [alice, bob, alice].entries())
        await end(store, await begin(store, `r${index}`, keyOf(owner, { sessionId: `s${index}` }), "old"));
      await store.changeSession(all, keyOf(alice), { at: 1_000 });
      await store.changeSession(all, keyOf(alice, { sessionId: "s2" }), { at: 1_000 });
      await sweepRetention(database, {
        deployment,
        retention: {
          sessionsSeconds: 100,
          memoriesSeconds: undefined,
          denialsSeconds: undefined,
          decisionsSeconds: undefined,
        },
        now: () => 1_001,
        pause: async () => undefined,
      });
      const swept = await count(deployment, () => false);
      expect(Object.keys(swept.truth)).toEqual(["user alice"]);
      expect(swept.counted).toEqual(swept.truth);
      expect(await erasePersonalData(database, { userId: "alice", deployment })).toMatchObject({ rows: 1 });
      const left = await database.read((db) =>
        db.selectFrom("agentos_usage").select("owner_id").where("deployment", "=", deployment).execute(),
      );
      expect(left).toEqual([{ owner_id: "bob" }]);
    });
  });

  describe(`a user who has as much as one may have on ${dialect}`, () => {
    it.each([alice, robot])("begins nothing more until something is deleted: $kind", async (owner) => {
      const { store, deployment } = open(4_000);
      const [key, other] = [keyOf(owner), keyOf(owner, { sessionId: "s2" })];
      const going = await begin(store, "r1", key);
      await end(store, await begin(store, "r2", key), { text: textOf(1_500) });
      const made = { key: other, name: undefined, state: {}, metadata: undefined, createdAt: 1 };
      await expect(begin(store, "r3", key, "more")).rejects.toThrow(SessionsFull);
      await expect(begin(store, "r3", other)).rejects.toThrow(SessionsFull);
      await expect(store.createSession(all, made)).rejects.toThrow(SessionsFull);
      await expect(store.changeSession(all, key, { at: 2, name: "longer" })).rejects.toThrow(SessionsFull);
      // Nothing of it is there, and what has begun ends.
      expect(await store.findSession(all, key)).toMatchObject({ name: undefined, state: {} });
      expect(await store.findSession(all, other)).toBeUndefined();
      expect(await store.findRun(all, key, "r3")).toBeUndefined();
      await end(store, going, { state: "kept" });
      expect(await store.changeSession(all, key, { at: 2, state: {} })).toMatchObject({ state: {} });
      const { counted, truth } = await count(deployment, () => false);
      expect(counted).toEqual(truth);

      expect(await store.deleteSession(all, key)).toBe(true);
      expect(await store.createSession(all, made)).toBeDefined();
      await begin(store, "r3", key);
    });

    it("is refused again without a transaction, which others would share", async () => {
      let writes = 0;
      const store = createSqlRunStore(
        {
          ...database,
          write: (change) => {
            writes += 1;
            return database.write(change);
          },
        },
        { deployment: `deployment ${++deployments}`, nodeId: "counting", maxBytesPerOwner: 1 },
      );
      const key = keyOf(alice);
      await end(store, await begin(store, "r1", key));
      await expect(begin(store, "r2", key)).rejects.toThrow(SessionsFull);
      const before = writes;
      const made = {
        key: keyOf(alice, { sessionId: "s2" }),
        name: undefined,
        state: {},
        metadata: undefined,
      };
      await expect(begin(store, "r2", key)).rejects.toThrow(SessionsFull);
      await expect(store.createSession(all, { ...made, createdAt: 1 })).rejects.toThrow(SessionsFull);
      expect(writes).toBe(before);
      await store.deleteSession(all, key);
      await begin(store, "r2", key);
    });

    it("stops nobody else, neither another user nor one whom no credential names", async () => {
      const { store } = open(1);
      await end(store, await begin(store, "r1", keyOf(alice)));
      await begin(store, "r2", keyOf(bob));
      for (const owner of [claimed, nobody]) {
        await end(store, await begin(store, `${owner.kind} 1`, keyOf(owner)));
        await begin(store, `${owner.kind} 2`, keyOf(owner), "more");
        expect(await store.changeSession(all, keyOf(owner), { at: 2, name: "longer" })).toBeDefined();
      }
    });
  });
}
