// Who may do what to whom (docs/decisions/0082-people-of-an-organization.md): told before the server would refuse it.
import { describe, expect, it } from "vitest";
import type { Member, Role } from "../../lib/people.ts";
import {
  compareRoles,
  findLinkObstacle,
  findNewRoleObstacle,
  findRemovalObstacle,
  findRoleObstacle,
  type Standing,
} from "./member-rules.ts";

const SCOPES = {
  owner: ["org:read", "org:write", "os:delete"],
  administrator: ["org:read", "org:write"],
  member: ["org:read"],
};
const role = (name: Role["name"]): Role => ({
  name,
  title: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  description: "",
  scopes: SCOPES[name],
});
const ROLES = [role("owner"), role("administrator"), role("member")];
const member = (id: string, name: Role["name"]): Member => ({
  person_id: id,
  name: id,
  email: `${id}@example.com`,
  role: name,
  has_signed_in: true,
  created_at: 0,
});
const ada = member("ada", "owner");
const grace = member("grace", "administrator");
const mia = member("mia", "member");

function as(self: Member, members: readonly Member[] = [ada, grace, mia]): Standing {
  return { self: { personId: self.person_id, scopes: SCOPES[self.role] }, members, roles: ROLES };
}

describe("rules of members", () => {
  it("lets an Owner change, remove and let in a Member", () => {
    expect(findRoleObstacle(mia, role("owner"), as(ada))).toBeUndefined();
    expect(findRemovalObstacle(mia, as(ada))).toBeUndefined();
    expect(findLinkObstacle(mia, as(ada))).toBeUndefined();
  });

  it("closes everything about who may more, and says who can", () => {
    for (const found of [
      findRoleObstacle(ada, role("member"), as(grace)),
      findRemovalObstacle(ada, as(grace)),
      findLinkObstacle(ada, as(grace)),
    ])
      expect(found?.text).toContain("Ask an Owner.");
  });

  it("gives no role above the own one", () => {
    expect(findRoleObstacle(mia, role("owner"), as(grace))?.title).toBe(
      "Only an Owner can make somebody Owner",
    );
    expect(findRoleObstacle(mia, role("administrator"), as(grace))).toBeUndefined();
    expect(findNewRoleObstacle(role("owner"), as(grace))?.title).toContain("Only an Owner");
    expect(findNewRoleObstacle(role("member"), as(grace))).toBeUndefined();
  });

  it("keeps the last Owner, and only the last", () => {
    expect(findRemovalObstacle(ada, as(ada))?.title).toBe("The last Owner has to stay");
    expect(findRoleObstacle(ada, role("member"), as(ada))?.title).toBe("The last Owner has to stay");
    const two = as(ada, [ada, member("bob", "owner")]);
    expect(findRemovalObstacle(ada, two)).toBeUndefined();
    expect(findRoleObstacle(ada, role("member"), two)).toBeUndefined();
  });

  it("makes no link for oneself", () => {
    expect(findLinkObstacle(grace, as(grace))?.title).toBe("Nobody makes a link for themselves");
  });

  it("leaves another password to the Owners, and the first way in to Administrators too", () => {
    expect(findLinkObstacle(mia, as(grace))?.title).toBe("Only an Owner sets a new password for a member");
    expect(findLinkObstacle({ ...mia, has_signed_in: false }, as(grace))).toBeUndefined();
  });

  it("takes a role that is not known for more than any", () => {
    const standing = { ...as(ada), roles: ROLES.slice(1) };
    expect(findRemovalObstacle(ada, standing)).toBeDefined();
  });

  it("tells what another role gives and takes", () => {
    expect(compareRoles(role("owner"), role("member"))).toEqual({
      gained: [],
      lost: ["org:write", "os:delete"],
    });
    expect(compareRoles(role("member"), role("administrator"))).toEqual({ gained: ["org:write"], lost: [] });
  });
});
