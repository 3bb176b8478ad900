import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readClaim } from "./read-claim.ts";

describe("a claim", () => {
  it.each([
    [{ sub: "a" }, "sub", "a"],
    [{ sub: null }, "sub", null],
    [{}, "sub", undefined],
    [{ "https://example.com/roles": ["r"] }, "https://example.com/roles", ["r"]],
    [{ "a.b": 1, a: { b: 2 } }, "a.b", 1],
    [{ a: { b: 2 } }, "a.b", 2],
    [{ realm_access: { roles: ["r"] } }, "realm_access.roles", ["r"]],
    [{ resource_access: { "my.client": { roles: ["r"] } } }, "resource_access.my.client.roles", ["r"]],
    [{ "https://e.com/x": { roles: ["r"] } }, "https://e.com/x.roles", ["r"]],
    [{ a: { "b.c": 1 }, "a.b": { c: 2 } }, "a.b.c", 2],
    [{ "a.b": { x: 1 }, a: { b: { c: 2 } } }, "a.b.c", 2],
    [{ a: { b: null } }, "a.b", null],
    [{ a: { "": 1 } }, "a.", 1],
    [{ "": { a: 1 } }, ".a", undefined],
    [{ ".a": 1 }, ".a", 1],
  ])("of %j by %j is %j", (claims, path, expected) => {
    expect(readClaim(claims, path)).toEqual(expected);
  });

  it.each([
    [{ a: [{ b: 1 }] }, "a.0.b"],
    [{ a: ["x"] }, "a.length"],
    [{ a: "text" }, "a.length"],
    [{ a: {} }, "a.constructor"],
    [{}, "__proto__.constructor"],
    [{}, "constructor"],
    [{ a: { b: 1 } }, "a.b.c"],
    [{ a: { b: 1 } }, "A.b"],
  ])("of %j by %j is none: own properties of objects only", (claims, path) => {
    expect(readClaim(claims, path)).toBeUndefined();
  });

  it("is looked for no deeper than eight names", () => {
    const nest = (names: readonly string[]): unknown =>
      names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), 1);
    const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
    expect(readClaim({ ...(nest(names(8)) as object) }, names(8).join("."))).toBe(1);
    expect(readClaim({ ...(nest(names(9)) as object) }, names(9).join("."))).toBeUndefined();
  });

  it("takes no longer for a path with many dots: each object is entered once", () => {
    const path = Array.from({ length: 5_000 }, () => "a").join(".");
    expect(readClaim({ a: { a: { a: {} } } }, path)).toBeUndefined();
  });

  it("never throws, and finds whatever is there under its own name", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (claims, path) => {
        readClaim(claims, path);
        for (const [name, value] of Object.entries(claims)) expect(readClaim(claims, name)).toEqual(value);
      }),
    );
  });
});
