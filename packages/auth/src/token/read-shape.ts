/** First step: is this text a signed JWT at all? Cheap, and before any decoding (lesson CVE-2025-30204). */

import { isBase64url } from "../encoding/base64url.ts";
import { ok, type Result, refuse } from "../outcome/result.ts";

export interface TokenShape {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

const FOREIGN = /[^\x21-\x7e]/;
const SPACE_OR_QUOTE = /[\s"'`“”‘’]/;
const EDGE_QUOTE = /^["'`]|["'`]$/;

/** Splits a token into its three segments, or says what it is instead. */
export function readShape(token: string): Result<TokenShape> {
  if (SPACE_OR_QUOTE.test(token) && (countDots(token) >= 2 || EDGE_QUOTE.test(token)))
    return refuse("AUTH_TOKEN_QUOTED");
  if (FOREIGN.test(token)) return refuse("AUTH_TOKEN_CHARACTERS_INVALID");
  const dots = countDots(token);
  if (dots === 4) return refuse("AUTH_TOKEN_ENCRYPTED");
  if (dots !== 2) return refuse("AUTH_TOKEN_MALFORMED");
  const [header = "", payload = "", signature = ""] = token.split(".");
  if (!isBase64url(header) || header === "") return refuse("AUTH_TOKEN_HEADER_INVALID");
  // Not AUTH_PAYLOAD_INVALID: that speaks of claims, and the signature has not been looked at.
  if (!isBase64url(payload)) return refuse("AUTH_TOKEN_MALFORMED");
  return ok({ header, payload, signature });
}

/** Dots in a text, counted no further than six. */
function countDots(text: string): number {
  let dots = 0;
  for (let at = text.indexOf("."); at !== -1 && dots < 6; at = text.indexOf(".", at + 1)) dots++;
  return dots;
}
