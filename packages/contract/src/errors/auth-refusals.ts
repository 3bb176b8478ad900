/**
 * Refusals of authentication. `detail` is the contract's string (section 1.6) or, where it has none, the one that
 * design.md section 10 settles. Codes are never renamed or reused.
 */
import type { Challenge, RefusalEntry, Stage } from "./entry.ts";

type Options = Partial<Pick<RefusalEntry, "status" | "publicFacts" | "publicCode">> & {
  challenge?: Challenge;
};

const refusal = (
  stage: Stage,
  detail: string,
  title: string,
  fix: string,
  options: Options = {},
): RefusalEntry => ({
  kind: "refusal",
  stage,
  status: 401,
  challenge: "invalid_token",
  title,
  detail,
  fix,
  publicFacts: [],
  since: "0.1.0",
  ...options,
});

const bare: Options = { challenge: "bare" };
const NOT_A_TOKEN = "Invalid token: Not enough segments";
const ALGORITHM = "Invalid token: The specified alg value is not allowed";
const TYPE = "Invalid token: Unexpected token type";

export const authRefusals = {
  AUTH_HEADER_MISSING: refusal(
    "credential",
    "Authorization header missing",
    "no credential was sent",
    'send a JWT in the header "{header_name}: Bearer TOKEN"',
    { ...bare, publicFacts: ["header_name"] },
  ),
  AUTH_COOKIE_MISSING: refusal(
    "credential",
    "JWT cookie '{cookie_name}' missing",
    "no credential was sent",
    'send a JWT in the cookie "{cookie_name}"',
    { ...bare, publicFacts: ["cookie_name"] },
  ),
  AUTH_TOKEN_MISSING: refusal(
    "credential",
    "JWT token missing from both Authorization header and '{cookie_name}' cookie",
    "no credential was sent",
    'send a JWT in the header "{header_name}: Bearer TOKEN" or in the cookie "{cookie_name}"',
    { ...bare, publicFacts: ["cookie_name", "header_name"] },
  ),
  AUTH_SECURITY_KEY_MISSING: refusal(
    "credential",
    "Authorization header required",
    "no credential was sent",
    'send the security key of this AgentOS in the header "Authorization: Bearer KEY"',
    bare,
  ),
  AUTH_CREDENTIAL_REPEATED: refusal(
    "credential",
    "Invalid token: More than one credential was sent",
    "more than one credential was sent",
    "send exactly one credential: one header, or one cookie; look for a proxy, a client library, or a cookie of another path or domain that adds a second one",
    { challenge: "invalid_request" },
  ),
  AUTH_SCHEME_UNSUPPORTED: refusal(
    "credential",
    NOT_A_TOKEN,
    "the Authorization header uses another scheme than Bearer",
    'send "Authorization: Bearer " and behind it the token or the security key',
    { challenge: "invalid_request" },
  ),
  AUTH_SCHEME_REPEATED: refusal(
    "credential",
    NOT_A_TOKEN,
    'the word "Bearer" stands twice in the Authorization header',
    'send it once; look for a client library that adds "Bearer" to a value that has it already',
    { challenge: "invalid_request" },
  ),
  AUTH_SECURITY_KEY_INVALID: refusal(
    "credential",
    "Invalid authentication token",
    "the security key is not the one of this AgentOS",
    'compare the key that you send with the one of the server ("OS_SECURITY_KEY", or "securityKey" in its configuration): equal to the letter, without quotes or spaces around it',
  ),
  AUTH_TOKEN_NOT_ACCEPTED: refusal(
    "credential",
    "Invalid authentication token",
    "a JWT was sent, but this AgentOS only knows its security key",
    'send the security key instead, or switch JWT authorization on at the server by setting "JWT_VERIFICATION_KEY"',
  ),
  AUTH_SECURITY_KEY_NOT_ACCEPTED: refusal(
    "credential",
    NOT_A_TOKEN,
    "this is not a JWT; a security key does not work while JWT authorization is on",
    'send a JWT; or, to use the security key alone, take every JWT key away from the server ("JWT_VERIFICATION_KEY", "JWT_JWKS_FILE", and the whole "authorization" part of its configuration)',
  ),
  AUTH_SERVICE_ACCOUNTS_DISABLED: refusal(
    "credential",
    "Service accounts are not enabled on this AgentOS instance",
    "a service account token was sent, but this AgentOS has no service accounts",
    "send {accepted_credential} instead; service accounts arrive with a later version",
    { publicFacts: ["accepted_credential"] },
  ),

  AUTH_TOKEN_TOO_LARGE: refusal(
    "shape",
    "Invalid token: Token too large",
    "the token is larger than this AgentOS reads",
    "issue a token of at most {limit_bytes} bytes: leave large claims out",
    { publicFacts: ["limit_bytes"] },
  ),
  AUTH_TOKEN_CHARACTERS_INVALID: refusal(
    "shape",
    "Invalid token: Invalid characters",
    "the token has characters that no JWT has",
    "copy the token again: only letters, digits, '-', '_' and two dots belong to it",
  ),
  AUTH_TOKEN_QUOTED: refusal(
    "shape",
    "Invalid token: Invalid header padding",
    "the token was sent with quotes, spaces or line breaks around or inside it",
    "remove the quotes, spaces and line breaks from the header value",
  ),
  AUTH_TOKEN_MALFORMED: refusal(
    "shape",
    NOT_A_TOKEN,
    "the credential is not a JWT",
    "send a JWT: three parts with two dots between them, copied whole as your issuer gave it; a security key does not work here, because this AgentOS verifies JWTs",
  ),
  AUTH_TOKEN_ENCRYPTED: refusal(
    "shape",
    "Invalid token: Encrypted tokens are not accepted",
    "the token is encrypted (JWE)",
    "let the issuer sign the access token instead of encrypting it (JWS, three parts)",
  ),
  AUTH_TOKEN_HEADER_INVALID: refusal(
    "shape",
    "Invalid token: Invalid header padding",
    "the first part of the token is not a JWT header",
    "copy the whole token again; its first part must be base64url of a JSON object",
  ),

  AUTH_ALGORITHM_NONE: refusal(
    "header",
    ALGORITHM,
    "the token is not signed",
    "sign the token with {expected_algorithms}",
    { publicFacts: ["expected_algorithms"] },
  ),
  AUTH_ALGORITHM_UNSUPPORTED: refusal(
    "header",
    ALGORITHM,
    "the token is signed with an algorithm that this AgentOS does not support",
    "sign the token with {expected_algorithms}",
    { publicFacts: ["expected_algorithms"] },
  ),
  AUTH_ALGORITHM_MISMATCH: refusal(
    "header",
    ALGORITHM,
    "the token is signed with {token_algorithm}, this AgentOS expects {expected_algorithms}",
    'sign the token with {expected_algorithms}, or set "algorithm" to {token_algorithm} on the server together with a key of that kind',
    { publicFacts: ["token_algorithm", "expected_algorithms"] },
  ),
  AUTH_HEADER_CRITICAL: refusal(
    "header",
    "Invalid token: Unsupported critical header",
    'the token has a "crit" header, whose extensions this AgentOS does not know',
    'let the issuer leave "crit" out (RFC 7515 section 4.1.11)',
  ),
  AUTH_TOKEN_TYPE_REFUSED: refusal(
    "header",
    TYPE,
    "the token is of another type than an access token",
    'send an access token: its own header (the first part of the token) has no "typ", or "JWT" or "at+jwt"',
  ),

  AUTH_KEY_ID_INVALID: refusal(
    "header",
    "Invalid token: Key ID header parameter must be a string",
    'the header "kid" of the token is not a string',
    'let the issuer write "kid" as a string, or leave it out',
  ),
  AUTH_KEY_UNKNOWN: refusal(
    "key",
    "Invalid token: No verification keys configured",
    'this AgentOS has no key with the "kid" of the token',
    "get a token from the issuer whose keys this AgentOS has, or give this AgentOS the current key of the issuer",
  ),
  AUTH_ISSUER_UNKNOWN: refusal(
    "key",
    "Invalid token: Invalid issuer",
    "the token names no issuer that this AgentOS trusts",
    'get a token from a trusted issuer, or add this one under "issuers" on the server; "iss" is compared to the letter, final slash included',
  ),
  AUTH_KEYS_UNAVAILABLE: refusal(
    "key",
    "Authentication is temporarily unavailable",
    "this AgentOS cannot read its verification keys at the moment",
    "try again later; the operator finds the cause in the server's log under the denial id",
    { status: 503, challenge: "none" },
  ),
  AUTH_EMBEDDED_KEY_REFUSED: refusal(
    "key",
    "Invalid token: Signature verification failed",
    "the token brings or names its own key, and no key of this AgentOS verifies it",
    "sign with the key that this AgentOS has; keys from a token's header are never used (RFC 8725 section 3.10)",
  ),
  AUTH_SIGNATURE_MALFORMED: refusal(
    "signature",
    "Invalid token: Signature verification failed",
    "the signature is damaged or cut off",
    "copy the whole token again, up to its last character",
  ),
  AUTH_SIGNATURE_INVALID: refusal(
    "signature",
    "Invalid token: Signature verification failed",
    "no key of this AgentOS verifies the signature",
    "sign with the private key (or secret) that belongs to the verification key of this AgentOS; `{cli} token inspect` shows what the token says",
    { publicFacts: ["cli"] },
  ),

  AUTH_PAYLOAD_INVALID: refusal(
    "claims",
    "Invalid token: Invalid payload string: must be a json object",
    "the payload of the token is not a JSON object",
    "let the issuer sign a JSON object of claims",
  ),
  AUTH_JWT_ID_INVALID: refusal(
    "claims",
    "Invalid token: JWT ID must be a string",
    'the claim "jti" is not a string',
    'let the issuer write "jti" as a string',
  ),
  AUTH_EXPIRATION_MISSING: refusal(
    "expiration",
    'Invalid token: Token is missing the "exp" claim',
    'the token has no "exp", so it would be valid for ever',
    'let the issuer set "exp" (seconds since 1970), best to an hour or less from now; then get a new token',
  ),
  AUTH_EXPIRATION_INVALID: refusal(
    "expiration",
    "Invalid token: Expiration Time claim (exp) must be an integer.",
    'the claim "exp" is not a number',
    'let the issuer write "exp" as a number of seconds since 1970, without quotes; then get a new token',
  ),
  AUTH_EXPIRATION_IN_MILLISECONDS: refusal(
    "expiration",
    "Invalid token: Token lifetime exceeds the limit",
    'the claim "exp" is in milliseconds',
    'let the issuer write "exp" in seconds since 1970 (in JavaScript: Math.floor(Date.now() / 1000) + 3600); then get a new token',
  ),
  AUTH_TOKEN_EXPIRED: refusal(
    "expiration",
    "Token has expired",
    "the token has expired",
    "get a new token from your issuer; if it was just issued, compare the clocks of issuer and server",
  ),
  AUTH_NOT_BEFORE_INVALID: refusal(
    "not-before",
    "Invalid token: Not Before claim (nbf) must be an integer.",
    'the claim "nbf" is not a number',
    'let the issuer write "nbf" as a number of seconds since 1970, without quotes; then get a new token',
  ),
  AUTH_TOKEN_NOT_YET_VALID: refusal(
    "not-before",
    "Invalid token: The token is not yet valid (nbf)",
    "the token is not valid yet",
    'wait until its "nbf", or let the issuer set "nbf" to the moment of issue; if it does so already, compare the clocks of issuer and server',
  ),
  AUTH_ISSUED_AT_INVALID: refusal(
    "issued-at",
    "Invalid token: Issued At claim (iat) must be an integer.",
    'the claim "iat" is not a number',
    'let the issuer write "iat" as a number of seconds since 1970, without quotes; then get a new token',
  ),
  AUTH_ISSUED_IN_FUTURE: refusal(
    "issued-at",
    "Invalid token: The token is not yet valid (iat)",
    "the token was issued in the future",
    "compare the clocks of issuer and server",
  ),
  AUTH_LIFETIME_EXCEEDED: refusal(
    "lifetime",
    "Invalid token: Token lifetime exceeds the limit",
    "the token lives longer than this AgentOS accepts",
    "issue tokens that live at most {limit_hours} hours",
    { publicFacts: ["limit_hours"] },
  ),
  AUTH_ISSUER_MISSING: refusal(
    "issuer",
    "Invalid token: Invalid issuer",
    'the token has no "iss", which this AgentOS requires',
    'let the issuer write its own identifier into "iss"',
  ),
  AUTH_ISSUER_MISMATCH: refusal(
    "issuer",
    "Invalid token: Invalid issuer",
    "the token was issued by another issuer than the one that this AgentOS trusts",
    'get a token from the trusted issuer, or correct "issuer" on the server; it is compared to the letter, final slash included',
  ),
  AUTH_AUDIENCE_MISSING: refusal(
    "audience",
    'Invalid token: Token is missing the "{audience_claim}" claim. Audience verification requires this claim to be present in the token.',
    'the token has no "{audience_claim}", so it does not say for which AgentOS it is meant',
    'issue the token with "{audience_claim}" set to {audience_hint}',
    { publicFacts: ["audience_claim", "audience_hint"] },
  ),
  AUTH_AUDIENCE_MISMATCH: refusal(
    "audience",
    "Invalid token audience - token not valid for this AgentOS instance",
    "the token is meant for another AgentOS",
    'issue the token with "{audience_claim}" set to {audience_hint}; or, where this audience is meant, add it to "audience" on the server',
    { publicFacts: ["audience_claim", "audience_hint"] },
  ),
  AUTH_ID_TOKEN_REFUSED: refusal(
    "type",
    TYPE,
    "this is an ID token, which tells a client who signed in and is no permission to call an API",
    "send the access token that your issuer gave together with it",
  ),
  AUTH_TOKEN_BOUND: refusal(
    "type",
    TYPE,
    "the token is bound to a key of its holder and cannot be used as a bearer token",
    'ask the issuer for a token without "cnf" (no DPoP, no mutual TLS binding)',
  ),
  AUTH_SUBJECT_INVALID: refusal(
    "subject",
    "Invalid token: Subject must be a string",
    'the claim "{user_id_claim}" is not a usable user id',
    'let the issuer write "{user_id_claim}" as a non-empty string of at most {limit_characters} characters without control characters; then get a new token',
    { publicFacts: ["user_id_claim", "limit_characters"] },
  ),
  AUTH_SUBJECT_RESERVED: refusal(
    "subject",
    "Invalid token subject",
    'the claim "{user_id_claim}" names an identity that is reserved for the server itself',
    'issue the token for another user id: "sa:…", "__oauth__:…" and "__scheduler__" are reserved',
    { publicFacts: ["user_id_claim"] },
  ),
  AUTH_SUBJECT_FOREIGN: refusal(
    "subject",
    "Invalid token subject",
    'the claim "{user_id_claim}" begins like the user ids of another issuer',
    'let this issuer use other user ids, or give it a "subjectPrefix" of its own on the server',
    { publicFacts: ["user_id_claim"] },
  ),

  AUTH_HOST_NOT_ALLOWED: refusal(
    "loopback",
    "Host not allowed",
    "this AgentOS believes everybody (no credential is configured, or tokens are not verified) and therefore answers only this machine, under its own names and without a proxy",
    'call it from the machine itself as localhost or 127.0.0.1; to open it to others, set "OS_SECURITY_KEY" or "JWT_VERIFICATION_KEY" first',
    { status: 403, challenge: "none" },
  ),
  AUTH_ORIGIN_NOT_ALLOWED: refusal(
    "loopback",
    "Origin not allowed",
    "this AgentOS believes everybody (no credential is configured, or tokens are not verified) and therefore answers no web page of another origin",
    'add the origin to "cors.allowedOrigins", or set "OS_SECURITY_KEY" or "JWT_VERIFICATION_KEY"',
    { status: 403, challenge: "none" },
  ),
  AUTH_COOKIE_CROSS_SITE: refusal(
    "origin",
    "Cross-site request refused",
    "the request carries only a cookie and does not come from a page of this site",
    '{alternative}add the origin of the page to "cors.allowedOrigins"',
    { status: 403, challenge: "none", publicFacts: ["alternative"] },
  ),
} as const satisfies Record<string, RefusalEntry>;
