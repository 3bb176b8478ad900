import { describe, expect, it } from "vitest";
import { DEFAULT_CLAIM_NAMES } from "../policy/policy.ts";
import { type ClaimRules, checkAllClaims } from "./check-all-claims.ts";
import { checkAudience, checkIssuer, readSessionId, readUser } from "./check-claims.ts";
import { codeOf, TEST_TOKENS } from "./verifier.fixture.ts";

describe("the issuer", () => {
  const judge = (claims: object, issuer?: string) => checkIssuer({ ...claims }, { ...TEST_TOKENS, issuer });

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
  ) => checkAudience({ aud }, { ...TEST_TOKENS, audience, isAudienceTheId }, DEFAULT_CLAIM_NAMES);

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
    expect(codeOf(checkAudience({}, { ...TEST_TOKENS, audience: undefined }, DEFAULT_CLAIM_NAMES))).toBe(
      "passed",
    );
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

  it.each([
    [{ client_id: "a" }, "AUTH_AUDIENCE_MISSING", "client_id"],
    [{ aud: "account", azp: "a" }, "AUTH_AUDIENCE_MISMATCH", "azp"],
    [{ aud: ["x"], resource: ["y", "b"] }, "AUTH_AUDIENCE_MISMATCH", "resource"],
    [{ aud: "x", client_id: "c" }, "AUTH_AUDIENCE_MISMATCH", undefined],
    [{ aud: "x", note: "a" }, "AUTH_AUDIENCE_MISMATCH", undefined],
  ])(
    "of %j is found under another claim, which the caller and the operator are told",
    (claims, code, other) => {
      const result = checkAudience(claims, { ...TEST_TOKENS, audience: ["a", "b"] }, DEFAULT_CLAIM_NAMES);
      if (result.ok) throw new Error("it passed");
      const { facts } = result.fault;
      expect([result.fault.code, facts["other_claim"]]).toEqual([code, other]);
      expect(String(facts["audience_hint"]).includes(`has under "${other}"`)).toBe(other !== undefined);
      expect(facts["suggestion"] === undefined).toBe(other === undefined);
      const claimNames = { audience: other ?? "none" };
      const policy = { ...TEST_TOKENS, audience: ["a", "b"] };
      expect(checkAudience(claims, policy, claimNames).ok).toBe(other !== undefined);
    },
  );
});

it("issuer and audience that are right answer true", () => {
  const passed = { ok: true, value: true };
  expect(checkIssuer({ iss: "a" }, { ...TEST_TOKENS, issuer: "a" })).toEqual(passed);
  expect(checkIssuer({ iss: "a" }, { ...TEST_TOKENS, issuer: undefined })).toEqual(passed);
  expect(checkAudience({ aud: "a" }, { ...TEST_TOKENS, audience: ["a"] }, DEFAULT_CLAIM_NAMES)).toEqual(
    passed,
  );
  expect(checkAudience({ aud: "a" }, { ...TEST_TOKENS, audience: undefined }, DEFAULT_CLAIM_NAMES)).toEqual(
    passed,
  );
});

describe("the user id", () => {
  const read = (sub: unknown, more: object = {}) =>
    readUser({ sub }, { ...TEST_TOKENS, ...more }, DEFAULT_CLAIM_NAMES);
  const named = (subject: string, userId = subject) => ({ ok: true, value: { subject, userId } });
  const nobody = { ok: true, value: { subject: undefined, userId: undefined } };

  it.each([
    [undefined, nobody],
    ["", nobody],
    ["  ", nobody],
    [" ".repeat(256), nobody],
    ["x".repeat(256), named("x".repeat(256))],
    ["sam", named("sam")],
  ])("%j is read", (sub, expected) => {
    expect(read(sub)).toEqual(expected);
  });

  it.each([
    null,
    7,
    ["alice"],
    "x".repeat(257),
    " ".repeat(257),
    "sa:\u0000",
    "a\u0000",
    "a\u001f",
    "a\u007f",
    "a\u009f",
    "a\u2028",
    "a\u2029",
    "a\ud800",
  ])("%j is none", (sub) => {
    expect(read(sub)).toMatchObject({
      fault: { code: "AUTH_SUBJECT_INVALID", facts: { user_id_claim: "sub", limit_characters: 256 } },
    });
    expect(codeOf(read("a b\u00a0é"))).toBe("passed");
  });

  it("carries the prefix of its issuer, which counts for its length", () => {
    const policy = { subjectPrefix: "one:" };
    expect(read("alice", policy)).toEqual(named("alice", "one:alice"));
    expect(read(" ", policy)).toEqual(nobody);
    expect(codeOf(read("x".repeat(252), policy))).toBe("passed");
    expect(codeOf(read("x".repeat(253), policy))).toBe("AUTH_SUBJECT_INVALID");
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
    expect(readSessionId({ session_id }, DEFAULT_CLAIM_NAMES)).toBe(expected);
  });
});

describe("all checks together", () => {
  const NOW = 1_800_000_000;
  const good = { iss: TEST_TOKENS.issuer, aud: "agent-os", sub: "alice", exp: NOW + 60 };
  const rules = { mode: "jwt", claimNames: DEFAULT_CLAIM_NAMES, policy: TEST_TOKENS, now: NOW } as const;
  const judge = (claims: object, given: ClaimRules = rules) =>
    codeOf(checkAllClaims({ ...good, ...claims }, given));

  it.each([
    [{ jti: 7 }, "AUTH_JWT_ID_INVALID"],
    [{ jti: null }, "AUTH_JWT_ID_INVALID"],
    [{ jti: "x".repeat(257) }, "AUTH_JWT_ID_INVALID"],
    [{ jti: "a\ud800" }, "AUTH_JWT_ID_INVALID"],
    [{ jti: "a\u0000b" }, "AUTH_JWT_ID_INVALID"],
    [{ sid: 5 }, "AUTH_SIGN_IN_ID_INVALID"],
    [{ sid: ["s"] }, "AUTH_SIGN_IN_ID_INVALID"],
    [{ sid: "x".repeat(257) }, "AUTH_SIGN_IN_ID_INVALID"],
    [{ sid: "a\ud800" }, "AUTH_SIGN_IN_ID_INVALID"],
    [{ sid: "x".repeat(256) }, "passed"],
    [{ sid: null }, "passed"],
    [{ jti: "", sid: "" }, "passed"],
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
    const unverified = { ...rules, mode: "jwt-unverified" } as const;
    expect(checkAllClaims({ ...good, exp: 1 }, unverified)).toEqual({
      ok: true,
      value: { userId: "alice", subject: "alice", times: { expiresAt: undefined, notBefore: undefined } },
    });
    expect(judge({ aud: "x" }, unverified)).toBe("AUTH_AUDIENCE_MISMATCH");
    expect(judge({ jti: 7 }, unverified)).toBe("AUTH_JWT_ID_INVALID");
  });
});
