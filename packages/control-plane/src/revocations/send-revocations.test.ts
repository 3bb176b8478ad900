import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SYSTEM } from "../store/actor.ts";
import { reject } from "../store/rejected.ts";
import { openTestStore, TEST_DIALECTS, type TestStore } from "../store/test-store.fixture.ts";
import { sweepRevocations } from "./due-revocations.ts";
import { leaveEndpoint } from "./leave-endpoint.ts";
import { listRevocations, type RevocationPage, retryRevocations } from "./list-revocations.ts";
import {
  addInstances,
  addKeys,
  addTokens,
  answered,
  createTestSender,
  endpointOf,
  issuerOf,
  ORGANIZATION,
  policyAnswer,
  revoke,
  revokedAnswer,
} from "./outbox.fixture.ts";
import type { MintForMachine } from "./send-revocations.ts";

describe.each(TEST_DIALECTS)("revocations on %s", (dialect) => {
  let opened: TestStore;

  beforeEach(async () => {
    opened = await openTestStore(dialect);
    await addInstances(opened.store, ["a", "b"]);
  });
  afterEach(() => opened.close());

  const list = async (): Promise<RevocationPage["data"]> => {
    const { store, clock } = opened;
    return (await listRevocations(store, { organizationId: ORGANIZATION, now: clock.now, limit: 100 })).data;
  };
  const states = async () => (await list()).map(({ state }) => state);

  test("queues one row for each sign-in that an instance may know, although its tokens have ended", async () => {
    const { store } = opened;
    await addTokens(
      store,
      { instanceId: "a", sid: "s1" },
      { instanceId: "a", sid: "s1", kid: "kid-2", livesSeconds: 400 },
      { instanceId: "b", sid: "s1" },
      { instanceId: "b", sid: "s2", sessionId: "session-2" },
      { instanceId: "b", sid: "s3", livesSeconds: -1 },
      { instanceId: "b", sid: "s4", personId: "bob", sessionId: "session-3" },
    );
    expect(await revoke(store, { sessionId: "session-1" })).toBe(3);
    // Once is enough: no token has that sign-in again.
    expect(await revoke(store, { sessionId: "session-1" })).toBe(0);
    expect(await revoke(store, { personId: "ann", exceptSessionId: "session-1" })).toBe(1);
    expect(await revoke(store, { personId: "bob", organizationId: "org-2" })).toBe(0);
    expect(await revoke(store, { instanceId: "b", kid: "kid-1" })).toBe(1);
    expect(
      (await list()).map(({ kind, instance_id, until }) => [kind, instance_id, until - opened.clock.now]),
    ).toEqual([
      ["key", "b", 86_400],
      ["sid", "b", 86_400],
      ["sid", "b", 86_400],
      ["sid", "b", 86_400],
      ["sid", "a", 86_400],
    ]);
  });

  test("queues thousands in one change", async () => {
    await addTokens(
      opened.store,
      ...Array.from({ length: 1_200 }, (_, index) => ({ instanceId: "a", sid: `s${index}` })),
    );
    expect(await revoke(opened.store, { personId: "ann" })).toBe(1_200);
  });

  test("is in force only once the instance has said so, and is not sent again", async () => {
    const { store, clock } = opened;
    await addTokens(store, { instanceId: "a", sid: "s1" });
    await revoke(store, { sessionId: "session-1" });
    expect(await states()).toEqual(["pending"]);
    const { sender, sent } = createTestSender(store, clock);
    await sender.send();
    await sender.send();
    expect(sent).toEqual([
      {
        endpoint: endpointOf("a"),
        method: "POST",
        path: "/authz/revocations",
        token: "a authz:revoke",
        body: { kind: "sid", value: "s1", issuer: "default" },
      },
    ]);
    expect(await list()).toMatchObject([{ state: "applied", applied_at: clock.now, trouble: null }]);
  });

  test("reads nothing of a policy but the issuers: a later version may say the rest otherwise", async () => {
    const { store, clock } = opened;
    await addTokens(store, { instanceId: "a", sid: "s1" });
    await revoke(store, { sessionId: "session-1" });
    const { sender } = createTestSender(store, clock, ({ path }) =>
      path === "/authz/policy"
        ? answered(200, { key_state: "refreshing", issuers: [{ name: "default", issuer: null, more: 1 }] })
        : undefined,
    );
    await sender.send();
    expect(await states()).toEqual(["applied"]);
  });

  test.each(["endpoint-changed", "instance-deleted"] as const)(
    "tells the one that is left all that it was to be told, and then that its keys are revoked: %s",
    async (reason) => {
      const { store, clock } = opened;
      await addTokens(store, { instanceId: "a", sid: "s1" });
      await addKeys(store, "a", { published: "kid-new", signing: "kid-signing" });
      await revoke(store, { sessionId: "session-1" });
      await store.change(SYSTEM, async (change) => {
        const row = await change.db
          .selectFrom("agentos_cp_instances")
          .selectAll()
          .where("instance_id", "=", "a")
          .executeTakeFirstOrThrow();
        expect(await leaveEndpoint(change, row, reason)).toBe(3);
        await (reason === "instance-deleted"
          ? change.db.deleteFrom("agentos_cp_instances").where("instance_id", "=", "a")
          : change.db
              .updateTable("agentos_cp_instances")
              .set({ endpoint: "https://elsewhere.test", issuer_id: "a2", os_id: null })
              .where("instance_id", "=", "a")
        ).execute();
        await change.audit({
          organizationId: ORGANIZATION,
          action: "test.left",
          target: { kind: "test", id: "1" },
        });
      });
      const asked: Parameters<MintForMachine>[0][] = [];
      const { sender, sent } = createTestSender(store, clock, undefined, {
        mintForMachine: async (query) => {
          asked.push(query);
          return "token";
        },
      });
      await sender.send();
      expect(sent.map(({ endpoint }) => endpoint)).toEqual(Array.from({ length: 3 }, () => endpointOf("a")));
      expect(sent.map(({ body }) => (body as { value: string }).value)).toEqual([
        "s1",
        "kid-new",
        "kid-signing",
      ]);
      const key = { kid: "kid-signing", sealedPrivate: "sealed kid-signing", sealKeyId: "seal" };
      const lastKnown = { endpoint: endpointOf("a"), osId: "agent-os", key };
      expect(asked[0]).toEqual({ instanceId: "a", issuerId: "a", scope: "authz:revoke", lastKnown });
      expect(await list()).toMatchObject([
        { state: "applied", reason, instance_name: "Instance a" },
        { state: "applied", reason },
        { state: "applied", reason: "session-ended" },
      ]);
      const kept = await store.read((db) =>
        db.selectFrom("agentos_cp_revocations").select("last_known_json").distinct().execute(),
      );
      expect(kept).toEqual([{ last_known_json: null }]);
    },
  );

  test("names the issuer as the operator of the instance has named it, and none for a key", async () => {
    const { store, clock } = opened;
    await addTokens(store, { instanceId: "a", sid: "s1" });
    await revoke(store, { sessionId: "session-1" });
    await revoke(store, { instanceId: "a", kid: "kid-1" });
    const { sender, sent } = createTestSender(store, clock, ({ path }) =>
      path === "/authz/policy"
        ? policyAnswer([
            { name: "others", issuer: "https://other.test" },
            { name: "console", issuer: issuerOf("a") },
          ])
        : undefined,
    );
    await sender.send();
    expect(sent.map(({ body }) => body)).toEqual([
      { kind: "sid", value: "s1", issuer: "console" },
      { kind: "key", value: "kid-1" },
    ]);
  });

  test.each([
    [[{ name: "default", issuer: "https://other.test" }]],
    [
      [
        { name: "default", issuer: null },
        { name: "others", issuer: "https://other.test" },
      ],
    ],
  ])("revokes nothing in the name of an issuer that is not ours: %j", async (issuers) => {
    const { store, clock } = opened;
    await addTokens(store, { instanceId: "a", sid: "s1" });
    await revoke(store, { sessionId: "session-1" });
    const { sender, sent } = createTestSender(store, clock, ({ path }) =>
      path === "/authz/policy" ? policyAnswer(issuers) : undefined,
    );
    await sender.send();
    expect(sent).toEqual([]);
    expect((await list())[0]?.trouble).toContain("does not trust the issuer");
  });

  test.each([
    ["202", "some of its servers", (call: Parameters<typeof revokedAnswer>[0]) => revokedAnswer(call, 1)],
    [
      "a page with the status 200",
      "does not answer as an AgentOS",
      () => answered(200, { hello: "<b>x</b>" }),
    ],
    ["404, as the Python AgentOS", "as the Python AgentOS", () => answered(404, { detail: "Not Found" })],
    ["401", "with 401", () => answered(401, { detail: "SECRET WORDS" })],
    ["422", "422", () => answered(422)],
    ["500", "with 500", () => answered(500)],
    ["nothing", "no connection", () => ({ kind: "unreachable", reason: "no connection" }) as const],
    ["an address that may not be called", "private network", () => ({ kind: "address-refused" }) as const],
  ])(
    "stays pending after %s, says why in our words, and is tried again after a wait",
    async (_, words, answer) => {
      const { store, clock } = opened;
      await addTokens(store, { instanceId: "a", sid: "s1" });
      await revoke(store, { sessionId: "session-1" });
      let isWell = false;
      const { sender, sent } = createTestSender(store, clock, (call) =>
        call.method === "POST" && !isWell ? answer(call) : undefined,
      );
      await sender.send();
      await sender.send();
      expect(sent).toHaveLength(1);
      const [row] = await list();
      expect(row).toMatchObject({ state: "pending", applied_at: null });
      expect(row?.trouble).toContain(words);
      expect(row?.trouble).not.toMatch(/SECRET|<b>/);
      isWell = true;
      clock.now += 31;
      await sender.send();
      expect(await states()).toEqual(["applied"]);
    },
  );

  test("waits longer after each failure, and is over after a day", async () => {
    const { store, clock } = opened;
    await addTokens(store, { instanceId: "a", sid: "s1", livesSeconds: 300 });
    await revoke(store, { sessionId: "session-1" });
    const { sender, sent } = createTestSender(store, clock, () => answered(404));
    const start = clock.now;
    const policyCalls: number[] = [];
    const watching = createTestSender(store, clock, () => {
      policyCalls.push(clock.now - start);
      return answered(404);
    });
    for (let second = 0; second < 320; second += 1) {
      clock.now = start + second;
      await watching.sender.send();
    }
    expect(await states()).toEqual(["pending"]);
    clock.now = start + 86_400;
    await sender.send();
    expect(sent).toEqual([]);
    expect(policyCalls.slice(0, 5)).toEqual([0, 2, 6, 14, 30]);
    expect(policyCalls.length).toBeLessThan(20);
    expect(await states()).toEqual(["over"]);
  });

  test("says why where no token can be made for the instance", async () => {
    const { store, clock } = opened;
    await addTokens(store, { instanceId: "a", sid: "s1" });
    await revoke(store, { sessionId: "session-1" });
    const { sender } = createTestSender(store, clock, undefined, {
      mintForMachine: () => Promise.reject(reject("INSTANCE_OS_ID_UNKNOWN")),
    });
    await sender.send();
    expect((await list())[0]?.trouble).toContain("the id of this AgentOS is not known");
  });

  test("an instance that does not answer holds up no other", async () => {
    const { store, clock } = opened;
    await addTokens(store, { instanceId: "a", sid: "s1" }, { instanceId: "b", sid: "s1" });
    await revoke(store, { sessionId: "session-1" });
    let answerAtLast: () => void = () => undefined;
    const slow = new Promise<undefined>((resolve) => {
      answerAtLast = () => resolve(undefined);
    });
    let told: () => void = () => undefined;
    const isTold = new Promise<void>((resolve) => {
      told = resolve;
    });
    const { sender } = createTestSender(store, clock, (call) => {
      if (call.endpoint === endpointOf("a")) return slow;
      if (call.method === "POST") told();
      return undefined;
    });
    const all = sender.send();
    await isTold;
    // A second one for the instance that answers is sent while the first call to the other still hangs.
    await addTokens(store, { instanceId: "b", sid: "s2", sessionId: "session-2" });
    await revoke(store, { sessionId: "session-2" });
    sender.hint();
    await expect.poll(async () => (await list()).filter(({ state }) => state === "applied")).toHaveLength(2);
    expect((await list()).find(({ instance_id }) => instance_id === "a")?.state).toBe("pending");
    answerAtLast();
    await all;
    expect(await states()).toEqual(["applied", "applied", "applied"]);
  });

  test("instances that hang, however many somebody has connected, do not hold up an older one", async () => {
    const { store, clock } = opened;
    const old = "z-is-the-oldest";
    await addInstances(store, [old]);
    clock.now += 60;
    const hanging = Array.from({ length: 20 }, (_, at) => `hangs-${at}`);
    await addInstances(store, hanging);
    await addTokens(
      store,
      ...[...hanging, old].map((instanceId) => ({ instanceId, sid: `s-${instanceId}` })),
    );
    await revoke(store, { personId: "ann" });
    const over = Promise.withResolvers<undefined>();
    const { sender } = createTestSender(store, clock, ({ endpoint }) =>
      endpoint === endpointOf(old) ? undefined : over.promise,
    );
    const all = sender.send();
    const stateOfOld = async () => (await list()).find(({ instance_id: id }) => id === old)?.state;
    await expect.poll(stateOfOld).toBe("applied");
    over.resolve(undefined);
    await all;
  });

  test("several control planes send each row once between them", async () => {
    const { store, clock } = opened;
    await addTokens(
      store,
      ...Array.from({ length: 30 }, (_, index) => ({
        instanceId: index % 2 === 0 ? "a" : "b",
        sid: `s${index}`,
      })),
    );
    await revoke(store, { personId: "ann" });
    const senders = [1, 2, 3].map(() => createTestSender(store, clock));
    await Promise.all(senders.map(({ sender }) => sender.send()));
    const values = senders.flatMap(({ sent }) => sent.map(({ body }) => JSON.stringify(body)));
    expect(values).toHaveLength(30);
    expect(new Set(values).size).toBe(30);
    expect(new Set(await states())).toEqual(new Set(["applied"]));
  });

  test("what a process had in hand when it died is sent by the next one", async () => {
    const { store, clock } = opened;
    await addTokens(store, { instanceId: "a", sid: "s1" });
    await revoke(store, { sessionId: "session-1" });
    // It has claimed the row, and never hears the answer.
    const dead = createTestSender(store, clock, (call) =>
      call.method === "POST" ? new Promise<never>(() => undefined) : undefined,
    );
    void dead.sender.send();
    await expect.poll(() => dead.sent.length).toBe(1);
    const next = createTestSender(store, clock);
    await next.sender.send();
    expect(next.sent).toEqual([]);
    clock.now += 31;
    await next.sender.send();
    expect(next.sent).toHaveLength(1);
    expect(await states()).toEqual(["applied"]);
  });

  test("what a process has committed is sent by the next one, although it was killed before it sent anything", async () => {
    const { store, clock, location } = opened;
    await addTokens(store, { instanceId: "a", sid: "s1" });
    const file = fileURLToPath(new URL("revoke-and-die.fixture.ts", import.meta.url));
    const locationText = location.kind === "sqlite" ? `sqlite:${location.file}` : location.url;
    const args = ["--conditions=@agentos/source", file, locationText, String(clock.now)];
    const child = spawn(process.execPath, args, { stdio: "ignore" });
    await once(child, "exit");
    expect(child.signalCode).toBe("SIGKILL");
    expect(await states()).toEqual(["pending"]);
    const { sender, sent } = createTestSender(store, clock);
    await sender.send();
    expect(sent).toHaveLength(1);
    expect(await states()).toEqual(["applied"]);
  });

  test("what was asked for again is sent at once, and is in the audit log", async () => {
    const { store, clock } = opened;
    await addTokens(store, { instanceId: "a", sid: "s1" });
    await revoke(store, { sessionId: "session-1" });
    let isWell = false;
    const { sender } = createTestSender(store, clock, () => (isWell ? undefined : answered(500)));
    await sender.send();
    isWell = true;
    expect(await store.change(SYSTEM, (change) => retryRevocations(change, "org-2"))).toBe(0);
    await sender.send();
    expect(await states()).toEqual(["pending"]);
    expect(await store.change(SYSTEM, (change) => retryRevocations(change, ORGANIZATION))).toBe(1);
    await sender.send();
    expect(await states()).toEqual(["applied"]);
    const audited = await store.read((db) =>
      db
        .selectFrom("agentos_cp_audit")
        .select("after_json")
        .where("action", "=", "revocations.retried")
        .execute(),
    );
    expect(audited).toEqual([{ after_json: '{"pending":0}' }, { after_json: '{"pending":1}' }]);
  });

  test("a fault of ours is logged, and is not tried without a wait", async () => {
    const { store, clock } = opened;
    await addTokens(store, { instanceId: "a", sid: "s1" });
    await revoke(store, { sessionId: "session-1" });
    const { sender, logger } = createTestSender(store, clock, () => {
      throw new Error("a fault of ours");
    });
    await sender.send();
    await sender.send();
    expect(logger.entries.map(({ level }) => level)).toEqual(["error"]);
    expect((await list())[0]?.trouble).toBe("the control plane fails to send it, and its log says why");
  });

  test("a page names the next one, and shows nothing of another organization", async () => {
    const { store, clock } = opened;
    await addTokens(
      store,
      { instanceId: "a", sid: "s1" },
      { instanceId: "a", sid: "s2" },
      { instanceId: "b", sid: "s3" },
    );
    await revoke(store, { personId: "ann" });
    const filter = { organizationId: ORGANIZATION, now: clock.now };
    const first = await listRevocations(store, { ...filter, limit: 2 });
    expect(first.data.map(({ number }) => number)).toEqual([3, 2]);
    const second = await listRevocations(store, { ...filter, limit: 2, before: first.next ?? 0 });
    expect(second).toMatchObject({ data: [{ number: 1 }], next: null });
    expect((await listRevocations(store, { ...filter, limit: 9, organizationId: "org-2" })).data).toEqual([]);
    expect((await listRevocations(store, { ...filter, limit: 9, state: "applied" })).data).toEqual([]);
    expect((await listRevocations(store, { ...filter, limit: 9, state: "pending" })).data).toHaveLength(3);
  });

  test("a week after nothing of it can be in force a row is swept, whatever became of it", async () => {
    const { store, clock } = opened;
    await addTokens(store, { instanceId: "a", sid: "s1" });
    await revoke(store, { sessionId: "session-1" });
    clock.now += 8 * 24 * 3_600;
    await sweepRevocations(store);
    expect(await states()).toEqual(["over"]);
    clock.now += 1;
    await sweepRevocations(store);
    expect(await states()).toEqual([]);
  });

  test("looks by itself once it is started, and begins nothing once it is closed", async () => {
    const { store, clock } = opened;
    await addTokens(store, { instanceId: "a", sid: "s1" });
    await revoke(store, { sessionId: "session-1" });
    const { sender, sent } = createTestSender(store, clock);
    sender.start();
    await expect.poll(states).toEqual(["applied"]);
    await sender.close();
    await addTokens(store, { instanceId: "a", sid: "s2", sessionId: "session-2" });
    await revoke(store, { sessionId: "session-2" });
    await sender.send();
    expect(sent).toHaveLength(1);
  });
});
