import { afterEach, describe, expect, it } from "vitest";
import { hashLinkSecret } from "../sign-in/create-link.ts";
import { openTestStore, TEST_DIALECTS, type TestStore } from "../store/test-store.fixture.ts";
import { addMember } from "./add-member.ts";
import { listMembers } from "./members.ts";
import { createTestOrganization, furnishPerson, settleChanges } from "./organization.fixture.ts";
import { ROLES } from "./roles/built-in-roles.ts";

const NEW = { name: "Eve", email: "eve@example.com", role: ROLES.member, maxMembers: 10 };

describe.each(TEST_DIALECTS)("adding a member on %s", (dialect) => {
  let test: TestStore;
  afterEach(() => test.close());

  it("makes the person, and a link that lets nobody else in", async () => {
    test = await openTestStore(dialect);
    const acme = await createTestOrganization(test, "acme", { ada: "owner" });
    test.clock.now += 10;
    const { member, link } = await acme.act("ada", "owner", (change, managed) =>
      addMember(change, managed, NEW),
    );
    expect(member).toMatchObject({ name: "Eve", email: "eve@example.com", role: ROLES.member });
    expect(member.hasSignedIn).toBe(false);
    const links = await test.store.read((db) => db.selectFrom("agentos_cp_links").selectAll().execute());
    expect(links).toMatchObject([
      {
        person_id: member.personId,
        purpose: "invitation",
        secret_hash: hashLinkSecret(link?.secret ?? ""),
        created_by: "ada",
      },
    ]);
    expect(await test.store.read((db) => listMembers(db, "acme"))).toMatchObject([
      { personId: "ada" },
      { personId: member.personId },
    ]);
    const audit = await acme.audit();
    expect(audit.map(({ action }) => action)).toEqual(["member.added", "link.created"]);
    expect(audit[1]).toMatchObject({ target_id: member.personId, target_name: member.name });
    expect(audit[0]).toMatchObject({
      actor_person_id: "ada",
      target_id: member.personId,
      after_json: '{"email":"eve@example.com","role":"member"}',
    });
    expect(JSON.stringify(audit)).not.toContain(link?.secret);
  });

  it("gives no role above one's own", async () => {
    test = await openTestStore(dialect);
    const acme = await createTestOrganization(test, "acme", { ada: "owner", bob: "administrator" });
    const add = acme.act("bob", "administrator", (change, managed) =>
      addMember(change, managed, { ...NEW, role: ROLES.owner }),
    );
    await expect(add).rejects.toMatchObject({
      code: "ROLE_ABOVE_OWN",
      facts: { role: "Owner", own_role: "Administrator", who_can: "an Owner" },
    });
    expect(await acme.members()).toEqual({ ada: "owner", bob: "administrator" });
    const persons = await test.store.read((db) =>
      db.selectFrom("agentos_cp_persons").select("email").execute(),
    );
    expect(persons).toHaveLength(2);
    await acme.act("bob", "administrator", (change, managed) =>
      addMember(change, managed, { ...NEW, role: ROLES.administrator }),
    );
  });

  it("refuses who is a member already", async () => {
    test = await openTestStore(dialect);
    const acme = await createTestOrganization(test, "acme", { ada: "owner", eve: "member" });
    const add = acme.act("ada", "owner", (change, managed) =>
      addMember(change, managed, { ...NEW, role: ROLES.owner }),
    );
    await expect(add).rejects.toMatchObject({ code: "MEMBER_EXISTS" });
    expect(await acme.members()).toEqual({ ada: "owner", eve: "member" });
  });

  it("hands out no way into the account of somebody who is in another organization", async () => {
    test = await openTestStore(dialect);
    const acme = await createTestOrganization(test, "acme", { ada: "owner" });
    const other = await createTestOrganization(test, "other", { eve: "owner" });
    await furnishPerson(test, other, "eve");
    const { member, link } = await acme.act("ada", "owner", (change, managed) =>
      addMember(change, managed, { ...NEW, name: "Another name" }),
    );
    expect(link).toBeNull();
    expect(member).toMatchObject({ personId: "eve", name: "eve" });
    expect(await other.members()).toEqual({ eve: "owner" });
    expect(await test.store.read((db) => db.selectFrom("agentos_cp_links").selectAll().execute())).toEqual(
      [],
    );
  });

  it("ends when the organization is full", async () => {
    test = await openTestStore(dialect);
    const acme = await createTestOrganization(test, "acme", { ada: "owner", bob: "member" });
    const add = (maxMembers: number) =>
      acme.act("ada", "owner", (change, managed) => addMember(change, managed, { ...NEW, maxMembers }));
    await expect(add(2)).rejects.toMatchObject({ code: "MEMBERS_FULL", facts: { limit: 2 } });
    await add(3);
  });

  it("adds one person once, however many ask at a time", async () => {
    test = await openTestStore(dialect);
    const acme = await createTestOrganization(test, "acme", { ada: "owner", bob: "administrator" });
    const other = await createTestOrganization(test, "other", { cid: "owner" });
    const codes = await settleChanges([
      acme.act("ada", "owner", (change, managed) => addMember(change, managed, NEW)),
      acme.act("bob", "administrator", (change, managed) => addMember(change, managed, NEW)),
      other.act("cid", "owner", (change, managed) => addMember(change, managed, NEW)),
    ]);
    expect(codes.toSorted((one, another) => one.localeCompare(another))).toEqual([
      "done",
      "done",
      "MEMBER_EXISTS",
    ]);
    expect(codes[2]).toBe("done");
    // Whoever came first got a link; it has ended, or was never made for who came second.
    const persons = await test.store.read((db) =>
      db.selectFrom("agentos_cp_persons").select("id").where("email", "=", NEW.email).execute(),
    );
    expect(persons).toHaveLength(1);
    expect(await test.store.read((db) => db.selectFrom("agentos_cp_links").selectAll().execute())).toEqual(
      [],
    );
  });
});
