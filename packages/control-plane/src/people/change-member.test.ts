import type { RoleName } from "@agentos/contract/control-plane";
import { afterEach, describe, expect, it } from "vitest";
import { openTestStore, TEST_DIALECTS, type TestStore } from "../store/test-store.fixture.ts";
import { changeRole, createMemberLink, removeMember } from "./change-member.ts";
import { createTestOrganization, furnishPerson, settleChanges } from "./organization.fixture.ts";
import { renameOrganization } from "./rename-organization.ts";
import { ROLES } from "./roles/built-in-roles.ts";

const CREW = {
  ada: "owner",
  owen: "owner",
  bob: "administrator",
  bea: "administrator",
  mia: "member",
} as const;

/** Who tries what with whom, and what becomes of it. */
const ATTEMPTS: readonly (readonly [
  actor: keyof typeof CREW,
  does: RoleName | "remove" | "link",
  whom: string,
  outcome: string,
])[] = [
  ["ada", "member", "owen", "done"],
  ["ada", "owner", "mia", "done"],
  ["ada", "remove", "owen", "done"],
  ["ada", "link", "owen", "done"],
  ["ada", "member", "ada", "done"],
  ["ada", "remove", "ada", "done"],
  ["bob", "administrator", "mia", "done"],
  ["bob", "member", "bea", "done"],
  ["bob", "member", "bob", "done"],
  ["bob", "remove", "bea", "done"],
  ["bob", "remove", "mia", "done"],
  ["bob", "link", "mia", "done"],
  ["bob", "owner", "bob", "ROLE_ABOVE_OWN"],
  ["bob", "owner", "mia", "ROLE_ABOVE_OWN"],
  ["bob", "owner", "ada", "ROLE_ABOVE_OWN"],
  ["bob", "member", "ada", "ROLE_ABOVE_OWN"],
  ["bob", "remove", "ada", "ROLE_ABOVE_OWN"],
  // It would sign in as an Owner.
  ["bob", "link", "ada", "ROLE_ABOVE_OWN"],
  // It would get around the current password of whose session was stolen.
  ["bob", "link", "bob", "LINK_FOR_SELF"],
  ["ada", "link", "ada", "LINK_FOR_SELF"],
  ["ada", "member", "nobody", "MEMBER_UNKNOWN"],
  ["ada", "remove", "stranger", "MEMBER_UNKNOWN"],
  ["ada", "link", "stranger", "MEMBER_UNKNOWN"],
];

describe.each(TEST_DIALECTS)("a member on %s", (dialect) => {
  let test: TestStore;
  afterEach(() => test.close());

  async function open(roles: Readonly<Record<string, RoleName>> = CREW) {
    test = await openTestStore(dialect);
    await createTestOrganization(test, "other", { stranger: "member", head: "owner" });
    return createTestOrganization(test, "acme", roles);
  }

  it("has done to them what the table says, and nothing else", async () => {
    const acme = await open();
    for (const [actor, does, whom, outcome] of ATTEMPTS) {
      const before = await acme.members();
      const rows = (await acme.audit()).length;
      const done = acme.act(actor, CREW[actor], async (change, managed) => {
        if (does === "remove") await removeMember(change, managed, whom);
        else if (does === "link") await createMemberLink(change, managed, whom);
        else await changeRole(change, managed, { personId: whom, role: ROLES[does] });
        // Seen inside the change, which is then undone: each row begins with the same crew.
        throw new Error("done");
      });
      const seen = await done.catch((error: unknown) =>
        error instanceof Error ? error.message : "nothing was thrown",
      );
      expect([actor, does, whom, seen]).toEqual([actor, does, whom, outcome]);
      expect(await acme.members()).toEqual(before);
      expect(await acme.audit()).toHaveLength(rows);
    }
  });

  it("gets another role, and the tokens of the one before are revoked", async () => {
    const acme = await open();
    await furnishPerson(test, acme, "mia");
    const member = await acme.act("bob", "administrator", (change, managed) =>
      changeRole(change, managed, { personId: "mia", role: ROLES.administrator }),
    );
    expect(member.role).toBe(ROLES.administrator);
    const [row] = await test.store.read((db) =>
      db.selectFrom("agentos_cp_members").selectAll().where("person_id", "=", "mia").execute(),
    );
    expect(row).toMatchObject({ role: "administrator", version: 2 });
    expect(await revocations()).toMatchObject([{ value: "sid of mia", reason: "role-changed" }]);
    expect((await acme.audit()).at(-1)).toMatchObject({
      action: "member.role-changed",
      before_json: '{"role":"member"}',
      after_json: '{"role":"administrator"}',
    });
  });

  it("who is raised keeps no link that somebody of the lower role may have kept", async () => {
    const acme = await open();
    await acme.act("bob", "administrator", (change, managed) => createMemberLink(change, managed, "mia"));
    await acme.act("ada", "owner", (change, managed) =>
      changeRole(change, managed, { personId: "mia", role: ROLES.owner }),
    );
    expect(await test.store.read((db) => db.selectFrom("agentos_cp_links").selectAll().execute())).toEqual(
      [],
    );
  });

  it("who is removed leaves nothing that lets them in", async () => {
    const acme = await open();
    await furnishPerson(test, acme, "mia");
    await acme.act("ada", "owner", (change, managed) => createMemberLink(change, managed, "mia"));
    await acme.act("bob", "administrator", (change, managed) => removeMember(change, managed, "mia"));
    const left = await test.store.read(async (db) => [
      await db.selectFrom("agentos_cp_persons").selectAll().where("id", "=", "mia").execute(),
      await db.selectFrom("agentos_cp_sign_ins").selectAll().execute(),
      await db.selectFrom("agentos_cp_accounts").selectAll().execute(),
      await db.selectFrom("agentos_cp_links").selectAll().execute(),
      await db.selectFrom("agentos_cp_instances").select("instance_id").where("is_draft", "=", 1).execute(),
    ]);
    expect(left).toEqual([[], [], [], [], []]);
    expect(await revocations()).toMatchObject([{ value: "sid of mia", reason: "member-removed" }]);
  });

  it("who is removed stays what they are in another organization", async () => {
    const acme = await open({ ...CREW, head: "member" });
    const other = { id: "other" };
    await furnishPerson(test, { ...acme, ...other }, "head");
    await acme.act("bob", "administrator", (change, managed) => removeMember(change, managed, "head"));
    const sessions = await test.store.read((db) =>
      db.selectFrom("agentos_cp_sign_ins").select("person_id").execute(),
    );
    expect(sessions).toEqual([{ person_id: "head" }]);
    // Tokens for instances of the other organization live on.
    expect(await revocations()).toEqual([]);
  });

  it("gets no link where it would sign in to another organization", async () => {
    const acme = await open({ ...CREW, head: "member" });
    const link = acme.act("ada", "owner", (change, managed) => createMemberLink(change, managed, "head"));
    await expect(link).rejects.toMatchObject({ code: "MEMBER_ELSEWHERE" });
  });

  it("who has a password gets another one by an Owner's link alone: whoever makes it signs in as them", async () => {
    const acme = await open();
    await furnishPerson(test, acme, "mia");
    const link = acme.act("bob", "administrator", (change, managed) =>
      createMemberLink(change, managed, "mia"),
    );
    await expect(link).rejects.toMatchObject({ code: "LINK_RESET_BY_OWNER" });
  });

  it("gets a link by what they have: to choose a first password, or another one", async () => {
    const acme = await open();
    await furnishPerson(test, acme, "mia");
    for (const personId of ["mia", "bea", "mia"])
      await acme.act("ada", "owner", (change, managed) => createMemberLink(change, managed, personId));
    const links = await test.store.read((db) =>
      db.selectFrom("agentos_cp_links").select(["person_id", "purpose"]).orderBy("person_id").execute(),
    );
    expect(links).toEqual([
      { person_id: "bea", purpose: "invitation" },
      { person_id: "mia", purpose: "reset-password" },
    ]);
  });

  it.each([
    [
      "removed",
      (acme: Awaited<ReturnType<typeof open>>) =>
        acme.act("ada", "owner", (change, managed) => removeMember(change, managed, "bob")),
    ],
    [
      "lowered",
      (acme: Awaited<ReturnType<typeof open>>) =>
        acme.act("ada", "owner", (change, managed) =>
          changeRole(change, managed, { personId: "bob", role: ROLES.member }),
        ),
    ],
  ] as const)("who was %s while their request was under way changes nothing", async (_, happen) => {
    const acme = await open();
    await happen(acme);
    const before = [await acme.members(), (await acme.audit()).length];
    const changes = [
      acme.act("bob", "administrator", (change, managed) => removeMember(change, managed, "mia")),
      acme.act("bob", "administrator", (change, managed) => createMemberLink(change, managed, "mia")),
      acme.act("bob", "administrator", (change, managed) =>
        changeRole(change, managed, { personId: "mia", role: ROLES.administrator }),
      ),
      acme.act("bob", "administrator", (change, managed) => renameOrganization(change, managed, "Bob's")),
    ];
    expect(await settleChanges(changes)).toEqual(changes.map(() => "MEMBERSHIP_CHANGED"));
    expect([await acme.members(), (await acme.audit()).length]).toEqual(before);
  });

  const revocations = () =>
    test.store.read((db) => db.selectFrom("agentos_cp_revocations").selectAll().execute());
});

describe.each(TEST_DIALECTS)("the last owner on %s", (dialect) => {
  let test: TestStore;
  afterEach(() => test.close());

  it("stays", async () => {
    test = await openTestStore(dialect);
    const acme = await createTestOrganization(test, "acme", { ada: "owner", bob: "administrator" });
    const leave = acme.act("ada", "owner", (change, managed) => removeMember(change, managed, "ada"));
    await expect(leave).rejects.toMatchObject({ code: "MEMBER_LAST_OWNER" });
    const lower = acme.act("ada", "owner", (change, managed) =>
      changeRole(change, managed, { personId: "ada", role: ROLES.administrator }),
    );
    await expect(lower).rejects.toMatchObject({ code: "MEMBER_LAST_OWNER" });
    expect(await acme.members()).toMatchObject({ ada: "owner" });
  });

  it.each([
    ["leave", (self: string) => ({ whom: self, role: undefined })],
    ["lower themselves", (self: string) => ({ whom: self, role: ROLES.member })],
    ["remove the other", (self: string) => ({ whom: self === "ada" ? "owen" : "ada", role: undefined })],
    ["lower the other", (self: string) => ({ whom: self === "ada" ? "owen" : "ada", role: ROLES.member })],
  ] as const)("stays when two at once %s", async (_, plan) => {
    test = await openTestStore(dialect);
    for (let round = 0; round < 5; round += 1) {
      const acme = await createTestOrganization(test, `acme ${round}`, { ada: "owner", owen: "owner" });
      const outcomes = await settleChanges(
        ["ada", "owen"].map((self) =>
          acme.act(self, "owner", async (change, managed) => {
            const { whom, role } = plan(self);
            if (role === undefined) await removeMember(change, managed, whom);
            else await changeRole(change, managed, { personId: whom, role });
          }),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
      const roles = Object.values(await acme.members());
      expect(roles.filter((role) => role === "owner")).toHaveLength(1);
    }
  });
});
