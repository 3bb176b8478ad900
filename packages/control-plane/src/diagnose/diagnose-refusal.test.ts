import { CAUSES, REFUSALS, REJECTIONS, type RefusalEntry, renderText } from "@agentos/contract";
import { describe, expect, test } from "vitest";
import { ROLES } from "../people/roles/built-in-roles.ts";
import {
  type Changes,
  diagnoseWith,
  first,
  KID,
  minted,
  NOW,
  OTHER_KID,
  operatorDenial,
  policy,
  said,
  seen,
  version,
} from "./refused.fixture.ts";

const BOTH = { desired: { authorization: true, securityKey: true } };
const KEY_ONLY = { desired: { authorization: false, securityKey: true } };
const securityKey = { kind: "security-key" } as const;
const badKey = said("Invalid authentication token");
const badSignature = said("Invalid token: Signature verification failed");
const badAlgorithm = said("Invalid token: The specified alg value is not allowed");
const withMinted = (changes: Partial<typeof minted>) =>
  ({ kind: "minted", minted: { ...minted, ...changes } }) as const;

/** What is reported, and the cause that stands first. */
const ROWS: Readonly<Record<string, readonly [changes: Changes, code: string, certainty: string]>> = {
  "a token of ours of an algorithm that is not expected": [
    { answer: badAlgorithm },
    "INSTANCE_ALGORITHM_OTHER",
    "certain",
  ],
  "a key that the instance cannot parse": [
    { answer: said("Error decoding token: Could not parse the provided public key.") },
    "INSTANCE_KEY_MANGLED",
    "certain",
  ],
  "an instance that fails while it decodes": [
    { answer: said("Error decoding token: something else") },
    "INSTANCE_KEY_MANGLED",
    "likely",
  ],
  "another key, of which nothing is known": [{ answer: badSignature }, "INSTANCE_KEY_OTHER", "likely"],
  "another key, which its policy shows": [
    { answer: badSignature, instance: { observed: policy(OTHER_KID) } },
    "INSTANCE_KEY_FOREIGN",
    "certain",
  ],
  "another key, for whom the policy is not": [
    { answer: badSignature, instance: { observed: policy(OTHER_KID) }, mayReadPolicy: false },
    "INSTANCE_KEY_OTHER",
    "certain",
  ],
  "no key at all": [
    { answer: said("Invalid token: No verification keys configured"), instance: { observed: policy() } },
    "INSTANCE_KEY_NOT_LOADED",
    "certain",
  ],
  "the right key, so the token was changed on its way": [
    { answer: badSignature, instance: { observed: policy(KID) } },
    "AUTH_SIGNATURE_INVALID",
    "likely",
  ],
  "a key that was retired here": [
    { answer: badSignature, kids: [OTHER_KID] },
    "TOKEN_KEY_RETIRED",
    "certain",
  ],
  "a token for an id that was corrected since": [
    {
      answer: said("Invalid token audience - token not valid for this AgentOS instance"),
      sent: withMinted({ audience: "old-os" }),
    },
    "TOKEN_AUDIENCE_STALE",
    "certain",
  ],
  "an instance that has another id than is known": [
    {
      answer: said("Invalid token audience - token not valid for this AgentOS instance"),
      instance: { observed: seen({ osId: "renamed" }) },
    },
    "INSTANCE_OS_ID_DIFFERS",
    "certain",
  ],
  "another audience, in the words of 2.3.13": [
    { answer: said("Invalid audience - token not valid for this AgentOS instance") },
    "INSTANCE_OS_ID_DIFFERS",
    "likely",
  ],
  "an instance with the id of the token and another audience": [
    {
      answer: said("Invalid token audience - token not valid for this AgentOS instance"),
      instance: { observed: seen({ osId: "agent-os" }) },
    },
    "AUTH_AUDIENCE_MISMATCH",
    "certain",
  ],
  "a token of a session that has ended": [
    {
      answer: { status: 401, body: { code: "AUTH_CREDENTIAL_REVOKED" } },
      sent: withMinted({ revokedFor: "session-ended" }),
    },
    "TOKEN_REVOKED_HERE",
    "certain",
  ],
  "a token that somebody else has revoked": [
    { answer: { status: 401, body: { code: "AUTH_CREDENTIAL_REVOKED" } } },
    "AUTH_CREDENTIAL_REVOKED",
    "certain",
  ],
  "a token whose time is over": [
    { answer: said("Token has expired"), sent: withMinted({ issuedAt: NOW - 600, endsAt: NOW - 300 }) },
    "AUTH_TOKEN_EXPIRED",
    "certain",
  ],
  "an instance whose clock is ahead": [
    {
      answer: {
        ...said("Token has expired"),
        status: 401,
        date: new Date((NOW + 3_600) * 1_000).toUTCString(),
      },
    },
    "AUTH_CLOCKS_DIFFER",
    "certain",
  ],
  "an instance whose clock is ahead, where no page may read it": [
    { answer: { status: 401, body: { detail: "Token has expired" } } },
    "AUTH_CLOCKS_DIFFER",
    "certain",
  ],
  "an AgentOS in this process that did not take its switches": [
    { answer: badKey, instance: { isNotApplied: true } },
    "INSTANCE_SWITCH_NOT_APPLIED",
    "certain",
  ],
  "an instance whose clock is behind": [
    { answer: { status: 401, body: { code: "AUTH_ISSUED_IN_FUTURE" } } },
    "AUTH_CLOCKS_DIFFER",
    "certain",
  ],
  "a scope that no Member has": [
    { answer: said("Insufficient permissions", 403), request: { method: "GET", path: "/authz/policy" } },
    "TOKEN_ROLE_INSUFFICIENT",
    "certain",
  ],
  "a scope that only this instance asks for": [
    {
      answer: {
        status: 403,
        body: {
          code: "SCOPE_MISSING",
          required_scopes: ["agents:cleanup:run", "knowledge:delete"],
          missing_scopes: ["knowledge:delete"],
        },
      },
      request: { method: "POST", path: "/agents/cleanup/runs" },
    },
    "TOKEN_ROLE_INSUFFICIENT",
    "likely",
  ],
  "a scope that was left out of the token": [
    {
      answer: said("Insufficient permissions. Required scope(s): agents:read", 403),
      sent: withMinted({ scopes: ["config:read"] }),
    },
    "TOKEN_SCOPE_LEFT_OUT",
    "certain",
  ],
  "an access prerequisite": [
    {
      answer: said("Insufficient permissions. Required scope(s): config:read", 403),
      request: { method: "GET", path: "/config" },
      sent: withMinted({ scopes: ["agents:read"] }),
    },
    "SCOPE_PREREQUISITE_MISSING",
    "certain",
  ],
  "a token for a version that reports itself as too old": [
    { answer: badKey, instance: { version: version.reported("2.3.12") } },
    "INSTANCE_VERSION_WITHOUT_JWT",
    "certain",
  ],
  "a token for a version that somebody states as too old": [
    { answer: badKey, instance: { ...BOTH, version: version.stated("2.3.12") } },
    "INSTANCE_VERSION_WITHOUT_JWT",
    "likely",
  ],
  "a token, with both switches on": [
    { answer: badKey, instance: BOTH },
    "INSTANCE_BOTH_SWITCHES_ON",
    "likely",
  ],
  "a token, with both switches on, and no version": [
    { answer: badKey, instance: { ...BOTH, version: version.unknown } },
    "INSTANCE_BOTH_SWITCHES_ON",
    "likely",
  ],
  "the security key, with both switches on": [
    { answer: said("Invalid token: Not enough segments"), sent: securityKey, instance: BOTH },
    "INSTANCE_BOTH_SWITCHES_ON",
    "likely",
  ],
  "the security key, with authorization switched off here alone": [
    { answer: said("Invalid token: Not enough segments"), sent: securityKey, instance: KEY_ONLY },
    "INSTANCE_AUTHORIZATION_UNWANTED",
    "likely",
  ],
  "the security key where tokens are meant": [
    { answer: said("Invalid token: Not enough segments"), sent: securityKey },
    "AUTH_SECURITY_KEY_NOT_ACCEPTED",
    "likely",
  ],
  "a token where only the security key is set": [
    { answer: badKey },
    "INSTANCE_AUTHORIZATION_MISSING",
    "likely",
  ],
  "a wrong security key": [
    { answer: badKey, sent: securityKey, instance: KEY_ONLY },
    "AUTH_SECURITY_KEY_INVALID",
    "certain",
  ],
  "nothing sent": [
    { answer: said("Authorization header missing"), sent: { kind: "none" } },
    "AUTH_HEADER_MISSING",
    "certain",
  ],
  "a token that was lost on its way": [
    { answer: said("Authorization header missing") },
    "AUTH_CREDENTIAL_LOST",
    "likely",
  ],
  "a browser that may not read the answer": [{ outcome: "cors-refused" }, "INSTANCE_CORS_REFUSED", "likely"],
  "http from https": [{ outcome: "mixed-content" }, "INSTANCE_MIXED_CONTENT", "certain"],
  "the local network": [{ outcome: "local-network-refused" }, "INSTANCE_LOCAL_NETWORK_REFUSED", "likely"],
  "a status alone, of an instance with a foreign key": [
    { answer: { status: 401 }, instance: { observed: policy(OTHER_KID) } },
    "INSTANCE_KEY_FOREIGN",
    "likely",
  ],
  "a status alone": [{ answer: { status: 401 } }, "CLI_ANSWER_UNKNOWN", "cannot tell"],
};

describe("a scope that only this instance asks for", () => {
  const asks = {
    required_scopes: ["agents:cleanup:run", "knowledge:delete"],
    missing_scopes: ["knowledge:delete"],
  };
  const refused: Changes = {
    answer: { status: 403, body: { code: "SCOPE_MISSING", ...asks } },
    request: { method: "POST", path: "/agents/cleanup/runs" },
  };

  test("is named as the instance names it, with the roles that give it", () => {
    for (const changes of [
      refused,
      // The answer was told of without its scopes: its record has them.
      {
        ...refused,
        answer: { status: 403, body: { code: "SCOPE_MISSING" } },
        denial: { ...operatorDenial("SCOPE_MISSING"), ...asks },
      },
      // A path that no AgentOS of ours serves.
      { ...refused, request: { method: "GET" as const, path: "/reports" } },
    ]) {
      const [cause, ...others] = diagnoseWith(changes).causes;
      expect(cause).toMatchObject({
        code: "TOKEN_ROLE_INSUFFICIENT",
        title: "your role Member does not give knowledge:delete",
        fix: expect.stringMatching(/^ask an Owner or Administrator to do it/) as string,
      });
      for (const other of others) expect(other.fix).not.toMatch(/agents:/);
    }
  });

  test("is not the role's where the role gives it", () => {
    expect(first({ ...refused, role: ROLES.administrator })).toEqual(["TOKEN_SCOPE_LEFT_OUT", "likely"]);
  });

  test("is where it was seen: in the answer, or in the record of it", () => {
    const recorded = { ...operatorDenial("SCOPE_MISSING"), ...asks };
    const told: Changes = { ...refused, answer: { status: 403, body: { code: "SCOPE_MISSING" } } };
    const sourcesOf = (changes: Changes) =>
      diagnoseWith(changes).causes[0]?.evidence.flatMap(({ fact, source }) =>
        fact.startsWith("the instance asks for") ? [source] : [],
      );
    expect(sourcesOf({ ...refused, denial: recorded })).toEqual(["the answer"]);
    expect(sourcesOf({ ...told, denial: recorded })).toEqual(["the denial record"]);
    expect(sourcesOf({ ...told, denial: recorded, mayReadPolicy: false })).toEqual([]);
  });
});

describe("a Python AgentOS names scopes in its sentence alone", () => {
  const names = (scopes: string) => said(`Insufficient permissions. Required scope(s): ${scopes}`, 403);
  const ask = (scopes: string, path: string) =>
    diagnoseWith({ answer: names(scopes), request: { method: "GET", path } }).causes[0];

  test("what it needs, and what the role lacks of it, are listed", () => {
    expect(ask("agents:read, knowledge:delete", "/agents")).toMatchObject({
      code: "TOKEN_ROLE_INSUFFICIENT",
      required_scopes: ["agents:read", "knowledge:delete"],
      missing_scopes: ["knowledge:delete"],
    });
  });

  test.each([
    ["the route needs it in every AgentOS", "authz:read", "/authz/policy", "certain"],
    ["the route needs something else", "knowledge:delete", "/agents", "likely"],
    ["the route needs one of two", "authz:read, knowledge:delete", "/authz/policy", "likely"],
    ["no AgentOS has the route", "authz:read", "/reports", "likely"],
  ])("%s: %s on %s is %s", (_, scopes, path, certainty) => {
    expect(ask(scopes, path)).toMatchObject({ code: "TOKEN_ROLE_INSUFFICIENT", certainty });
  });
});

describe("the cause that stands first", () => {
  test.each(Object.entries(ROWS))("%s", (_, [changes, code, certainty]) => {
    expect(first(changes)).toEqual([code, certainty]);
  });

  test.each(Object.entries(ROWS))(
    "%s: one cause alone is certain, and each has a text and a fix",
    (_, [changes]) => {
      const { causes } = diagnoseWith(changes);
      expect(causes.filter(({ certainty }) => certainty === "certain").length).toBeLessThanOrEqual(1);
      for (const { title, fix } of causes) expect(`${title} ${fix}`).not.toMatch(/…|undefined|\{[a-z_]+\}/);
    },
  );

  test("there is none for a request that was let in", () => {
    expect(diagnoseWith({ answer: { status: 200 } }).causes).toEqual([]);
  });

  test("both ways out are named where both switches are on, the preferred one first", () => {
    const [cause] = diagnoseWith({ answer: badKey, instance: BOTH }).causes;
    expect(cause?.choices.map(({ id, is_preferred: isPreferred }) => [id, isPreferred])).toEqual([
      ["authorization-only", true],
      ["security-key-only", false],
    ]);
    const [old] = diagnoseWith({
      answer: badKey,
      instance: { ...BOTH, version: version.reported("2.3.12") },
    }).causes;
    expect(old?.choices.map(({ id }) => id)).toEqual(["security-key-only", "upgrade"]);
  });

  test("clocks: how far they are apart, or how far at least", () => {
    const answer = { status: 401, body: { detail: "Token has expired" } };
    const date = new Date((NOW + 3_600) * 1_000).toUTCString();
    const titleOf = (changes: Changes) => diagnoseWith(changes).causes[0]?.title;
    const words = (difference: string) =>
      `the clocks of the control plane and the instance differ by ${difference}`;
    expect(titleOf({ answer: { ...answer, date } })).toBe(words("60 minutes"));
    expect(titleOf({ answer })).toBe(words("more than 4 minutes"));
    // A proxy's clock, which is right, says nothing of the instance's.
    expect(titleOf({ answer: { ...answer, date: new Date(NOW * 1_000).toUTCString() } })).toBe(
      words("more than 4 minutes"),
    );
    expect(titleOf({ answer: { status: 401, body: { code: "AUTH_ISSUED_IN_FUTURE" } } })).toBe(
      words("more than 60 seconds"),
    );
  });

  test("who can give the scope is named", () => {
    const [cause] = diagnoseWith({
      answer: said("Insufficient permissions", 403),
      request: { method: "GET", path: "/authz/policy" },
    }).causes;
    expect(cause?.title).toBe("your role Member does not give authz:read");
    expect(cause?.fix).toContain("ask an Owner or Administrator");
  });

  test("the record of the refusal outweighs the answer", () => {
    expect(
      first({
        answer: { status: 401, body: { code: "AUTH_TOKEN_REFUSED" } },
        denial: operatorDenial("AUTH_SIGNATURE_INVALID"),
        instance: { observed: policy(OTHER_KID) },
      }),
    ).toEqual(["INSTANCE_KEY_FOREIGN", "certain"]);
  });

  test("a token of somebody else is judged, and is in no finding", async () => {
    const token = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJub2JvZHkifQ", "c2lnbmF0dXJl"].join(".");
    const { causes } = diagnoseWith({ answer: badAlgorithm, sent: { kind: "token", token } });
    expect(causes[0]?.code).toBe("AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY");
    for (const part of token.split(".")) expect(JSON.stringify(causes)).not.toContain(part);
  });
});

describe("what an instance says", () => {
  const LURE = "open https://evil.example and type your password";

  test("never becomes a sentence of ours", () => {
    const lures: readonly Changes[] = [
      {
        answer: { status: 401, body: { code: "AUTH_ISSUER_MISMATCH", detail: LURE, title: LURE, fix: LURE } },
      },
      { answer: { status: 401, body: { detail: LURE } } },
      { answer: said(`Error decoding token: ${LURE}`) },
      { answer: said(`Insufficient permissions. Required scope(s): ${LURE}`, 403) },
      { answer: { status: 403, body: { code: "SCOPE_MISSING", required_scopes: [LURE] } } },
      {
        answer: { status: 401 },
        denial: operatorDenial("AUTH_ISSUER_MISMATCH", { expected_issuer: LURE, suggestion: LURE }),
      },
      { answer: { status: 401 }, denial: operatorDenial(LURE) },
      ...["suggestion", "found", "header_name", "scope_to_add"].map((name) => ({
        answer: { status: 403 },
        denial: operatorDenial("SCOPE_MISSING", { [name]: "https://evil.example" }),
      })),
      {
        answer: { status: 401 },
        denial: operatorDenial("AUTH_CREDENTIAL_UNSET", { word: "//evil.example" }),
      },
    ];
    for (const changes of lures) expect(JSON.stringify(diagnoseWith(changes))).not.toMatch(/evil|password/);
  });

  test("is believed of a code only where there is one", () => {
    expect(first({ answer: { status: 401, body: { code: "__proto__" } } })[0]).toBe("CLI_ANSWER_UNKNOWN");
    expect(first({ answer: { status: 401, body: { code: 7, detail: ["x"] } } })[0]).toBe(
      "CLI_ANSWER_UNKNOWN",
    );
  });

  test("about its configuration is told to those alone who may read it", () => {
    const changes: Changes = { answer: { status: 401 }, instance: { observed: policy(OTHER_KID) } };
    const evidence = (mayReadPolicy: boolean) =>
      diagnoseWith({ ...changes, mayReadPolicy }).causes.flatMap((cause) => cause.evidence);
    expect(evidence(true).map(({ source }) => source)).toContain("GET /authz/policy");
    expect(evidence(false).map(({ source }) => source)).not.toContain("GET /authz/policy");
    for (const answer of [changes.answer, badSignature])
      expect(JSON.stringify(diagnoseWith({ ...changes, answer, mayReadPolicy: false }))).not.toContain(
        OTHER_KID,
      );
  });
});

test("a token of one's own making tells nobody which keys are loaded", () => {
  const tokenOf = (kid: string) =>
    [
      { alg: "RS256", kid },
      { sub: "ann", exp: NOW + 60 },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .concat(Buffer.alloc(256).toString("base64url"))
      .join(".");
  const ask = (kid: string, mayReadPolicy: boolean) =>
    JSON.stringify(
      diagnoseWith({
        answer: badSignature,
        sent: { kind: "token", token: tokenOf(kid) },
        instance: { observed: policy(OTHER_KID) },
        mayReadPolicy,
      }),
    ).replaceAll(kid, "KID");
  expect(ask(OTHER_KID, true)).not.toBe(ask("z".repeat(43), true));
  expect(ask(OTHER_KID, false)).toBe(ask("z".repeat(43), false));
});

describe("every refusal that an AgentOS can answer", () => {
  const OF_THE_CONTROL_PLANE =
    /^(?:AUTH_SIGN_IN_REQUIRED|AUTH_SIGN_IN_ENDED|SCOPE_ROLE_INSUFFICIENT|SCOPE_NOT_A_MEMBER)$/;
  const notTold = [
    ...Object.keys({ ...CAUSES, ...REJECTIONS }),
    ...Object.keys(REFUSALS).filter((code) => OF_THE_CONTROL_PLANE.test(code)),
  ];
  const rows = Object.entries<RefusalEntry>(REFUSALS).filter(([code]) => !OF_THE_CONTROL_PLANE.test(code));
  const senders = [
    { kind: "none" },
    securityKey,
    { kind: "minted", minted: undefined },
    withMinted({}),
  ] as const;

  test.each(rows)("%s gives a cause, whatever was sent", (code, { status, detail }) => {
    for (const sent of senders) {
      const { causes } = diagnoseWith({
        answer: { status, body: { code, detail: renderText(detail, {}) } },
        sent,
      });
      expect(causes.length).toBeGreaterThan(0);
      expect(causes[0]?.code).not.toBe("CLI_ANSWER_UNKNOWN");
      for (const { title, fix } of causes) expect(`${title} ${fix}`).not.toMatch(/\{[a-z_]+\}/);
    }
  });

  test.each([401, 403])(
    "with %i, a code that only we can know is taken for no more than no code",
    (status) => {
      const detail = "words of the instance";
      for (const sent of senders) {
        const without = diagnoseWith({ answer: { status, body: { detail } }, sent });
        for (const code of notTold) {
          const words = { code, title: "theirs", fix: "theirs", detail };
          expect([code, diagnoseWith({ answer: { status, body: words }, sent })]).toEqual([code, without]);
          const denial = operatorDenial(code);
          const recorded = diagnoseWith({ answer: { status, body: { detail } }, sent, denial });
          expect([code, recorded.causes]).toEqual([code, without.causes]);
        }
      }
    },
  );

  test.each([...new Set(rows.map(([, { status }]) => status))])(
    "status %i alone makes nothing certain",
    (status) => {
      for (const sent of senders)
        for (const role of Object.values(ROLES))
          for (const observed of [undefined, policy(KID), policy(OTHER_KID), policy()]) {
            const { causes } = diagnoseWith({ answer: { status }, sent, role, instance: { observed } });
            expect(causes.length).toBeGreaterThan(0);
            expect(causes.map(({ certainty }) => certainty)).not.toContain("certain");
          }
    },
  );
});
