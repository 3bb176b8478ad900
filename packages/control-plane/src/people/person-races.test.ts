/** A person whom one organization removes while another adds them. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../store/test-store.fixture.ts";
import { untilBlocked } from "../store/until-blocked.fixture.ts";
import { addMember } from "./add-member.ts";
import { removeMember } from "./change-member.ts";
import { createTestOrganization, type TestOrganization } from "./organization.fixture.ts";
import { ROLES } from "./roles/built-in-roles.ts";

// On SQLite one writer waits for the other anyway.
describe("a person of one organization, on postgres", () => {
  let test: TestStore;
  let acme: TestOrganization;
  let other: TestOrganization;
  beforeEach(async () => {
    test = await openTestStore("postgres");
    acme = await createTestOrganization(test, "acme", { ada: "owner", eve: "member" });
    other = await createTestOrganization(test, "other", { cid: "owner" });
  });
  afterEach(() => test.close());

  const remove = (meanwhile?: () => Promise<void>) =>
    acme.act("ada", "owner", async (change, managed) => {
      await removeMember(change, managed, "eve");
      await meanwhile?.();
    });
  const add = (meanwhile?: () => Promise<void>) =>
    other.act("cid", "owner", async (change, managed) => {
      const added = await addMember(change, managed, {
        name: "Eve",
        email: "eve@example.com",
        role: ROLES.member,
        maxMembers: 10,
      });
      await meanwhile?.();
      return added;
    });

  it("is not forgotten when another one has just added them", async () => {
    let removed: Promise<unknown> = Promise.resolve();
    await add(() => untilBlocked(test.store, (removed = remove())));
    await removed;
    expect([await acme.members(), await other.members()]).toEqual([
      { ada: "owner" },
      { cid: "owner", eve: "member" },
    ]);
  });

  it("comes to another one as somebody new when they are just being forgotten", async () => {
    let added: ReturnType<typeof add> | undefined;
    await remove(() => untilBlocked(test.store, (added = add())));
    const { member, link } = (await added) ?? {};
    expect(member?.personId).not.toBe("eve");
    expect(link).not.toBeNull();
    expect(await other.members()).toEqual({ cid: "owner", [member?.personId ?? ""]: "member" });
  });
});
