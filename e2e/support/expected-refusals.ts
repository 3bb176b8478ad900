/**
 * What a caller sees of each refusal, written down from contract.md 1.6 and design.md sections 4 and 10 and not from
 * the catalogue: a slip in the catalogue has to turn some test red.
 */
import type { ControlPlaneCode, RefusalCode } from "@agentos/contract";

export interface ExpectedRefusal {
  readonly status: 401 | 403 | 503;
  readonly detail: string;
  /** Error word of `WWW-Authenticate` (RFC 6750); "bare" has none, undefined sends no header. */
  readonly challenge: "bare" | "invalid_request" | "invalid_token" | "insufficient_scope" | undefined;
  /** The check of the timeline that failed. */
  readonly stage: string;
}

const unauthorized = (
  stage: string,
  detail: string,
  challenge: ExpectedRefusal["challenge"] = "invalid_token",
): ExpectedRefusal => ({ status: 401, detail, challenge, stage });

const forbidden = (
  stage: string,
  detail: string,
  challenge?: ExpectedRefusal["challenge"],
): ExpectedRefusal => ({
  status: 403,
  detail,
  challenge,
  stage,
});

const NOT_A_TOKEN = "Invalid token: Not enough segments";
const PADDING = "Invalid token: Invalid header padding";
const ALGORITHM = "Invalid token: The specified alg value is not allowed";
const SIGNATURE = "Invalid token: Signature verification failed";
const TYPE = "Invalid token: Unexpected token type";
const LIFETIME = "Invalid token: Token lifetime exceeds the limit";

/** Scope refusals name the scopes of the route, so their details are with the route. */
export type SharedRefusalCode = Exclude<
  RefusalCode,
  | ControlPlaneCode
  | "SCOPE_MISSING"
  | "SCOPE_OTHER_RESOURCE"
  | "SCOPE_OVER_CEILING"
  // No page can read an answer to these.
  | "AUTH_CORS_ORIGIN_REFUSED"
  | "AUTH_CORS_ORIGIN_OPAQUE"
  // What comes in a frame has no status and no challenge: workflow-socket.e2e.ts.
  | "AUTH_SOCKET_OTHER_CALLER"
  | "AUTH_SOCKET_SCOPES_WIDER"
>;

export const EXPECTED_REFUSALS: Readonly<Record<SharedRefusalCode, ExpectedRefusal>> = {
  AUTH_HEADER_MISSING: unauthorized("credential", "Authorization header missing", "bare"),
  AUTH_COOKIE_MISSING: unauthorized("credential", "JWT cookie 'access_token' missing", "bare"),
  AUTH_TOKEN_MISSING: unauthorized(
    "credential",
    "JWT token missing from both Authorization header and 'access_token' cookie",
    "bare",
  ),
  AUTH_SECURITY_KEY_MISSING: unauthorized("credential", "Authorization header required", "bare"),
  AUTH_HEADER_EMPTY: unauthorized("credential", "Authorization header missing", "bare"),
  AUTH_COOKIE_EMPTY: unauthorized("credential", "JWT cookie 'access_token' missing", "bare"),
  AUTH_TOKEN_EMPTY: unauthorized(
    "credential",
    "JWT token missing from both Authorization header and 'access_token' cookie",
    "bare",
  ),
  AUTH_SECURITY_KEY_EMPTY: unauthorized("credential", "Authorization header required", "bare"),
  AUTH_COOKIE_REPEATED: unauthorized(
    "credential",
    "Invalid token: More than one credential was sent",
    "invalid_request",
  ),
  AUTH_SCHEME_SPACE_MISSING: unauthorized("credential", NOT_A_TOKEN, "invalid_request"),
  AUTH_CREDENTIAL_UNSET: unauthorized("credential", NOT_A_TOKEN),
  AUTH_CREDENTIAL_OBJECT: unauthorized("credential", NOT_A_TOKEN),
  AUTH_CREDENTIAL_UNEXPANDED: unauthorized("credential", NOT_A_TOKEN),
  AUTH_CREDENTIAL_PLACEHOLDER: unauthorized("credential", NOT_A_TOKEN),
  AUTH_TOKEN_OPAQUE: unauthorized("credential", NOT_A_TOKEN),
  AUTH_TOKEN_PASETO: unauthorized("credential", NOT_A_TOKEN),
  AUTH_SECURITY_KEY_QUOTED: unauthorized("credential", "Invalid authentication token"),
  AUTH_SECURITY_KEY_UNSET: unauthorized("credential", "Invalid authentication token"),
  AUTH_CREDENTIAL_REPEATED: unauthorized(
    "credential",
    "Invalid token: More than one credential was sent",
    "invalid_request",
  ),
  AUTH_SCHEME_UNSUPPORTED: unauthorized("credential", NOT_A_TOKEN, "invalid_request"),
  AUTH_SCHEME_REPEATED: unauthorized("credential", NOT_A_TOKEN, "invalid_request"),
  AUTH_SECURITY_KEY_INVALID: unauthorized("credential", "Invalid authentication token"),
  AUTH_TOKEN_NOT_ACCEPTED: unauthorized("credential", "Invalid authentication token"),
  AUTH_SECURITY_KEY_NOT_ACCEPTED: unauthorized("credential", NOT_A_TOKEN),
  AUTH_SERVICE_ACCOUNTS_DISABLED: unauthorized(
    "credential",
    "Service accounts are not enabled on this AgentOS instance",
  ),
  AUTH_TOKEN_TOO_LARGE: unauthorized("shape", "Invalid token: Token too large"),
  AUTH_TOKEN_CHARACTERS_INVALID: unauthorized("shape", "Invalid token: Invalid characters"),
  AUTH_TOKEN_QUOTED: unauthorized("shape", PADDING),
  AUTH_TOKEN_SPACED: unauthorized("shape", PADDING),
  AUTH_PAYLOAD_DAMAGED: unauthorized("shape", "Invalid token: Invalid payload padding"),
  AUTH_TOKEN_MALFORMED: unauthorized("shape", NOT_A_TOKEN),
  AUTH_TOKEN_ENCRYPTED: unauthorized("shape", "Invalid token: Encrypted tokens are not accepted"),
  AUTH_TOKEN_HEADER_INVALID: unauthorized("shape", PADDING),
  AUTH_ALGORITHM_NONE: unauthorized("header", ALGORITHM),
  AUTH_ALGORITHM_UNSUPPORTED: unauthorized("header", ALGORITHM),
  AUTH_ALGORITHM_MISMATCH: unauthorized("header", ALGORITHM),
  AUTH_HEADER_CRITICAL: unauthorized("header", "Invalid token: Unsupported critical header"),
  AUTH_TOKEN_TYPE_REFUSED: unauthorized("header", TYPE),
  AUTH_KEY_ID_INVALID: unauthorized("header", "Invalid token: Key ID header parameter must be a string"),
  AUTH_KEY_UNKNOWN: unauthorized("key", "Invalid token: No verification keys configured"),
  AUTH_KEY_ID_MISSING: unauthorized("key", "Invalid token: No verification keys configured"),
  AUTH_KEYS_UNAVAILABLE: {
    status: 503,
    detail: "Authentication is temporarily unavailable",
    challenge: undefined,
    stage: "key",
  },
  AUTH_EMBEDDED_KEY_REFUSED: unauthorized("key", SIGNATURE),
  AUTH_SIGNATURE_MALFORMED: unauthorized("signature", SIGNATURE),
  AUTH_SIGNATURE_INVALID: unauthorized("signature", SIGNATURE),
  AUTH_PAYLOAD_INVALID: unauthorized(
    "claims",
    "Invalid token: Invalid payload string: must be a json object",
  ),
  AUTH_JWT_ID_INVALID: unauthorized("claims", "Invalid token: JWT ID must be a string"),
  AUTH_SIGN_IN_ID_INVALID: unauthorized("claims", "Invalid token: Session ID must be a string"),
  AUTH_EXPIRATION_MISSING: unauthorized("expiration", 'Invalid token: Token is missing the "exp" claim'),
  AUTH_EXPIRATION_INVALID: unauthorized(
    "expiration",
    "Invalid token: Expiration Time claim (exp) must be an integer.",
  ),
  AUTH_EXPIRATION_IN_MILLISECONDS: unauthorized("expiration", LIFETIME),
  AUTH_TOKEN_EXPIRED: unauthorized("expiration", "Token has expired"),
  AUTH_NOT_BEFORE_INVALID: unauthorized(
    "not-before",
    "Invalid token: Not Before claim (nbf) must be an integer.",
  ),
  AUTH_TOKEN_NOT_YET_VALID: unauthorized("not-before", "Invalid token: The token is not yet valid (nbf)"),
  AUTH_ISSUED_AT_INVALID: unauthorized(
    "issued-at",
    "Invalid token: Issued At claim (iat) must be an integer.",
  ),
  AUTH_ISSUED_IN_FUTURE: unauthorized("issued-at", "Invalid token: The token is not yet valid (iat)"),
  AUTH_LIFETIME_EXCEEDED: unauthorized("lifetime", LIFETIME),
  AUTH_ISSUER_MISSING: unauthorized("issuer", "Invalid token: Invalid issuer"),
  AUTH_ISSUER_UNNAMED: unauthorized("key", "Invalid token: Invalid issuer"),
  AUTH_ISSUER_UNKNOWN: unauthorized("key", "Invalid token: Invalid issuer"),
  AUTH_ISSUER_MISMATCH: unauthorized("issuer", "Invalid token: Invalid issuer"),
  AUTH_AUDIENCE_MISSING: unauthorized(
    "audience",
    'Invalid token: Token is missing the "aud" claim. Audience verification requires this claim to be present in the token.',
  ),
  AUTH_AUDIENCE_MISMATCH: unauthorized(
    "audience",
    "Invalid token audience - token not valid for this AgentOS instance",
  ),
  AUTH_ID_TOKEN_REFUSED: unauthorized("type", TYPE),
  AUTH_REFRESH_TOKEN_REFUSED: unauthorized("type", TYPE),
  AUTH_LOGOUT_TOKEN_REFUSED: unauthorized("type", TYPE),
  AUTH_EVENT_TOKEN_REFUSED: unauthorized("type", TYPE),
  AUTH_TOKEN_KIND_REFUSED: unauthorized("type", TYPE),
  AUTH_TOKEN_BOUND: unauthorized("type", TYPE),
  AUTH_SUBJECT_INVALID: unauthorized("subject", "Invalid token: Subject must be a string"),
  AUTH_SUBJECT_RESERVED: unauthorized("subject", "Invalid token subject"),
  AUTH_SUBJECT_FOREIGN: unauthorized("subject", "Invalid token subject"),
  AUTH_CREDENTIAL_REVOKED: unauthorized("revocation", "Invalid token: Token has been revoked"),
  AUTH_REVOCATION_UNKNOWN: {
    status: 503,
    detail: "Authentication is temporarily unavailable",
    challenge: undefined,
    stage: "revocation",
  },
  AUTH_HOST_NOT_ALLOWED: forbidden("loopback", "Host not allowed"),
  AUTH_PROXY_NOT_ALLOWED: forbidden("loopback", "Proxied request not allowed"),
  AUTH_PEER_NOT_LOCAL: forbidden("loopback", "Client address not allowed"),
  AUTH_PEER_UNKNOWN: forbidden("loopback", "Client address unknown"),
  AUTH_ORIGIN_NOT_ALLOWED: forbidden("loopback", "Origin not allowed"),
  AUTH_ORIGIN_OPAQUE: forbidden("loopback", "Origin not allowed"),
  AUTH_SITE_NOT_ALLOWED: forbidden("loopback", "Origin not allowed"),
  AUTH_SOCKET_ORIGIN_REFUSED: forbidden("origin", "Origin not allowed"),
  AUTH_SOCKET_ORIGIN_OPAQUE: forbidden("origin", "Origin not allowed"),
  AUTH_COOKIE_CROSS_SITE: forbidden("origin", "Cross-site request refused"),
  SCOPE_PARAMETER_MISSING: forbidden("scopes", "Insufficient permissions", "insufficient_scope"),
  SCOPE_ROUTE_UNMAPPED: forbidden("scopes", "Insufficient permissions", "insufficient_scope"),
  AUTH_USER_REQUIRED: forbidden("isolation", "A user identity is required"),
};
