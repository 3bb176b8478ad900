/**
 * Refusals of the credential itself: where it is, of which kind, and whether it has the shape of a JWT. Nothing of it is
 * verified here, so that the texts name what was found in words of ours and never repeat it. `detail` is the contract's
 * string (section 1.6) or, where it has none, the one that design.md section 10 settles.
 */
import type { RefusalEntry } from "./entry.ts";
import { NOT_A_TOKEN, refusal } from "./refusal-entry.ts";

const bare: Pick<RefusalEntry, "challenge"> = { challenge: "bare" };
const HEADER_MISSING = "Authorization header missing";
const COOKIE_MISSING = "JWT cookie '{cookie_name}' missing";
const BOTH_MISSING = "JWT token missing from both Authorization header and '{cookie_name}' cookie";
const KEY_MISSING = "Authorization header required";
const WRONG_KEY = "Invalid authentication token";
const REPEATED = "Invalid token: More than one credential was sent";
const HEADER_PADDING = "Invalid token: Invalid header padding";

export const credentialRefusals = {
  AUTH_HEADER_MISSING: refusal({
    stage: "credential",
    detail: HEADER_MISSING,
    title: "no credential was sent",
    fix: 'send a JWT in the header "{header_name}: Bearer TOKEN"',
    ...bare,
    publicFacts: ["header_name"],
  }),
  AUTH_COOKIE_MISSING: refusal({
    stage: "credential",
    detail: COOKIE_MISSING,
    title: "no credential was sent",
    fix: 'send a JWT in the cookie "{cookie_name}"',
    ...bare,
    publicFacts: ["cookie_name"],
  }),
  AUTH_TOKEN_MISSING: refusal({
    stage: "credential",
    detail: BOTH_MISSING,
    title: "no credential was sent",
    fix: 'send a JWT in the header "{header_name}: Bearer TOKEN" or in the cookie "{cookie_name}"',
    ...bare,
    publicFacts: ["cookie_name", "header_name"],
  }),
  AUTH_SECURITY_KEY_MISSING: refusal({
    stage: "credential",
    detail: KEY_MISSING,
    title: "no credential was sent",
    fix: 'send the security key of this AgentOS in the header "Authorization: Bearer KEY"',
    ...bare,
  }),
  AUTH_HEADER_EMPTY: refusal({
    stage: "credential",
    detail: HEADER_MISSING,
    title: 'the header "{header_name}" was sent without a credential in it',
    fix: 'send a JWT behind "Bearer " in the header "{header_name}"; where it comes from a variable, that variable is empty',
    ...bare,
    publicFacts: ["header_name"],
  }),
  AUTH_COOKIE_EMPTY: refusal({
    stage: "credential",
    detail: COOKIE_MISSING,
    title: 'the cookie "{cookie_name}" was sent without a value',
    fix: 'send a JWT as the value of the cookie "{cookie_name}"',
    ...bare,
    publicFacts: ["cookie_name"],
  }),
  AUTH_TOKEN_EMPTY: refusal({
    stage: "credential",
    detail: BOTH_MISSING,
    title: "{empty_place} was sent without a credential in it",
    fix: 'send a JWT in the header "{header_name}: Bearer TOKEN" or in the cookie "{cookie_name}"; where it comes from a variable, that variable is empty',
    ...bare,
    publicFacts: ["cookie_name", "header_name", "empty_place"],
  }),
  AUTH_SECURITY_KEY_EMPTY: refusal({
    stage: "credential",
    detail: KEY_MISSING,
    title: 'the header "Authorization" was sent without a credential in it',
    fix: 'send the security key of this AgentOS behind "Bearer " in the header "Authorization"; where it comes from a variable, that variable is empty',
    ...bare,
  }),
  AUTH_CREDENTIAL_REPEATED: refusal({
    stage: "credential",
    detail: REPEATED,
    title: "one header carries more than one credential, with commas between them",
    fix: "send the header once, with one credential in it; a header that is sent twice arrives as one like this",
    challenge: "invalid_request",
  }),
  AUTH_COOKIE_REPEATED: refusal({
    stage: "credential",
    detail: REPEATED,
    title: 'the cookie "{cookie_name}" was sent more than once',
    fix: 'send the cookie "{cookie_name}" once; in a browser, delete the one that was set for another path or domain',
    challenge: "invalid_request",
    publicFacts: ["cookie_name"],
  }),
  AUTH_SCHEME_UNSUPPORTED: refusal({
    stage: "credential",
    detail: NOT_A_TOKEN,
    title: 'the header "{header_name}" has the scheme {scheme}, and this AgentOS reads Bearer',
    fix: 'send "{header_name}: Bearer " and behind it {accepted_credential}',
    challenge: "invalid_request",
    publicFacts: ["header_name", "scheme", "accepted_credential"],
  }),
  AUTH_SCHEME_REPEATED: refusal({
    stage: "credential",
    detail: NOT_A_TOKEN,
    title: 'the word "Bearer" stands twice in the header "{header_name}"',
    fix: "send it once: the value behind the first one has it already",
    challenge: "invalid_request",
    publicFacts: ["header_name"],
  }),
  AUTH_SCHEME_SPACE_MISSING: refusal({
    stage: "credential",
    detail: NOT_A_TOKEN,
    title: 'behind the word "Bearer" stands {found}, where a space belongs',
    fix: 'write one plain space (U+0020) behind "Bearer", and nothing else before the token',
    challenge: "invalid_request",
    publicFacts: ["found"],
  }),
  AUTH_CREDENTIAL_UNSET: refusal({
    stage: "credential",
    detail: NOT_A_TOKEN,
    title: 'the credential is the word "{word}": the variable that it comes from was not set',
    fix: "set that variable to a JWT before the request is sent",
    publicFacts: ["word"],
  }),
  AUTH_CREDENTIAL_OBJECT: refusal({
    stage: "credential",
    detail: NOT_A_TOKEN,
    title: 'the credential is the text "{word}": {word_cause}',
    fix: "{word_remedy}",
    publicFacts: ["word", "word_cause", "word_remedy"],
  }),
  AUTH_CREDENTIAL_UNEXPANDED: refusal({
    stage: "credential",
    detail: NOT_A_TOKEN,
    title: "the credential is the name of a variable, and its value was not put in",
    fix: "send the value of the variable in place of its name; in a shell, write the header in double quotes, because single quotes keep the name",
  }),
  AUTH_CREDENTIAL_PLACEHOLDER: refusal({
    stage: "credential",
    detail: NOT_A_TOKEN,
    title: "the credential is a placeholder as examples have it, not a token",
    fix: "put a JWT in its place",
  }),
  AUTH_TOKEN_OPAQUE: refusal({
    stage: "credential",
    detail: NOT_A_TOKEN,
    title: "the credential is {credential_kind}, which this AgentOS cannot verify",
    fix: "send a JWT from the issuer whose keys this AgentOS has",
    publicFacts: ["credential_kind"],
  }),
  AUTH_TOKEN_PASETO: refusal({
    stage: "credential",
    detail: NOT_A_TOKEN,
    title: "the credential is a PASETO, and this AgentOS verifies JWTs",
    fix: "let the issuer make a JWT instead, and send that",
  }),
  AUTH_SECURITY_KEY_INVALID: refusal({
    stage: "credential",
    detail: WRONG_KEY,
    title: "the security key is not the one of this AgentOS",
    fix: 'send the key that the server was started with, to the letter ("OS_SECURITY_KEY", or "securityKey" in its configuration)',
  }),
  AUTH_SECURITY_KEY_QUOTED: refusal({
    stage: "credential",
    detail: WRONG_KEY,
    title: "the security key was sent in quotes",
    fix: "send it without the quotes",
  }),
  AUTH_SECURITY_KEY_UNSET: refusal({
    stage: "credential",
    detail: WRONG_KEY,
    title: "in place of the security key came {found}",
    fix: 'send the security key of this AgentOS in the header "Authorization: Bearer KEY"',
    publicFacts: ["found"],
  }),
  AUTH_TOKEN_NOT_ACCEPTED: refusal({
    stage: "credential",
    detail: WRONG_KEY,
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
    title: "the token has {token_bytes} bytes, and this AgentOS reads at most {limit_bytes}",
    fix: "issue a token of at most {limit_bytes} bytes: leave large claims out",
    publicFacts: ["token_bytes", "limit_bytes"],
  }),
  AUTH_TOKEN_CHARACTERS_INVALID: refusal({
    stage: "shape",
    detail: "Invalid token: Invalid characters",
    title: "character {position} of the token is {found}, which no JWT has",
    fix: 'copy the token again, without it: only letters, digits, "-", "_" and two dots belong to a JWT',
    publicFacts: ["position", "found"],
  }),
  AUTH_TOKEN_QUOTED: refusal({
    stage: "shape",
    detail: HEADER_PADDING,
    title: "the token {quotes_found}",
    fix: "remove the quotes: send the token without any",
    publicFacts: ["quotes_found"],
  }),
  AUTH_TOKEN_SPACED: refusal({
    stage: "shape",
    detail: HEADER_PADDING,
    title: "character {position} of the token is {found}, and a token is one piece",
    fix: "take it out of the token",
    publicFacts: ["position", "found"],
  }),
  AUTH_TOKEN_MALFORMED: refusal({
    stage: "shape",
    detail: NOT_A_TOKEN,
    title: "the credential is not a JWT: it has {dots_found}, and a JWT has two",
    fix: "send the JWT of your issuer, copied whole: three parts with two dots between them",
    publicFacts: ["dots_found"],
  }),
  AUTH_TOKEN_ENCRYPTED: refusal({
    stage: "shape",
    detail: "Invalid token: Encrypted tokens are not accepted",
    title: "the token is encrypted (JWE)",
    fix: "let the issuer sign the access token instead of encrypting it (JWS, three parts)",
  }),
  AUTH_TOKEN_HEADER_INVALID: refusal({
    stage: "shape",
    detail: HEADER_PADDING,
    title: "the first part of the token is not base64url of a JSON object",
    fix: 'copy the whole token again, from its first character: every JWT begins with "ey"',
  }),
  AUTH_PAYLOAD_DAMAGED: refusal({
    stage: "shape",
    detail: "Invalid token: Invalid payload padding",
    title: "the second part of the token, between the dots, is not base64url of a JSON object",
    fix: "copy the whole token again: its second part was changed on the way",
  }),
} as const satisfies Record<string, RefusalEntry>;
