import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publicKeyOf } from "../keys/public-keys.ts";
import { INSTANCE, MEMBER, ORGANIZATION, OWNER } from "../keys/seeded-store.fixture.ts";
import { removeMember } from "../people/change-member.ts";
import { findRole } from "../people/roles/built-in-roles.ts";
import { endSession, endSessions } from "../sign-in/own-sessions.ts";
import { COMMAND_LINE } from "../store/actor.ts";
import type { Change } from "../store/control-plane-store.ts";
import { TEST_DIALECTS } from "../store/test-store.fixture.ts";
import { untilBlocked } from "../store/until-blocked.fixture.ts";
import { openMinting, outcomeOf, type TestMinting } from "./minting.fixture.ts";

const asOwner = { kind: "person", ...OWNER } as const;
const asMember = { kind: "person", ...MEMBER } as const;

/** As the Owner does it. */
async function remove(one: Change): Promise<void> {
  const role = findRole("owner");
  if (role === undefined) throw new Error("INVARIANT: there is an Owner");
  await removeMember(one, { organizationId: ORGANIZATION, role }, MEMBER.personId);
}

describe.each(TEST_DIALECTS)("a token that is minted while something is changed (%s)", (dialect) => {
  let test: TestMinting;

  beforeEach(async () => {
    test = await openMinting(dialect);
  });
  afterEach(() => test.close());

  const mint = () => test.mint();

  it.each([
    ["removed", (): Promise<unknown> => test.store.change(asOwner, remove)] as const,
    [
      "signed out",
      () => endSession(test.store, asMember, { ...MEMBER, action: "session.signed-out" }),
    ] as const,
  ])("never lives on unrevoked when its person is %s at the same time", async (_, end) => {
    const outcomes = await Promise.all([
      ...Array.from({ length: 12 }, () => outcomeOf(mint())),
      end(),
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
      // Who is in no organization any more is forgotten, with their sessions.
      ["the removal of its person", remove, "SESSION_UNKNOWN"] as const,
      [
        "the end of its session",
        (one: Change): Promise<unknown> =>
          endSessions(one, { personId: MEMBER.personId }, "password-changed"),
        "SESSION_UNKNOWN",
      ] as const,
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
      await test.store.change(asOwner, async (one) => {
        await end(one);
        await one.audit({ organizationId: null, action: "test.ended", target: { kind: "test", id: "1" } });
        minted = outcomeOf(mint());
        await untilBlocked(test.store, minted);
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
    const minters = Array.from({ length: 10 }, () => mint());
    await test.rotation.signWithKey(COMMAND_LINE, { ...of, kid: fresh.kid, isForced: true });
    await test.rotation.retireKey(COMMAND_LINE, { ...of, kid: old, isForced: true });
    await Promise.all(minters);
    expect((await mint()).kid).toBe(fresh.kid);
    const revoked = await test.store.read((db) =>
      db.selectFrom("agentos_cp_revocations").select(["kind", "value"]).execute(),
    );
    expect(revoked).toEqual([{ kind: "key", value: old }]);
  });
});
