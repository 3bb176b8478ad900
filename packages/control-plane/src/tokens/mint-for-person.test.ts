import { createPublicKey, verify } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publicKeyOf } from "../keys/public-keys.ts";
import {
  INSTANCE,
  MEMBER,
  ORGANIZATION,
  OS_ID,
  OTHER_INSTANCE,
  OTHER_ORGANIZATION,
  OWNER,
} from "../keys/seeded-store.fixture.ts";
import { COMMAND_LINE } from "../store/actor.ts";
import type { Change } from "../store/control-plane-store.ts";
import { TEST_DIALECTS } from "../store/test-store.fixture.ts";
import type { TokenRequest } from "./mint-for-person.ts";
import {
  decodePart,
  endSession,
  openMinting,
  outcomeOf,
  removeMember,
  type TestMinting,
} from "./minting.fixture.ts";
import { forgetTokens } from "./record-token.ts";

describe.each(TEST_DIALECTS)("a minted token (%s)", (dialect) => {
  let test: TestMinting;

  beforeEach(async () => {
    test = await openMinting(dialect);
  });
  afterEach(() => test.close());

  const mint = (request?: Partial<TokenRequest>) => test.mint(request);
  const setInstance = (values: {
    os_id?: null;
    wants_authorization?: number;
    is_draft?: number;
    created_by?: string;
  }) =>
    test.change(({ db }) =>
      db.updateTable("agentos_cp_instances").set(values).where("instance_id", "=", INSTANCE).execute(),
    );

  it("says who, for which AgentOS, by whom and for how long, and is signed by the key that signs", async () => {
    const minted = await mint({ purpose: "curl", scopes: ["config:read", "agents:run"] });
    const signing = await test.store.read((db) => publicKeyOf(db, INSTANCE));
    const [header = "", payload = "", signature = ""] = minted.token.split(".");
    expect(decodePart(header)).toEqual({ alg: "RS256", typ: "at+jwt", kid: signing?.kid });
    const { now } = test.clock;
    const { sid, ...claims } = decodePart(payload);
    expect(sid).toMatch(/^[\w-]{32}$/);
    expect(claims).toEqual({
      iss: `https://console.example.com/instances/${INSTANCE}`,
      sub: MEMBER.personId,
      aud: OS_ID,
      client_id: "curl",
      scopes: ["config:read", "agents:run"],
      iat: now,
      exp: now + 300,
      jti: minted.jti,
    });
    expect(minted).toMatchObject({
      endpoint: "https://agents.example.com",
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
    await test.change(({ db }) =>
      db
        .updateTable("agentos_cp_sign_ins")
        .set({ expires_at: test.clock.now + 100 })
        .where("id", "=", MEMBER.sessionId)
        .execute(),
    );
    expect((await mint()).expires_at).toBe(test.clock.now + 100);
    test.clock.now += 100;
    expect(await outcomeOf(mint())).toBe("SESSION_UNKNOWN");
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
    await test.change(before);
    expect(await outcomeOf(mint(request))).toBe(code);
    expect([await test.count("agentos_cp_issued"), await test.count("agentos_cp_minted")]).toEqual([0, 0]);
  });

  it.each([
    [{ wants_authorization: 0 }, "INSTANCE_AUTHORIZATION_OFF"],
    [{ os_id: null }, "INSTANCE_OS_ID_UNKNOWN"],
    [{ is_draft: 1, created_by: MEMBER.personId }, "INSTANCE_IS_DRAFT"],
    [{ is_draft: 1, created_by: OWNER.personId }, "INSTANCE_UNKNOWN"],
  ])("is not made for an instance with %o", async (values, code) => {
    await setInstance(values);
    expect(await outcomeOf(mint())).toBe(code);
  });

  it("has one sign-in id per session and role: another one after a change of the role, or after coming back", async () => {
    const sidOf = async (request: Partial<TokenRequest> = {}) => {
      const { jti } = await mint(request);
      const row = await test.store.read((db) =>
        db.selectFrom("agentos_cp_minted").select("sid").where("jti", "=", jti).executeTakeFirstOrThrow(),
      );
      return row.sid;
    };
    const first = await sidOf();
    expect(await sidOf()).toBe(first);
    expect(await sidOf(OWNER)).not.toBe(first);
    await test.change(({ db }) =>
      db
        .updateTable("agentos_cp_members")
        .set({ version: 2 })
        .where("person_id", "=", MEMBER.personId)
        .execute(),
    );
    const second = await sidOf();
    await test.change(async (one) => {
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
    const before = await test.count("agentos_cp_audit");
    await mint();
    test.clock.now += 10;
    await mint();
    expect([await test.count("agentos_cp_issued"), (await test.count("agentos_cp_audit")) - before]).toEqual([
      1, 1,
    ]);
    await mint({ purpose: "curl" });
    expect([await test.count("agentos_cp_issued"), (await test.count("agentos_cp_audit")) - before]).toEqual([
      1, 2,
    ]);
    const issued = await test.store.read((db) =>
      db.selectFrom("agentos_cp_issued").selectAll().executeTakeFirstOrThrow(),
    );
    const key = await test.store.read((db) =>
      db.selectFrom("agentos_cp_keys").selectAll().executeTakeFirstOrThrow(),
    );
    expect(issued.last_ends_at).toBe(test.clock.now + 300);
    // The row of the key is written once a minute, for all of its tokens.
    expect(key.last_token_ends_at).toBe(test.clock.now - 10 + 360);
  });

  it("is audited where it is not as the one before: other scopes, another role or key", async () => {
    const audited = async (request: Parameters<typeof mint>[0] = {}) => {
      const before = await test.count("agentos_cp_audit");
      await mint(request);
      // So that one is the newest.
      test.clock.now += 1;
      return (await test.count("agentos_cp_audit")) - before;
    };
    const narrow = { scopes: ["config:read", "sessions:read"] };
    // One that is shown is none that a page renews.
    expect(await audited({ purpose: "curl" })).toBe(1);
    expect([await audited(), await audited()]).toEqual([1, 0]);
    expect([await audited(narrow), await audited(narrow), await audited()]).toEqual([1, 0, 1]);
    await test.rotation.publishKey(COMMAND_LINE, { organizationId: ORGANIZATION, instanceId: INSTANCE });
    const { kid } = await test.store.read((db) =>
      db
        .selectFrom("agentos_cp_keys")
        .select("kid")
        .where("station", "=", "published")
        .executeTakeFirstOrThrow(),
    );
    const step = { organizationId: ORGANIZATION, instanceId: INSTANCE, kid, isForced: true };
    await test.rotation.signWithKey(COMMAND_LINE, step);
    expect([await audited(), await audited()]).toEqual([1, 0]);
    await test.change(({ db }) => db.updateTable("agentos_cp_members").set({ version: 7 }).execute());
    expect([await audited(), await audited()]).toEqual([1, 0]);
  });

  it("is forgotten some time after its end, and of one person only the newest are kept", async () => {
    await test.store.note(async (db, now) => {
      await db
        .insertInto("agentos_cp_minted")
        .values(
          Array.from({ length: 150 }, (_, index) => ({
            jti: `old-${index}`,
            instance_id: INSTANCE,
            person_id: MEMBER.personId,
            kid: "k",
            sid: "s",
            client: "console",
            audience: OS_ID,
            scopes_json: "[]",
            issued_at: now - 150 + index,
            ends_at: now + 150 + index,
          })),
        )
        .execute();
    });
    const { jti } = await mint();
    const kept = await test.store.read((db) =>
      db.selectFrom("agentos_cp_minted").select("jti").orderBy("issued_at", "desc").execute(),
    );
    expect(kept).toHaveLength(100);
    expect(kept[0]?.jti).toBe(jti);
    test.clock.now += 300 + 3_500;
    await test.store.note((db, now) => forgetTokens(db, now));
    expect(await test.count("agentos_cp_minted")).toBeGreaterThan(0);
    test.clock.now += 101;
    await test.store.note((db, now) => forgetTokens(db, now));
    // Its streams may be open: the sign-in is known for longer, and not for ever.
    expect([await test.count("agentos_cp_issued"), await test.count("agentos_cp_minted")]).toEqual([1, 0]);
    test.clock.now += 30 * 86_400;
    expect(await test.store.note((db, now) => forgetTokens(db, now))).toBe(1);
    expect(await test.count("agentos_cp_issued")).toBe(0);
  });

  it("is not made with a key whose row was copied from another instance, or changed", async () => {
    await test.rotation.publishKey(COMMAND_LINE, {
      organizationId: OTHER_ORGANIZATION,
      instanceId: OTHER_INSTANCE,
    });
    await test.change(async ({ db }) => {
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
    await test.change(async ({ db }) => {
      await db.deleteFrom("agentos_cp_keys").where("instance_id", "=", INSTANCE).execute();
      await db.updateTable("agentos_cp_keys").set({ instance_id: INSTANCE }).execute();
    });
    await expect(mint()).rejects.toThrow("does not open");
  });
});
