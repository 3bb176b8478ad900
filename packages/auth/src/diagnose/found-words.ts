/**
 * What a server of ours fills the places of its texts with, where that is more than a name. Only our own words are read out
 * of an answer: whatever else stands there is the server's sentence, and never becomes one of ours.
 */
import { CHARACTER_NAMES } from "../encoding/name-character.ts";

const QUOTE = "double quote|single quote|backtick|typographic quote";
const NUMBER = String.raw`\d{1,9}`;

/** By the name of the place, as the source of a pattern. */
export const FOUND_WORDS: Readonly<Record<string, string>> = {
  dots_found: `no dot|one dot|${NUMBER} dots|more than five dots`,
  duration: `(?:more than )?${NUMBER} (?:second|minute|hour|day)s?`,
  extension: '"crit"|"b64"',
  found: ["the token itself", ...CHARACTER_NAMES].join("|"),
  issuer_found:
    'is not the issuer that this AgentOS trusts|is none of the issuers that this AgentOS trusts|differs from a trusted issuer in (?:the slash at its end|upper and lower case|"http" and "https" at its start|"https://" at its start) only',
  quotes_found: `is in (?:${QUOTE})s|has an? (?:${QUOTE}) (?:before|behind) it`,
  signature_found: `is empty|is not base64url|has ${NUMBER} bytes, and those of the key have ${NUMBER}(?: or ${NUMBER})*`,
  value_found: `null|a list|a text|a number|a number too large to be read|true or false|an object|a text of ${NUMBER} characters|a text with a control character`,
};
