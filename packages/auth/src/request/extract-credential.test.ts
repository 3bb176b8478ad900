import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CredentialLocation } from "../policy/policy.ts";
import { createCredentialExtractor } from "./extract-credential.ts";

type Source = "header" | "cookie" | "both";

function locate(source: Source, headerName: string): readonly CredentialLocation[] {
  const header = { in: "header", name: headerName } as const;
  const cookie = { in: "cookie", name: "access_token" } as const;
  if (source === "both") return [header, cookie];
  return source === "header" ? [header] : [cookie];
}

function extract(
  headers: Readonly<Record<string, string>>,
  source: Source = "both",
  headerName = "authorization",
) {
  const request = { method: "GET", header: (name: string) => headers[name] ?? null };
  const result = createCredentialExtractor({
    mode: "jwt",
    credentialLocations: locate(source, headerName),
  })(request);
  return result.ok ? `${result.value.via}: ${result.value.value}` : result.fault.code;
}

/** Contract section 1.5. */
describe("a credential in the header", () => {
  it.each([
    ["Bearer abc", "header: abc"],
    ["bearer abc", "header: abc"],
    ["BEARER   abc  ", "header: abc"],
    ["Bearer\tabc", "header: abc"],
    ["abc", "header: abc"],
    ["  abc  ", "header: abc"],
    ["Bearerabc", "header: Bearerabc"],
    ["Bearer abc, Bearer def", "header: abc, Bearer def"],
  ])("%j is read as %j", (authorization, expected) => {
    expect(extract({ authorization })).toBe(expected);
  });

  it.each([
    ["Bearer\u00a0abc", "AUTH_SCHEME_SPACE_MISSING"],
    ["Bearer\u2003abc", "AUTH_SCHEME_SPACE_MISSING"],
    ["Bearer\nabc", "AUTH_SCHEME_SPACE_MISSING"],
    ["Bearer\u000babc", "AUTH_SCHEME_SPACE_MISSING"],
    ["Bearer: abc", "AUTH_SCHEME_SPACE_MISSING"],
    ["BearereyJ.x.y", "AUTH_SCHEME_SPACE_MISSING"],
    ["bearer-key-1", "header: bearer-key-1"],
    ["x bearer abc", "header: x bearer abc"],
    ["xbearer: abc", "header: xbearer: abc"],
    ["Bearer eyJ.x.y \t", "header: eyJ.x.y"],
    ["Bearer abc\u00a0", "header: abc\u00a0"],
    ["\u00a0abc", "header: \u00a0abc"],
    ["Basic\u00a0abc", "header: Basic\u00a0abc"],
    ["Bearer \t abc\t ", "header: abc"],
  ])("%j is read as %j: only space and tab separate (RFC 9110 section 11.4)", (authorization, expected) => {
    expect(extract({ authorization })).toBe(expected);
  });

  it.each(["", " ", "Bearer", "Bearer ", "bearer   "])("%j counts as none", (authorization) => {
    expect(extract({ authorization })).toBe("AUTH_TOKEN_EMPTY");
    expect(extract({ authorization }, "header")).toBe("AUTH_HEADER_EMPTY");
    expect(extract({ authorization, cookie: "access_token=abc" })).toBe("cookie: abc");
  });

  it.each(["Basic dXNlcjpwYXNz", "basic x", "Digest a=b", "DPoP abc", "Negotiate x", "Basic"])(
    "%j is another scheme",
    (authorization) => {
      expect(extract({ authorization })).toBe("AUTH_SCHEME_UNSUPPORTED");
      expect(extract({ authorization: authorization.replace(/^\w+/, "Bearer") })).not.toBe(
        "AUTH_SCHEME_UNSUPPORTED",
      );
    },
  );

  it("is read from the configured header alone", () => {
    expect(extract({ "x-token": "Bearer abc", authorization: "Bearer def" }, "header", "x-token")).toBe(
      "header: abc",
    );
    expect(extract({ authorization: "Bearer def" }, "header", "x-token")).toBe("AUTH_HEADER_MISSING");
  });
});

it("with its scheme twice is named, also where a cookie is read", () => {
  for (const authorization of ["Bearer Bearer abc", "Bearer bearer\tabc"])
    expect(extract({ authorization, cookie: "access_token=abc" })).toBe("AUTH_SCHEME_REPEATED");
});

describe("a credential in a cookie", () => {
  it("has a name and a value: a name alone, or one letter more, is another cookie", () => {
    for (const cookie of ["access_token", "access_tokenX", "=access_token", "xaccess_token=abc"])
      expect(extract({ cookie })).toBe("AUTH_TOKEN_MISSING");
    const request = { method: "GET", header: (name: string) => (name === "cookie" ? "t=abc" : null) };
    const credentialLocations = [{ in: "cookie", name: "t" }] as const;
    expect(createCredentialExtractor({ mode: "jwt", credentialLocations })(request)).toMatchObject({
      value: { value: "abc" },
    });
  });

  it.each([
    ["access_token=abc", "cookie: abc"],
    ["a=1; access_token=abc; b=2", "cookie: abc"],
    ["access_token = abc ", "cookie: abc"],
    ["access_token=a=b", "cookie: a=b"],
    ["access_token=", "AUTH_COOKIE_EMPTY"],
    ["access_token= \t", "AUTH_COOKIE_EMPTY"],
    ["access_token=abc\u00a0", "cookie: abc\u00a0"],
    ["\u00a0access_token=abc", "AUTH_COOKIE_MISSING"],
    ["access_token", "AUTH_COOKIE_MISSING"],
    ["xaccess_token=abc", "AUTH_COOKIE_MISSING"],
    ["Access_Token=abc", "AUTH_COOKIE_MISSING"],
    ["", "AUTH_COOKIE_MISSING"],
  ])("%j is read as %j", (cookie, expected) => {
    expect(extract({ cookie }, "cookie")).toBe(expected);
  });

  it("is refused when it is there twice, even with the same value", () => {
    expect(extract({ cookie: "access_token=abc; access_token=def" })).toBe("AUTH_COOKIE_REPEATED");
    expect(extract({ cookie: "access_token=abc; access_token=abc" })).toBe("AUTH_COOKIE_REPEATED");
    expect(extract({ cookie: "access_token=abc; other_token=def" })).toBe("cookie: abc");
  });
});

describe("the source", () => {
  const both = { authorization: "Bearer from-header", cookie: "access_token=from-cookie" };

  it("decides which place is read; of both the header wins", () => {
    expect(extract(both, "header")).toBe("header: from-header");
    expect(extract(both, "cookie")).toBe("cookie: from-cookie");
    expect(extract(both, "both")).toBe("header: from-header");
  });

  it("never falls back to the other place", () => {
    expect(extract({ cookie: both.cookie }, "header")).toBe("AUTH_HEADER_MISSING");
    expect(extract({ authorization: both.authorization }, "cookie")).toBe("AUTH_COOKIE_MISSING");
  });
});

it("that is missing is missed by the names of the places that were looked at", () => {
  const request = { method: "GET", header: () => null };
  const missed = (mode: "jwt" | "security_key", credentialLocations: readonly CredentialLocation[]) =>
    createCredentialExtractor({ mode, credentialLocations })(request);
  const [header, cookie] = [{ header_name: "X-Token" }, { cookie_name: "access_token" }];
  expect([
    missed("jwt", locate("header", "X-Token")),
    missed("jwt", locate("cookie", "X-Token")),
    missed("jwt", locate("both", "X-Token")),
    missed("security_key", locate("header", "X-Token")),
  ]).toEqual([
    { ok: false, fault: { code: "AUTH_HEADER_MISSING", facts: header } },
    { ok: false, fault: { code: "AUTH_COOKIE_MISSING", facts: cookie } },
    { ok: false, fault: { code: "AUTH_TOKEN_MISSING", facts: { ...header, ...cookie } } },
    { ok: false, fault: { code: "AUTH_SECURITY_KEY_MISSING", facts: header } },
  ]);
});

it("without a space behind the word is told what stands there instead", () => {
  const foundIn = (value: string) => {
    const request = { method: "GET", header: () => value };
    const result = createCredentialExtractor({ mode: "jwt", credentialLocations: locate("header", "X") })(
      request,
    );
    return result.ok ? "passed" : result.fault.facts["found"];
  };
  expect(["Bearer: x", "bearer=x", "BEARER;x", "Bearer\u00a0x", "BearereyJ.x.y"].map(foundIn)).toEqual([
    "a colon",
    "an equals sign",
    "a semicolon",
    "a no-break space",
    "the token itself",
  ]);
  expect(["Bearer x", "Beareryx", "Bearer.x"].map(foundIn)).toEqual(["passed", "passed", "passed"]);
});

it("that is empty is named by the place that has nothing in it", () => {
  const emptyIn = (headers: Readonly<Record<string, string>>) => {
    const request = { method: "GET", header: (name: string) => headers[name] ?? null };
    const credentialLocations = locate("both", "Authorization");
    const result = createCredentialExtractor({ mode: "jwt", credentialLocations })(request);
    return result.ok ? "passed" : [result.fault.code, result.fault.facts["empty_place"]];
  };
  expect(emptyIn({ authorization: "Bearer" })).toEqual(["AUTH_TOKEN_EMPTY", 'the header "Authorization"']);
  expect(emptyIn({ cookie: "access_token=" })).toEqual(["AUTH_TOKEN_EMPTY", 'the cookie "access_token"']);
  expect(emptyIn({})).toEqual(["AUTH_TOKEN_MISSING", undefined]);
});

it("of another scheme is named by it, in the spelling of the registry", () => {
  const request = { method: "GET", header: () => "BASIC dXNlcjpwYXNz" };
  const credentialLocations = locate("header", "X-Token");
  expect(createCredentialExtractor({ mode: "jwt", credentialLocations })(request)).toEqual({
    ok: false,
    fault: {
      code: "AUTH_SCHEME_UNSUPPORTED",
      facts: { header_name: "X-Token", scheme: "Basic", accepted_credential: "the JWT" },
    },
  });
});

it("of another scheme is told what to send instead: what the mode reads", () => {
  const request = { method: "GET", header: () => "Basic x" };
  const acceptedBy = (mode: "jwt" | "security_key") => {
    const result = createCredentialExtractor({ mode, credentialLocations: locate("header", "X") })(request);
    return result.ok ? "passed" : result.fault.facts["accepted_credential"];
  };
  expect([acceptedBy("jwt"), acceptedBy("security_key")]).toEqual([
    "the JWT",
    "the security key of this AgentOS",
  ]);
});

it("never throws, whatever the headers hold", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (authorization, cookie) => {
      extract({ authorization, cookie });
    }),
  );
});
