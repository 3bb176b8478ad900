/** What holds for any answer, any credential and any server: no exception, no echo, an order, a catalogue entry. */
import { ERRORS, REFUSALS } from "@agentos/contract";
import { encodeSegment } from "@agentos/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codesOf, good, NOW, request, run, textOf } from "./diagnose.fixture.ts";

const claims = fc.oneof(
  fc.dictionary(
    fc.constantFrom("exp", "iat", "nbf", "aud", "iss", "sub", "scopes", "scope", "roles", "typ", "x"),
    fc.oneof(fc.jsonValue(), fc.constantFrom(NOW, -1, 1e13, "agents:read", "Agents.Read")),
  ),
  fc.constant(good.payload),
);
const header = fc.record(
  {
    alg: fc.oneof(fc.constantFrom("RS256", "HS256", "none", "XX"), fc.jsonValue()),
    kid: fc.jsonValue(),
    typ: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const wrap = fc.constantFrom("", '"', " ", "\n", "Bearer ", "Basic ");
const jwt = fc
  .tuple(header, claims, fc.base64String({ maxLength: 400 }), wrap)
  .map(
    ([head, body, signature, around]) =>
      `${around}${encodeSegment(head)}.${encodeSegment(body)}.${signature}${around}`,
  );
const credential = fc.option(
  fc.oneof(jwt, fc.string({ unit: "binary" }), fc.constant("agno_pat_0123456789abcdef0123")),
  { nil: undefined },
);
const details = Object.values(REFUSALS).map(({ detail }) => detail);
const answer = fc.option(
  fc.record(
    {
      status: fc.integer({ min: 100, max: 599 }),
      code: fc.oneof(fc.constantFrom(...Object.keys(ERRORS)), fc.string()),
      detail: fc.oneof(
        fc.constantFrom(...details),
        fc.string(),
        fc.constant("Insufficient permissions. Required scope(s): a:b"),
      ),
      requiredScopes: fc.array(fc.string()),
      serverTime: fc.double(),
    },
    { requiredKeys: ["status"] },
  ),
  { nil: undefined },
);
const part = fc.record(
  {
    audience: fc.option(fc.array(fc.string()), { nil: undefined }),
    issuer: fc.option(fc.string(), { nil: undefined }),
    requiresExpiration: fc.boolean(),
    subjectPrefix: fc.string(),
  },
  { requiredKeys: [] },
);
const policy = fc.record(
  {
    mode: fc.constantFrom(...(["jwt", "jwt-unverified", "security_key", "none"] as const)),
    hasSecurityKey: fc.boolean(),
    claimNames: fc.record(
      { scopes: fc.array(fc.string(), { maxLength: 3 }), userId: fc.string() },
      { requiredKeys: [] },
    ),
    separatesIssuers: fc.boolean(),
    tokens: fc.array(part, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const key = fc.record(
  { algorithms: fc.array(fc.constantFrom("RS256", "HS256", "ES256")), kid: fc.string() },
  { requiredKeys: [] },
);
const server = fc.option(
  fc.record(
    {
      source: fc.constant("GET /info" as const),
      version: fc.string(),
      isPython: fc.boolean(),
      policy,
      keys: fc.array(key),
    },
    { requiredKeys: ["source", "policy"] },
  ),
  { nil: undefined },
);
const input = fc.record({ answer, server, credential, request: fc.constantFrom(undefined, request) });
const RANK = ["certain", "likely", "cannot tell"];

describe("diagnose, whatever it is given", () => {
  it("names causes of the catalogue, the surest first, each once", () => {
    fc.assert(
      fc.property(input, (given) => {
        const causes = run(given);
        const ranks = causes.map(({ certainty }) => RANK.indexOf(certainty));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        expect(new Set(causes.map(({ code }) => code)).size).toBe(causes.length);
        for (const { code } of causes) expect(ERRORS).toHaveProperty(code);
      }),
    );
  });

  it("never echoes the credential or a whole segment of it", () => {
    fc.assert(
      fc.property(input, (given) => {
        const text = textOf(run(given));
        const whole = given.credential?.trim() ?? "";
        if (whole.length >= 12) expect(text).not.toContain(whole);
        for (const segment of whole.split(/[.\s"]+/)) {
          if (segment.length >= 12) expect(text).not.toContain(segment);
        }
        // oxlint-disable-next-line no-control-regex -- none of them may come out
        expect(text.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
  });

  it("never echoes a token that repeats itself in its own claims", () => {
    const inner = `${encodeSegment({ alg: "HS256" })}.${encodeSegment({ sub: "x" })}`;
    const kid = encodeSegment({ alg: "HS256", typ: "JWT" });
    const outer = `${encodeSegment({ alg: "HS256", typ: "JWT", kid })}.${encodeSegment({ aud: inner, scopes: [inner] })}.aaaaaaaaaaaa`;
    const text = textOf(
      run({
        credential: `${kid}.${outer.split(".")[1]}.${"a".repeat(43)}`,
        answer: { status: 401, detail: "Invalid token: Signature verification failed" },
      }),
    );
    expect(text).not.toContain(kid);
  });

  it("has nothing to explain where nothing was refused", () => {
    fc.assert(
      fc.property(credential, fc.integer({ min: 200, max: 399 }), (sent, status) => {
        expect(codesOf({ credential: sent, answer: { status } })).toEqual([]);
      }),
    );
  });
});
