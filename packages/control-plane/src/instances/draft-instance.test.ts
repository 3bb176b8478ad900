import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TEST_DIALECTS } from "../store/test-store.fixture.ts";
import { deleteInstance, updateInstance } from "./change-instance.ts";
import { connectDraft, discardDraft, updateDraft } from "./draft-instance.ts";
import { MAX_DRAFTS, MAX_OWN_INSTANCES } from "./instance-services.ts";
import { codeOf, openTestInstances, type TestInstances } from "./instances.fixture.ts";
import { observeInstance } from "./observe-instance.ts";
import { listInstances, readConnectOrigins, readInstance } from "./read-instances.ts";
import { setSwitches } from "./set-switches.ts";

const on = { authorization: true, security_key: false };

describe.each(TEST_DIALECTS)("drafts in %s", (dialect) => {
  let test: TestInstances;
  beforeEach(async () => {
    test = await openTestInstances(dialect);
  });
  afterEach(() => test.close());
  const list = async (caller: TestInstances["owner"]) =>
    (await listInstances(test.services, caller)).map(({ name }) => name);

  it("are seen, changed, connected and given up by who made them, and by nobody else", async () => {
    const { services, owner, member, stranger } = test;
    const id = await test.draft(member);
    expect(await list(member)).toEqual(["Shop"]);
    expect(await list(owner)).toEqual([]);
    for (const other of [owner, stranger, { ...member, organizationId: stranger.organizationId }]) {
      const codes = await Promise.all(
        [
          readInstance(services, other, id),
          updateDraft(services, other, id, { name: "Mine" }),
          connectDraft(services, other, id),
          discardDraft(services, other, id),
          updateInstance(services, other, id, { name: "Mine" }),
          setSwitches(services, other, id, on),
          deleteInstance(services, other, id),
          observeInstance(services, other, id, {
            endpoint: "https://shop.example",
            outcome: "answered",
            answers: [],
          }),
        ].map(codeOf),
      );
      expect(codes).toEqual(codes.map(() => "INSTANCE_UNKNOWN"));
    }
    expect(await test.listActions()).toEqual(["instance.drafted"]);
    await updateDraft(services, member, id, { name: "Shop 2" });
    await discardDraft(services, member, id);
    expect(await list(member)).toEqual([]);
    expect(await test.listActions()).toEqual([
      "instance.drafted",
      "instance.draft-changed",
      "instance.discarded",
    ]);
  });

  it("become instances that every member sees, with the id that was seen there", async () => {
    const { services, owner, member } = test;
    const id = await test.draft(member, { endpoint: "https://Shop.example:443/" });
    await observeInstance(services, member, id, {
      endpoint: "https://shop.example",
      outcome: "answered",
      answers: [
        { route: "GET /info", status: 200, credential: "none", body: { os_id: "shop", auth_mode: "none" } },
      ],
    });
    await connectDraft(services, member, id);
    const shown = await readInstance(services, owner, id);
    expect(shown).toMatchObject({
      endpoint: "https://shop.example",
      is_draft: false,
      os_id: "shop",
      desired: { authorization: false, security_key: false },
      created_by: "ben",
    });
    // What the browser of another member sees counts for that member.
    expect(shown.observed).toBeNull();
    expect((await readInstance(services, member, id)).observed).toMatchObject({ mode: "none" });
    expect(await codeOf(updateDraft(services, member, id, { name: "x" }))).toBe("INSTANCE_NOT_DRAFT");
    expect(await codeOf(discardDraft(services, member, id))).toBe("INSTANCE_NOT_DRAFT");
  });

  it("that find a security key there mean it to stay", async () => {
    const { services, member } = test;
    const id = await test.draft(member);
    await observeInstance(services, member, id, {
      endpoint: "https://shop.example",
      outcome: "answered",
      answers: [
        {
          route: "GET /config",
          status: 401,
          credential: "none",
          body: { detail: "Authorization header required" },
        },
      ],
    });
    await connectDraft(services, member, id);
    expect((await readInstance(services, member, id)).desired).toEqual({
      authorization: false,
      security_key: true,
    });
  });

  it("that find tokens verified there mean it to stay, and have a key pair", async () => {
    const { services, member } = test;
    const id = await test.draft(member);
    await observeInstance(services, member, id, {
      endpoint: "https://shop.example",
      outcome: "answered",
      answers: [{ route: "GET /info", status: 200, credential: "none", body: { auth_mode: "jwt" } }],
    });
    await connectDraft(services, member, id);
    expect((await readInstance(services, member, id)).desired).toEqual({
      authorization: true,
      security_key: false,
    });
    expect(await test.listKeys(id)).toHaveLength(1);
  });

  it("are connected with an endpoint that no instance of the organization has", async () => {
    const { services, owner, member, stranger } = test;
    const empty = await test.draft(member, { endpoint: undefined });
    expect(await codeOf(connectDraft(services, member, empty))).toBe("INSTANCE_ENDPOINT_MISSING");
    await test.connect(owner, { name: "First" });
    await updateDraft(services, member, empty, { endpoint: "HTTPS://SHOP.example/" });
    expect(await codeOf(connectDraft(services, member, empty))).toBe("INSTANCE_ENDPOINT_TAKEN");
    await test.connect(stranger, { name: "Elsewhere" });
    expect(await list(stranger)).toEqual(["Elsewhere"]);
  });

  it("of one endpoint become one instance when they are connected at once", async () => {
    const { services, owner, member } = test;
    const drafts = await Promise.all([test.draft(owner), test.draft(member)]);
    const codes = await Promise.all([
      codeOf(connectDraft(services, owner, drafts[0])),
      codeOf(connectDraft(services, member, drafts[1])),
    ]);
    expect(codes.toSorted()).toEqual(["INSTANCE_ENDPOINT_TAKEN", "no rejection"]);
  });

  it("are bounded for each person, also when they are made at once", async () => {
    const { member, owner } = test;
    const codes = await Promise.all(Array.from({ length: MAX_DRAFTS + 3 }, () => codeOf(test.draft(member))));
    expect(codes.filter((code) => code === "INSTANCE_TOO_MANY")).toHaveLength(3);
    expect(await codeOf(test.draft(owner))).toBe("no rejection");
  });

  it("become a bounded number of instances of one person, unless they may change those of others too", async () => {
    const { services, member, owner } = test;
    const connect = (caller: typeof member, at: number) =>
      codeOf(test.connect(caller, { endpoint: `https://shop.example/${at}` }));
    for (let at = 1; at < MAX_OWN_INSTANCES; at += 1) expect(await connect(member, at)).toBe("no rejection");
    const drafts = await Promise.all(
      [98, 99].map((at) => test.draft(member, { endpoint: `https://shop.example/${at}` })),
    );
    const codes = await Promise.all(drafts.map((id) => codeOf(connectDraft(services, member, id))));
    expect(codes.toSorted()).toEqual(["INSTANCE_OWN_TOO_MANY", "no rejection"]);
    const left = drafts[codes.indexOf("INSTANCE_OWN_TOO_MANY")] ?? "";
    await discardDraft(services, member, left);
    expect(await connect({ ...member, scopes: [...member.scopes, "os:write"] }, 100)).toBe("no rejection");
    expect(await connect(owner, 101)).toBe("no rejection");
    const endAt = async (at: number): Promise<void> => {
      const instance = (await listInstances(services, owner)).find(({ endpoint }) =>
        endpoint?.endsWith(`/${at}`),
      );
      await deleteInstance(services, owner, instance?.id ?? "");
    };
    await endAt(1);
    expect(await connect(member, 102)).toBe("INSTANCE_OWN_TOO_MANY");
    await endAt(2);
    expect(await connect(member, 103)).toBe("no rejection");
  });

  it("have an endpoint that can be one", async () => {
    const long = Array.from({ length: 4 }, () => "a".repeat(40)).join(".");
    for (const endpoint of ["http://a;script-src", `https://${long}.example`])
      expect(await codeOf(test.draft(test.member, { endpoint }))).toBe("INSTANCE_ENDPOINT_INVALID");
  });

  it("give their maker, and nobody else, another origin to connect to", async () => {
    const { store, owner, member } = test;
    await test.connect(owner, { endpoint: "https://os.example/path" });
    await test.draft(member, { endpoint: "http://localhost:9999" });
    await test.draft(member, { endpoint: undefined });
    const read = (caller: typeof owner) => store.read((db) => readConnectOrigins(db, caller));
    expect(await read(member)).toEqual(["http://localhost:9999", "https://os.example"]);
    expect(await read(owner)).toEqual(["https://os.example"]);
    expect(await read(test.stranger)).toEqual([]);
  });
});
