import { describe, expect, it } from "vitest";
import { checkKind } from "./check-kind.ts";

const LOGOUT = { "http://schemas.openid.net/event/backchannel-logout": {} };

function kindOf(claims: object, scopes?: readonly string[], isAccessTyped = false) {
  const result = checkKind({ ...claims }, { claimNames: { scopes }, isAccessTyped });
  return result.ok ? "passed" : result.fault.code;
}

describe("what a token says of its kind", () => {
  it.each([
    [{}, "passed"],
    [{ cnf: {} }, "AUTH_TOKEN_BOUND"],
    [{ cnf: null }, "AUTH_TOKEN_BOUND"],
    [{ cnf: {}, typ: "DPoP" }, "AUTH_TOKEN_BOUND"],
    [{ token_use: "id" }, "AUTH_ID_TOKEN_REFUSED"],
    [{ token_use: "access" }, "passed"],
    [{ token_use: "ACCESS" }, "passed"],
    [{ token_use: "refresh" }, "AUTH_REFRESH_TOKEN_REFUSED"],
    [{ token_use: "magic" }, "AUTH_TOKEN_KIND_REFUSED"],
    [{ token_use: null }, "AUTH_TOKEN_KIND_REFUSED"],
    [{ token_use: "access", typ: "ID" }, "AUTH_ID_TOKEN_REFUSED"],
    [{ typ: "ID" }, "AUTH_ID_TOKEN_REFUSED"],
    [{ typ: "Refresh" }, "AUTH_REFRESH_TOKEN_REFUSED"],
    [{ typ: "Offline" }, "AUTH_REFRESH_TOKEN_REFUSED"],
    [{ typ: "Logout" }, "AUTH_LOGOUT_TOKEN_REFUSED"],
    [{ typ: "verify-email" }, "AUTH_TOKEN_KIND_REFUSED"],
    [{ typ: ["Bearer"] }, "AUTH_TOKEN_KIND_REFUSED"],
    [{ typ: "Bearer" }, "passed"],
    [{ typ: "JWT" }, "passed"],
    [{ typ: "at+jwt" }, "passed"],
    [{ token_type: "refresh" }, "AUTH_REFRESH_TOKEN_REFUSED"],
    [{ type: "refresh", typ: "Bearer" }, "AUTH_REFRESH_TOKEN_REFUSED"],
    [{ type: "employee" }, "passed"],
    [{ token_type: 7 }, "passed"],
    [{ events: LOGOUT }, "AUTH_LOGOUT_TOKEN_REFUSED"],
    [{ events: LOGOUT, typ: "Bearer" }, "AUTH_LOGOUT_TOKEN_REFUSED"],
    [{ events: { "https://issuer.test/e": {} } }, "AUTH_EVENT_TOKEN_REFUSED"],
    [{ events: [] }, "AUTH_EVENT_TOKEN_REFUSED"],
  ])("%j: %s", (claims, expected) => {
    expect(kindOf(claims)).toBe(expected);
  });

  it.each([
    ["passed", ["access", "access_token", "at+jwt", "application/at+jwt", "Bearer", "JWT"]],
    ["AUTH_ID_TOKEN_REFUSED", ["id", "ID_TOKEN", "Serialized-ID"]],
    ["AUTH_REFRESH_TOKEN_REFUSED", ["refresh", "refresh_token", "Offline"]],
    ["AUTH_LOGOUT_TOKEN_REFUSED", ["logout", "logout_token", "logout+jwt"]],
    ["AUTH_TOKEN_KIND_REFUSED", ["", " access", "access token", "ids", "offline-session"]],
  ])("is %s for the words %j, in any letters and in each claim for kinds", (expected, words) => {
    for (const word of words) {
      for (const claim of ["token_use", "typ"]) expect(kindOf({ [claim]: word })).toBe(expected);
      // These claims have other meanings too: a word that is not known says nothing.
      const elsewhere = expected === "AUTH_TOKEN_KIND_REFUSED" ? "passed" : expected;
      for (const claim of ["token_type", "type"]) expect(kindOf({ [claim]: word })).toBe(elsewhere);
    }
  });

  it.each(["constructor", "__proto__", "toString"])("is no word of ours by inheritance: %s", (typ) => {
    expect(kindOf({ typ })).toBe("AUTH_TOKEN_KIND_REFUSED");
  });
});

describe("what only hints at an ID token", () => {
  it.each([
    [{ nonce: "n" }, "AUTH_ID_TOKEN_REFUSED"],
    [{ nonce: "n", scope: "a:b" }, "passed"],
    [{ nonce: "n", scp: "a:b" }, "passed"],
    [{ nonce: "n", scopes: ["a:b"] }, "passed"],
    [{ nonce: "n", permissions: [] }, "passed"],
    [{ nonce: "n", roles: ["a:b"] }, "AUTH_ID_TOKEN_REFUSED"],
    [{ at_hash: "h", scope: "a:b" }, "AUTH_ID_TOKEN_REFUSED"],
    [{ c_hash: "h", scp: "a:b" }, "AUTH_ID_TOKEN_REFUSED"],
  ])("%j: %s", (claims, expected) => {
    expect(kindOf(claims)).toBe(expected);
  });

  it("counts only where nothing says the kind", () => {
    for (const hint of [{ nonce: "n" }, { at_hash: "h" }, { c_hash: "h" }]) {
      expect(kindOf({ ...hint, token_use: "access" })).toBe("passed");
      expect(kindOf({ ...hint, typ: "Bearer" })).toBe("passed");
      expect(kindOf(hint, undefined, true)).toBe("passed");
      expect(kindOf(hint)).toBe("AUTH_ID_TOKEN_REFUSED");
    }
  });

  it("is no nonce beside the configured scopes, nested ones too", () => {
    const nested = { nonce: "n", realm_access: { roles: [] } };
    expect(kindOf(nested, ["realm_access.roles"])).toBe("passed");
    expect(kindOf(nested, ["realm_access.groups"])).toBe("AUTH_ID_TOKEN_REFUSED");
  });
});

it("a refusal names the claim that showed the kind", () => {
  const claimOf = (claims: object) => {
    const result = checkKind({ ...claims }, { claimNames: { scopes: undefined } });
    return result.ok ? "passed" : result.fault.facts;
  };
  expect(claimOf({ token_use: "id" })).toEqual({ kind_claim: "token_use" });
  expect(claimOf({ typ: "Refresh" })).toEqual({ kind_claim: "typ" });
  expect(claimOf({ nonce: "n" })).toEqual({ kind_claim: "nonce" });
  expect(claimOf({ c_hash: "h" })).toEqual({ kind_claim: "c_hash" });
  expect(claimOf({ typ: "x" })).toEqual({ kind_claim: "typ", kind_accepted: '"Bearer"' });
});
