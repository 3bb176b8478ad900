import { describe, expect, it } from "vitest";
import { DEFAULT_CLAIM_NAMES } from "../policy/policy.ts";
import { readScopes } from "./read-scopes.ts";

it.each([
  [{}, undefined, []],
  [{ scopes: ["a:b"], scope: "c:d", scp: "e:f", permissions: ["g:h"] }, undefined, ["a:b"]],
  [{ scope: "c:d", scp: "e:f", permissions: ["g:h"] }, undefined, ["c:d"]],
  [{ scp: "e:f", permissions: ["g:h"] }, undefined, ["e:f"]],
  [{ permissions: ["g:h"] }, undefined, ["g:h"]],
  [{ roles: ["a:b"] }, undefined, []],
  [{ roles: ["a:b"], scopes: ["c:d"] }, ["roles"], ["a:b"]],
  [{ scopes: ["c:d"] }, ["roles"], []],
  [
    { scope: "a:b", realm_access: { roles: ["c:d", "a:b"] } },
    ["scope", "realm_access.roles"],
    ["a:b", "c:d"],
  ],
  [{ scope: "a:b", realm_access: { roles: { "c:d": true } } }, ["scope", "realm_access.roles"], ["a:b"]],
  [{ "https://example.com/roles": ["a:b"] }, ["https://example.com/roles"], ["a:b"]],
  [{ scopes: ["a:b c:d", "", " ", 7, null, ["e:f"]] }, undefined, ["a:b c:d", " "]],
  [{ scopes: { 0: "a:b" } }, undefined, []],
  [{ undefined: ["a:b"] }, undefined, []],
])("of %j, with the claim %j, they are %j", (claims, claim, scopes) => {
  expect(readScopes(claims, claim)).toEqual(scopes);
});

/** RFC 6749 section 3.3: scope = scope-token *( SP scope-token ). */
describe("a text of scopes", () => {
  it.each([
    ["a:b c:d", ["a:b", "c:d"]],
    [" a:b  c:d ", ["a:b", "c:d"]],
    ["", []],
    ["   ", []],
  ])("%j is split at spaces, however many", (text, scopes) => {
    expect(readScopes({ scope: text }, undefined)).toEqual(scopes);
  });

  it.each([
    "\t",
    "\n",
    "\r",
    "\u000b",
    "\f",
    "\u0085",
    "\u00a0",
    "\u1680",
    "\u2003",
    "\u2028",
    "\u3000",
    "\ufeff",
  ])("is not split at %j: for its issuer that is one scope", (space) => {
    const text = `foo${space}agent_os:admin`;
    expect(readScopes({ scope: text }, undefined)).toEqual([text]);
    expect(readScopes({ scope: "foo agent_os:admin" }, undefined)).toContain("agent_os:admin");
  });
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
