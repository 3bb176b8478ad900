import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOTHING_OBSERVED, POLICY_SOURCE } from "../schema/observed.ts";
import { COMMAND_LINE } from "../store/actor.ts";
import { Rejected } from "../store/rejected.ts";
import { TEST_DIALECTS, type TestStore } from "../store/test-store.fixture.ts";
import { deriveInstallationKeys } from "./installation-keys.ts";
import { createKeyPairs, type KeyPairs } from "./key-pairs.ts";
import { listKeys } from "./list-keys.ts";
import { createKeyRotation, type KeyRotation } from "./rotate-keys.ts";
import {
  INSTANCE,
  ORGANIZATION,
  OTHER_INSTANCE,
  OTHER_ORGANIZATION,
  openSeededStore,
} from "./seeded-store.fixture.ts";

const OF = { organizationId: ORGANIZATION, instanceId: INSTANCE };

describe.each(TEST_DIALECTS)("the rotation of keys (%s)", (dialect) => {
  let testStore: TestStore;
  let pairs: KeyPairs;
  let rotation: KeyRotation;
  let revoked: unknown[];

  beforeEach(async () => {
    testStore = await openSeededStore(dialect);
    pairs = createKeyPairs(deriveInstallationKeys([randomBytes(32)]));
    revoked = [];
    rotation = createKeyRotation({
      store: testStore.store,
      keyPairs: pairs,
      revokeKey: async (_, tokens) => revoked.push(tokens),
    });
  });
  afterEach(() => testStore.close());

  async function codeOf(work: Promise<unknown>) {
    const cause: unknown = await work.then(
      () => "done",
      (error: unknown) => error,
    );
    return cause instanceof Rejected ? cause.code : cause;
  }
  const rows = () =>
    testStore.store.read((db) =>
      db.selectFrom("agentos_cp_keys").selectAll().orderBy("created_at").execute(),
    );
  const stations = async () => (await rows()).map(({ station }) => station).sort();
  const kidAt = async (station: string) =>
    (await rows()).find((row) => row.station === station)?.kid ?? "none";
  const publish = () => rotation.publishKey(COMMAND_LINE, OF);
  const sign = (kid: string, isForced = false) =>
    rotation.signWithKey(COMMAND_LINE, { ...OF, kid, isForced });
  const retire = (kid: string, isForced = false) =>
    rotation.retireKey(COMMAND_LINE, { ...OF, kid, isForced });
  const observe = (thumbprints: readonly string[]) =>
    testStore.store.note(async (db, now) => {
      await db.deleteFrom("agentos_cp_observations").execute();
      const keys = thumbprints.map((thumbprint) => ({
        thumbprint,
        kid: null,
        requestCount: 7,
      }));
      const observed_json = JSON.stringify({ ...NOTHING_OBSERVED, keys });
      await db
        .insertInto("agentos_cp_observations")
        .values({ instance_id: INSTANCE, source: POLICY_SOURCE, at: now, reported_by: null, observed_json })
        .execute();
    });
  const setTokenEnd = (kid: string, endsAt: number) =>
    testStore.store.note((db) =>
      db.updateTable("agentos_cp_keys").set({ last_token_ends_at: endsAt }).where("kid", "=", kid).execute(),
    );

  it("goes from published to signing to retiring to retired, and destroys the private half at the end", async () => {
    await publish();
    expect(await stations()).toEqual(["signing"]);
    testStore.clock.now += 1;
    await publish();
    expect(await stations()).toEqual(["published", "signing"]);
    const [old, fresh] = [await kidAt("signing"), await kidAt("published")];
    await observe([old, fresh]);
    await sign(fresh);
    expect([await kidAt("signing"), await kidAt("retiring")]).toEqual([fresh, old]);
    await retire(old);
    expect([await kidAt("signing"), await kidAt("retired")]).toEqual([fresh, old]);
    expect((await rows()).map(({ kid, sealed_private: sealed }) => [kid, sealed === null])).toEqual([
      [old, true],
      [fresh, false],
    ]);
    const audit = await testStore.store.read((db) =>
      db.selectFrom("agentos_cp_audit").select(["action", "target_id"]).orderBy("audit_no").execute(),
    );
    expect(audit.map(({ action }) => action)).toEqual([
      "key.published",
      "key.published",
      "key.signs",
      "key.retired",
    ]);
  });

  it("has one new key at a time, one that signs, and refuses what is at another station", async () => {
    await publish();
    await publish();
    expect(await codeOf(publish())).toBe("SIGNING_KEY_PUBLISHED_ALREADY");
    const [signing, fresh] = [await kidAt("signing"), await kidAt("published")];
    expect(await codeOf(sign(signing, true))).toBe("SIGNING_KEY_STATION");
    expect(await codeOf(retire(signing, true))).toBe("SIGNING_KEY_STATION");
    await retire(fresh);
    expect(await codeOf(retire(fresh, true))).toBe("SIGNING_KEY_STATION");
    expect(await codeOf(sign(fresh, true))).toBe("SIGNING_KEY_STATION");
  });

  it("signs with a new key only when the instance has said lately that it has it, or by force", async () => {
    await publish();
    await publish();
    const [old, fresh] = [await kidAt("signing"), await kidAt("published")];
    expect(await codeOf(sign(fresh))).toBe("SIGNING_KEY_LOADED_UNKNOWN");
    await observe([old]);
    expect(await codeOf(sign(fresh))).toBe("SIGNING_KEY_NOT_LOADED");
    await observe([old, fresh]);
    testStore.clock.now += 301;
    expect(await codeOf(sign(fresh))).toBe("SIGNING_KEY_LOADED_UNKNOWN");
    // It was asked just now, and did not say so again: what it said before counts no more.
    await observe([old, fresh]);
    const unread = { ...OF, kid: fresh, isForced: false, unreadFor: "it answered with 401" };
    expect(await codeOf(rotation.signWithKey(COMMAND_LINE, unread))).toBe("SIGNING_KEY_LOADED_UNKNOWN");
    expect(await kidAt("signing")).toBe(old);
    await sign(fresh, true);
    expect(await kidAt("signing")).toBe(fresh);
  });

  it("retires a key once its last token has ended, or at once by force, and revokes it in any case", async () => {
    await publish();
    await publish();
    const [old, fresh] = [await kidAt("signing"), await kidAt("published")];
    await sign(fresh, true);
    await setTokenEnd(old, testStore.clock.now + 5);
    expect(await codeOf(retire(old))).toBe("SIGNING_KEY_IN_USE");
    // Servers take a token for some seconds more: clocks differ.
    testStore.clock.now += 6;
    expect(await codeOf(retire(old))).toBe("SIGNING_KEY_IN_USE");
    await retire(old, true);
    expect(revoked).toEqual([{ instanceId: INSTANCE, kid: old }]);
    await publish();
    await sign(await kidAt("published"), true);
    await setTokenEnd(fresh, testStore.clock.now - 11);
    await retire(fresh);
    expect(revoked).toEqual([old, fresh].map((kid) => ({ instanceId: INSTANCE, kid })));
    // It may have been copied although it has signed nothing for us.
    await publish();
    await retire(await kidAt("published"));
    expect(revoked).toHaveLength(3);
  });

  it("knows no key of another instance, and no instance of another organization", async () => {
    await publish();
    await rotation.publishKey(COMMAND_LINE, {
      organizationId: OTHER_ORGANIZATION,
      instanceId: OTHER_INSTANCE,
    });
    await rotation.publishKey(COMMAND_LINE, {
      organizationId: OTHER_ORGANIZATION,
      instanceId: OTHER_INSTANCE,
    });
    const foreign = await kidAt("published");
    const before = await rows();
    expect(await codeOf(sign(foreign, true))).toBe("SIGNING_KEY_UNKNOWN");
    expect(await codeOf(retire(foreign, true))).toBe("SIGNING_KEY_UNKNOWN");
    const step = { organizationId: ORGANIZATION, instanceId: OTHER_INSTANCE, kid: foreign, isForced: true };
    expect(await codeOf(rotation.signWithKey(COMMAND_LINE, step))).toBe("INSTANCE_UNKNOWN");
    expect(await codeOf(rotation.retireKey(COMMAND_LINE, step))).toBe("INSTANCE_UNKNOWN");
    expect(await codeOf(rotation.publishKey(COMMAND_LINE, step))).toBe("INSTANCE_UNKNOWN");
    expect(await rows()).toEqual(before);
  });

  it("lets one of several at the same time win each step", async () => {
    await publish();
    const published = await Promise.all([1, 2, 3, 4].map(() => codeOf(publish())));
    expect(published.filter((outcome) => outcome === "done")).toHaveLength(1);
    expect(await stations()).toEqual(["published", "signing"]);
    const [old, fresh] = [await kidAt("signing"), await kidAt("published")];
    const signed = await Promise.all([1, 2, 3, 4].map(() => codeOf(sign(fresh, true))));
    expect(signed.filter((outcome) => outcome === "done")).toHaveLength(1);
    expect(signed.filter((outcome) => outcome === "SIGNING_KEY_STATION")).toHaveLength(3);
    const retired = await Promise.all([1, 2, 3, 4].map(() => codeOf(retire(old, true))));
    expect(retired.filter((outcome) => outcome === "done")).toHaveLength(1);
    expect([await kidAt("signing"), await kidAt("retired")]).toEqual([fresh, old]);
  });

  it("gives an instance one signing pair, however often that is asked for at the same time", async () => {
    const prepared = await Promise.all([1, 2, 3].map(() => pairs.prepareKeyPair(INSTANCE)));
    const kids = await Promise.all(
      prepared.map((pair) =>
        testStore.store.change(COMMAND_LINE, async (change) => {
          await change.audit({ organizationId: null, action: "test", target: { kind: "test", id: "" } });
          return pairs.createKeyPairFor(change, pair);
        }),
      ),
    );
    expect(new Set(kids).size).toBe(1);
    expect(await stations()).toEqual(["signing"]);
  });

  it("keeps the key set and the list within limits", async () => {
    await publish();
    for (let round = 0; round < 8; round += 1) {
      await publish();
      await sign(await kidAt("published"), true);
    }
    await publish();
    await sign(await kidAt("published"), true);
    expect(await codeOf(publish())).toBe("SIGNING_KEY_TOO_MANY");
    await testStore.store.note(async (db, now) => {
      const [row] = await db
        .selectFrom("agentos_cp_keys")
        .selectAll()
        .where("station", "=", "retiring")
        .execute();
      if (row === undefined) throw new Error("there is one");
      const old = Array.from({ length: 30 }, (_, index) => ({
        ...row,
        kid: `old-${index}`,
        station: "retired",
        retired_at: now - index,
      }));
      await db.insertInto("agentos_cp_keys").values(old).execute();
    });
    await retire(await kidAt("retiring"));
    expect((await stations()).filter((station) => station === "retired")).toHaveLength(20);
  });

  it("shows both sides: what is held, what is loaded with its requests, and what is foreign", async () => {
    await publish();
    await publish();
    const [old, fresh] = [await kidAt("signing"), await kidAt("published")];
    const read = (scopes: readonly string[] = ["authz:read"]) =>
      testStore.store.read((db) =>
        listKeys(db, {
          publicUrl: "https://console.example.com",
          instanceId: INSTANCE,
          issuerId: INSTANCE,
          scopes,
        }),
      );
    const unknown = await read();
    expect(unknown).toMatchObject({ observed_at: null, foreign_thumbprints: [] });
    expect(unknown.data.map((key) => [key.is_loaded, key.request_count])).toEqual([
      [null, null],
      [null, null],
    ]);
    const foreign = "f".repeat(43);
    await observe([old, foreign]);
    const known = await read();
    expect(known).toMatchObject({ observed_at: testStore.clock.now, foreign_thumbprints: [foreign] });
    const sides = new Map(known.data.map((key) => [key.kid, [key.is_loaded, key.request_count]]));
    expect([sides.get(old), sides.get(fresh)]).toEqual([
      [true, 7],
      [false, null],
    ]);
    // Whoever may not read the policy of the instance is told whether a key fits, and no more.
    const hidden = await read(["os:read"]);
    expect(hidden.foreign_thumbprints).toEqual([]);
    expect(hidden.data.map((key) => [key.is_loaded, key.request_count])).toEqual(
      known.data.map((key) => [key.is_loaded, null]),
    );
    expect(JSON.stringify(known)).not.toMatch(/sealed|PRIVATE|"[dpq]":|"d[pq]":|"qi":/);
  });
});
