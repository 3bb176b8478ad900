/**
 * Replaces text that is shaped like a credential of ours: a JWT (or JWE) or an `agno_pat_` token. Applied before text
 * reaches storage, logs or a model. Redacting too much is harmless here; letting a live token through is not.
 */

export const REDACTED_TOKEN = "[redacted token]";

const PERSONAL_ACCESS_TOKEN = /agno_pat_[A-Za-z0-9_-]+/gi;

// Words joined by dots, at least three. The look-behind lets a match start only where a word starts, which keeps
// the scan linear on text that an attacker chose.
const DOTTED_WORDS = /(?<![A-Za-z0-9_-])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){2,}/g;

// base64url of `{"`, `{ `, `{\n`, `{\r`, `{\t`: how the header of a compact JWS or JWE starts.
const HEADER = /(?:eyJ|eyA|ewo|ew0|ewk)[A-Za-z0-9_-]{8,}/;

/** Text without credentials; the same string when there is none. */
export function redactTokens(text: string): string {
  return text.replace(PERSONAL_ACCESS_TOKEN, REDACTED_TOKEN).replace(DOTTED_WORDS, redactDotted);
}

function redactDotted(run: string): string {
  const header = HEADER.exec(run);
  if (header === null) return run;
  // Two more segments have to follow, otherwise it is not a compact token.
  const dots = run.slice(header.index).split(".").length - 1;
  return dots < 2 ? run : run.slice(0, header.index) + REDACTED_TOKEN;
}

/** A JSON value of the same shape with every string in it redacted, keys of free-form objects included. */
export function redactTokensDeep<Value>(value: Value): Value {
  return redactValue(value) as Value;
}

function redactValue(value: unknown): unknown {
  if (typeof value === "string") return redactTokens(value);
  if (Array.isArray(value)) return value.map(redactValue);
  if (typeof value !== "object" || value === null) return value;
  // fromEntries defines own properties, so a key "__proto__" stays data.
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redactTokens(key), redactValue(item)]),
  );
}
