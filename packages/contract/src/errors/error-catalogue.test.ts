import { describe, expect, it } from "vitest";
import { type RefusalEntry, STAGES } from "./entry.ts";
import { ERRORS, REFUSALS, RETIRED_CODES } from "./error-catalogue.ts";
import { placesOf, renderText } from "./render.ts";

const AREAS = ["AUTH", "SCOPE", "INPUT", "KEY", "STORE", "RUN", "CONFIG", "CLI"];
const AREAS_OF_THE_CONTROL_PLANE = [
  "SIGN",
  "LINK",
  "PASSWORD",
  "SESSION",
  "PERSON",
  "MEMBER",
  "MEMBERS",
  "MEMBERSHIP",
  "ROLE",
  "INSTANCE",
  "SIGNING",
  "TOKEN",
];

/** Strings that clients and Agno's own tests look for, word for word (contract sections 1.6 and 1.7). */
const CONTRACT_DETAILS = {
  AUTH_HEADER_MISSING: "Authorization header missing",
  AUTH_COOKIE_MISSING: "JWT cookie '{cookie_name}' missing",
  AUTH_TOKEN_MISSING: "JWT token missing from both Authorization header and '{cookie_name}' cookie",
  AUTH_SECURITY_KEY_MISSING: "Authorization header required",
  AUTH_SECURITY_KEY_INVALID: "Invalid authentication token",
  AUTH_SERVICE_ACCOUNTS_DISABLED: "Service accounts are not enabled on this AgentOS instance",
  AUTH_TOKEN_EXPIRED: "Token has expired",
  AUTH_AUDIENCE_MISMATCH: "Invalid token audience - token not valid for this AgentOS instance",
  AUTH_AUDIENCE_MISSING:
    'Invalid token: Token is missing the "{audience_claim}" claim. Audience verification requires this claim to be present in the token.',
  AUTH_SUBJECT_RESERVED: "Invalid token subject",
  AUTH_SUBJECT_INVALID: "Invalid token: Subject must be a string",
  AUTH_JWT_ID_INVALID: "Invalid token: JWT ID must be a string",
  AUTH_SIGN_IN_ID_INVALID: "Invalid token: Session ID must be a string",
  AUTH_TOKEN_MALFORMED: "Invalid token: Not enough segments",
  AUTH_TOKEN_HEADER_INVALID: "Invalid token: Invalid header padding",
  AUTH_SIGNATURE_INVALID: "Invalid token: Signature verification failed",
  AUTH_SIGNATURE_MALFORMED: "Invalid token: Signature verification failed",
  AUTH_ALGORITHM_MISMATCH: "Invalid token: The specified alg value is not allowed",
  AUTH_ALGORITHM_NONE: "Invalid token: The specified alg value is not allowed",
  AUTH_TOKEN_NOT_YET_VALID: "Invalid token: The token is not yet valid (nbf)",
  AUTH_ISSUED_IN_FUTURE: "Invalid token: The token is not yet valid (iat)",
  AUTH_EXPIRATION_INVALID: "Invalid token: Expiration Time claim (exp) must be an integer.",
  AUTH_NOT_BEFORE_INVALID: "Invalid token: Not Before claim (nbf) must be an integer.",
  AUTH_ISSUED_AT_INVALID: "Invalid token: Issued At claim (iat) must be an integer.",
  AUTH_PAYLOAD_INVALID: "Invalid token: Invalid payload string: must be a json object",
  AUTH_KEY_UNKNOWN: "Invalid token: No verification keys configured",
  AUTH_KEYS_UNAVAILABLE: "Authentication is temporarily unavailable",
  SCOPE_MISSING: "Insufficient permissions. Required scope(s): {required_scopes}",
  SCOPE_PARAMETER_MISSING: "Insufficient permissions",
  SCOPE_ROUTE_UNMAPPED: "Insufficient permissions",
} as const;

/** Strings that we settled ourselves, because the contract has none (design.md section 10). */
const OWN_DETAILS = {
  AUTH_EXPIRATION_MISSING: 'Invalid token: Token is missing the "exp" claim',
  AUTH_ISSUER_MISMATCH: "Invalid token: Invalid issuer",
  AUTH_TOKEN_TYPE_REFUSED: "Invalid token: Unexpected token type",
  AUTH_HEADER_CRITICAL: "Invalid token: Unsupported critical header",
  AUTH_TOKEN_TOO_LARGE: "Invalid token: Token too large",
  AUTH_LIFETIME_EXCEEDED: "Invalid token: Token lifetime exceeds the limit",
  AUTH_CREDENTIAL_REVOKED: "Invalid token: Token has been revoked",
  AUTH_USER_REQUIRED: "A user identity is required",
} as const;

describe("every error", () => {
  it.each(Object.entries(ERRORS))(
    "%s is named AREA_SUBJECT_FAULT and written in the house style",
    (code, entry) => {
      expect(code).toMatch(/^[A-Z]+(_[A-Z0-9]+)+$/);
      expect([...AREAS, ...AREAS_OF_THE_CONTROL_PLANE]).toContain(code.split("_")[0]);
      for (const text of [entry.title, entry.fix]) {
        expect(text).not.toMatch(/\n|\.$/);
        // A text may begin with a quoted name, a place, or a proper noun in capitals, but not with a capitalised word.
        expect(text).not.toMatch(/^[A-Z][a-z]/);
        expect(text.trim()).not.toBe("");
      }
      expect(entry.since).toMatch(/^\d+\.\d+\.\d+$/);
    },
  );

  it("is not one that was retired", () => {
    expect(RETIRED_CODES.filter((code) => code in ERRORS)).toEqual([]);
    expect(new Set(RETIRED_CODES).size).toBe(RETIRED_CODES.length);
  });
});

describe("every refusal", () => {
  it.each(Object.entries<RefusalEntry>(REFUSALS))(
    "%s shows only facts that it lists as public",
    (_, entry) => {
      const places = [entry.title, entry.detail, entry.fix].flatMap(placesOf);
      expect(places.filter((name) => name !== "cli" && !entry.publicFacts.includes(name))).toEqual([]);
    },
  );

  it.each(Object.entries<RefusalEntry>(REFUSALS))(
    "%s has a status that fits its challenge and its stage",
    (_, entry) => {
      expect(STAGES).toContain(entry.stage);
      const fitting: Record<RefusalEntry["challenge"], readonly number[]> = {
        none: [400, 403, 429, 503],
        bare: [401],
        invalid_request: [401],
        invalid_token: [401],
        insufficient_scope: [403],
      };
      expect(fitting[entry.challenge]).toContain(entry.status);
    },
  );

  it.each(Object.entries({ ...CONTRACT_DETAILS, ...OWN_DETAILS }))(
    "%s has the settled detail",
    (code, detail) => {
      expect(REFUSALS[code as keyof typeof CONTRACT_DETAILS].detail).toBe(detail);
    },
  );

  it("shows a public code that exists", () => {
    for (const { publicCode } of Object.values<RefusalEntry>(REFUSALS)) {
      if (publicCode !== undefined) expect(REFUSALS).toHaveProperty(publicCode);
    }
  });
});

describe("renderText", () => {
  it("fills places, joins lists and leaves an ellipsis for a missing fact", () => {
    expect(renderText("{a} {b} {c}", { a: ["x", "y"], b: 7 })).toBe("x, y 7 …");
  });

  it("never reads a fact's own braces as a place", () => {
    expect(renderText("{a}", { a: "{b}", b: "secret" })).toBe("{b}");
  });

  it("leaves replacement patterns of a fact as they are", () => {
    expect(renderText("<{a}>", { a: "$& $1 $'" })).toBe("<$& $1 $'>");
  });
});
