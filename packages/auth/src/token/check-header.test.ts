import { describe, expect, it } from "vitest";
import { checkHeader } from "./check-header.ts";
import { codeOf } from "./verifier.fixture.ts";

const check = (header: unknown) =>
  checkHeader(Buffer.from(JSON.stringify(header)).toString("base64url"), ["ES256"]);
const judge = (header: object) => codeOf(check({ alg: "ES256", ...header }));

describe("the type of a token", () => {
  it.each([
    "JWT",
    "jwt",
    "at+jwt",
    "AT+JWT",
    "application/jwt",
    "application/at+jwt",
    "Application/AT+JWT",
    undefined,
  ])("may be %s", (typ) => {
    expect(judge({ typ })).toBe("passed");
  });

  it.each(["JOSE", "id+jwt", "at", "jwt ", "", "application/", null, ["JWT"], true])(
    "may not be %j",
    (typ) => {
      expect(judge({ typ })).toBe("AUTH_TOKEN_TYPE_REFUSED");
    },
  );
});

describe("the algorithm of a token", () => {
  const known = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519 HS256 HS384 HS512".split(
    " ",
  );

  it.each(known)("may be %s, in exactly this spelling", (alg) => {
    expect(check({ alg })).toMatchObject({ ok: true, value: { algorithm: alg } });
    const other = alg === alg.toUpperCase() ? alg.toLowerCase() : alg.toUpperCase();
    expect(codeOf(check({ alg: other }))).toBe("AUTH_ALGORITHM_UNSUPPORTED");
  });

  it.each(["ES256K", "Ed448", "RSA1_5", "A256KW", "dir", "", " none", "constructor"])(
    "may not be %j",
    (alg) => {
      expect(check({ alg })).toMatchObject({
        fault: { code: "AUTH_ALGORITHM_UNSUPPORTED", facts: { expected_algorithms: ["ES256"] } },
      });
    },
  );

  it.each([["ES256"], {}, null, 7].map((alg) => ({ alg })))("is a text, not as in %j", ({ alg }) => {
    expect(codeOf(check({ alg }))).toBe("AUTH_ALGORITHM_UNSUPPORTED");
  });

  it("is named when it is none, before anything else is wrong", () => {
    const refusal = { code: "AUTH_ALGORITHM_NONE", facts: { expected_algorithms: ["ES256"] } };
    expect(check({ alg: "NonE", crit: ["x"], typ: 1, kid: 1 })).toMatchObject({ fault: refusal });
    expect(check({ alg: "ES256" })).toMatchObject({ ok: true });
  });
});

describe("a key named by the token", () => {
  it.each(["jwk", "jku", "x5u", "x5c"])('by "%s" is noted, not used', (name) => {
    expect(check({ alg: "ES256", [name]: "x" })).toMatchObject({ value: { namesOwnKey: true } });
    expect(check({ alg: "ES256" })).toMatchObject({ value: { namesOwnKey: false } });
  });

  it('by "kid" is handed on, an empty text included', () => {
    expect(check({ alg: "ES256", kid: "" })).toMatchObject({ value: { kid: "" } });
    expect(check({ alg: "ES256" })).toMatchObject({ value: { kid: undefined } });
    for (const kid of [null, 7, ["k1"], {}, true]) expect(judge({ kid })).toBe("AUTH_KEY_ID_INVALID");
  });
});
