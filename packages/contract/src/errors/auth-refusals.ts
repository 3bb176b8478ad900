/**
 * Refusals of authentication, from the header of a token on. `detail` is the contract's string (section 1.6) or, where it
 * has none, the one that design.md section 10 settles. Codes are never renamed or reused.
 */
import type { RefusalEntry } from "./entry.ts";
import { refusal } from "./refusal-entry.ts";

const ALGORITHM = "Invalid token: The specified alg value is not allowed";
const TYPE = "Invalid token: Unexpected token type";

/**
 * Tokens of a user count as issued before a revocation until so long after it: the next full second, and the 10 by which the
 * clock of an issuer may be ahead.
 */
export const REVOKED_AHEAD_SECONDS = 11;

export const authRefusals = {
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
    title: "the header of the token {algorithm_found}",
    fix: "sign the token with {expected_algorithms}",
    publicFacts: ["algorithm_found", "expected_algorithms"],
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
    title: "the header of the token has {extension}, and this AgentOS knows no extensions of it",
    fix: "let the issuer leave {extension} out (RFC 7515 section 4.1.11)",
    publicFacts: ["extension"],
  }),
  AUTH_TOKEN_TYPE_REFUSED: refusal({
    stage: "header",
    detail: TYPE,
    title: 'the token is of another type than an access token: the "typ" in its header is {type_found}',
    fix: 'send an access token: the "typ" in its header is "JWT" or "at+jwt", or it has none',
    publicFacts: ["type_found"],
  }),

  AUTH_KEY_ID_INVALID: refusal({
    stage: "header",
    detail: "Invalid token: Key ID header parameter must be a string",
    title: 'the "kid" in the header of the token is {value_found}, not a text',
    fix: 'let the issuer write "kid" as a text, with quotes',
    publicFacts: ["value_found"],
  }),
  AUTH_KEY_UNKNOWN: refusal({
    stage: "key",
    detail: "Invalid token: No verification keys configured",
    title: 'this AgentOS has no key with the "kid" of the token',
    fix: "get a token from the issuer whose keys this AgentOS has, or give this AgentOS the current key of the issuer",
  }),
  AUTH_KEY_ID_MISSING: refusal({
    stage: "key",
    detail: "Invalid token: No verification keys configured",
    title:
      'the token does not say with which key it is signed: its header has no "kid", and this AgentOS has several keys',
    fix: 'let the issuer write the "kid" of its key into the header of the token, as it stands beside that key in the key set',
  }),
  AUTH_ISSUER_UNNAMED: refusal({
    stage: "key",
    detail: "Invalid token: Invalid issuer",
    title: 'the token has no "iss", and this AgentOS accepts only tokens that name their issuer',
    fix: 'let the issuer write its own identifier into "iss"',
  }),
  AUTH_ISSUER_UNKNOWN: refusal({
    stage: "key",
    detail: "Invalid token: Invalid issuer",
    title: 'the "iss" of the token {issuer_found}',
    fix: 'get a token from a trusted issuer, or trust this one on the server: {issuer_remedy}; "iss" is compared to the letter, final slash included',
    publicFacts: ["issuer_found", "issuer_remedy"],
  }),
  AUTH_KEYS_UNAVAILABLE: refusal({
    stage: "key",
    detail: "Authentication is temporarily unavailable",
    title: "this AgentOS cannot read its verification keys at the moment",
    fix: "try again later; the operator finds the cause in the server's log under the denial id",
    status: 503,
    retryAfterSeconds: 10,
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
    title: "the signature of the token {signature_found}",
    fix: "copy the whole token again, up to its last character",
    publicFacts: ["signature_found"],
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
    title: 'the claim "jti" is {value_found}, by which the token could not be revoked',
    fix: 'let the issuer write "jti" as a text of at most {limit_characters} characters, with quotes and without control characters; then get a new token',
    publicFacts: ["value_found", "limit_characters"],
  }),
  AUTH_SIGN_IN_ID_INVALID: refusal({
    stage: "claims",
    detail: "Invalid token: Session ID must be a string",
    title: 'the claim "sid" is {value_found}, by which the sign-in could not be revoked',
    fix: 'let the issuer write "sid" as a text of at most {limit_characters} characters, with quotes and without control characters, or leave it out; then get a new token',
    publicFacts: ["value_found", "limit_characters"],
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
    title: 'the claim "exp" is {value_found}, not a number of seconds',
    fix: 'let the issuer write "exp" as a number of seconds since 1970, without quotes; then get a new token',
    publicFacts: ["value_found"],
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
    title: "the token has expired, {duration} ago",
    fix: "get a new token from your issuer; if it was just issued, set the clocks of issuer and server to the same time first",
    publicFacts: ["duration"],
  }),
  AUTH_NOT_BEFORE_INVALID: refusal({
    stage: "not-before",
    detail: "Invalid token: Not Before claim (nbf) must be an integer.",
    title: 'the claim "nbf" is {value_found}, not a number of seconds',
    fix: 'let the issuer write "nbf" as a number of seconds since 1970, without quotes; then get a new token',
    publicFacts: ["value_found"],
  }),
  AUTH_TOKEN_NOT_YET_VALID: refusal({
    stage: "not-before",
    detail: "Invalid token: The token is not yet valid (nbf)",
    title: 'the token is not valid yet: its "nbf" comes in {duration}',
    fix: 'wait until its "nbf", or let the issuer set "nbf" to the moment of issue; if it does so already, set the clocks of issuer and server to the same time, then get a new token',
    publicFacts: ["duration"],
  }),
  AUTH_ISSUED_AT_INVALID: refusal({
    stage: "issued-at",
    detail: "Invalid token: Issued At claim (iat) must be an integer.",
    title: 'the claim "iat" is {value_found}, not a number of seconds',
    fix: 'let the issuer write "iat" as a number of seconds since 1970, without quotes; then get a new token',
    publicFacts: ["value_found"],
  }),
  AUTH_ISSUED_IN_FUTURE: refusal({
    stage: "issued-at",
    detail: "Invalid token: The token is not yet valid (iat)",
    title: 'the token was issued in the future: its "iat" comes in {duration}',
    fix: "set the clocks of issuer and server to the same time, then get a new token",
    publicFacts: ["duration"],
  }),
  AUTH_LIFETIME_EXCEEDED: refusal({
    stage: "lifetime",
    detail: "Invalid token: Token lifetime exceeds the limit",
    title: "the token lives {duration}, longer than the {limit_hours} hours that this AgentOS accepts",
    fix: "issue tokens that live at most {limit_hours} hours",
    publicFacts: ["duration", "limit_hours"],
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
    title: 'the "iss" of the token {issuer_found}',
    fix: 'get a token from the trusted issuer, or correct "issuer" on the server; it is compared to the letter, final slash included',
    publicFacts: ["issuer_found"],
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
    title:
      'this is an ID token, as its claim "{kind_claim}" shows: it tells a client who signed in, and is no permission to call an API',
    fix: "send the access token that your issuer gave together with it",
    publicFacts: ["kind_claim"],
  }),
  AUTH_REFRESH_TOKEN_REFUSED: refusal({
    stage: "type",
    detail: TYPE,
    title: 'this is a refresh token, as its claim "{kind_claim}" says: it is for the issuer alone',
    fix: "send the access token that your issuer gave together with it, or gives in exchange for it",
    publicFacts: ["kind_claim"],
  }),
  AUTH_LOGOUT_TOKEN_REFUSED: refusal({
    stage: "type",
    detail: TYPE,
    title:
      'this is a logout token, as its claim "{kind_claim}" says: it tells a client that somebody has signed out',
    fix: "send an access token of your issuer",
    publicFacts: ["kind_claim"],
  }),
  AUTH_EVENT_TOKEN_REFUSED: refusal({
    stage: "type",
    detail: TYPE,
    title:
      'this is a security event token, as its claim "events" says: it reports something, and is no permission to call an API',
    fix: "send an access token of your issuer",
  }),
  AUTH_TOKEN_KIND_REFUSED: refusal({
    stage: "type",
    detail: TYPE,
    title: 'this is no access token: its claim "{kind_claim}" names another kind of token',
    fix: 'send an access token of your issuer: its "{kind_claim}" is {kind_accepted}',
    publicFacts: ["kind_claim", "kind_accepted"],
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
    title: 'the claim "{user_id_claim}" is {value_found}, which is no user id',
    fix: 'let the issuer write "{user_id_claim}" as a text of at most {limit_characters} characters, without control characters; then get a new token',
    publicFacts: ["user_id_claim", "value_found", "limit_characters"],
  }),
  AUTH_SUBJECT_RESERVED: refusal({
    stage: "subject",
    detail: "Invalid token subject",
    title: 'the claim "{user_id_claim}" names an identity that is reserved for the server itself',
    fix: 'issue the token for another user id: one that does not begin with "sa:" or "__oauth__:", and is not "__scheduler__"',
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
    fix: `get a new token from your issuer, by signing in again, ${REVOKED_AHEAD_SECONDS} seconds after the revocation or later: it is not taken back; where the new token is refused too, let the issuer sign with another key`,
  }),
  AUTH_REVOCATION_UNKNOWN: refusal({
    stage: "revocation",
    detail: "Authentication is temporarily unavailable",
    title: "this AgentOS cannot find out at the moment whether the token was revoked, so it accepts none",
    fix: "try again in a few seconds; the operator finds the cause in the server's log: its database does not answer",
    status: 503,
    retryAfterSeconds: 2,
    challenge: "none",
  }),
} as const satisfies Record<string, RefusalEntry>;
