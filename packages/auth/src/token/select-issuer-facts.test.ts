import { describe, expect, it } from "vitest";
import { createStaticKeySource } from "../keys/source/key-source.ts";
import { createIssuerSelector } from "./select-issuer.ts";
import { TEST_TOKENS } from "./verifier.fixture.ts";

const issuer = (name: string | undefined) => ({
  keySource: createStaticKeySource([]),
  policy: { ...TEST_TOKENS, issuer: name },
});
const [a, b, nobody] = [issuer("https://a.test"), issuer("https://b.test"), issuer(undefined)];
const segment = (claims: object) => Buffer.from(JSON.stringify(claims)).toString("base64url");

describe("the issuer of a token", () => {
  const select = createIssuerSelector([a, nobody, b]);

  it("is the one of that name, or the one without a name for a token that names none", () => {
    expect(select(segment({ iss: "https://b.test" }))).toEqual({ ok: true, value: b });
    expect(select(segment({}))).toEqual({ ok: true, value: nobody });
  });

  it.each([
    [{ iss: "https://c.test" }, "https://c.test"],
    [{ iss: "x".repeat(300) }, "x".repeat(200)],
    [{ iss: ["https://a.test"] }, "(object)"],
    [{ iss: null }, "(object)"],
    [{ iss: 7 }, "(number)"],
  ])("%j is unknown, and is shown to the operator as %s beside those that are known", (claims, shown) => {
    expect(select(segment(claims))).toMatchObject({
      ok: false,
      fault: {
        code: "AUTH_ISSUER_UNKNOWN",
        facts: { expected_issuers: ["https://a.test", "https://b.test"], unverified_issuer: shown },
      },
    });
  });

  it("that names none is shown so where every issuer has a name", () => {
    expect(createIssuerSelector([a])(segment({}))).toMatchObject({
      fault: { code: "AUTH_ISSUER_UNNAMED", facts: { unverified_issuer: "(none)" } },
    });
  });

  it("that is unknown may be that of the keys outside the list, where they are for tokens without one", () => {
    const remedyOf = (issuers: Parameters<typeof createIssuerSelector>[0], iss = "https://c.test") => {
      const result = createIssuerSelector(issuers)(segment({ iss }));
      return result.ok ? "passed" : result.fault.facts["issuer_remedy"];
    };
    expect(remedyOf([a, b])).toBe('add it under "issuers"');
    expect(remedyOf([a, nobody], "https://a.test/")).toContain('as the "iss" of the token has it');
    expect(remedyOf([a, nobody])).toContain('set "authorizationConfig.issuer" to this "iss"');
  });
});
