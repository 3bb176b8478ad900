// LENGTH: one table; its rows are read side by side.
/** The situations in which a request is refused: what is sent, to which server, and which cause and fix must be named. */
import {
  createTestKey,
  encryptedToken,
  goodToken,
  type PythonOptions,
  signToken,
  withClaims,
  withHeader,
} from "@agentos/testkit";

const now = Math.floor(Date.now() / 1_000);
export const key = await createTestKey("RS256");
export const secret = await createTestKey("HS256");
const good = goodToken({ key, now, scopes: ["agents:read", "config:read"] });
export const token = await signToken(good);
const claims = (payload: Readonly<Record<string, unknown>>) => signToken(withClaims(good, payload));
const scopes = (...list: readonly unknown[]) => claims({ scopes: list });
export const SECURITY_KEY = "k9-tRw3z_Qp7vXe2mYb8sLd4";
const PAT = "agno_pat_abcdefghijklmnopqrstuvwxyz0123456789";

export interface Situation {
  readonly name: string;
  readonly token: string;
  readonly code: string;
  /** Of our own server, where it says itself what another only leaves to be guessed. */
  readonly ourCode?: string;
  /** Words that the fix must have. */
  readonly fix: string;
  /** What the person asks about; nothing: whether the token is accepted. */
  readonly route?: string;
  readonly exit?: number;
  readonly ours?: "jwt" | "hmac" | "security_key";
  readonly python?: Partial<PythonOptions>;
}

export const situations: readonly Situation[] = [
  {
    name: "malformed header",
    token: `Basic ${token}`,
    code: "AUTH_HEADER_MALFORMED",
    ourCode: "AUTH_SCHEME_UNSUPPORTED",
    fix: '"Authorization: Bearer ',
    ours: "jwt",
    python: {},
  },
  {
    name: "not a JWT",
    token: token.split(".").slice(0, 2).join("."),
    code: "AUTH_TOKEN_MALFORMED",
    fix: "three parts",
    ours: "jwt",
    python: {},
  },
  {
    name: "token in quotes",
    token: `"${token}"`,
    code: "AUTH_TOKEN_QUOTED",
    fix: "remove the quotes",
    ours: "jwt",
    python: {},
  },
  {
    name: "token with a line break",
    token: token.replace(".", ".\n"),
    code: "AUTH_TOKEN_SPACED",
    fix: "take it out",
    ours: "jwt",
    python: {},
  },
  {
    name: "JWE",
    token: await encryptedToken(good),
    code: "AUTH_TOKEN_ENCRYPTED",
    fix: "sign the access token",
    ours: "jwt",
    python: {},
  },
  {
    name: "ES256 token, RS256 server",
    token: await signToken({ ...withHeader(good, { alg: "ES256" }), key: await createTestKey("ES256") }),
    code: "AUTH_ALGORITHM_MISMATCH",
    fix: "sign the token with RS256",
    ours: "jwt",
    python: {},
  },
  {
    name: "HS256 token, RSA key",
    token: await signToken({ ...withHeader(good, { alg: "HS256" }), key: secret }),
    code: "AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY",
    fix: "sign with the private key",
    ours: "jwt",
    python: {},
  },
  {
    name: "another key",
    token: await signToken({ ...good, key: await createTestKey("RS256") }),
    code: "AUTH_SIGNED_BY_ANOTHER_KEY",
    fix: "compare the key's thumbprint",
    ours: "jwt",
    python: {},
  },
  {
    name: "damaged signature",
    token: token.slice(0, -9),
    code: "AUTH_SIGNATURE_MALFORMED",
    fix: "up to its last character",
    ours: "jwt",
    python: {},
  },
  {
    name: "expired",
    token: await claims({ iat: now - 7_200, exp: now - 3_600 }),
    code: "AUTH_TOKEN_EXPIRED",
    fix: "get a new token",
    ours: "jwt",
    python: {},
  },
  {
    name: "never valid",
    token: await claims({ iat: now - 60, exp: now - 120 }),
    code: "AUTH_TOKEN_NEVER_VALID",
    fix: '"exp" after "iat"',
    ours: "jwt",
    python: {},
  },
  {
    name: "not yet valid",
    token: await claims({ nbf: now + 1_800 }),
    code: "AUTH_TOKEN_NOT_YET_VALID",
    fix: 'its "nbf"',
    ours: "jwt",
    python: {},
  },
  {
    name: "issued in the future",
    token: await claims({ iat: now + 1_800, exp: now + 3_600 }),
    code: "AUTH_ISSUED_IN_FUTURE",
    fix: "set the clocks",
    ours: "jwt",
    python: {},
  },
  {
    name: "exp missing",
    token: await claims({ exp: undefined }),
    code: "AUTH_EXPIRATION_MISSING",
    fix: 'set "exp"',
    ours: "jwt",
  },
  {
    name: "exp in milliseconds",
    token: await claims({ exp: (now + 60) * 1_000 }),
    code: "AUTH_EXPIRATION_IN_MILLISECONDS",
    fix: "Math.floor",
    ours: "jwt",
  },
  {
    name: "exp a string",
    token: await claims({ exp: String(now + 60) }),
    code: "AUTH_EXPIRATION_INVALID",
    fix: "without quotes",
    ours: "jwt",
    python: {},
  },
  {
    name: "issuer differs",
    token: await claims({ iss: "https://other.test" }),
    code: "AUTH_ISSUER_MISMATCH",
    fix: "trusted issuer",
    ours: "jwt",
  },
  {
    name: "audience missing",
    token: await claims({ aud: undefined }),
    code: "AUTH_AUDIENCE_MISSING",
    fix: '"os_id" of GET /info',
    ours: "jwt",
    python: { verifiesAudience: true },
  },
  {
    name: "audience of another AgentOS",
    token: await claims({ aud: "other-os" }),
    code: "AUTH_AUDIENCE_MISMATCH",
    fix: '"os_id" of GET /info',
    ours: "jwt",
    python: { verifiesAudience: true },
  },
  {
    name: "wrong token type",
    token: await signToken(withHeader(good, { typ: "dpop+jwt" })),
    code: "AUTH_TOKEN_TYPE_REFUSED",
    fix: '"at+jwt"',
    ours: "jwt",
  },
  {
    name: "reserved subject",
    token: await claims({ sub: "sa:bot" }),
    code: "AUTH_SUBJECT_RESERVED",
    fix: "another user id",
    ours: "jwt",
    python: {},
  },
  {
    name: "unsigned",
    token: await signToken(withHeader(good, { alg: "none" })),
    code: "AUTH_ALGORITHM_NONE",
    fix: "sign the token",
    ours: "jwt",
    python: {},
  },
  {
    name: "scope missing",
    route: "GET /agents",
    token: await scopes("config:read"),
    code: "SCOPE_MISSING",
    fix: '"agents:read"',
    ours: "jwt",
    python: {},
  },
  {
    name: "scope in the singular",
    route: "GET /agents",
    token: await scopes("config:read", "agent:read"),
    code: "SCOPE_MISSPELT",
    fix: '"agents:read"',
    ours: "jwt",
    python: {},
  },
  {
    name: "scope with dots",
    route: "GET /agents",
    token: await scopes("config:read", "agents.read"),
    code: "SCOPE_SEPARATOR_WRONG",
    fix: '"agents:read"',
    ours: "jwt",
    python: {},
  },
  {
    name: "scope in the wrong case",
    route: "GET /agents",
    token: await scopes("config:read", "Agents:read"),
    code: "SCOPE_CASE_WRONG",
    fix: '"agents:read"',
    ours: "jwt",
    python: {},
  },
  {
    name: "scopes joined",
    route: "GET /agents",
    token: await scopes("config:read agents:read"),
    code: "SCOPE_ENTRIES_JOINED",
    fix: "an entry of its own",
    ours: "jwt",
    python: {},
  },
  {
    name: "scopes under another claim",
    route: "GET /agents",
    token: await claims({ scopes: ["config:read"], roles: ["agents:read"] }),
    code: "SCOPE_CLAIM_OTHER",
    fix: '"scopesClaim"',
    ours: "jwt",
    python: {},
  },
  {
    name: "access prerequisite missing",
    route: "GET /config",
    token: await scopes("agents:read"),
    code: "SCOPE_PREREQUISITE_MISSING",
    fix: '"config:read"',
    ours: "jwt",
    python: {},
  },
  {
    name: "security key sent while JWT is on",
    token: SECURITY_KEY,
    code: "AUTH_SECURITY_KEY_NOT_ACCEPTED",
    fix: "send a JWT",
    python: {},
  },
  {
    name: "JWT sent while only the security key is on",
    token,
    code: "AUTH_TOKEN_NOT_ACCEPTED",
    fix: '"JWT_VERIFICATION_KEY"',
    ours: "security_key",
    python: { mode: "security_key" },
  },
  {
    name: "wrong security key",
    token: `${SECURITY_KEY}x`,
    code: "AUTH_SECURITY_KEY_INVALID",
    fix: "OS_SECURITY_KEY",
    ours: "security_key",
    python: { mode: "security_key" },
  },
  {
    name: "RS256 token, shared secret",
    token,
    code: "AUTH_PUBLIC_KEY_TOKEN_FOR_SECRET",
    fix: "give the server the public key",
    ours: "hmac",
  },
  {
    name: "too old for JWT",
    token,
    code: "AUTH_SERVER_TOO_OLD",
    fix: "upgrade the server",
    python: { mode: "security_key", version: "2.3.12", hasInfo: true },
  },
  {
    name: "so old that it has no /info",
    token,
    code: "AUTH_SERVER_TOO_OLD",
    fix: "upgrade the server",
    python: { mode: "security_key", hasInfo: false },
  },
  {
    name: "key mangled by the environment",
    token,
    code: "KEY_UNREADABLE",
    fix: "as PEM",
    python: { publicPem: key.verificationKey.replaceAll("\n", "\\n") },
  },
  {
    name: "service account token refused",
    token: PAT,
    code: "AUTH_SERVICE_ACCOUNT_REFUSED",
    fix: "GET /service-accounts",
    python: { serviceAccounts: "refused" },
  },
  {
    name: "no service accounts",
    token: PAT,
    code: "AUTH_SERVICE_ACCOUNTS_DISABLED",
    fix: "send a JWT",
    ours: "jwt",
    python: {},
  },
  {
    name: "throttled",
    token: PAT,
    code: "AUTH_THROTTLED",
    fix: "wait a minute",
    python: { serviceAccounts: "throttled" },
  },
  {
    name: "database down",
    token: PAT,
    code: "AUTH_DATABASE_UNAVAILABLE",
    fix: "server's log",
    python: { serviceAccounts: "down" },
  },
  {
    name: "header lost on its way",
    token,
    code: "AUTH_CREDENTIAL_LOST",
    fix: "proxy",
    python: { losesHeader: true },
  },
  {
    name: "clocks differ",
    token: await claims({ iat: now - 60, exp: now + 1_800 }),
    code: "AUTH_CLOCKS_DIFFER",
    fix: "NTP",
    python: { clockAhead: 7_200 },
  },
  {
    name: "wrong path prefix",
    token,
    code: "CLI_PATH_PREFIX_WRONG",
    fix: "/api",
    exit: 1,
    python: { prefix: "/api" },
  },
];
