/** Every cause of a refusal, from the answer of either server; each beside a twin that must not give it. */
import { ERRORS, renderText } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { type Row, rows, SCOPES } from "./causes.cases.ts";
import {
  codesOf,
  NOW,
  ourAnswer,
  ours,
  python,
  pythonAnswer,
  request,
  run,
  textOf,
  tokens,
} from "./diagnose.fixture.ts";
import type { DiagnosisInput, KnownServer } from "./diagnosis.ts";

const claims = tokens.withClaims;

/** The same situation on both servers. Rows whose sentence alone decides have no twin with another token. */
const situations = rows.flatMap((row) => [
  ...(row.our === undefined ? [] : [{ row, side: "ours" as const }]),
  ...(row.python === undefined ? [] : [{ row, side: "python" as const }]),
]);

function inputOf(row: Row, side: "ours" | "python"): Partial<DiagnosisInput> {
  const status =
    row.status ?? (row.python?.startsWith("Insufficient") || row.python?.startsWith("Access") ? 403 : 401);
  const facts = {
    required_scopes: row.python?.split("scope(s): ")[1]?.split(", ") ?? ["agents:read"],
    audience_claim: "aud",
  };
  const answer =
    side === "ours" && row.our !== undefined
      ? ourAnswer(row.our, facts)
      : pythonAnswer(row.python ?? "", status);
  return {
    answer,
    server: { ...(side === "ours" ? ours : python), ...row.server },
    credential: row.token,
    ...row.input,
  };
}

describe("diagnose", () => {
  it.each(situations.map(({ row, side }) => [row.name, side, row] as const))(
    "names %s (%s)",
    (_, side, row) => {
      const causes = run(inputOf(row, side));
      expect(causes[0]?.code, textOf(causes)).toBe(row.code);
      // A name of the code itself settles what a sentence leaves open.
      if (side === "python" || row.certainty === "certain") expect(causes[0]?.certainty).toBe(row.certainty);
      expect(textOf(causes.slice(0, 1))).toContain(row.evidence ?? "");
      for (const cause of causes) {
        expect(ERRORS).toHaveProperty(cause.code);
        expect(cause.anchor).toBe(`#${cause.code}`);
        expect(`${cause.sentence} ${cause.fix}`.replaceAll(":…", ""), cause.code).not.toContain("…");
      }
    },
  );

  const decidedByAnswer = new Set([
    "AUTH_HEADER_MISSING",
    "AUTH_SCHEME_UNSUPPORTED",
    "AUTH_KEY_UNKNOWN",
    "AUTH_KEYS_UNAVAILABLE",
    "KEY_UNREADABLE",
    "KEY_PRIVATE",
    "KEY_PUBLIC_AS_SECRET",
    "AUTH_SERVICE_ACCOUNT_REFUSED",
    "AUTH_SERVICE_ACCOUNTS_DISABLED",
    "AUTH_THROTTLED",
    "AUTH_CREDENTIAL_REVOKED",
  ]);

  it.each(rows.map((row) => [row.name, row] as const))("does not name it for the twin: %s", (_, row) => {
    const side = row.our === undefined ? "python" : "ours";
    const input = inputOf(row, side);
    // The twin sends something else and is let in or gets its own refusal; what the answer alone decides has another answer.
    const twin: Partial<DiagnosisInput> = decidedByAnswer.has(row.code)
      ? { ...input, answer: { status: 200 } }
      : row.twin === undefined
        ? {
            ...input,
            answer: undefined,
            credential: tokens.good,
            request: undefined,
            now: NOW,
            server: {
              ...ours,
              ...row.server,
              policy: { ...row.server?.policy, ...ours.policy },
              version: "2.9.0",
              keys: ours.keys,
            },
          }
        : { ...input, credential: row.twin };
    expect(codesOf(twin)).not.toContain(row.code);
  });

  it("is sure of the algorithms where the server tells them", () => {
    const input = { answer: ourAnswer("AUTH_ALGORITHM_MISMATCH"), credential: tokens.hmac, server: ours };
    expect(run(input)[0]).toMatchObject({ code: "AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY", certainty: "certain" });
    expect(run({ ...input, credential: tokens.good, server: { ...ours, keys: undefined } })[0]).toMatchObject(
      {
        code: "AUTH_ALGORITHM_MISMATCH",
        certainty: "likely",
      },
    );
  });

  it("tells a text of scopes from a list by what the server reads", async () => {
    const credential = await claims({ scopes: "agents:read config:read" });
    expect(codesOf({ credential, request, server: ours })).toEqual([]);
    expect(codesOf({ credential, server: python, answer: pythonAnswer(SCOPES, 403) })[0]).toBe(
      "SCOPE_ENTRIES_JOINED",
    );
    const oauth = await claims({ scopes: undefined, scope: "agents:read" });
    expect(codesOf({ credential: oauth, request, server: ours })).toEqual([]);
    expect(codesOf({ credential: oauth, server: python, answer: pythonAnswer(SCOPES, 403) })[0]).toBe(
      "SCOPE_CLAIM_OTHER",
    );
  });

  it("cannot tell what an unknown answer means", () => {
    for (const answer of [
      pythonAnswer("Something else"),
      { status: 500 },
      { status: 401, code: "NO_SUCH_CODE" },
    ])
      expect(run({ answer })).toMatchObject([{ code: "CLI_ANSWER_UNKNOWN", certainty: "cannot tell" }]);
  });

  it("explains a denial record from its facts alone", () => {
    const facts = { expected_audience: ["shop"], token_audience: "bank", audience_claim: "aud" };
    const [cause] = run({ refusal: { code: "AUTH_AUDIENCE_MISMATCH", facts } });
    expect(cause).toMatchObject({ code: "AUTH_AUDIENCE_MISMATCH", certainty: "certain" });
    expect(cause?.evidence).toContainEqual({
      fact: "the server expects the audience shop",
      source: "the denial record",
    });
    const scopes = {
      required_scopes: ["agents:read"],
      missing_scopes: ["agents:read"],
      scope_to_add: "agents:web:read",
      held_scopes: ["agent:read"],
    };
    expect(codesOf({ refusal: { code: "SCOPE_MISSING", facts: scopes } })).toEqual(["SCOPE_MISSPELT"]);
    const both = ["agents:read", "config:read"];
    const more = { ...scopes, required_scopes: both, missing_scopes: both };
    expect(codesOf({ refusal: { code: "SCOPE_MISSING", facts: more } })).toEqual([
      "SCOPE_MISSPELT",
      "SCOPE_MISSING",
    ]);
    const gate = {
      ...scopes,
      required_scopes: ["config:read"],
      missing_scopes: ["config:read"],
      scope_to_add: "config:read",
    };
    expect(codesOf({ refusal: { code: "SCOPE_MISSING", facts: gate } })).toEqual([
      "SCOPE_PREREQUISITE_MISSING",
    ]);
    const expired = { now: NOW, exp: NOW - 7_200, skew_seconds: 10 };
    expect(
      textOf(run({ refusal: { code: "AUTH_TOKEN_EXPIRED", facts: expired }, now: NOW + 9_000 })),
    ).toContain("2 hours ago");
    const algorithms = { token_algorithm: "HS256", expected_algorithms: ["RS256"] };
    expect(run({ refusal: { code: "AUTH_ALGORITHM_MISMATCH", facts: algorithms } })[0]).toMatchObject({
      code: "AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY",
      certainty: "certain",
    });
  });

  it.each([
    ["AUTH_ISSUER_MISMATCH", { iss: "https://other.test" }, '"iss" is "https://other.test"'],
    ["AUTH_EXPIRATION_MISSING", { exp: undefined }, 'it has no "exp"'],
    ["AUTH_EXPIRATION_INVALID", { exp: "1800003600" }, '"exp" is "1800003600"'],
    ["AUTH_SUBJECT_RESERVED", { sub: "sa:bot" }, '"sub" is "sa:bot"'],
    ["AUTH_ISSUER_MISMATCH", { iss: ["x".repeat(300)] }, `"iss" is ["${"x".repeat(198)}`],
  ] as const)("%s of %j shows the claim to whoever holds the token", async (code, payload, fact) => {
    const credential = await tokens.withClaims(payload);
    const [cause] = run({ answer: ourAnswer(code), credential, server: ours });
    expect(cause?.evidence).toEqual([{ fact, source: "the token" }]);
  });

  it("shows what it can of a claim that is nested thousands of levels deep, and never throws", async () => {
    const payload = `{"iss":${"[".repeat(5_500)}${"]".repeat(5_500)},"exp":${NOW + 60}}`;
    const credential = `${tokens.good.split(".")[0]}.${Buffer.from(payload).toString("base64url")}.AAAA`;
    const [cause] = run({ answer: ourAnswer("AUTH_ISSUER_MISMATCH"), credential, server: ours });
    expect(cause?.evidence).toHaveLength(1);
    expect(cause?.evidence[0]?.fact).toMatch(/^"iss" is /);
  });

  it("shows the header where that is to blame, the configured claim, and the status where nothing else is seen", async () => {
    const evidenceOf = (input: Parameters<typeof run>[0]) => run(input)[0]?.evidence;
    const typed = await tokens.withHeader({ typ: "dpop+jwt" });
    expect(evidenceOf({ answer: ourAnswer("AUTH_TOKEN_TYPE_REFUSED"), credential: typed })).toEqual([
      { fact: '"typ" is "dpop+jwt"', source: "the token" },
    ]);
    const server = { ...ours, policy: { ...ours.policy, claimNames: { userId: "uid" } } };
    const named = await tokens.withClaims({ uid: "sa:x" });
    expect(evidenceOf({ answer: ourAnswer("AUTH_SUBJECT_RESERVED"), credential: named, server })).toEqual([
      { fact: '"uid" is "sa:x"', source: "the token" },
    ]);
    const throttled = { status: 429, detail: "Too many failed authentication attempts" };
    expect(evidenceOf({ answer: throttled })).toEqual([
      { fact: "the server answered 429", source: "the answer" },
    ]);
  });

  it("names of several required scopes the one that no scope of the token grants", async () => {
    const credential = await tokens.withClaims({ scopes: ["agents:run", "config:read"] });
    const answer = {
      ...ourAnswer("SCOPE_MISSING"),
      requiredScopes: ["agents:cleanup:run", "knowledge:delete"],
    };
    const [cause] = run({ server: ours, credential, answer });
    expect(cause?.fix).toBe('give the caller the scope "knowledge:delete", then get a new token');
  });

  describe("of a scope that the issuer of the token may not grant", () => {
    const A = "https://a.test";
    const B = "https://b.test";
    const part = (issuer: string | undefined, allowedScopes?: readonly string[]) => ({
      issuer,
      allowedScopes,
    });
    const trusting = (...parts: readonly ReturnType<typeof part>[]): KnownServer => ({
      source: "the configuration",
      policy: { mode: "jwt", separatesIssuers: true, tokens: parts },
    });
    const codesFor = async (server: KnownServer, iss: string, scopes: readonly string[]) =>
      codesOf({ server, request, credential: await tokens.withClaims({ iss, scopes }) });

    it("says so by the ceiling of that very issuer, as the server would", async () => {
      const server = trusting(part(A, ["config:read"]), part(B, ["agents:read"]));
      expect(await codesFor(server, A, ["agents:read"])).toEqual(["SCOPE_OVER_CEILING"]);
      expect(await codesFor(server, B, ["agents:read"])).toEqual([]);
      expect(await codesFor(server, A, ["teams:read"])).toEqual(["SCOPE_MISSING"]);
    });

    it.each([
      ["of several issuers that list it nowhere", trusting(part(A), part(B)), ["SCOPE_OVER_CEILING"]],
      ["of one alone", trusting(part(A)), []],
      ["of several, of which its own lists it", trusting(part(A, ["agent_os:admin"]), part(B)), []],
    ] as const)("takes the admin scope %s for what it is there", async (_, server, codes) => {
      expect(await codesFor(server, A, ["agent_os:admin"])).toEqual(codes);
    });

    it("does not blame the ceiling where the token would do, whatever the server answered", async () => {
      const credential = await tokens.withClaims({ iss: A, scopes: ["agents:read"] });
      const answer = { ...ourAnswer("SCOPE_MISSING"), requiredScopes: ["agents:read"] };
      const server = trusting(part(A, ["agents:read"]), part(B));
      expect(codesOf({ server, credential, request, answer })).toEqual(["SCOPE_MISSING"]);
    });

    it("concludes nothing of a server whose issuers are not known", async () => {
      const server: KnownServer = { source: "GET /info", policy: { mode: "jwt" } };
      expect(await codesFor(server, A, ["agent_os:admin"])).toEqual([]);
    });

    it("names keys outside that are for tokens without an issuer, where a token names one that is not trusted", async () => {
      const credential = await tokens.withClaims({ iss: "https://own.test" });
      const said = (first: string | undefined) =>
        run({ server: trusting(part(first), part(B)), credential })
          .find(({ code }) => code === "AUTH_ISSUER_UNKNOWN")
          ?.evidence.map(({ fact }) => fact);
      expect(said(undefined)).toEqual([
        'the keys outside "issuers" verify only tokens without "iss", since no "issuer" is set for them',
        '"iss" is "https://own.test"',
      ]);
      expect(said(A)).toEqual(['"iss" is "https://own.test"']);
    });

    it("gives the fix of the server in every place that it is asked in", async () => {
      const server = trusting(part(A), part(B));
      const credential = await tokens.withClaims({ iss: A, scopes: ["agent_os:admin"] });
      const answer = { ...ourAnswer("SCOPE_OVER_CEILING"), requiredScopes: ["agents:read"] };
      const facts = {
        required_scopes: ["agents:read"],
        missing_scopes: ["agents:read"],
        scope_to_add: "agents:read",
        scope_to_allow: "agent_os:admin",
      };
      const fix = renderText(ERRORS["SCOPE_OVER_CEILING"]?.fix ?? "", facts);
      for (const input of [
        { server, credential, request },
        { server, credential, request, answer },
        { credential, answer },
        { refusal: { code: "SCOPE_OVER_CEILING", facts } } as const,
      ]) {
        const [cause] = run(input);
        expect([cause?.code, cause?.certainty]).toEqual(["SCOPE_OVER_CEILING", "certain"]);
        if ("refusal" in input) expect(cause?.fix).toBe(fix);
        else expect(cause?.fix).toContain('add agent_os:admin to "allowedScopes"');
        expect(textOf([cause].flatMap((one) => one ?? []))).toContain(
          "its issuer may not grant agent_os:admin here",
        );
      }
    });
  });

  describe("of a server that asks for more than the route of every AgentOS", () => {
    const required = ["agents:web:read", "knowledge:delete"];
    const fixOf = async (scopes: readonly string[], missingScopes?: readonly string[]) => {
      const answer = { ...ourAnswer("SCOPE_MISSING"), requiredScopes: required, missingScopes };
      return run({ server: ours, request, credential: await tokens.withClaims({ scopes }), answer })[0]?.fix;
    };

    it("names what the server says is missing, and not the first that it asks for", async () => {
      expect(await fixOf(["agents:read"], ["knowledge:delete"])).toMatch(
        /^give the caller the scope "knowledge:delete",/,
      );
      // A token of its own has nothing of it: the scope of the one item comes first there.
      expect(await fixOf([], required)).toMatch(/^give the caller the scope "agents:web:read",/);
    });

    it("finds it by what the token grants, where the server names only what it asks for", async () => {
      expect(await fixOf(["agents:read"])).toMatch(/^give the caller the scope "knowledge:delete",/);
      expect(await fixOf(["knowledge:delete"])).toMatch(/^give the caller the scope "agents:web:read",/);
    });

    it("does so without a token, by its own words alone", () => {
      const answer = {
        ...ourAnswer("SCOPE_MISSING"),
        requiredScopes: required,
        missingScopes: ["`rm -rf ~`", "knowledge:delete"],
      };
      const [cause] = run({ request, answer });
      expect(cause?.fix).toMatch(/^give the caller the scope "knowledge:delete",/);
    });
  });

  it("names the audience before the key, where a token of another server is sent to this one", async () => {
    const answer = ourAnswer("AUTH_SIGNATURE_INVALID");
    const codesFor = async (aud: string) =>
      codesOf({ server: ours, credential: await tokens.withClaims({ aud }), answer });
    expect(await codesFor("demo")).toEqual(["AUTH_AUDIENCE_MISMATCH", "AUTH_SIGNED_BY_ANOTHER_KEY"]);
    expect(await codesFor("agent-os")).toEqual(["AUTH_SIGNED_BY_ANOTHER_KEY"]);
  });

  it("ignores what a remote server calls a scope when it is none", () => {
    const answer = { ...ourAnswer("SCOPE_MISSING"), requiredScopes: ["`rm -rf ~`", "agents:read"] };
    expect(textOf(run({ answer }))).not.toContain("rm -rf");
  });

  it.each([
    ["undefined", "AUTH_CREDENTIAL_UNSET", 'the word "undefined"'],
    ["[object Object]", "AUTH_CREDENTIAL_OBJECT", 'the text "[object Object]": an object was sent'],
    ["[object Promise]", "AUTH_CREDENTIAL_OBJECT", 'the text "[object Promise]": the token was sent before'],
    ["ghp_0123456789abcdefghijABCDEFGHIJ012345", "AUTH_TOKEN_OPAQUE", "a token of GitHub"],
  ] as const)("says what was sent in the place of a credential: %s", (credential, code, said) => {
    expect(run({ credential, answer: ourAnswer(code), server: ours })[0]?.sentence).toContain(said);
  });

  it("has nothing to say about a good token, and about what was let in", () => {
    expect(
      run({
        credential: tokens.good,
        request,
        server: {
          ...ours,
          policy: { ...ours.policy, tokens: [{ audience: ["agent-os"], issuer: "https://issuer.test" }] },
        },
      }),
    ).toEqual([]);
    expect(run({ credential: tokens.hmac, answer: { status: 200 } })).toEqual([]);
  });
});
