import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TEST_DIALECTS } from "../store/test-store.fixture.ts";
import { deleteInstance, updateInstance } from "./change-instance.ts";
import { codeOf, LOCAL_ENDPOINT, openTestInstances, type TestInstances } from "./instances.fixture.ts";
import { createLocalInstances } from "./local-instances.ts";
import { observeInstance } from "./observe-instance.ts";
import { readConfiguration } from "./read-configuration.ts";
import { listInstances, readInstance } from "./read-instances.ts";
import { readPolicy } from "./read-policy.ts";
import { setSwitches } from "./set-switches.ts";

const ON = { authorization: true, security_key: false };
const OFF = { authorization: false, security_key: false };
const POLICY = {
  os_id: "shop",
  mode: "jwt",
  has_security_key: false,
  keys: [],
  key_state: "ok",
  counted_since: 1,
  enforces_scopes: true,
  isolates_users: true,
  findings: [
    { code: "CONFIG_BOTH_CREDENTIALS", severity: "warning", message: "its words", fix: "its words" },
  ],
  agno_version: "2.9.0",
};

describe.each(TEST_DIALECTS)("instances in %s", (dialect) => {
  let test: TestInstances;
  beforeEach(async () => {
    test = await openTestInstances(dialect);
  });
  afterEach(() => test.close());

  const observe = (
    id: string,
    body: Record<string, unknown>,
    caller = test.owner,
    endpoint = "https://shop.example",
  ) =>
    observeInstance(test.services, caller, id, {
      endpoint,
      outcome: "answered",
      answers: [{ route: "GET /info", status: 200, credential: "none", body }],
    });

  const listRevocations = () =>
    test.store.read((db) => db.selectFrom("agentos_cp_revocations").selectAll().execute());
  const issuerIdOf = (id: string) =>
    test.store.read(async (db) => {
      const row = await db
        .selectFrom("agentos_cp_instances")
        .select("issuer_id")
        .where("instance_id", "=", id)
        .executeTakeFirstOrThrow();
      return row.issuer_id;
    });

  it("of another organization are unknown", async () => {
    const { services, owner, stranger } = test;
    const id = await test.connect(owner);
    const codes = await Promise.all(
      [
        readInstance(services, stranger, id),
        readConfiguration(services, stranger, id),
        readPolicy(services, stranger, id),
        updateInstance(services, stranger, id, { endpoint: "https://evil.example" }),
        setSwitches(services, stranger, id, ON),
        deleteInstance(services, stranger, id),
        observe(id, { os_id: "evil" }, stranger),
      ].map(codeOf),
    );
    expect(codes).toEqual(codes.map(() => "INSTANCE_UNKNOWN"));
    expect(test.calls).toEqual([]);
    expect(await test.listActions()).toEqual(["instance.drafted", "instance.connected"]);
  });

  it("get one key pair when authorization is switched on, however often and however many at once", async () => {
    const { services, owner } = test;
    const id = await test.connect(owner);
    expect(await test.listKeys(id)).toEqual([]);
    await Promise.all([setSwitches(services, owner, id, ON), setSwitches(services, owner, id, ON)]);
    await setSwitches(services, owner, id, OFF);
    await setSwitches(services, owner, id, ON);
    expect(await test.listKeys(id)).toMatchObject([{ station: "signing" }]);
    expect((await readInstance(services, owner, id)).desired).toEqual(ON);
  });

  it("keep the switch that somebody else has set meanwhile", async () => {
    const { services, owner } = test;
    const id = await test.connect(owner);
    await setSwitches(services, owner, id, { authorization: true });
    await setSwitches(services, owner, id, { security_key: true });
    expect((await readInstance(services, owner, id)).desired).toEqual({
      authorization: true,
      security_key: true,
    });
    await Promise.all([
      setSwitches(services, owner, id, { authorization: false }),
      setSwitches(services, owner, id, { security_key: false }),
    ]);
    expect((await readInstance(services, owner, id)).desired).toEqual(OFF);
  });

  it("say which of two answers is the newer, also of changes in one second", async () => {
    const { services, owner } = test;
    const id = await test.connect(owner);
    const times = [(await readInstance(services, owner, id)).updated_at];
    const changes = [
      () => setSwitches(services, owner, id, ON),
      () => updateInstance(services, owner, id, { name: "Shop of Acme" }),
      () => observe(id, { os_id: "shop" }),
      () => setSwitches(services, owner, id, OFF),
    ];
    for (const change of changes) {
      await change();
      times.push((await readInstance(services, owner, id)).updated_at);
    }
    expect(times).toEqual([...new Set(times)].toSorted((one, other) => one - other));
    await setSwitches(services, owner, id, {});
    expect((await readInstance(services, owner, id)).updated_at).toBe(times.at(-1));
  });

  it("keep who switched what in the audit log, and no private key", async () => {
    const { services, owner, store } = test;
    const id = await test.connect(owner);
    await setSwitches(services, owner, id, ON);
    const [key] = await test.listKeys(id);
    const rows = await store.read((db) => db.selectFrom("agentos_cp_audit").selectAll().execute());
    expect(rows.at(-1)).toMatchObject({
      action: "instance.switches-changed",
      actor_person_id: "ada",
      target_id: id,
      before_json: '{"authorization":false}',
      after_json: JSON.stringify({ authorization: true, signing_key: key?.kid }),
    });
    expect(key?.sealed_private).toBeTypeOf("string");
    expect(JSON.stringify(rows)).not.toContain(key?.sealed_private);
  });

  it("before 2.3.13 cannot have authorization switched on, and the answer says why", async () => {
    const { services, owner } = test;
    const id = await test.connect(owner, { stated_version: "2.3.12" });
    await expect(setSwitches(services, owner, id, ON)).rejects.toMatchObject({
      code: "INSTANCE_VERSION_TOO_OLD",
      facts: { version: "2.3.12", version_source: "as somebody entered it", first_version: "2.3.13" },
    });
    await setSwitches(services, owner, id, { authorization: false, security_key: true });
    await observe(id, { os_id: "shop", agno_version: "2.3.12" });
    await expect(setSwitches(services, owner, id, ON)).rejects.toMatchObject({
      facts: { version_source: "as it reports itself" },
    });
    await updateInstance(services, owner, id, { stated_version: "2.3.13" });
    await expect(setSwitches(services, owner, id, ON)).rejects.toMatchObject({
      code: "INSTANCE_VERSION_TOO_OLD",
    });
    expect(await test.listKeys(id)).toEqual([]);
    await observe(id, { os_id: "shop", agno_version: "2.3.13" });
    await setSwitches(services, owner, id, ON);
    expect(await test.listKeys(id)).toHaveLength(1);
  });

  it("cannot be called old by the browser of somebody else", async () => {
    const { services, owner, member } = test;
    const id = await test.connect(owner);
    await observe(id, { os_id: "evil", agno_version: "2.0.0" }, member);
    const shown = await readInstance(services, owner, id);
    expect(shown).toMatchObject({ version: null, version_source: "unknown", os_id: null });
    expect(await codeOf(setSwitches(services, owner, id, ON))).toBe("no rejection");
  });

  it("show a stated version as stated, and likely", async () => {
    const { services, owner } = test;
    const id = await test.connect(owner);
    await setSwitches(services, owner, id, ON);
    expect((await readInstance(services, owner, id)).findings).toMatchObject([
      { code: "INSTANCE_VERSION_UNKNOWN", certainty: "cannot tell" },
    ]);
    await updateInstance(services, owner, id, { stated_version: "2.3.12" });
    expect(await readInstance(services, owner, id)).toMatchObject({
      version: "2.3.12",
      version_source: "stated",
      findings: [{ code: "INSTANCE_VERSION_WITHOUT_JWT", certainty: "likely" }],
    });
    await updateInstance(services, owner, id, { stated_version: null });
    expect(await readInstance(services, owner, id)).toMatchObject({ version_source: "unknown" });
  });

  it("at another endpoint have another key pair, and nothing that was seen before", async () => {
    const { services, owner } = test;
    const id = await test.connect(owner, { endpoint: "https://old.example" });
    await observe(id, { os_id: "shop", auth_mode: "jwt", agno_version: "2.9.0" });
    await setSwitches(services, owner, id, ON);
    const [before] = await test.listKeys(id);
    expect([await issuerIdOf(id), await listRevocations()]).toEqual([id, []]);
    // What answers at the new endpoint is not known yet, whatever is said of it.
    await updateInstance(services, owner, id, {
      endpoint: "https://new.example",
      name: "New",
      os_id: "shop",
    });
    expect(await issuerIdOf(id)).not.toBe(id);
    expect(await listRevocations()).toMatchObject([
      { kind: "key", value: before?.kid, issuer_id: id, reason: "endpoint-changed", applied_at: null },
    ]);
    const keys = await test.listKeys(id);
    expect(keys).toMatchObject([{ kid: before?.kid, station: "retired" }, { station: "signing" }]);
    expect(keys[0]?.sealed_private).toBeNull();
    expect(keys[1]?.kid).not.toBe(before?.kid);
    expect(await readInstance(services, owner, id)).toMatchObject({
      endpoint: "https://new.example",
      os_id: null,
      observed: null,
    });
    expect((await test.listActions()).at(-1)).toBe("instance.endpoint-changed");
  });

  it("at the same endpoint, written another way, keep keys and what was seen", async () => {
    const { services, owner } = test;
    const id = await test.connect(owner);
    await observe(id, { os_id: "shop", auth_mode: "jwt", agno_version: "2.9.0" });
    await setSwitches(services, owner, id, ON);
    await updateInstance(services, owner, id, { endpoint: "HTTPS://shop.example:443/", tags: ["eu", "eu"] });
    expect(await test.listKeys(id)).toMatchObject([{ station: "signing" }]);
    expect(await readInstance(services, owner, id)).toMatchObject({ os_id: "shop", tags: ["eu"] });
    expect((await test.listActions()).at(-1)).toBe("instance.changed");
  });

  it("that are changed to what they are leave no entry", async () => {
    const { services, owner } = test;
    const id = await test.connect(owner);
    await updateInstance(services, owner, id, { name: "Shop" });
    await setSwitches(services, owner, id, OFF);
    expect(await test.listActions()).toHaveLength(2);
  });

  it("are forgotten with their keys, and the audit log keeps that they were there", async () => {
    const { services, owner, store } = test;
    const id = await test.connect(owner);
    await setSwitches(services, owner, id, ON);
    await observe(id, { os_id: "shop" });
    await deleteInstance(services, owner, id);
    expect(await test.listKeys(id)).toEqual([]);
    expect(await codeOf(readInstance(services, owner, id))).toBe("INSTANCE_UNKNOWN");
    const rows = await store.read((db) => db.selectFrom("agentos_cp_observations").selectAll().execute());
    expect(rows).toEqual([]);
    expect((await test.listActions()).at(-1)).toBe("instance.deleted");
    // It may run on, and has to be told.
    expect(await listRevocations()).toMatchObject([{ kind: "key", reason: "instance-deleted" }]);
  });

  it("are given an id by who made them or may change them, and by no other browser", async () => {
    const { services, owner, member } = test;
    const id = await test.connect(owner);
    await observe(id, { os_id: "evil" }, member);
    expect(await readInstance(services, owner, id)).toMatchObject({ os_id: null });
    await observe(id, { os_id: "shop" });
    await observe(id, { os_id: "other" });
    expect(await readInstance(services, owner, id)).toMatchObject({
      os_id: "shop",
      findings: [{ code: "INSTANCE_OS_ID_DIFFERS" }],
    });
    expect((await test.listActions()).filter((action) => action === "instance.id-learnt")).toHaveLength(1);
  });

  it("take nothing from a page that has looked at the endpoint of before", async () => {
    const { services, owner } = test;
    const id = await test.connect(owner, { endpoint: "https://old.example" });
    await updateInstance(services, owner, id, { endpoint: "https://new.example" });
    await observe(id, { os_id: "old" }, owner, "https://old.example");
    expect(await readInstance(services, owner, id)).toMatchObject({ os_id: null, observed: null });
    await observe(id, { os_id: "new" }, owner, "https://new.example");
    expect(await readInstance(services, owner, id)).toMatchObject({ os_id: "new" });
  });

  it("learn one id where two browsers tell theirs at once, and the audit log that one", async () => {
    const { services, owner } = test;
    const id = await test.connect(owner);
    await Promise.all(["one", "two", "three"].map((osId) => observe(id, { os_id: osId })));
    const { os_id: osId } = await readInstance(services, owner, id);
    expect(["one", "two", "three"]).toContain(osId);
    expect((await test.listActions()).filter((action) => action === "instance.id-learnt")).toHaveLength(1);
  });

  describe("whose policy is read", () => {
    it("are asked with a token of the control plane, and what is kept has none of their words", async () => {
      const { services, owner, store } = test;
      const id = await test.connect(owner);
      await setSwitches(services, owner, id, ON);
      const [key] = await test.listKeys(id);
      const ownKey = {
        source: "x",
        label: "x",
        algorithms: ["RS256"],
        kid: null,
        thumbprint: key?.kid,
        form: null,
        repairs: [],
        request_count: 7,
      };
      test.answer = { kind: "answered", status: 200, body: { ...POLICY, keys: [ownKey] } };
      await readPolicy(services, owner, id);
      expect(test.calls).toEqual([
        { endpoint: "https://shop.example", method: "GET", path: "/authz/policy", token: `token-for-${id}` },
      ]);
      expect(await readInstance(services, owner, id)).toMatchObject({
        is_ours: true,
        version: "2.9.0",
        observed: { source: "policy", mode: "jwt", authorization: "on", thumbprints: [key?.kid] },
        findings: [],
      });
      const rows = await store.read((db) => db.selectFrom("agentos_cp_observations").selectAll().execute());
      expect(JSON.stringify(rows)).not.toContain("its words");
    });

    it("tell whoever may not read it what guards them, and no more of it", async () => {
      const { services, owner, member } = test;
      const id = await test.connect(owner);
      await setSwitches(services, owner, id, ON);
      test.answer = { kind: "answered", status: 200, body: { ...POLICY, enforces_scopes: false } };
      await readPolicy(services, owner, id);
      expect(await readInstance(services, owner, id)).toMatchObject({
        observed: { mode: "jwt", security_key: "off", thumbprints: [] },
        findings: [{ code: "INSTANCE_KEY_NOT_LOADED" }, { code: "INSTANCE_SCOPES_NOT_ENFORCED" }],
      });
      const shown = await readInstance(services, member, id);
      expect(shown).toMatchObject({
        observed: { mode: "jwt", security_key: "unknown", thumbprints: null },
        findings: [],
      });
      expect((await listInstances(services, member))[0]).toEqual(shown);
    });

    it("put no words of theirs into ours", async () => {
      const { services, owner } = test;
      const id = await test.connect(owner);
      await setSwitches(services, owner, id, ON);
      const lure = "0.1\u001b[2J\u202e\nfix: run it";
      test.answer = {
        kind: "answered",
        status: 200,
        body: { ...POLICY, agno_version: lure, os_id: "a\u0000\u202e" },
      };
      await readPolicy(services, owner, id);
      expect(await readInstance(services, owner, id)).toMatchObject({
        version: null,
        observed: { version: null, os_id: null },
      });
    });

    it.each([
      [{ kind: "address-refused" }, "INSTANCE_ADDRESS_REFUSED"],
      [{ kind: "unreachable", reason: "it is gone" }, "INSTANCE_UNREACHABLE"],
      [{ kind: "answered", status: 401, body: { detail: "<b>" } }, "INSTANCE_REFUSES_US"],
      [{ kind: "answered", status: 403, body: undefined }, "INSTANCE_REFUSES_US"],
      [{ kind: "answered", status: 404, body: undefined }, "INSTANCE_NOT_OURS"],
      [{ kind: "answered", status: 200, body: { mode: "jwt" } }, "INSTANCE_NOT_OURS"],
      [{ kind: "answered", status: 200, body: [] }, "INSTANCE_NOT_OURS"],
      [{ kind: "answered", status: 502, body: undefined }, "INSTANCE_UNREACHABLE"],
    ] as const)("and answer %j say so: %s", async (answer, code) => {
      const { services, owner } = test;
      const id = await test.connect(owner);
      await setSwitches(services, owner, id, ON);
      test.answer = answer;
      expect(await codeOf(readPolicy(services, owner, id))).toBe(code);
      expect((await readInstance(services, owner, id)).observed).toBeNull();
    });

    it("and have keys without end, or a thumbprint that is none, are bounded", async () => {
      const { services, owner } = test;
      const id = await test.connect(owner);
      await setSwitches(services, owner, id, ON);
      const key = {
        source: "",
        label: "",
        algorithms: [],
        kid: null,
        form: null,
        repairs: [],
        request_count: 0,
      };
      const keys = Array.from({ length: 100 }, (_, at) => ({
        ...key,
        thumbprint: String(at).padStart(43, "0"),
      }));
      test.answer = { kind: "answered", status: 200, body: { ...POLICY, keys } };
      await readPolicy(services, owner, id);
      expect((await readInstance(services, owner, id)).observed?.thumbprints).toHaveLength(30);
      test.answer = {
        kind: "answered",
        status: 200,
        body: { ...POLICY, keys: [{ ...key, thumbprint: "<script>" }] },
      };
      expect(await codeOf(readPolicy(services, owner, id))).toBe("INSTANCE_NOT_OURS");
    });

    it("are not asked while authorization is off", async () => {
      const id = await test.connect(test.owner);
      expect(await codeOf(readPolicy(test.services, test.owner, id))).toBe("INSTANCE_AUTHORIZATION_OFF");
      expect(test.calls).toEqual([]);
    });

    it("and moved to another endpoint meanwhile keep nothing of the old one", async () => {
      const { services, owner } = test;
      const id = await test.connect(owner);
      await setSwitches(services, owner, id, ON);
      const callInstance = async () => {
        await updateInstance(services, owner, id, { endpoint: "https://new.example" });
        return { kind: "answered", status: 200, body: POLICY } as const;
      };
      await readPolicy({ ...services, callInstance }, owner, id);
      expect((await readInstance(services, owner, id)).observed).toBeNull();
    });
  });

  describe("that run in this process", () => {
    it("are really reconfigured by their switches, after the change is kept", async () => {
      const { services, owner } = test;
      const id = await test.connect(owner, { endpoint: LOCAL_ENDPOINT });
      test.takeOver = async () => {
        expect((await readInstance(services, owner, id)).desired.authorization).toBe(true);
      };
      await setSwitches(services, owner, id, ON);
      expect(test.applied).toEqual([
        { instanceId: id, issuerId: id, osId: null, authorization: true, securityKey: false },
      ]);
    });

    it("and do not take them have a finding that says so, until they do", async () => {
      const { services, owner } = test;
      const id = await test.connect(owner, { endpoint: LOCAL_ENDPOINT, stated_version: "2.9.0" });
      test.takeOver = () => Promise.reject(new Error("/secret/path"));
      await setSwitches(services, owner, id, ON);
      const shown = await readInstance(services, owner, id);
      expect(shown.findings).toMatchObject([{ code: "INSTANCE_SWITCH_NOT_APPLIED", certainty: "certain" }]);
      expect(JSON.stringify(shown)).not.toContain("secret");
      test.takeOver = () => Promise.resolve();
      await setSwitches(services, owner, id, ON);
      expect((await readInstance(services, owner, id)).findings).toEqual([]);
    });

    it("end with what was set last, however many are set at once", async () => {
      const { services, owner } = test;
      const id = await test.connect(owner, { endpoint: LOCAL_ENDPOINT });
      await Promise.all([ON, OFF, ON, OFF].map((switches) => setSwitches(services, owner, id, switches)));
      const { desired } = await readInstance(services, owner, id);
      expect(test.applied.at(-1)?.authorization).toBe(desired.authorization);
    });

    it("obey the organization that has connected them first", async () => {
      const { services, owner, stranger } = test;
      await test.connect(owner, { endpoint: LOCAL_ENDPOINT });
      test.clock.now += 1;
      const other = await test.connect(stranger, { endpoint: LOCAL_ENDPOINT });
      await setSwitches(services, stranger, other, ON);
      expect(test.applied).toEqual([]);
    });

    it("that are brought by a start obey their own instance, whoever has connected the endpoint first", async () => {
      const { services, owner } = test;
      const planted = await test.connect(owner, { endpoint: LOCAL_ENDPOINT });
      const applied: string[] = [];
      const apply = async ({ instanceId }: { readonly instanceId: string }) => void applied.push(instanceId);
      const locals = [
        { endpoint: LOCAL_ENDPOINT, instanceId: "demo", apply },
        { endpoint: "https://own.example", instanceId: planted, apply },
      ];
      const localInstances = createLocalInstances({ store: test.store, locals, onFailure: () => undefined });
      await localInstances.apply(planted);
      expect(applied).toEqual([]);
      await updateInstance(services, owner, planted, { endpoint: "https://own.example" });
      await localInstances.apply(planted);
      expect(applied).toEqual([planted]);
    });

    it("are not touched by instances elsewhere", async () => {
      const id = await test.connect(test.owner);
      await setSwitches(test.services, test.owner, id, ON);
      expect(test.applied).toEqual([]);
    });
  });
});
