import { describe, expect, it } from "vitest";
import { findAudienceElsewhere, findScopesElsewhere, findUserElsewhere, notRead } from "./find-elsewhere.ts";

const wants = (scopes: readonly string[]) => scopes.includes("a:b");
const scopesAt = (claims: object, read: readonly string[] = []) =>
  findScopesElsewhere({ ...claims }, read, wants);

describe("scopes under another claim", () => {
  it.each([
    [{ roles: ["a:b"] }, "roles"],
    [{ scope: "x a:b" }, "scope"],
    [{ "https://e.test/permissions": ["a:b"] }, "https://e.test/permissions"],
    [{ "cognito:groups": ["a:b"] }, "cognito:groups"],
    [{ realm_access: { roles: ["a:b"] } }, "realm_access.roles"],
    [{ resource_access: { "my.os": { roles: ["a:b"] } } }, "resource_access.my.os.roles"],
    [{ x: { roles: ["a:b"] }, roles: ["a:b"] }, "roles"],
    [{ "x.roles": ["c:d"], x: { roles: ["a:b"] } }, undefined],
    [{ roles: ["a:b c:d"] }, undefined],
    [{ roles: "c:d\u00a0a:b" }, undefined],
    [{ roles: { "a:b": true } }, undefined],
    [{ note: ["a:b"] }, undefined],
    [{ user_metadata: { roles: ["a:b"] } }, undefined],
    [{ custom_roles: ["a:b"] }, undefined],
    [{ [`${"x".repeat(95)}/roles`]: ["a:b"] }, undefined],
    [{ a: { b: { c: { roles: ["a:b"] } } } }, "a.b.c.roles"],
    [{ a: { b: { c: { d: { roles: ["a:b"] } } } } }, undefined],
  ])("of %j stand at %s", (claims, path) => {
    expect(scopesAt(claims)).toBe(path);
  });

  it("are no others where they are read already", () => {
    expect(scopesAt({ roles: ["a:b"] }, ["roles"])).toBeUndefined();
    expect(scopesAt({ a: { roles: ["a:b"] } }, ["a.roles"])).toBeUndefined();
  });

  it("are looked for among two hundred values", () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 1]));
    expect(scopesAt({ ...many(199), roles: ["a:b"] })).toBe("roles");
    expect(scopesAt({ ...many(200), roles: ["a:b"] })).toBeUndefined();
  });
});

it("an audience is looked for where issuers put one, in their order, and not where it is read", () => {
  const at = (claims: object, read = "aud") =>
    findAudienceElsewhere({ ...claims }, read, (value) => value === "os");
  expect(at({ azp: "os", client_id: "os" })).toBe("client_id");
  expect(at({ azp: "os", client_id: "x" })).toBe("azp");
  expect(at({ aud: "os" })).toBeUndefined();
  expect(at({ aud: "os" }, "client_id")).toBe("aud");
  expect(at({ note: "os" })).toBeUndefined();
});

it("a user id is looked for where issuers put one, stable ones first, and is a text", () => {
  const at = (claims: object, read = "sub") => findUserElsewhere({ ...claims }, read);
  expect(at({ email: "a@b.test", oid: "1" })).toBe("oid");
  expect(at({ email: "a@b.test" })).toBe("email");
  expect(at({ sub: "1" })).toBeUndefined();
  expect(at({ sub: "1" }, "uid")).toBe("sub");
  expect(at({ oid: 7, uid: " ", name: "x" })).toBeUndefined();
});

it("is said at the end of a fix, or not at all", () => {
  expect(notRead(undefined)).toBe("");
  expect(notRead("azp")).toBe(' (the token has it under "azp", which this AgentOS does not read)');
});
