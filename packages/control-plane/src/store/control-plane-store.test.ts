import { afterEach, describe, expect, it } from "vitest";
import { SYSTEM } from "./actor.ts";
import { reject } from "./rejected.ts";
import { openTestStore, TEST_DIALECTS, type TestStore } from "./test-store.fixture.ts";

describe.each(TEST_DIALECTS)("a change on %s", (dialect) => {
  let test: TestStore;
  afterEach(() => test.close());

  const insert = (id: string) => ({ organization_id: id, name: "Acme", created_at: 1 });
  const count = () =>
    test.store.read(
      async (db) => (await db.selectFrom("agentos_cp_organizations").selectAll().execute()).length,
    );

  it("is kept with its audit entry", async () => {
    test = await openTestStore(dialect);
    await test.store.change({ ...SYSTEM, address: "192.0.2.1" }, async ({ db, audit }) => {
      await db.insertInto("agentos_cp_organizations").values(insert("o1")).execute();
      await audit({
        organizationId: "o1",
        action: "organization.created",
        target: { kind: "organization", id: "o1" },
        after: { name: "Acme" },
      });
    });
    const rows = await test.store.read((db) => db.selectFrom("agentos_cp_audit").selectAll().execute());
    expect(rows).toMatchObject([
      { at: test.clock.now, actor_kind: "system", actor_address: "192.0.2.1", after_json: '{"name":"Acme"}' },
    ]);
    expect(await count()).toBe(1);
  });

  it("without an audit entry is no change", async () => {
    test = await openTestStore(dialect);
    const change = test.store.change(SYSTEM, ({ db }) =>
      db.insertInto("agentos_cp_organizations").values(insert("o1")).execute(),
    );
    await expect(change).rejects.toThrow("audit entry");
    expect(await count()).toBe(0);
  });

  it("that is rejected leaves nothing behind", async () => {
    test = await openTestStore(dialect);
    const change = test.store.change(SYSTEM, async ({ db, audit }) => {
      await db.insertInto("agentos_cp_organizations").values(insert("o1")).execute();
      await audit({ organizationId: "o1", action: "x.y", target: { kind: "organization", id: "o1" } });
      throw reject("MEMBER_LAST_OWNER");
    });
    await expect(change).rejects.toMatchObject({ code: "MEMBER_LAST_OWNER" });
    expect(await count()).toBe(0);
  });
});
