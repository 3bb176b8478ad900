/** First step: is this text a signed JWT at all? Cheap, and before any decoding (lesson CVE-2025-30204). */

import { isBase64url } from "../encoding/base64url.ts";
import { nameCharacter } from "../encoding/name-character.ts";
import { ok, type Result, refuse } from "../outcome/result.ts";

export interface TokenShape {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

const SPACE = /\s/;
const QUOTES = "\"'`“”‘’";
/** What no JWT has. Within something like a token also what its surroundings leave behind: JSON, URLs, shells. */
const FOREIGN = /[^\x21-\x7e]/;
const FOREIGN_IN_TOKEN = /[^\x21-\x7e]|["'`,;<>()[\]{}|\\%]/;

/** A signed JWT, which nearly every token is: one look at it, and none for what else it could be. */
const SIGNED = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/;

/** Splits a token into its three segments, or says what it is instead. */
export function readShape(token: string): Result<TokenShape> {
  return SIGNED.test(token) ? split(token) : explainShape(token);
}

function explainShape(token: string): Result<TokenShape> {
  const dots = countDots(token);
  const around = findQuotesAround(token);
  if (around !== undefined) return refuse("AUTH_TOKEN_QUOTED", around);
  const at = token.search(dots >= 2 ? FOREIGN_IN_TOKEN : FOREIGN);
  if (at !== -1) {
    const character = token.charAt(at);
    const facts = { position: at + 1, found: nameCharacter(character) };
    return refuse(
      dots >= 2 && SPACE.test(character) ? "AUTH_TOKEN_SPACED" : "AUTH_TOKEN_CHARACTERS_INVALID",
      facts,
    );
  }
  if (dots === 4) return refuse("AUTH_TOKEN_ENCRYPTED");
  if (dots !== 2) return refuse("AUTH_TOKEN_MALFORMED", { dots_found: nameDots(dots) });
  return split(token);
}

function split(token: string): Result<TokenShape> {
  const [header = "", payload = "", signature = ""] = token.split(".");
  if (!isBase64url(header) || header === "") return refuse("AUTH_TOKEN_HEADER_INVALID");
  // Not AUTH_PAYLOAD_INVALID: that speaks of claims, and the signature has not been looked at.
  if (!isBase64url(payload)) return refuse("AUTH_PAYLOAD_DAMAGED");
  return ok({ header, payload, signature });
}

function findQuotesAround(token: string): { readonly quotes_found: string } | undefined {
  const [first, last] = [token.charAt(0), token.charAt(token.length - 1)];
  const [isBefore, isBehind] = [first, last].map((one) => one !== "" && QUOTES.includes(one));
  if (isBefore !== true && isBehind !== true) return undefined;
  const quote = nameCharacter(isBefore === true ? first : last);
  if (isBefore === true && isBehind === true) return { quotes_found: `is in ${quote.replace(/^a /, "")}s` };
  return { quotes_found: `has ${quote} ${isBefore === true ? "before" : "behind"} it` };
}

/** Dots in a text, counted no further than six. */
function countDots(text: string): number {
  let dots = 0;
  for (let at = text.indexOf("."); at !== -1 && dots < 6; at = text.indexOf(".", at + 1)) dots++;
  return dots;
}

function nameDots(dots: number): string {
  if (dots === 0) return "no dot";
  if (dots > 5) return "more than five dots";
  return dots === 1 ? "one dot" : `${dots} dots`;
}
