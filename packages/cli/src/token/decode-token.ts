/** A token taken apart without believing it: nothing is verified here, and the names say so. */

export interface DecodedToken {
  /** Without a "Bearer " before it. */
  readonly token: string;
  readonly unverifiedHeader: Readonly<Record<string, unknown>> | undefined;
  readonly unverifiedClaims: Readonly<Record<string, unknown>> | undefined;
}

/** Takes a token apart as far as it goes; never throws. */
export function decodeToken(text: string): DecodedToken {
  const token = text.trim().replace(/^(?:Authorization:\s*)?Bearer\s+/i, "");
  const [header, payload] = token.split(".");
  return { token, unverifiedHeader: decodeObject(header), unverifiedClaims: decodeObject(payload) };
}

function decodeObject(segment: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (segment === undefined || !/^[A-Za-z0-9_-]+$/.test(segment)) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(segment, "base64url"));
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
