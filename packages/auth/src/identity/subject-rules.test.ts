import { describe, expect, it } from "vitest";
import { DEFAULT_CLAIM_NAMES, type TokenPolicy } from "../policy/policy.ts";
import { createSubjectRules, isReservedPrincipal } from "./subject-rules.ts";

const TOKENS: TokenPolicy = {
  audience: undefined,
  issuer: undefined,
  requiresExpiration: true,
  maxLifetimeSeconds: undefined,
};

function createRules(...prefixes: readonly string[]) {
  const tokens = [TOKENS, ...prefixes.map((subjectPrefix) => ({ ...TOKENS, subjectPrefix }))] as const;
  return createSubjectRules({ mode: "jwt", claimNames: DEFAULT_CLAIM_NAMES, tokens });
}

const user = (subject: string | undefined, userId = subject) => ({ kind: "user", subject, userId }) as const;

describe("a reserved name", () => {
  const rules = createRules();

  it.each([
    "sa:bot",
    "sa:",
    "SA:bot",
    "\u017fa:bot",
    "  sa:bot",
    "__oauth__:x",
    "__OAUTH__:x",
    "__scheduler__",
    "__scheduler__ ",
    "  __Scheduler__",
    "\u200bsa:bot",
    "\u2066__scheduler__\u2069",
  ])("%j is the server's own", (subject) => {
    expect(rules(user(subject))).toEqual({
      code: "AUTH_SUBJECT_RESERVED",
      facts: { user_id_claim: "sub" },
      subject,
    });
    expect(isReservedPrincipal(subject)).toBe(true);
  });

  it.each(["sam", "bot:sa:x", "x__oauth__:x", "__oauth__", "__scheduler__2", "a __scheduler__"])(
    "%j is a user's",
    (subject) => {
      expect(rules(user(subject))).toBeUndefined();
      expect(isReservedPrincipal(subject)).toBe(false);
    },
  );

  it("is refused behind a prefix too, and names the configured claim", () => {
    expect(rules(user("sa:bot", "one:sa:bot"))?.code).toBe("AUTH_SUBJECT_RESERVED");
    const claimNames = { ...DEFAULT_CLAIM_NAMES, userId: "uid" };
    const other = createSubjectRules({ mode: "jwt", claimNames, tokens: [TOKENS] });
    expect(other(user("sa:bot"))?.facts).toEqual({ user_id_claim: "uid" });
  });

  it("is told by the whole beginning, whatever its first character", () => {
    const ascii = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code));
    expect([...ascii, "\u017f"].filter((first) => isReservedPrincipal(`${first}a:bot`))).toEqual([
      "S",
      "s",
      "\u017f",
    ]);
    expect(ascii.filter((first) => isReservedPrincipal(`${first}sa:bot`)).join("")).toBe("\t\n\v\f\r ");
    expect(ascii.filter((first) => isReservedPrincipal(`${first}_oauth__:x`))).toEqual(["_"]);
  });

  it("is refused as an id too, where no claim is told apart from it", () => {
    expect(rules({ kind: "user", subject: undefined, userId: "sa:bot" })?.code).toBe("AUTH_SUBJECT_RESERVED");
    expect(rules({ kind: "user", subject: undefined, userId: "bot" })).toBeUndefined();
  });

  it("may be had by whoever is no user: the server gives it", () => {
    expect(rules({ kind: "security_key", subject: "sa:bot", userId: "sa:bot" })).toBeUndefined();
  });

  it("is no subject of a refusal where nobody has verified it", () => {
    const mode = "jwt-unverified";
    const unverified = createSubjectRules({ mode, claimNames: DEFAULT_CLAIM_NAMES, tokens: [TOKENS] });
    expect(Object.keys(unverified(user("sa:bot")) ?? {})).toEqual(["code", "facts"]);
  });
});

describe("the prefix of another issuer", () => {
  const rules = createRules("one:", "two:");

  it.each(["one:alice", "two:alice", "one:"])(
    "does not begin a name without a prefix of its own: %j",
    (subject) => {
      expect(rules(user(subject))).toEqual({
        code: "AUTH_SUBJECT_FOREIGN",
        facts: { user_id_claim: "sub" },
        subject,
      });
      expect(createRules()(user(subject))).toBeUndefined();
    },
  );

  it("may stand elsewhere, and behind an issuer's own prefix", () => {
    expect(rules(user("a one:alice"))).toBeUndefined();
    expect(rules(user("undefined"))).toBeUndefined();
    expect(rules(user("two:alice", "one:two:alice"))).toBeUndefined();
    expect(rules(user("alice", "one:alice"))).toBeUndefined();
  });

  it("is no matter where nobody is named", () => {
    expect(rules(user(undefined))).toBeUndefined();
  });
});
