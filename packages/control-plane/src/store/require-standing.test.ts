import type { DialectName } from "@agentos/storage";
import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Actor } from "./actor.ts";
import type { ControlPlaneStore } from "./control-plane-store.ts";
import { openTestStore, TEST_DIALECTS } from "./test-store.fixture.ts";

const ACTOR: Actor = {
  kind: "person",
  personId: "ada",
  sessionId: "s1",
  standing: { organizationId: "acme", version: 1, memberSince: 10 },
};
const LATER = 4_000_000_000;

async function open(dialect: DialectName) {
  const opened = await openTestStore(dialect);
  onTestFinished(() => opened.close());
  return opened;
}

async function seed(store: ControlPlaneStore): Promise<void> {
  await store.note(async (db) => {
    const times = { created_at: 10, updated_at: 10 };
    const person = { id: "ada", name: "Ada", email: "ada@example.com", email_verified: 0, image: null };
    await db
      .insertInto("agentos_cp_persons")
      .values({ ...person, ...times })
      .execute();
    const session = { id: "s1", person_id: "ada", token: "t", expires_at: LATER, address: null };
    await db
      .insertInto("agentos_cp_sign_ins")
      .values({ ...session, user_agent: null, ...times })
      .execute();
    const organization = { organization_id: "acme", name: "Acme", created_at: 10 };
    await db.insertInto("agentos_cp_organizations").values(organization).execute();
    const member = { organization_id: "acme", person_id: "ada", role: "administrator" };
    await db
      .insertInto("agentos_cp_members")
      .values({ ...member, version: 1, created_at: 10 })
      .execute();
  });
}

const rename = (store: ControlPlaneStore, actor: Actor = ACTOR) =>
  store.change(actor, async ({ db, audit }) => {
    await db.updateTable("agentos_cp_organizations").set({ name: "Renamed" }).execute();
    await audit({ organizationId: "acme", action: "x.y", target: { kind: "organization", id: "acme" } });
  });
const nameOf = async (store: ControlPlaneStore) =>
  (await store.read((db) => db.selectFrom("agentos_cp_organizations").select("name").execute()))[0]?.name;

describe.each(TEST_DIALECTS)("who acts, read again where it counts, on %s", (dialect) => {
  it("changes something as long as session and membership are those of the request", async () => {
    const { store } = await open(dialect);
    await seed(store);
    await rename(store);
    expect(await nameOf(store)).toBe("Renamed");
  });

  it.each([
    ["the session was ended", "SESSION_OVER", "delete from agentos_cp_sign_ins"],
    ["the session has run out", "SESSION_OVER", "update agentos_cp_sign_ins set expires_at = 1"],
    ["the member was removed", "MEMBERSHIP_CHANGED", "delete from agentos_cp_members"],
    ["the role was changed", "MEMBERSHIP_CHANGED", "update agentos_cp_members set version = 2"],
    [
      "the member was removed and added again",
      "MEMBERSHIP_CHANGED",
      "update agentos_cp_members set created_at = 11",
    ],
  ])("changes nothing when %s meanwhile", async (_, code, statement) => {
    const { store, database } = await open(dialect);
    await seed(store);
    await database.write((db) => sql.raw(statement).execute(db));
    await expect(rename(store)).rejects.toMatchObject({ code });
    expect(await nameOf(store)).toBe("Acme");
  });

  it("asks nothing of whoever acts without a session", async () => {
    const { store } = await open(dialect);
    await seed(store);
    await rename(store, { kind: "command-line" });
    expect(await nameOf(store)).toBe("Renamed");
  });
});
