import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOwner, isSameOwner, type Owner } from "./owner.ts";

describe("two owners", () => {
  const alice: Owner = { issuer: "corp", kind: "user", id: "alice" };

  it.each<Partial<Owner>>([
    { issuer: "partner" },
    { issuer: "Corp" },
    { kind: "claimed" },
    { kind: "service_account" },
    { id: "Alice" },
    { id: "alice " },
    { id: "" },
  ])("are different when one has %j", (other) => {
    expect(isSameOwner(alice, { ...alice, ...other })).toBe(false);
    expect(isSameOwner(alice, { ...alice })).toBe(true);
  });

  it("are different when only the whole that their parts would make is equal", () => {
    expect(
      isSameOwner({ issuer: "a", kind: "user", id: "b:c" }, { issuer: "a:b", kind: "user", id: "c" }),
    ).toBe(false);
  });

  it("are the same only when every code unit is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (one, other) => {
        const owners = [createOwner("corp", one), createOwner("corp", other)] as const;
        fc.pre(owners.every(({ kind }) => kind === "user"));
        expect(isSameOwner(...owners)).toBe(one === other);
      }),
    );
  });
});

describe("the owner of a user's data", () => {
  it("is frozen, and holds the id to the letter", () => {
    const owner = createOwner("corp", "e\u0301 \u{1f600}");
    expect(owner).toEqual({ issuer: "corp", kind: "user", id: "e\u0301 \u{1f600}" });
    expect(Object.isFrozen(owner)).toBe(true);
  });

  it.each([undefined, "", "a\ud800", "\udc00a"])("is nobody for the id %j", (id) => {
    expect(createOwner("corp", id)).toEqual({ issuer: "corp", kind: "anonymous", id: "" });
    expect(Object.isFrozen(createOwner("corp", id))).toBe(true);
  });
});
