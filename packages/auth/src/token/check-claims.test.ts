import { describe, expect, it } from "vitest";
import { checkAllClaims } from "./check-all-claims.ts";
import {
  checkAudience,
  checkIssuer,
  checkKind,
  checkSubject,
  isReservedPrincipal,
  readSessionId,
} from "./check-claims.ts";
import { codeOf, TEST_POLICY } from "./verifier.fixture.ts";

describe("the issuer", () => {
  const judge = (claims: object, issuer?: string) => checkIssuer({ ...claims }, { ...TEST_POLICY, issuer });

  it("is compared with the configured one, and with nothing else", () => {
    expect(codeOf(judge({ iss: "a" }, "a"))).toBe("passed");
    expect(judge({}, "a")).toMatchObject({
      fault: { code: "AUTH_ISSUER_MISSING", facts: { expected_issuer: "a" } },
    });
    expect(judge({ iss: "b" }, "a")).toMatchObject({
      fault: { code: "AUTH_ISSUER_MISMATCH", facts: { expected_issuer: "a", token_issuer: "b" } },
    });
    for (const iss of ["b", undefined, ["a"], null]) expect(codeOf(judge({ iss }))).toBe("passed");
  });

  it("is shown to the operator bounded, and never as an object", () => {
    const shown = (iss: unknown) => {
      const result = judge({ iss }, "a");
      return result.ok ? "passed" : result.fault.facts["token_issuer"];
    };
    expect(shown("x".repeat(300))).toBe("x".repeat(200));
    expect(shown({ secret: 1 })).toBe("(object)");
    expect(shown(["b", { secret: 1 }, "y".repeat(300)])).toEqual(["b", "(object)", "y".repeat(200)]);
    expect(shown(Array.from({ length: 20 }, () => "b"))).toHaveLength(10);
  });
});

describe("the audience", () => {
  const judge = (
    aud: unknown,
    audience: readonly string[] | undefined = ["a", "b"],
    isAudienceTheId = false,
  ) => checkAudience({ aud }, { ...TEST_POLICY, audience, isAudienceTheId });

  it.each([
    ["a", "passed"],
    ["b", "passed"],
    [["x", "b"], "passed"],
    [["x", 7, null, "a"], "passed"],
    ["ab", "AUTH_AUDIENCE_MISMATCH"],
    ["A", "AUTH_AUDIENCE_MISMATCH"],
    ["", "AUTH_AUDIENCE_MISMATCH"],
    [["x"], "AUTH_AUDIENCE_MISMATCH"],
    [[["a"]], "AUTH_AUDIENCE_MISMATCH"],
    [{ a: true }, "AUTH_AUDIENCE_MISMATCH"],
    [7, "AUTH_AUDIENCE_MISMATCH"],
    [[], "AUTH_AUDIENCE_MISMATCH"],
    [null, "AUTH_AUDIENCE_MISSING"],
    [undefined, "AUTH_AUDIENCE_MISSING"],
  ])("%j: %s", (aud, expected) => {
    expect(codeOf(judge(aud))).toBe(expected);
  });

  it("is not looked at without a configured one, and fits none of an empty list", () => {
    expect(codeOf(checkAudience({}, { ...TEST_POLICY, audience: undefined }))).toBe("passed");
    expect(codeOf(judge("a", []))).toBe("AUTH_AUDIENCE_MISMATCH");
  });

  it("is told with where it comes from", () => {
    const facts = { audience_claim: "aud", expected_audience: ["a", "b"] };
    expect(judge("x")).toMatchObject({ fault: { facts: { ...facts, token_audience: "x" } } });
    const hintOf = (isTheId: boolean) => {
      const result = judge(undefined, ["a"], isTheId);
      return result.ok ? "passed" : result.fault.facts["audience_hint"];
    };
    expect(hintOf(true)).toContain("os_id");
    expect(hintOf(false)).toContain("operator");
  });
});

describe("the kind of token", () => {
  it.each([
    [{}, "passed"],
    [{ cnf: {} }, "AUTH_TOKEN_BOUND"],
    [{ cnf: null }, "AUTH_TOKEN_BOUND"],
    [{ nonce: "n" }, "AUTH_ID_TOKEN_REFUSED"],
    [{ nonce: "n", scope: "a:b" }, "passed"],
    [{ nonce: "n", scp: "a:b" }, "passed"],
    [{ nonce: "n", scopes: ["a:b"] }, "AUTH_ID_TOKEN_REFUSED"],
    [{ at_hash: "h", scope: "a:b" }, "AUTH_ID_TOKEN_REFUSED"],
    [{ c_hash: "h", scp: "a:b" }, "AUTH_ID_TOKEN_REFUSED"],
  ])("%j: %s", (claims, expected) => {
    expect(codeOf(checkKind(claims))).toBe(expected);
  });
});

it("issuer, audience and kind that are right answer true", () => {
  const passed = { ok: true, value: true };
  expect(checkIssuer({ iss: "a" }, { ...TEST_POLICY, issuer: "a" })).toEqual(passed);
  expect(checkIssuer({ iss: "a" }, { ...TEST_POLICY, issuer: undefined })).toEqual(passed);
  expect(checkAudience({ aud: "a" }, { ...TEST_POLICY, audience: ["a"] })).toEqual(passed);
  expect(checkAudience({ aud: "a" }, { ...TEST_POLICY, audience: undefined })).toEqual(passed);
  expect(checkKind({})).toEqual(passed);
});

describe("the subject", () => {
  const judge = (sub: unknown, more: object = {}) => checkSubject({ sub }, { ...TEST_POLICY, ...more });

  it.each([
    "sa:bot",
    "SA:bot",
    "\u017fa:bot",
    "  sa:bot",
    "__oauth__:x",
    "__OAUTH__:x",
    "__scheduler__",
    "__scheduler__ ",
    "  __Scheduler__",
  ])("%j is the server's own", (sub) => {
    expect(judge(sub)).toMatchObject({
      fault: { code: "AUTH_SUBJECT_RESERVED", facts: { user_id_claim: "sub" } },
    });
    expect(isReservedPrincipal(sub)).toBe(true);
  });

  it.each(["sam", "bot:sa:x", "x__oauth__:x", "__oauth__", "__scheduler__2", "a __scheduler__"])(
    "%j is a user's",
    (sub) => {
      expect(judge(sub)).toEqual({ ok: true, value: sub });
      expect(isReservedPrincipal(sub)).toBe(false);
    },
  );

  it.each([
    [undefined, { ok: true, value: undefined }],
    ["", { ok: true, value: undefined }],
    ["  ", { ok: true, value: undefined }],
    ["x".repeat(256), { ok: true, value: "x".repeat(256) }],
  ])("%j is read", (sub, expected) => {
    expect(judge(sub)).toEqual(expected);
  });

  it.each([
    null,
    7,
    ["alice"],
    "x".repeat(257),
    "a\u0000",
    "a\u001f",
    "a\u007f",
    "a\u009f",
    "a\u2028",
    "a\u2029",
    "a\ud800",
  ])("%j is none", (sub) => {
    expect(judge(sub)).toMatchObject({
      fault: { code: "AUTH_SUBJECT_INVALID", facts: { user_id_claim: "sub", limit_characters: 256 } },
    });
    expect(codeOf(judge("a b\u00a0é"))).toBe("passed");
  });

  it("that is no id is refused as such, whatever else it would be", () => {
    expect(codeOf(judge("sa:\u0000"))).toBe("AUTH_SUBJECT_INVALID");
    expect(codeOf(judge("sa:"))).toBe("AUTH_SUBJECT_RESERVED");
    expect(codeOf(judge(" ".repeat(257)))).toBe("AUTH_SUBJECT_INVALID");
    expect(judge(" ".repeat(256))).toEqual({ ok: true, value: undefined });
  });

  it("of one issuer carries its prefix, and cannot begin with another's", () => {
    const policy = { subjectPrefix: "one:", foreignSubjectPrefixes: ["two:", "three:"] };
    expect(judge("alice", policy)).toEqual({ ok: true, value: "one:alice" });
    expect(judge(" ", policy)).toEqual({ ok: true, value: undefined });
    for (const sub of ["two:alice", "three:alice"])
      expect(codeOf(judge(sub, policy))).toBe("AUTH_SUBJECT_FOREIGN");
    expect(codeOf(judge("a two:alice", policy))).toBe("passed");
    expect(codeOf(judge("x".repeat(252), policy))).toBe("passed");
    expect(codeOf(judge("x".repeat(253), policy))).toBe("AUTH_SUBJECT_INVALID");
  });
});

describe("the session id", () => {
  it.each([
    ["s-1", "s-1"],
    ["x".repeat(256), "x".repeat(256)],
    ["", undefined],
    [7, undefined],
    [null, undefined],
    ["x".repeat(257), undefined],
    ["a\nb", undefined],
    ["\udc00", undefined],
  ])("%j: %j", (session_id, expected) => {
    expect(readSessionId({ session_id }, TEST_POLICY)).toBe(expected);
  });
});

describe("all checks together", () => {
  const NOW = 1_800_000_000;
  const good = { iss: TEST_POLICY.issuer, aud: "agent-os", sub: "alice", exp: NOW + 60 };
  const judge = (claims: object, policy = TEST_POLICY) =>
    codeOf(checkAllClaims({ ...good, ...claims }, policy, NOW));

  it.each([
    [{ jti: 7 }, "AUTH_JWT_ID_INVALID"],
    [{ jti: null }, "AUTH_JWT_ID_INVALID"],
    [{ exp: 1 }, "AUTH_TOKEN_EXPIRED"],
    [{ iss: "x" }, "AUTH_ISSUER_MISMATCH"],
    [{ aud: "x" }, "AUTH_AUDIENCE_MISMATCH"],
    [{ cnf: {} }, "AUTH_TOKEN_BOUND"],
    [{ sub: 7 }, "AUTH_SUBJECT_INVALID"],
    [{ jti: "1" }, "passed"],
  ])("%j: %s", (claims, expected) => {
    expect(judge(claims)).toBe(expected);
    expect(judge({})).toBe("passed");
  });

  it("leave out the times, and only them, where no signature is verified", () => {
    const unverified = { ...TEST_POLICY, verifiesSignature: false };
    expect(checkAllClaims({ ...good, exp: 1 }, unverified, NOW)).toEqual({
      ok: true,
      value: { userId: "alice", times: { expiresAt: undefined, notBefore: undefined } },
    });
    expect(judge({ aud: "x" }, unverified)).toBe("AUTH_AUDIENCE_MISMATCH");
    expect(judge({ jti: 7 }, unverified)).toBe("AUTH_JWT_ID_INVALID");
  });
});
