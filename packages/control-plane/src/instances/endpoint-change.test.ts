import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { queueRevocations } from "../revocations/queue-revocations.ts";
import { TEST_DIALECTS } from "../store/test-store.fixture.ts";
import { updateInstance } from "./change-instance.ts";
import { openTestInstances, type TestInstances } from "./instances.fixture.ts";
import { setSwitches } from "./set-switches.ts";

describe.each(TEST_DIALECTS)("an instance that gets another endpoint (%s)", (dialect) => {
  let test: TestInstances;
  let id: string;
  beforeEach(async () => {
    test = await openTestInstances(dialect);
    id = await test.connect(test.owner, { endpoint: "https://old.example" });
    await setSwitches(test.services, test.owner, id, { authorization: true, security_key: false });
  });
  afterEach(() => test.close());

  const move = (endpoint: string) => updateInstance(test.services, test.owner, id, { endpoint });
  const signingKey = async () => (await test.listKeys(id)).find(({ station }) => station === "signing");
  /** A session with a token ends. */
  const endSession = (sessionId: string) =>
    test.store.change({ kind: "system" }, async (change) => {
      await change.db
        .insertInto("agentos_cp_issued")
        .values({
          instance_id: id,
          sid: `sid of ${sessionId}`,
          kid: "kid",
          person_id: "ada",
          session_id: sessionId,
          last_ends_at: change.now + 300,
        })
        .execute();
      await queueRevocations(change, { sessionId }, "session-ended");
      await change.audit({
        organizationId: null,
        action: "test.ended",
        target: { kind: "test", id: sessionId },
      });
    });
  const readLastAudit = async () => {
    const row = await test.store.read((db) =>
      db
        .selectFrom("agentos_cp_audit")
        .select(["action", "after_json"])
        .orderBy("audit_no", "desc")
        .limit(1)
        .executeTakeFirstOrThrow(),
    );
    return { action: row.action, after: JSON.parse(row.after_json ?? "null") as unknown };
  };

  it("is yet to be told what it was to be told, where it was; and the audit log says how much that is", async () => {
    await endSession("told");
    await test.store.note((db, now) =>
      db.updateTable("agentos_cp_revocations").set({ applied_at: now }).execute(),
    );
    await endSession("untold");
    const before = await signingKey();
    await move("https://new.example");
    const rows = await test.store.read((db) =>
      db.selectFrom("agentos_cp_revocations").selectAll().orderBy("revocation_no").execute(),
    );
    expect(
      rows.map(({ value, issuer_id: issuer, until }) => [value, issuer, until > test.clock.now]),
    ).toEqual([
      ["sid of told", id, true],
      ["sid of untold", id, true],
      [before?.kid, id, true],
    ]);
    const [told, ...pending] = rows.map(({ last_known_json: json }) => json);
    expect(told).toBeNull();
    for (const json of pending)
      expect(JSON.parse(json ?? "null")).toMatchObject({
        endpoint: "https://old.example",
        key: { kid: before?.kid, sealedPrivate: before?.sealed_private },
      });
    expect(await readLastAudit()).toEqual({
      action: "instance.endpoint-changed",
      after: {
        endpoint: "https://new.example",
        signing_key: (await signingKey())?.kid,
        pending_revocations: 2,
      },
    });
  });

  it("keeps twenty retired keys, however often it moves", async () => {
    await test.store.note(async (db, now) => {
      const row = await db.selectFrom("agentos_cp_keys").selectAll().executeTakeFirstOrThrow();
      const old = Array.from({ length: 30 }, (_, index) => ({
        ...row,
        kid: `old-${index}`,
        station: "retired",
        sealed_private: null,
        retired_at: now - 1 - index,
      }));
      await db.insertInto("agentos_cp_keys").values(old).execute();
    });
    const before = await signingKey();
    await move("https://new.example");
    const retired = (await test.listKeys(id)).filter(({ station }) => station === "retired");
    expect(retired).toHaveLength(20);
    expect(retired.map(({ kid }) => kid)).toContain(before?.kid);
  });
});
