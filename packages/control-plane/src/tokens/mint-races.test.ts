import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publicKeyOf } from "../keys/public-keys.ts";
import { INSTANCE, MEMBER, ORGANIZATION } from "../keys/seeded-store.fixture.ts";
import { queueRevocations } from "../revocations/queue-revocations.ts";
import { COMMAND_LINE } from "../store/actor.ts";
import type { Change } from "../store/control-plane-store.ts";
import { TEST_DIALECTS } from "../store/test-store.fixture.ts";
import { endSession, openMinting, outcomeOf, removeMember, type TestMinting } from "./minting.fixture.ts";

describe.each(TEST_DIALECTS)("a token that is minted while something is changed (%s)", (dialect) => {
  let test: TestMinting;

  beforeEach(async () => {
    test = await openMinting(dialect);
  });
  afterEach(() => test.close());

  const mint = () => test.mint();
  const isSomebodyWaiting = async () => {
    const { rows } = await test.store.read((db) =>
      sql`
        select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(db),
    );
    return rows.length > 0;
  };

  it.each([
    ["removed", removeMember, "member-removed"] as const,
    ["signed out", endSession, "session-ended"] as const,
  ])("never lives on unrevoked when its person is %s at the same time", async (_, end, reason) => {
    const outcomes = await Promise.all([
      ...Array.from({ length: 12 }, () => outcomeOf(mint())),
      test.change(async (one) => {
        await one.lockOrganization(ORGANIZATION);
        await end(one);
        const tokens =
          reason === "member-removed"
            ? { personId: MEMBER.personId, organizationId: ORGANIZATION }
            : { sessionId: MEMBER.sessionId };
        await queueRevocations(one, tokens, reason);
      }),
      ...Array.from({ length: 12 }, () => outcomeOf(mint())),
    ]);
    const isMinted = outcomes.includes("minted");
    expect(await test.count("agentos_cp_revocations")).toBe(isMinted ? 1 : 0);
    expect(await outcomeOf(mint())).not.toBe("minted");
  });

  // On SQLite one writer waits for the other anyway.
  describe.runIf(dialect === "postgres")("while something is being changed", () => {
    // Each holds no more than who really does it.
    it.each([
      [
        "the removal of its person",
        async (one: Change) => {
          await one.lockOrganization(ORGANIZATION);
          await removeMember(one);
        },
        "MEMBER_UNKNOWN",
      ] as const,
      ["the end of its session", endSession, "SESSION_UNKNOWN"] as const,
      [
        "the switch of its instance",
        async (one: Change) => {
          await one.lockInstance(INSTANCE);
          await one.db.updateTable("agentos_cp_instances").set({ wants_authorization: 0 }).execute();
        },
        "INSTANCE_AUTHORIZATION_OFF",
      ] as const,
    ])("waits for %s, and is not made then", async (_, end, code) => {
      let minted: Promise<unknown> = Promise.resolve();
      await test.change(async (one) => {
        await end(one);
        const state = { isSettled: false };
        minted = outcomeOf(mint()).finally(() => (state.isSettled = true));
        // Until it waits for this change, or has not.
        while (!state.isSettled && !(await isSomebodyWaiting())) await Promise.resolve();
      });
      expect(await minted).toBe(code);
    });
  });

  it("never lives on unrevoked when its key is retired at the same time", async () => {
    const of = { organizationId: ORGANIZATION, instanceId: INSTANCE };
    const old = (await test.store.read((db) => publicKeyOf(db, INSTANCE)))?.kid ?? "";
    await test.rotation.publishKey(COMMAND_LINE, of);
    const fresh = await test.store.read((db) =>
      db
        .selectFrom("agentos_cp_keys")
        .select("kid")
        .where("station", "=", "published")
        .executeTakeFirstOrThrow(),
    );
    const minted = [];
    const minters = Array.from({ length: 10 }, () => mint());
    await test.rotation.signWithKey(COMMAND_LINE, { ...of, kid: fresh.kid, isForced: true });
    await test.rotation.retireKey(COMMAND_LINE, { ...of, kid: old, isForced: true });
    minted.push(...(await Promise.all(minters)), await mint());
    expect(minted.at(-1)?.kid).toBe(fresh.kid);
    expect(await test.count("agentos_cp_revocations")).toBe(minted.some(({ kid }) => kid === old) ? 1 : 0);
  });
});
