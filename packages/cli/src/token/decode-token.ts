/** A token taken apart without believing it: nothing is verified here, and the names say so. */
import { decodeJsonObject } from "@agentos/auth";

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
  return {
    token,
    unverifiedHeader: decodeJsonObject(header ?? ""),
    unverifiedClaims: decodeJsonObject(payload ?? ""),
  };
}
