/** The authentication scheme that a text begins with: RFC 6750's own, or one that is no way to send a token here. */

/** In the spelling of their registry (RFC 9110 section 16.4.1), by lower-case name. */
const OTHER_SCHEMES: Readonly<Record<string, string>> = {
  basic: "Basic",
  digest: "Digest",
  negotiate: "Negotiate",
  ntlm: "NTLM",
  dpop: "DPoP",
  apikey: "ApiKey",
  token: "Token",
  "aws4-hmac-sha256": "AWS4-HMAC-SHA256",
};

// Only a space (RFC 9110 section 11.4) or a tab ends the name of a scheme. "TOKEN" alone is the placeholder of an example.
const SCHEME =
  /^(?:(?:bearer|basic|digest|negotiate|ntlm|dpop|apikey|aws4-hmac-sha256)(?=[ \t]|$)|token(?=[ \t]))/i;

/** `Bearer`, or the name of another scheme; undefined for a bare credential. */
export function findScheme(text: string): string | undefined {
  const found = SCHEME.exec(text)?.[0].toLowerCase();
  return found === undefined ? undefined : (OTHER_SCHEMES[found] ?? "Bearer");
}
