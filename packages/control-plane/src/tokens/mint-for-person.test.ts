import { createPublicKey, randomBytes, verify } from "node:crypto";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deriveInstallationKeys, type InstallationKeys } from "../keys/installation-keys.ts";
import { createKeyPairs } from "../keys/key-pairs.ts";
import { publicKeyOf } from "../keys/public-keys.ts";
import { createKeyRotation, type KeyRotation } from "../keys/rotate-keys.ts";
import {
  INSTANCE,
  MEMBER,
  ORGANIZATION,
  OS_ID,
  OTHER_INSTANCE,
  OTHER_ORGANIZATION,
  OWNER,
  openSeededStore,
} from "../keys/seeded-store.fixture.ts";
import { queueRevocations } from "../revocations/queue-revocations.ts";
import { COMMAND_LINE } from "../store/actor.ts";
import { Rejected } from "../store/rejected.ts";
import { TEST_DIALECTS, type TestStore } from "../store/test-store.fixture.ts";
import { mintForMachine } from "./mint-for-machine.ts";
import { type Minting, mintForPerson, type TokenRequest } from "./mint-for-person.ts";
import { forgetTokens } from "./record-token.ts";

type Change = Parameters<Parameters<TestStore["store"]["change"]>[1]>[0];

describe.each(TEST_DIALECTS)("a minted token (%s)", (dialect) => {
  let testStore: TestStore;
  let minting: Minting & { readonly now: () => number };
  let keys: InstallationKeys;
  let rotation: KeyRotation;

  beforeEach(async () => {
    testStore = await openSeededStore(dialect);
    keys = deriveInstallationKeys([randomBytes(32)]);
    const keyPairs = createKeyPairs(keys);
    const { store } = testStore;
    rotation = createKeyRotation({
      store,
      keyPairs,
      revokeKey: (change, tokens) => queueRevocations(change, tokens, "key-retired"),
    });
    await rotation.publishKey(COMMAND_LINE, { organizationId: ORGANIZATION, instanceId: INSTANCE });
    minting = {
      store,
      keyPairs,
      installationKeys: keys,
      publicUrl: "https://console.example.com",
      now: () => testStore.clock.now,
    };
  });
  afterEach(() => testStore.close());

  const mint = (request: Partial<TokenRequest> = {}) =>
    mintForPerson(
      minting,
      { kind: "person", personId: MEMBER.personId },
      {
        organizationId: ORGANIZATION,
        instanceId: INSTANCE,
        purpose: "console",
        ...MEMBER,
        ...request,
      },
    );
  async function codeOf(work: Promise<unknown>) {
    const cause: unknown = await work.then(
      () => "minted",
      (error: unknown) => error,
    );
    return cause instanceof Rejected ? cause.code : cause;
  }
  const change = (work: (change: Change) => Promise<unknown>) =>
    testStore.store.change(COMMAND_LINE, async (one) => {
      await one.audit({ organizationId: ORGANIZATION, action: "test", target: { kind: "test", id: "" } });
      await work(one);
    });
  const removeMember = (one: Change) =>
    one.db.deleteFrom("agentos_cp_members").where("person_id", "=", MEMBER.personId).execute();
  const endSession = (one: Change) =>
    one.db.deleteFrom("agentos_cp_sign_ins").where("id", "=", MEMBER.sessionId).execute();
  const setInstance = (values: {
    os_id?: null;
    wants_authorization?: number;
    is_draft?: number;
    created_by?: string;
  }) =>
    change(({ db }) =>
      db.updateTable("agentos_cp_instances").set(values).where("instance_id", "=", INSTANCE).execute(),
    );
  const isSomebodyWaiting = async () => {
    const { rows } = await testStore.store.read((db) =>
      sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
        db,
      ),
    );
    return rows.length > 0;
  };
  const count = async (
    table: "agentos_cp_issued" | "agentos_cp_minted" | "agentos_cp_audit" | "agentos_cp_revocations",
  ) => (await testStore.store.read((db) => db.selectFrom(table).selectAll().execute())).length;

  it("says who, for which AgentOS, by whom and for how long, and is signed by the key that signs", async () => {
    const minted = await mint({ purpose: "curl", scopes: ["config:read", "agents:run"] });
    const signing = await testStore.store.read((db) => publicKeyOf(db, INSTANCE));
    const [header = "", payload = "", signature = ""] = minted.token.split(".");
    const decode = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
    expect(decode(header)).toEqual({ alg: "RS256", typ: "at+jwt", kid: signing?.kid });
    const { now } = testStore.clock;
    expect(decode(payload)).toEqual({
      iss: `https://console.example.com/instances/${INSTANCE}`,
      sub: MEMBER.personId,
      aud: OS_ID,
      client_id: "curl",
      scopes: ["config:read", "agents:run"],
      iat: now,
      exp: now + 300,
      jti: minted.jti,
      sid: expect.stringMatching(/^[\w-]{32}$/),
    });
    expect(minted).toMatchObject({
      expires_at: now + 300,
      kid: signing?.kid,
      audience: OS_ID,
      subject: MEMBER.personId,
    });
    const key = createPublicKey(signing?.pem ?? "");
    expect(
      verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url")),
    ).toBe(true);
  });

  it("ends with the session at the latest", async () => {
    await change(({ db }) =>
      db
        .updateTable("agentos_cp_sign_ins")
        .set({ expires_at: testStore.clock.now + 100 })
        .where("id", "=", MEMBER.sessionId)
        .execute(),
    );
    expect((await mint()).expires_at).toBe(testStore.clock.now + 100);
    testStore.clock.now += 100;
    expect(await codeOf(mint())).toBe("SESSION_UNKNOWN");
  });

  it.each([
    ["the session has ended", (one: Change) => endSession(one), {}, "SESSION_UNKNOWN"],
    ["the person was removed", (one: Change) => removeMember(one), {}, "MEMBER_UNKNOWN"],
    ["the session is another person's", async () => {}, { sessionId: OWNER.sessionId }, "SESSION_UNKNOWN"],
    [
      "the instance is another organization's",
      async () => {},
      { instanceId: OTHER_INSTANCE },
      "INSTANCE_UNKNOWN",
    ],
    [
      "the organization is another one",
      async () => {},
      { organizationId: OTHER_ORGANIZATION },
      "MEMBER_UNKNOWN",
    ],
    [
      "the role does not give it",
      async () => {},
      { scopes: ["config:read", "agent_os:admin"] },
      "TOKEN_SCOPES_BEYOND_OWN",
    ],
  ])("is not made where %s", async (_, before, request, code) => {
    await change(before);
    expect(await codeOf(mint(request))).toBe(code);
    expect([await count("agentos_cp_issued"), await count("agentos_cp_minted")]).toEqual([0, 0]);
  });

  it.each([
    [{ wants_authorization: 0 }, "INSTANCE_AUTHORIZATION_OFF"],
    [{ os_id: null }, "INSTANCE_OS_ID_UNKNOWN"],
    [{ is_draft: 1, created_by: MEMBER.personId }, "INSTANCE_IS_DRAFT"],
    [{ is_draft: 1, created_by: OWNER.personId }, "INSTANCE_UNKNOWN"],
  ])("is not made for an instance with %o", async (values, code) => {
    await setInstance(values);
    expect(await codeOf(mint())).toBe(code);
  });

  it("has one sign-in id per session and role: another one after a change of the role, or after coming back", async () => {
    const sidOf = async (request: Partial<TokenRequest> = {}) => {
      const { jti } = await mint(request);
      const row = await testStore.store.read((db) =>
        db.selectFrom("agentos_cp_minted").select("sid").where("jti", "=", jti).executeTakeFirstOrThrow(),
      );
      return row.sid;
    };
    const first = await sidOf();
    expect(await sidOf()).toBe(first);
    expect(await sidOf(OWNER)).not.toBe(first);
    await change(({ db }) =>
      db
        .updateTable("agentos_cp_members")
        .set({ version: 2 })
        .where("person_id", "=", MEMBER.personId)
        .execute(),
    );
    const second = await sidOf();
    await change(async (one) => {
      await removeMember(one);
      await one.db
        .insertInto("agentos_cp_members")
        .values({
          organization_id: ORGANIZATION,
          person_id: MEMBER.personId,
          role: "member",
          version: 1,
          created_at: one.now + 1,
        })
        .execute();
    });
    expect(new Set([first, second, await sidOf()]).size).toBe(3);
  });

  it("is written down once for each sign-in, and audited at the first of a visit, or when it is shown", async () => {
    const before = await count("agentos_cp_audit");
    await mint();
    testStore.clock.now += 10;
    await mint();
    expect([await count("agentos_cp_issued"), (await count("agentos_cp_audit")) - before]).toEqual([1, 1]);
    await mint({ purpose: "curl" });
    expect([await count("agentos_cp_issued"), (await count("agentos_cp_audit")) - before]).toEqual([1, 2]);
    const issued = await testStore.store.read((db) =>
      db.selectFrom("agentos_cp_issued").selectAll().executeTakeFirstOrThrow(),
    );
    const key = await testStore.store.read((db) =>
      db.selectFrom("agentos_cp_keys").selectAll().executeTakeFirstOrThrow(),
    );
    expect([issued.last_ends_at, key.last_token_ends_at]).toEqual([
      testStore.clock.now + 300,
      testStore.clock.now + 300,
    ]);
  });

  it("is forgotten some time after its end, and of one person only the newest are kept", async () => {
    await testStore.store.note(async (db, now) => {
      await db
        .insertInto("agentos_cp_minted")
        .values(
          Array.from({ length: 150 }, (_, index) => ({
            jti: `old-${index}`,
            instance_id: INSTANCE,
            person_id: MEMBER.personId,
            kid: "k",
            sid: "s",
            audience: OS_ID,
            scopes_json: "[]",
            issued_at: now - 150 + index,
            ends_at: now + 150 + index,
          })),
        )
        .execute();
    });
    const { jti } = await mint();
    const kept = await testStore.store.read((db) =>
      db.selectFrom("agentos_cp_minted").select("jti").orderBy("issued_at", "desc").execute(),
    );
    expect(kept).toHaveLength(100);
    expect(kept[0]?.jti).toBe(jti);
    testStore.clock.now += 300 + 3_500;
    await testStore.store.note((db, now) => forgetTokens(db, now));
    expect(await count("agentos_cp_issued")).toBe(1);
    testStore.clock.now += 101;
    expect(await testStore.store.note((db, now) => forgetTokens(db, now))).toBeGreaterThan(0);
    expect([await count("agentos_cp_issued"), await count("agentos_cp_minted")]).toEqual([0, 0]);
  });

  it.each([
    ["removed", removeMember, "member-removed"] as const,
    ["signed out", endSession, "session-ended"] as const,
  ])("never lives on unrevoked when its person is %s at the same time", async (_, end, reason) => {
    const outcomes = await Promise.all([
      ...Array.from({ length: 12 }, () => codeOf(mint())),
      change(async (one) => {
        await one.lockOrganization(ORGANIZATION);
        await end(one);
        const tokens =
          reason === "member-removed"
            ? { personId: MEMBER.personId, organizationId: ORGANIZATION }
            : { sessionId: MEMBER.sessionId };
        await queueRevocations(one, tokens, reason);
      }),
      ...Array.from({ length: 12 }, () => codeOf(mint())),
    ]);
    const isMinted = outcomes.includes("minted");
    expect(await count("agentos_cp_revocations")).toBe(isMinted ? 1 : 0);
    expect(await codeOf(mint())).not.toBe("minted");
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
      await change(async (one) => {
        await end(one);
        let isSettled = false;
        minted = codeOf(mint()).finally(() => (isSettled = true));
        // Until it waits for this change, or has not.
        while (!isSettled && !(await isSomebodyWaiting())) await Promise.resolve();
      });
      expect(await minted).toBe(code);
    });
  });

  it("never lives on unrevoked when its key is retired at the same time", async () => {
    const of = { organizationId: ORGANIZATION, instanceId: INSTANCE };
    const old = (await testStore.store.read((db) => publicKeyOf(db, INSTANCE)))?.kid ?? "";
    await rotation.publishKey(COMMAND_LINE, of);
    const fresh = await testStore.store.read((db) =>
      db
        .selectFrom("agentos_cp_keys")
        .select("kid")
        .where("station", "=", "published")
        .executeTakeFirstOrThrow(),
    );
    const minted = [];
    const minters = Array.from({ length: 10 }, () => mint());
    await rotation.signWithKey(COMMAND_LINE, { ...of, kid: fresh.kid, isForced: true });
    await rotation.retireKey(COMMAND_LINE, { ...of, kid: old, isForced: true });
    minted.push(...(await Promise.all(minters)), await mint());
    expect(minted.at(-1)?.kid).toBe(fresh.kid);
    expect(await count("agentos_cp_revocations")).toBe(minted.some(({ kid }) => kid === old) ? 1 : 0);
  });

  it("is not made with a key whose row was copied from another instance, or changed", async () => {
    await rotation.publishKey(COMMAND_LINE, {
      organizationId: OTHER_ORGANIZATION,
      instanceId: OTHER_INSTANCE,
    });
    await change(async ({ db }) => {
      const foreign = await db
        .selectFrom("agentos_cp_keys")
        .selectAll()
        .where("instance_id", "=", OTHER_INSTANCE)
        .executeTakeFirstOrThrow();
      const { sealed_private, seal_key_id } = foreign;
      await db
        .updateTable("agentos_cp_keys")
        .set({ sealed_private, seal_key_id })
        .where("instance_id", "=", INSTANCE)
        .execute();
    });
    await expect(mint()).rejects.toThrow("does not open");
    await change(async ({ db }) => {
      await db.deleteFrom("agentos_cp_keys").where("instance_id", "=", INSTANCE).execute();
      await db.updateTable("agentos_cp_keys").set({ instance_id: INSTANCE }).execute();
    });
    await expect(mint()).rejects.toThrow("does not open");
  });

  it("for the control plane itself has one scope, lives a minute and names no sign-in", async () => {
    const instance = { instance_id: INSTANCE, os_id: OS_ID };
    const token = await mintForMachine(minting, { instance, scope: "authz:revoke" });
    const payload: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    const { now } = testStore.clock;
    expect(payload).toEqual({
      iss: `https://console.example.com/instances/${INSTANCE}`,
      sub: "control-plane",
      aud: OS_ID,
      client_id: "control-plane",
      scopes: ["authz:revoke"],
      iat: now,
      exp: now + 60,
      jti: expect.any(String),
    });
    expect(
      await codeOf(mintForMachine(minting, { instance: { ...instance, os_id: null }, scope: "authz:read" })),
    ).toBe("INSTANCE_OS_ID_UNKNOWN");
    const keyless = { instance_id: OTHER_INSTANCE, os_id: OS_ID };
    expect(await codeOf(mintForMachine(minting, { instance: keyless, scope: "authz:read" }))).toBe(
      "INSTANCE_AUTHORIZATION_OFF",
    );
  });
});
