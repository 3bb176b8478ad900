/** The authentication scheme that a text begins with: RFC 6750's own, or one that is no way to send a token here. */

const SCHEME = /^(?:(bearer)|basic|digest|negotiate|ntlm|dpop|apikey|token|aws4-hmac-sha256)(?:\s|$)/i;

/** Which; undefined for a bare credential. */
export function findScheme(text: string): "bearer" | "other" | undefined {
  const found = SCHEME.exec(text);
  if (found === null) return undefined;
  return found[1] === undefined ? "other" : "bearer";
}
