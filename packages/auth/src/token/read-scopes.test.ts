import { expect, it } from "vitest";
import { DEFAULT_CLAIM_NAMES } from "../policy/policy.ts";
import { readScopes } from "./read-scopes.ts";

it.each([
  [{}, undefined, []],
  [{ scopes: ["a:b"], scope: "c:d", scp: "e:f", permissions: ["g:h"] }, undefined, ["a:b"]],
  [{ scope: "c:d", scp: "e:f", permissions: ["g:h"] }, undefined, ["c:d"]],
  [{ scp: "e:f", permissions: ["g:h"] }, undefined, ["e:f"]],
  [{ permissions: ["g:h"] }, undefined, ["g:h"]],
  [{ roles: ["a:b"] }, undefined, []],
  [{ roles: ["a:b"], scopes: ["c:d"] }, "roles", ["a:b"]],
  [{ scopes: ["c:d"] }, "roles", []],
  [{ scopes: " a:b \t c:d\n" }, undefined, ["a:b", "c:d"]],
  [{ scopes: ["a:b c:d", "", " ", 7, null, ["e:f"]] }, undefined, ["a:b c:d", " "]],
  [{ scopes: { 0: "a:b" } }, undefined, []],
  [{ undefined: ["a:b"] }, undefined, []],
])("of %j, with the claim %j, they are %j", (claims, claim, scopes) => {
  expect(readScopes(claims, claim)).toEqual(scopes);
});

it("are the first thousand of more, counted without what is no scope", () => {
  const many = Array.from({ length: 1_001 }, (_, index) => `a:${index}`);
  expect(readScopes({ scopes: [7, "", ...many] }, undefined)).toEqual(many.slice(0, 1_000));
  expect(readScopes({ scopes: many.slice(0, 1_000) }, undefined)).toHaveLength(1_000);
});

it("come from claims whose default names nobody can change", () => {
  expect(Object.isFrozen(DEFAULT_CLAIM_NAMES)).toBe(true);
  expect(readScopes({ scopes: ["a:b"] }, DEFAULT_CLAIM_NAMES.scopes)).toEqual(["a:b"]);
});
