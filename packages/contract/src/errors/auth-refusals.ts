/**
 * Refusals of authentication. `detail` is the contract's string (section 1.6) or, where it has none, the one that
 * design.md section 10 settles. Codes are never renamed or reused.
 */
import type { RefusalEntry } from "./entry.ts";

/** What an entry says; the rest has defaults. */
type Refused = Pick<RefusalEntry, "stage" | "detail" | "title" | "fix"> &
  Partial<Pick<RefusalEntry, "status" | "challenge" | "publicFacts" | "publicCode">>;

const refusal = (entry: Refused): RefusalEntry => ({
  kind: "refusal",
  status: 401,
  challenge: "invalid_token",
  publicFacts: [],
  since: "0.1.0",
  ...entry,
});

const bare: Pick<RefusalEntry, "challenge"> = { challenge: "bare" };
const NOT_A_TOKEN = "Invalid token: Not enough segments";
const ALGORITHM = "Invalid token: The specified alg value is not allowed";
const TYPE = "Invalid token: Unexpected token type";

export const authRefusals = {
  AUTH_HEADER_MISSING: refusal({
    stage: "credential",
    detail: "Authorization header missing",
    title: "no credential was sent",
    fix: 'send a JWT in the header "{header_name}: Bearer TOKEN"',
    ...bare,
    publicFacts: ["header_name"],
  }),
  AUTH_COOKIE_MISSING: refusal({
    stage: "credential",
    detail: "JWT cookie '{cookie_name}' missing",
    title: "no credential was sent",
    fix: 'send a JWT in the cookie "{cookie_name}"',
    ...bare,
    publicFacts: ["cookie_name"],
  }),
  AUTH_TOKEN_MISSING: refusal({
    stage: "credential",
    detail: "JWT token missing from both Authorization header and '{cookie_name}' cookie",
    title: "no credential was sent",
    fix: 'send a JWT in the header "{header_name}: Bearer TOKEN" or in the cookie "{cookie_name}"',
    ...bare,
    publicFacts: ["cookie_name", "header_name"],
  }),
  AUTH_SECURITY_KEY_MISSING: refusal({
    stage: "credential",
    detail: "Authorization header required",
    title: "no credential was sent",
    fix: 'send the security key of this AgentOS in the header "Authorization: Bearer KEY"',
    ...bare,
  }),
  AUTH_CREDENTIAL_REPEATED: refusal({
    stage: "credential",
    detail: "Invalid token: More than one credential was sent",
    title: "more than one credential was sent",
    fix: "send exactly one credential: one header, or one cookie; look for a proxy, a client library, or a cookie of another path or domain that adds a second one",
    challenge: "invalid_request",
  }),
  AUTH_SCHEME_UNSUPPORTED: refusal({
    stage: "credential",
    detail: NOT_A_TOKEN,
    title: "the Authorization header uses another scheme than Bearer",
    fix: 'send "Authorization: Bearer " and behind it the token or the security key',
    challenge: "invalid_request",
  }),
  AUTH_SCHEME_REPEATED: refusal({
    stage: "credential",
    detail: NOT_A_TOKEN,
    title: 'the word "Bearer" stands twice in the Authorization header',
    fix: 'send it once; look for a client library that adds "Bearer" to a value that has it already',
    challenge: "invalid_request",
  }),
  AUTH_SECURITY_KEY_INVALID: refusal({
    stage: "credential",
    detail: "Invalid authentication token",
    title: "the security key is not the one of this AgentOS",
    fix: 'compare the key that you send with the one of the server ("OS_SECURITY_KEY", or "securityKey" in its configuration): equal to the letter, without quotes or spaces around it',
  }),
  AUTH_TOKEN_NOT_ACCEPTED: refusal({
    stage: "credential",
    detail: "Invalid authentication token",
    title: "a JWT was sent, but this AgentOS only knows its security key",
    fix: 'send the security key instead, or switch JWT authorization on at the server by setting "JWT_VERIFICATION_KEY"',
  }),
  AUTH_SECURITY_KEY_NOT_ACCEPTED: refusal({
    stage: "credential",
    detail: NOT_A_TOKEN,
    title: "this is not a JWT; a security key does not work while JWT authorization is on",
    fix: 'send a JWT; or, to use the security key alone, take every JWT key away from the server ("JWT_VERIFICATION_KEY", "JWT_JWKS_FILE", and the whole "authorization" part of its configuration)',
  }),
  AUTH_SERVICE_ACCOUNTS_DISABLED: refusal({
    stage: "credential",
    detail: "Service accounts are not enabled on this AgentOS instance",
    title: "a service account token was sent, but this AgentOS has no service accounts",
    fix: "send {accepted_credential} instead; service accounts arrive with a later version",
    publicFacts: ["accepted_credential"],
  }),

  AUTH_TOKEN_TOO_LARGE: refusal({
    stage: "shape",
    detail: "Invalid token: Token too large",
    title: "the token is larger than this AgentOS reads",
    fix: "issue a token of at most {limit_bytes} bytes: leave large claims out",
    publicFacts: ["limit_bytes"],
  }),
  AUTH_TOKEN_CHARACTERS_INVALID: refusal({
    stage: "shape",
    detail: "Invalid token: Invalid characters",
    title: "the token has characters that no JWT has",
    fix: "copy the token again: only letters, digits, '-', '_' and two dots belong to it",
  }),
  AUTH_TOKEN_QUOTED: refusal({
    stage: "shape",
    detail: "Invalid token: Invalid header padding",
    title: "the token was sent with quotes, spaces or line breaks around or inside it",
    fix: "remove the quotes, spaces and line breaks from the header value",
  }),
  AUTH_TOKEN_MALFORMED: refusal({
    stage: "shape",
    detail: NOT_A_TOKEN,
    title: "the credential is not a JWT",
    fix: "send a JWT: three parts with two dots between them, copied whole as your issuer gave it; a security key does not work here, because this AgentOS verifies JWTs",
  }),
  AUTH_TOKEN_ENCRYPTED: refusal({
    stage: "shape",
    detail: "Invalid token: Encrypted tokens are not accepted",
    title: "the token is encrypted (JWE)",
    fix: "let the issuer sign the access token instead of encrypting it (JWS, three parts)",
  }),
  AUTH_TOKEN_HEADER_INVALID: refusal({
    stage: "shape",
    detail: "Invalid token: Invalid header padding",
    title: "the first part of the token is not a JWT header",
    fix: "copy the whole token again; its first part must be base64url of a JSON object",
  }),

  AUTH_ALGORITHM_NONE: refusal({
    stage: "header",
    detail: ALGORITHM,
    title: "the token is not signed",
    fix: "sign the token with {expected_algorithms}",
    publicFacts: ["expected_algorithms"],
  }),
  AUTH_ALGORITHM_UNSUPPORTED: refusal({
    stage: "header",
    detail: ALGORITHM,
    title: "the token is signed with an algorithm that this AgentOS does not support",
    fix: "sign the token with {expected_algorithms}",
    publicFacts: ["expected_algorithms"],
  }),
  AUTH_ALGORITHM_MISMATCH: refusal({
    stage: "header",
    detail: ALGORITHM,
    title: "the token is signed with {token_algorithm}, this AgentOS expects {expected_algorithms}",
    fix: 'sign the token with {expected_algorithms}, or set "algorithm" to {token_algorithm} on the server together with a key of that kind',
    publicFacts: ["token_algorithm", "expected_algorithms"],
  }),
  AUTH_HEADER_CRITICAL: refusal({
    stage: "header",
    detail: "Invalid token: Unsupported critical header",
    title: 'the token has a "crit" header, whose extensions this AgentOS does not know',
    fix: 'let the issuer leave "crit" out (RFC 7515 section 4.1.11)',
  }),
  AUTH_TOKEN_TYPE_REFUSED: refusal({
    stage: "header",
    detail: TYPE,
    title: "the token is of another type than an access token",
    fix: 'send an access token: its own header (the first part of the token) has no "typ", or "JWT" or "at+jwt"',
  }),

  AUTH_KEY_ID_INVALID: refusal({
    stage: "header",
    detail: "Invalid token: Key ID header parameter must be a string",
    title: 'the header "kid" of the token is not a string',
    fix: 'let the issuer write "kid" as a string, or leave it out',
  }),
  AUTH_KEY_UNKNOWN: refusal({
    stage: "key",
    detail: "Invalid token: No verification keys configured",
    title: 'this AgentOS has no key with the "kid" of the token',
    fix: "get a token from the issuer whose keys this AgentOS has, or give this AgentOS the current key of the issuer",
  }),
  AUTH_ISSUER_UNKNOWN: refusal({
    stage: "key",
    detail: "Invalid token: Invalid issuer",
    title: "the token names no issuer that this AgentOS trusts",
    fix: 'get a token from a trusted issuer, or trust this one on the server: if the keys outside "issuers" sign its tokens, set "authorizationConfig.issuer" to this "iss" (listed, its users would be new ones), otherwise add it under "issuers"; "iss" is compared to the letter, final slash included',
  }),
  AUTH_KEYS_UNAVAILABLE: refusal({
    stage: "key",
    detail: "Authentication is temporarily unavailable",
    title: "this AgentOS cannot read its verification keys at the moment",
    fix: "try again later; the operator finds the cause in the server's log under the denial id",
    status: 503,
    challenge: "none",
  }),
  AUTH_EMBEDDED_KEY_REFUSED: refusal({
    stage: "key",
    detail: "Invalid token: Signature verification failed",
    title: "the token brings or names its own key, and no key of this AgentOS verifies it",
    fix: "sign with the key that this AgentOS has; keys from a token's header are never used (RFC 8725 section 3.10)",
  }),
  AUTH_SIGNATURE_MALFORMED: refusal({
    stage: "signature",
    detail: "Invalid token: Signature verification failed",
    title: "the signature is damaged or cut off",
    fix: "copy the whole token again, up to its last character",
  }),
  AUTH_SIGNATURE_INVALID: refusal({
    stage: "signature",
    detail: "Invalid token: Signature verification failed",
    title: "no key of this AgentOS verifies the signature",
    fix: "sign with the private key (or secret) that belongs to the verification key of this AgentOS; `{cli} token inspect` shows what the token says",
    publicFacts: ["cli"],
  }),

  AUTH_PAYLOAD_INVALID: refusal({
    stage: "claims",
    detail: "Invalid token: Invalid payload string: must be a json object",
    title: "the payload of the token is not a JSON object",
    fix: "let the issuer sign a JSON object of claims",
  }),
  AUTH_JWT_ID_INVALID: refusal({
    stage: "claims",
    detail: "Invalid token: JWT ID must be a string",
    title: 'the claim "jti" is not a string',
    fix: 'let the issuer write "jti" as a string',
  }),
  AUTH_EXPIRATION_MISSING: refusal({
    stage: "expiration",
    detail: 'Invalid token: Token is missing the "exp" claim',
    title: 'the token has no "exp", so it would be valid for ever',
    fix: 'let the issuer set "exp" (seconds since 1970), best to an hour or less from now; then get a new token',
  }),
  AUTH_EXPIRATION_INVALID: refusal({
    stage: "expiration",
    detail: "Invalid token: Expiration Time claim (exp) must be an integer.",
    title: 'the claim "exp" is not a number',
    fix: 'let the issuer write "exp" as a number of seconds since 1970, without quotes; then get a new token',
  }),
  AUTH_EXPIRATION_IN_MILLISECONDS: refusal({
    stage: "expiration",
    detail: "Invalid token: Token lifetime exceeds the limit",
    title: 'the claim "exp" is in milliseconds',
    fix: 'let the issuer write "exp" in seconds since 1970 (in JavaScript: Math.floor(Date.now() / 1000) + 3600); then get a new token',
  }),
  AUTH_TOKEN_EXPIRED: refusal({
    stage: "expiration",
    detail: "Token has expired",
    title: "the token has expired",
    fix: "get a new token from your issuer; if it was just issued, compare the clocks of issuer and server",
  }),
  AUTH_NOT_BEFORE_INVALID: refusal({
    stage: "not-before",
    detail: "Invalid token: Not Before claim (nbf) must be an integer.",
    title: 'the claim "nbf" is not a number',
    fix: 'let the issuer write "nbf" as a number of seconds since 1970, without quotes; then get a new token',
  }),
  AUTH_TOKEN_NOT_YET_VALID: refusal({
    stage: "not-before",
    detail: "Invalid token: The token is not yet valid (nbf)",
    title: "the token is not valid yet",
    fix: 'wait until its "nbf", or let the issuer set "nbf" to the moment of issue; if it does so already, compare the clocks of issuer and server',
  }),
  AUTH_ISSUED_AT_INVALID: refusal({
    stage: "issued-at",
    detail: "Invalid token: Issued At claim (iat) must be an integer.",
    title: 'the claim "iat" is not a number',
    fix: 'let the issuer write "iat" as a number of seconds since 1970, without quotes; then get a new token',
  }),
  AUTH_ISSUED_IN_FUTURE: refusal({
    stage: "issued-at",
    detail: "Invalid token: The token is not yet valid (iat)",
    title: "the token was issued in the future",
    fix: "compare the clocks of issuer and server",
  }),
  AUTH_LIFETIME_EXCEEDED: refusal({
    stage: "lifetime",
    detail: "Invalid token: Token lifetime exceeds the limit",
    title: "the token lives longer than this AgentOS accepts",
    fix: "issue tokens that live at most {limit_hours} hours",
    publicFacts: ["limit_hours"],
  }),
  AUTH_ISSUER_MISSING: refusal({
    stage: "issuer",
    detail: "Invalid token: Invalid issuer",
    title: 'the token has no "iss", which this AgentOS requires',
    fix: 'let the issuer write its own identifier into "iss"',
  }),
  AUTH_ISSUER_MISMATCH: refusal({
    stage: "issuer",
    detail: "Invalid token: Invalid issuer",
    title: "the token was issued by another issuer than the one that this AgentOS trusts",
    fix: 'get a token from the trusted issuer, or correct "issuer" on the server; it is compared to the letter, final slash included',
  }),
  AUTH_AUDIENCE_MISSING: refusal({
    stage: "audience",
    detail:
      'Invalid token: Token is missing the "{audience_claim}" claim. Audience verification requires this claim to be present in the token.',
    title: 'the token has no "{audience_claim}", so it does not say for which server it is meant',
    fix: 'issue the token with "{audience_claim}" set to {audience_hint}',
    publicFacts: ["audience_claim", "audience_hint"],
  }),
  AUTH_AUDIENCE_MISMATCH: refusal({
    stage: "audience",
    detail: "Invalid token audience - token not valid for this AgentOS instance",
    title: "the token is meant for another server",
    fix: 'issue the token with "{audience_claim}" set to {audience_hint}; or, where this audience is meant, add it to "audience" on the server',
    publicFacts: ["audience_claim", "audience_hint"],
  }),
  AUTH_ID_TOKEN_REFUSED: refusal({
    stage: "type",
    detail: TYPE,
    title: "this is an ID token, which tells a client who signed in and is no permission to call an API",
    fix: "send the access token that your issuer gave together with it",
  }),
  AUTH_TOKEN_BOUND: refusal({
    stage: "type",
    detail: TYPE,
    title: "the token is bound to a key of its holder and cannot be used as a bearer token",
    fix: 'ask the issuer for a token without "cnf" (no DPoP, no mutual TLS binding)',
  }),
  AUTH_SUBJECT_INVALID: refusal({
    stage: "subject",
    detail: "Invalid token: Subject must be a string",
    title: 'the claim "{user_id_claim}" is not a usable user id',
    fix: 'let the issuer write "{user_id_claim}" as a non-empty string of at most {limit_characters} characters without control characters; then get a new token',
    publicFacts: ["user_id_claim", "limit_characters"],
  }),
  AUTH_SUBJECT_RESERVED: refusal({
    stage: "subject",
    detail: "Invalid token subject",
    title: 'the claim "{user_id_claim}" names an identity that is reserved for the server itself',
    fix: 'issue the token for another user id: "sa:…", "__oauth__:…" and "__scheduler__" are reserved',
    publicFacts: ["user_id_claim"],
  }),
  AUTH_SUBJECT_FOREIGN: refusal({
    stage: "subject",
    detail: "Invalid token subject",
    title: 'the claim "{user_id_claim}" begins like the user ids of another issuer',
    fix: 'let this issuer use other user ids, or give the issuer that was added last a "subjectPrefix" on the server that no id of this one begins with',
    publicFacts: ["user_id_claim"],
  }),
  AUTH_CREDENTIAL_REVOKED: refusal({
    stage: "revocation",
    detail: "Invalid token: Token has been revoked",
    title: "the credential was revoked, although it has not expired",
    fix: "get a new one from your issuer; where this one was revoked by mistake, the operator of this AgentOS can take that back",
  }),
} as const satisfies Record<string, RefusalEntry>;
