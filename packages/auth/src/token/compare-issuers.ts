/** Issuers that are nearly equal: they are compared to the letter (RFC 8725 section 3.8), and one letter is often it. */

/** What alone keeps a text from being an issuer; undefined where more differs, or it is no text. */
export function findIssuerSlip(iss: unknown, expected: readonly string[]): string | undefined {
  if (typeof iss !== "string") return undefined;
  for (const [slip, simplify] of SLIPS)
    if (expected.some((issuer) => issuer !== iss && simplify(issuer) === simplify(iss))) return slip;
  return undefined;
}

const SLIPS: readonly (readonly [slip: string, simplify: (issuer: string) => string])[] = [
  ["the slash at its end", (issuer) => issuer.replace(/\/$/, "")],
  ["upper and lower case", (issuer) => issuer.toLowerCase()],
  ['"http" and "https" at its start', (issuer) => issuer.replace(/^https:/, "http:")],
  ['"https://" at its start', (issuer) => issuer.replace(/^https:\/\//, "")],
];

/** Completes 'the "iss" of the token'. */
export function describeIssuer(iss: unknown, expected: readonly string[]): string {
  const slip = findIssuerSlip(iss, expected);
  if (slip !== undefined) return `differs from a trusted issuer in ${slip} only`;
  return expected.length === 1
    ? "is not the issuer that this AgentOS trusts"
    : "is none of the issuers that this AgentOS trusts";
}
