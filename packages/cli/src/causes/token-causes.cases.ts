// LENGTH: one table; its rows are read side by side.
/** Tokens and other credentials that are refused: seen by whoever sends them, in the answer or with `agentos doctor`. */
import {
  createTestKey,
  encryptedToken,
  goodToken,
  type PythonOptions,
  signToken,
  startPythonServer,
  withClaims,
  withHeader,
} from "@agentos/testkit";
import { onTestFinished } from "vitest";
import type { CauseRow } from "./cause-row.fixture.ts";
import { readAnswer, readReport, startServer } from "./read-texts.fixture.ts";

const now = Math.floor(Date.now() / 1_000);
const key = await createTestKey("RS256", { kid: "2026-11" });
const secret = await createTestKey("HS256");
const otherSecret = await createTestKey("HS256");
const SECURITY_KEY = "k9-tRw3z_Qp7vXe2mYb8sLd4";
const PAT = "agno_pat_abcdefghijklmnopqrstuvwxyz0123456789";
const good = goodToken({ key, now, scopes: ["config:read", "agents:read"] });
const token = await signToken(good);
const claims = (payload: Readonly<Record<string, unknown>>) => signToken(withClaims(good, payload));
const scopes = (...list: readonly string[]) => claims({ scopes: list });

const JWKS = { keys: [key.jwk] };
type Server = Parameters<typeof startServer>[0];
const jwt: Server = {
  authorization: true,
  authorizationConfig: { verificationKeys: [JSON.stringify(JWKS.keys[0])], issuer: "https://issuer.test" },
};
const hmac: Server = {
  authorization: true,
  authorizationConfig: { verificationKeys: [secret.verificationKey], algorithm: "HS256" },
};
const securityKey: Server = { securityKey: SECURITY_KEY };

/** The answer to a request with this Authorization header. */
const answer =
  (authorization: string | undefined, server = jwt, path?: string) =>
  async () =>
    readAnswer(await startServer(server), authorization === undefined ? {} : { authorization }, path);

/** What the doctor says of a token at our server. */
const report = (credential: string | Promise<string>, server = jwt, more: readonly string[] = []) => {
  return async () => {
    const { url } = await startServer(server);
    return readReport(["--url", url, "--token", "-", ...more], { stdin: await credential });
  };
};

/** The same at a server that answers like the Python AgentOS. */
const pythonReport =
  (credential: string | Promise<string>, options: Partial<PythonOptions> = {}) =>
  async () => {
    const publicPem = key.verificationKey;
    const server = await startPythonServer({ mode: "jwt", publicPem, securityKey: SECURITY_KEY, ...options });
    onTestFinished(() => server.close());
    return readReport(["--url", server.url, "--token", "-"], { stdin: await credential });
  };

const otherKey = { ...good, key: await createTestKey("RS256", { kid: "2026-11" }) };
const list = ["--route", "GET /agents"];
const run = ["--route", "POST /agents/web/runs"];

export const tokenCauses: readonly CauseRow[] = [
  {
    cause: "no credential",
    read: answer(undefined),
    code: "AUTH_HEADER_MISSING",
    says: /no credential was sent/,
    fix: /Authorization: Bearer/,
  },
  {
    cause: "malformed header",
    read: answer("Basic YWxpY2U6c2VjcmV0"),
    code: "AUTH_SCHEME_UNSUPPORTED",
    says: /scheme Basic, and this AgentOS reads Bearer/,
    fix: /send "Authorization: Bearer/,
  },
  {
    cause: "malformed header, seen by the doctor",
    read: report("Basic YWxpY2U6c2VjcmV0"),
    code: "AUTH_SCHEME_UNSUPPORTED",
    says: /another scheme than Bearer|scheme Basic/,
    fix: /send "Authorization: Bearer/,
  },
  {
    cause: "not a JWT",
    read: answer("Bearer hello"),
    code: "AUTH_TOKEN_MALFORMED",
    says: /is not a JWT/,
    fix: /three parts/,
  },
  {
    cause: "JWT in quotes",
    read: answer(`Bearer "${token}"`),
    code: "AUTH_TOKEN_QUOTED",
    says: /the token is in double quotes/,
    fix: /remove the quotes/,
  },
  {
    cause: "JWT with a space in it",
    read: answer(`Bearer ${token.replace(".", ". ")}`),
    code: "AUTH_TOKEN_SPACED",
    says: /character \d+ of the token is a space/,
    fix: /take it out/,
  },
  {
    cause: "JWT with a line break in it",
    read: report(token.replace(".", ".\n")),
    code: "AUTH_TOKEN_SPACED",
    says: /a line break/,
    fix: /take it out/,
  },
  {
    cause: '"alg" differs from the key\'s',
    read: answer(
      `Bearer ${await signToken({ ...withHeader(good, { alg: "ES256" }), key: await createTestKey("ES256") })}`,
    ),
    code: "AUTH_ALGORITHM_MISMATCH",
    says: /signed with ES256, this AgentOS expects RS256/,
    fix: /sign the token with RS256/,
  },
  {
    cause: "HS token against an RSA key",
    read: report(signToken({ ...withHeader(good, { alg: "HS256" }), key: secret })),
    code: "AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY",
    says: /shared secret \(HS256\).*public key/s,
    fix: /sign with the private key/,
  },
  {
    cause: "RS token against a shared secret",
    read: report(token, hmac),
    code: "AUTH_PUBLIC_KEY_TOKEN_FOR_SECRET",
    says: /private key \(RS256\).*shared\s+secret/s,
    fix: /give the server the public key/,
  },
  {
    cause: 'unknown "kid"',
    read: answer(`Bearer ${await signToken(withHeader(good, { kid: "2025-01" }))}`),
    code: "AUTH_KEY_UNKNOWN",
    says: /no key with the "kid" of the token/,
    fix: /give this AgentOS the current key of the issuer/,
  },
  {
    cause: "right algorithm, another key",
    read: report(signToken(withHeader(otherKey, { kid: undefined })), {
      authorization: true,
      authorizationConfig: { verificationKeys: [key.verificationKey] },
    }),
    code: "AUTH_SIGNED_BY_ANOTHER_KEY",
    says: /signed with another key/,
    fix: /thumbprint/,
  },
  {
    cause: "right algorithm, another shared secret",
    read: report(
      signToken({ ...withHeader(good, { alg: "HS256", kid: undefined }), key: otherSecret }),
      hmac,
    ),
    code: "AUTH_SIGNED_WITH_ANOTHER_SECRET",
    says: /signed with another secret/,
    fix: /the very bytes that the token is signed with/,
  },
  {
    cause: "a path with the prefix of a proxy",
    read: report(token, jwt, ["--route", "GET /api/agents"]),
    code: "CLI_ROUTE_UNKNOWN",
    says: /accepted[^]*no route GET \/api\/agents/,
    fix: /ask for \/agents/,
  },
  {
    cause: "an id that does not exist",
    read: report(token, jwt, ["--route", "GET /agents/nobody"]),
    code: "CLI_ITEM_UNKNOWN",
    says: /accepted[^]*nothing of this id/,
    fix: /take the id from the list/,
  },
  {
    cause: "a variable in a curl line",
    read: async () => {
      const { url } = await startServer(jwt);
      return readReport([`curl ${url}/agents -H "Authorization: Bearer $TOKEN"`]);
    },
    code: "CLI_VARIABLE_UNREAD",
    says: /the curl line names "\$TOKEN", and no variable is read/,
    fix: /--token env:TOKEN/,
  },
  {
    cause: "expired, from the body of the answer alone",
    read: () => readReport(['{"detail":"Token has expired"}']),
    code: "AUTH_TOKEN_EXPIRED",
    says: /expired/,
    fix: /get a new token/,
  },
  {
    cause: "signature cut short",
    read: report(token.slice(0, -9)),
    code: "AUTH_SIGNATURE_MALFORMED",
    says: /characters/,
    fix: /up to its last character/,
  },
  {
    cause: "expired",
    read: answer(`Bearer ${await claims({ iat: now - 7_200, exp: now - 3_600 })}`),
    code: "AUTH_TOKEN_EXPIRED",
    says: /expired/,
    fix: /get a new token/,
  },
  {
    cause: "expired: by how much",
    read: report(claims({ iat: now - 7_200, exp: now - 3_600 })),
    code: "AUTH_TOKEN_EXPIRED",
    says: /1 hour|60 minutes/,
    fix: /get a new token/,
  },
  {
    cause: "the server's clock is ahead",
    read: pythonReport(claims({ iat: now - 60, exp: now + 1_800 }), { clockAhead: 7_200 }),
    code: "AUTH_CLOCKS_DIFFER",
    says: /differ by 2 hours/,
    fix: /NTP/,
  },
  {
    cause: "not yet valid",
    read: report(claims({ nbf: now + 1_800 })),
    code: "AUTH_TOKEN_NOT_YET_VALID",
    says: /not valid yet|not yet valid/,
    fix: /nbf|clock/,
  },
  {
    cause: '"exp" missing',
    read: report(claims({ exp: undefined })),
    code: "AUTH_EXPIRATION_MISSING",
    says: /has no "exp"/,
    fix: /let the issuer set "exp"/,
  },
  {
    cause: '"exp" in milliseconds',
    read: report(claims({ exp: (now + 60) * 1_000 })),
    code: "AUTH_EXPIRATION_IN_MILLISECONDS",
    says: /milliseconds/,
    fix: /Math\.floor/,
  },
  {
    cause: '"exp" is a text',
    read: report(claims({ exp: String(now + 60) })),
    code: "AUTH_EXPIRATION_INVALID",
    says: /number/,
    fix: /without quotes/,
  },
  {
    cause: "issuer differs",
    read: report(claims({ iss: "https://other.test" })),
    code: "AUTH_ISSUER_MISMATCH",
    says: /the "iss" of the token is not the issuer that this AgentOS trusts[^]*"iss" is "https:\/\/other\.test"/,
    fix: /trusted issuer/,
  },
  {
    cause: "audience missing",
    read: report(claims({ aud: undefined })),
    code: "AUTH_AUDIENCE_MISSING",
    says: /has no "aud"/,
    fix: /os_id/,
  },
  {
    cause: "audience of another AgentOS",
    read: report(claims({ aud: "other-os" })),
    code: "AUTH_AUDIENCE_MISMATCH",
    says: /other-os/,
    fix: /os_id/,
  },
  {
    cause: "wrong token type",
    read: report(signToken(withHeader(good, { typ: "dpop+jwt" }))),
    code: "AUTH_TOKEN_TYPE_REFUSED",
    says: /of another type[^]*"typ" is "dpop\+jwt"/,
    fix: /at\+jwt/,
  },
  {
    cause: "JWE",
    read: answer(`Bearer ${await encryptedToken(good)}`),
    code: "AUTH_TOKEN_ENCRYPTED",
    says: /encrypted \(JWE\)/,
    fix: /let the issuer sign the access token/,
  },
  {
    cause: "reserved subject",
    read: report(claims({ sub: "sa:bot" })),
    code: "AUTH_SUBJECT_RESERVED",
    says: /reserved/,
    fix: /another user id/,
  },
  {
    cause: "scope missing",
    read: answer(`Bearer ${await scopes("config:read")}`),
    code: "SCOPE_MISSING",
    says: /lacks a scope that this route requires/,
    fix: /give the caller the scope "agents:read"/,
  },
  {
    cause: "scope in the singular",
    read: report(scopes("config:read", "agent:read"), jwt, list),
    code: "SCOPE_MISSPELT",
    says: /"agent:read", which is no scope/,
    fix: /"agents:read"/,
  },
  {
    cause: "scope with dots",
    read: report(scopes("config:read", "agents.read"), jwt, list),
    code: "SCOPE_SEPARATOR_WRONG",
    says: /colons/,
    fix: /"agents:read"/,
  },
  {
    cause: "scope in the wrong case",
    read: report(scopes("config:read", "Agents:Read"), jwt, list),
    code: "SCOPE_CASE_WRONG",
    says: /case-sensitive/,
    fix: /"agents:read"/,
  },
  {
    cause: "scopes in one text",
    read: report(scopes("config:read agents:read"), jwt, list),
    code: "SCOPE_ENTRIES_JOINED",
    says: /one\s+unknown scope/,
    fix: /entry of its own/,
  },
  {
    cause: "scopes under another claim",
    read: report(claims({ scopes: ["config:read"], roles: ["agents:read"] }), jwt, list),
    code: "SCOPE_CLAIM_OTHER",
    says: /"roles"/,
    fix: /"scopesClaim" to "roles"/,
  },
  {
    cause: "scope held for another resource",
    read: report(scopes("config:read", "agents:read", "agents:support:run"), jwt, run),
    code: "SCOPE_OTHER_RESOURCE",
    says: /agents:support:run/,
    fix: /agents:web:run|agents:run/,
  },
  {
    cause: "access prerequisite missing",
    read: report(scopes("agents:read"), jwt, ["--route", "GET /config"]),
    code: "SCOPE_PREREQUISITE_MISSING",
    says: /"config:read"/,
    fix: /"config:read"/,
  },
  {
    cause: "security key while JWT is on",
    read: answer(`Bearer ${SECURITY_KEY}`, { ...jwt, securityKey: SECURITY_KEY }),
    code: "AUTH_SECURITY_KEY_NOT_ACCEPTED",
    says: /security key does not work while JWT authorization is on/,
    fix: /send a JWT/,
  },
  {
    cause: "JWT while only the security key is on",
    read: answer(`Bearer ${token}`, securityKey),
    code: "AUTH_TOKEN_NOT_ACCEPTED",
    says: /only knows its security key/,
    fix: /send the security key instead/,
  },
  {
    cause: "JWT while only the security key is on, seen by the doctor",
    read: report(token, securityKey),
    code: "AUTH_TOKEN_NOT_ACCEPTED",
    says: /only knows its security key/,
    fix: /"JWT_VERIFICATION_KEY"/,
  },
  {
    cause: "wrong security key",
    read: answer(`Bearer ${SECURITY_KEY}x`, securityKey),
    code: "AUTH_SECURITY_KEY_INVALID",
    says: /is not the one of this AgentOS/,
    fix: /OS_SECURITY_KEY/,
  },
  {
    cause: "server too old for JWT",
    read: pythonReport(token, { mode: "security_key", version: "2.3.12", hasInfo: true }),
    code: "AUTH_SERVER_TOO_OLD",
    says: /2\.3\.12 is older than 2\.3\.13/,
    fix: /upgrade the server/,
  },
  {
    cause: "service account token unknown, expired or revoked",
    read: pythonReport(PAT, { serviceAccounts: "refused" }),
    code: "AUTH_SERVICE_ACCOUNT_REFUSED",
    says: /service account token is not valid/,
    fix: /GET \/service-accounts/,
  },
  {
    cause: "service account token, where there are none",
    read: answer(`Bearer ${PAT}`),
    code: "AUTH_SERVICE_ACCOUNTS_DISABLED",
    says: /service account/i,
    fix: /send a JWT/,
  },
  {
    cause: "throttled",
    read: pythonReport(PAT, { serviceAccounts: "throttled" }),
    code: "AUTH_THROTTLED",
    says: /too many requests with a bad credential/,
    fix: /wait a minute/,
  },
  {
    cause: "database down",
    read: pythonReport(PAT, { serviceAccounts: "down" }),
    code: "AUTH_DATABASE_UNAVAILABLE",
    says: /database/,
    fix: /server's log/,
  },
];
