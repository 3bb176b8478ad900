import { type DataScope, type Identity, isSameOwner, type Owner } from "@agentos/auth";
import { TOKEN_SHAPED } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { resolveRunOwner, userIdOf } from "./owner.ts";
import type { RunForm } from "./run-form.ts";
import { MAX_CLIENT_ID_BYTES, MAX_CLIENT_ID_LENGTH } from "./run-limits.ts";
import { ALICE, createTestIdentity, form, NOBODY, NOBODY_OWNER, ownerNamed } from "./test-run.fixture.ts";

const claimOwned = { dependencies: ["tenant"], sessionState: ["plan"] };

function resolve(
  rest: Partial<RunForm>,
  identity: Identity = NOBODY,
  dataScope: DataScope = { kind: "all" },
) {
  return resolveRunOwner({ form: form("hi", rest), identity, dataScope, claimOwned });
}

describe("the owner of a run", () => {
  const claimed = ownerNamed("dave", { kind: "claimed" });
  const partner = createTestIdentity({ issuer: "partner" });
  it.each<[string, Identity, DataScope, string | undefined, Owner]>([
    ["the token's user, over the form's", ALICE, { kind: "all" }, "mallory", ownerNamed("alice")],
    [
      "the scoped user, over the form's",
      { ...ALICE, userId: undefined },
      { kind: "user", owner: ownerNamed("carol") },
      "mallory",
      ownerNamed("carol"),
    ],
    ["whom the form claims, when the credential names nobody", NOBODY, { kind: "all" }, "dave", claimed],
    [
      "whom the form claims, among those of the token's issuer",
      partner,
      { kind: "all" },
      "dave",
      { ...claimed, issuer: "partner" },
    ],
    ["nobody when nothing names a user", NOBODY, { kind: "all" }, undefined, NOBODY_OWNER],
  ])("is %s", (_, identity, dataScope, userId, owner) => {
    expect(resolve({ userId }, identity, dataScope)).toMatchObject({ ok: true, value: { owner } });
  });

  it("is never a verified user for whoever only claims to be one", () => {
    const claims = resolve({ userId: "alice" }, createTestIdentity({ scopes: ["agents:run"] }));
    if (!claims.ok) throw new Error("refused");
    expect(isSameOwner(claims.value.owner, ALICE.owner)).toBe(false);
    expect(userIdOf(claims.value.owner)).toBe(userIdOf(ALICE.owner));
  });

  it("is needed where the caller may reach nobody's data", () => {
    expect(resolve({ userId: "dave" }, NOBODY, { kind: "none" })).toEqual({
      ok: false,
      fault: { status: 403, detail: "A user identity is required" },
    });
  });

  it.each(["sa:bot", "__oauth__:client", "__scheduler__", " sa:bot", "SA:bot", "\tsa:x"])(
    "cannot be the reserved name %j of a form, whatever the credential",
    (userId) => {
      for (const identity of [NOBODY, ALICE]) {
        expect(resolve({ userId }, identity)).toMatchObject({ ok: false, fault: { status: 422 } });
      }
    },
  );

  it("may be the reserved name when the credential has it", () => {
    const bot = createTestIdentity({ userId: "sa:bot" });
    expect(resolve({ userId: "sa:bot" }, bot)).toMatchObject({
      ok: true,
      value: { owner: { id: "sa:bot" } },
    });
    expect(resolve({ userId: "sa:other" }, bot)).toMatchObject({ ok: false });
  });

  it.each(["sandra", "user:sa:x", "oauth"])("may be %j, which only looks a little like one", (userId) => {
    expect(resolve({ userId })).toMatchObject({ ok: true });
  });

  it.each([
    ["too long", "x".repeat(MAX_CLIENT_ID_LENGTH + 1), "string_too_long"],
    ["that no database keeps as it is", "\u4e2d".repeat(171), "value_error"],
    ["with a line break", "a\nb", "value_error"],
    ["with a zero byte", "a\u0000b", "value_error"],
    ["with half a character", "a\ud800b", "value_error"],
    ["that is a token", TOKEN_SHAPED, "value_error"],
  ])("and the session cannot have an id %s", (_, id, type) => {
    for (const field of ["userId", "sessionId"] as const) {
      const result = resolve({ [field]: id });
      expect(result).toMatchObject({ ok: false, fault: { status: 422, detail: [{ type }] } });
      expect(JSON.stringify(result)).not.toContain("eyJ");
    }
    for (const longest of ["x", '"'])
      expect(resolve({ sessionId: longest.repeat(MAX_CLIENT_ID_LENGTH) })).toMatchObject({ ok: true });
    expect(resolve({ sessionId: "\u00e4".repeat(MAX_CLIENT_ID_BYTES / 2) })).toMatchObject({ ok: true });
  });
});

describe("the values of a run", () => {
  it("take the session of the token over the form's", () => {
    const result = resolve({ sessionId: "mine" }, { ...ALICE, sessionId: "pinned" });
    expect(result).toMatchObject({ ok: true, value: { sessionId: "pinned" } });
  });

  it("are the token's alone when it brings any", () => {
    const identity = { ...ALICE, dependencies: { tenant: "t1" }, sessionState: { plan: "pro" } };
    const result = resolve(
      { dependencies: { tenant: "t2", extra: 1 }, sessionState: { plan: "max", extra: 1 } },
      identity,
    );
    expect(result).toMatchObject({
      ok: true,
      value: { dependencies: { tenant: "t1" }, sessionState: { plan: "pro" } },
    });
  });

  it.each([undefined, {}])(
    "are the form's without the keys that a token owns, when it brings %j",
    (fromToken) => {
      const identity = { ...ALICE, dependencies: fromToken, sessionState: fromToken };
      const result = resolve(
        { dependencies: { tenant: "t2", extra: 1 }, sessionState: { plan: "max", extra: 2 } },
        identity,
      );
      expect(result).toMatchObject({
        ok: true,
        value: { dependencies: { extra: 1 }, sessionState: { extra: 2 } },
      });
      expect(JSON.stringify(result)).not.toMatch(/t2|max/);
    },
  );
});
