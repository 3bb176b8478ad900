/** Rows of `badTokens` that are signed by the right key and say something wrong. */
import type { BadToken } from "./bad-token.ts";
import { signToken, type TokenParts, withClaims } from "./token.ts";

/** Times of the good token, which claims of a row are measured against. */
type Times = { readonly now: number; readonly exp: number };
type Change = TokenParts["payload"] | ((times: Times) => TokenParts["payload"]);

const claims = (change: Change) => (good: TokenParts) => {
  const times = { now: Number(good.payload["iat"]), exp: Number(good.payload["exp"]) };
  return signToken(withClaims(good, typeof change === "function" ? change(times) : change));
};

type Extra = Pick<BadToken, "needs"> & { readonly twin?: Change };

const row = (
  name: string,
  expectedCode: BadToken["expectedCode"],
  change: Change,
  extra: Extra = {},
): BadToken => {
  const { twin, ...rest } = extra;
  return {
    name,
    expectedCode,
    make: claims(change),
    ...(twin === undefined ? {} : { twin: claims(twin) }),
    ...rest,
  };
};

const DAY_SECONDS = 86_400;

export const badClaims: readonly BadToken[] = [
  row('no "exp"', "AUTH_EXPIRATION_MISSING", { exp: undefined }),
  row('"exp" as a string', "AUTH_EXPIRATION_INVALID", ({ exp }) => ({ exp: String(exp) })),
  row('"exp" that is null', "AUTH_EXPIRATION_INVALID", { exp: null }),
  row('"exp" that is true', "AUTH_EXPIRATION_INVALID", { exp: true }),
  row('"exp" in milliseconds', "AUTH_EXPIRATION_IN_MILLISECONDS", ({ exp }) => ({ exp: exp * 1000 })),
  row(
    "an expired token, by exactly the allowed skew",
    "AUTH_TOKEN_EXPIRED",
    ({ now }) => ({ iat: now - 60, exp: now - 10 }),
    {
      twin: ({ now }) => ({ iat: now - 60, exp: now - 9 }),
    },
  ),
  row("a token that is not valid yet", "AUTH_TOKEN_NOT_YET_VALID", ({ now }) => ({ nbf: now + 11 }), {
    twin: ({ now }) => ({ nbf: now + 10 }),
  }),
  row('"nbf" as a string', "AUTH_NOT_BEFORE_INVALID", ({ now }) => ({ nbf: String(now) }), {
    twin: ({ now }) => ({ nbf: now }),
  }),
  row("a token issued in the future", "AUTH_ISSUED_IN_FUTURE", ({ now }) => ({ iat: now + 11 }), {
    twin: ({ now }) => ({ iat: now + 10 }),
  }),
  row('"iat" as a string', "AUTH_ISSUED_AT_INVALID", ({ now }) => ({ iat: String(now) }), {
    twin: { iat: undefined },
  }),
  row("a lifetime over the cap", "AUTH_LIFETIME_EXCEEDED", ({ now }) => ({ exp: now + DAY_SECONDS + 11 }), {
    twin: ({ now }) => ({ exp: now + DAY_SECONDS + 10 }),
  }),
  row(
    'a lifetime over the cap without "iat"',
    "AUTH_LIFETIME_EXCEEDED",
    ({ now }) => ({ iat: undefined, exp: now + 2 * DAY_SECONDS }),
    {
      twin: ({ now }) => ({ iat: undefined, exp: now + DAY_SECONDS }),
    },
  ),
  row(
    "an old token renewed past the cap",
    "AUTH_LIFETIME_EXCEEDED",
    ({ now }) => ({ iat: now - 30 * DAY_SECONDS }),
    {
      twin: ({ now }) => ({ iat: now - DAY_SECONDS / 2 }),
    },
  ),
  row('no "iss"', "AUTH_ISSUER_MISSING", { iss: undefined }, { needs: "issuer" }),
  row("another issuer", "AUTH_ISSUER_MISMATCH", { iss: "https://issuer.test/" }, { needs: "issuer" }),
  {
    name: "a list of issuers, the right one among them",
    expectedCode: "AUTH_ISSUER_MISMATCH",
    needs: "issuer",
    make: (good) => signToken(withClaims(good, { iss: [good.payload["iss"]] })),
  },
  row('no "aud"', "AUTH_AUDIENCE_MISSING", { aud: undefined }),
  row("another audience", "AUTH_AUDIENCE_MISMATCH", { aud: "another-os" }),
  row("an empty list of audiences", "AUTH_AUDIENCE_MISMATCH", { aud: [] }),
  {
    name: "an audience that only begins like the right one",
    expectedCode: "AUTH_AUDIENCE_MISMATCH",
    make: (good) => signToken(withClaims(good, { aud: `${String(good.payload["aud"])}-2` })),
    twin: (good) => signToken(withClaims(good, { aud: ["another-os", good.payload["aud"]] })),
  },
  row('"jti" that is no text', "AUTH_JWT_ID_INVALID", { jti: 7 }, { twin: { jti: "7" } }),
  row(
    '"jti" that is too long',
    "AUTH_JWT_ID_INVALID",
    { jti: "x".repeat(257) },
    { twin: { jti: "x".repeat(256) } },
  ),
  row('"sid" that is no text', "AUTH_SIGN_IN_ID_INVALID", { sid: 5 }, { twin: { sid: "5" } }),
  row(
    "an ID token (nonce)",
    "AUTH_ID_TOKEN_REFUSED",
    { nonce: "n-1", scopes: undefined },
    { twin: { nonce: "n-1" } },
  ),
  row(
    "an ID token of Cognito",
    "AUTH_ID_TOKEN_REFUSED",
    { token_use: "id" },
    { twin: { token_use: "access" } },
  ),
  row("an ID token of Keycloak", "AUTH_ID_TOKEN_REFUSED", { typ: "ID" }, { twin: { typ: "Bearer" } }),
  row(
    "an ID token that says so, whatever else it has",
    "AUTH_ID_TOKEN_REFUSED",
    { typ: "ID", scope: "agents:read" },
    { twin: { typ: "Bearer", nonce: "n-1", at_hash: "h" } },
  ),
  row("a refresh token", "AUTH_REFRESH_TOKEN_REFUSED", { typ: "Refresh" }, { twin: { typ: "bearer" } }),
  row("an offline token", "AUTH_REFRESH_TOKEN_REFUSED", { typ: "Offline" }, { twin: { typ: "JWT" } }),
  row(
    "a refresh token of Django",
    "AUTH_REFRESH_TOKEN_REFUSED",
    { token_type: "refresh" },
    { twin: { token_type: "access" } },
  ),
  row(
    "a refresh token of Flask",
    "AUTH_REFRESH_TOKEN_REFUSED",
    { type: "refresh" },
    { twin: { type: "employee" } },
  ),
  row("a logout token that says so", "AUTH_LOGOUT_TOKEN_REFUSED", { typ: "Logout" }),
  row("a logout token (events)", "AUTH_LOGOUT_TOKEN_REFUSED", {
    events: { "http://schemas.openid.net/event/backchannel-logout": {} },
  }),
  row("a security event token", "AUTH_EVENT_TOKEN_REFUSED", { events: { "https://issuer.test/event": {} } }),
  row("a token of a kind that nobody knows", "AUTH_TOKEN_KIND_REFUSED", { token_use: "other" }),
  row("a kind that is no text", "AUTH_TOKEN_KIND_REFUSED", { typ: ["Bearer"] }),
  row("an ID token (at_hash)", "AUTH_ID_TOKEN_REFUSED", { at_hash: "h" }),
  row("an ID token (c_hash)", "AUTH_ID_TOKEN_REFUSED", { c_hash: "h" }),
  row("a token bound to a key of its holder", "AUTH_TOKEN_BOUND", { cnf: { jkt: "thumbprint" } }),
  row("a subject that is null", "AUTH_SUBJECT_INVALID", { sub: null }, { twin: { sub: undefined } }),
  row("a subject that is a number", "AUTH_SUBJECT_INVALID", { sub: 7 }, { twin: { sub: "7" } }),
  row("a subject with a line break", "AUTH_SUBJECT_INVALID", { sub: "a\nb" }, { twin: { sub: "a b" } }),
  row(
    "a subject of 257 characters",
    "AUTH_SUBJECT_INVALID",
    { sub: "x".repeat(257) },
    { twin: { sub: "x".repeat(256) } },
  ),
  row("a service account as subject", "AUTH_SUBJECT_RESERVED", { sub: "sa:bot" }, { twin: { sub: "sam" } }),
  row(
    "an OAuth client as subject",
    "AUTH_SUBJECT_RESERVED",
    { sub: "__oauth__:x" },
    { twin: { sub: "__oauth__" } },
  ),
  row(
    "the scheduler as subject",
    "AUTH_SUBJECT_RESERVED",
    { sub: "__scheduler__" },
    { twin: { sub: "__scheduler__2" } },
  ),
  row(
    "a reserved subject behind a space",
    "AUTH_SUBJECT_RESERVED",
    { sub: " sa:bot" },
    { twin: { sub: " sam" } },
  ),
];
