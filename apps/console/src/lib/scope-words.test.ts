import { expect, test } from "vitest";
import { findMissingScopes } from "./scope-words.ts";

const ROLES = [
  { title: "Owner", scopes: ["os:write", "os:delete"] },
  { title: "Administrator", scopes: ["os:write"] },
  { title: "Member", scopes: [] },
];

test("says nothing to who may", () => {
  expect(findMissingScopes(["os:write"], ["os:write"], ROLES)).toBeUndefined();
});

test("names the missing scope and every role that gives it", () => {
  expect(findMissingScopes(["os:write"], [], ROLES)).toEqual({
    scopes: ["os:write"],
    whoCan: "an Owner or Administrator",
  });
  expect(findMissingScopes(["os:write", "os:delete"], ["os:write"], ROLES)).toEqual({
    scopes: ["os:delete"],
    whoCan: "an Owner",
  });
});

test("what no role lists is given by the role with the admin scope, and by no other", () => {
  const roles = [{ title: "Owner", scopes: ["agent_os:admin"] }, ...ROLES.slice(1)];
  expect(findMissingScopes(["traces:read"], ["os:write"], roles)?.whoCan).toBe("an Owner");
  expect(findMissingScopes(["traces:read"], ["agent_os:admin"], roles)).toBeUndefined();
});

test("promises nobody where no role gives it", () => {
  expect(findMissingScopes(["org:delete"], [], ROLES)?.whoCan).toBeUndefined();
});
