/**
 * Takes away what env files, shells, YAML, JSON and forms put around or into a key: the first half of the key
 * doctor. It never changes a base64 character, so the DER structure can judge the outcome.
 */

import type { RepairLog } from "../model/repairs.ts";

const BYTE_ORDER_MARK = /\uFEFF|^ï»¿/g;
/** Zero-width and soft characters; none belongs in PEM, base64 or JSON. */
const INVISIBLE = /[\u200B-\u200F\u2028-\u202E\u2060\u00AD]/g;
const ASSIGNMENT =
  /^(?:(?:export|set|setenv|ENV|const|let|declare -x)[ \t]+)?[A-Za-z_][A-Za-z0-9_.-]{0,47}[ \t]*=[ \t]*(?=\S)/;
/** `NAME: |` and `NAME: "…` as in YAML and JSON. */
const MAPPING =
  /^["']?[A-Za-z_][A-Za-z0-9_.-]{0,63}["']?[ \t]*:[ \t]*(?:[|>][+-]?[ \t]*\r?\n[ \t]*|(?=["'-]))/;
// Bounded, as every run below: an unbounded one costs the square of the length where it does not match.
const OPENING_QUOTES = /^(?:\$(?=['"]))?["'`“”‘’]{1,8}/;
const CLOSING_QUOTES = /["'`“”‘’]{1,8}[,;]?$/;
/** Enough for any nesting that people produce; each round removes something or is the last. */
const MAX_ROUNDS = 8;

/** The value without its surroundings: white space, quotes, a variable name, a byte order mark. */
export function unwrapValue(value: string, log: RepairLog): string {
  let text = value;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const before = text;
    text = log.replace(text, BYTE_ORDER_MARK, "", "byte-order-mark");
    text = log.replace(text, INVISIBLE, "", "invisible-characters");
    // A line end behind the key is how every PEM file ends, and no repair.
    text = text.replace(/(?:\r?\n){1,4}$/, "");
    const trimmed = text.trim();
    if (trimmed !== text) log.add("surrounding-whitespace");
    text = trimmed;
    text = log.replace(text, MAPPING, "", "assignment-prefix");
    text = stripAssignment(text, log);
    text = log.replace(text, OPENING_QUOTES, "", "surrounding-quotes");
    text = log.replace(text, CLOSING_QUOTES, "", "surrounding-quotes");
    if (text === before) break;
  }
  return text;
}

/** `NAME=…` only where something key-like follows: base64 padding looks much the same at the end of a value. */
function stripAssignment(text: string, log: RepairLog): string {
  const match = ASSIGNMENT.exec(text);
  if (match === null) return text;
  const rest = text.slice(match[0].length);
  if (!/^[$"'`“‘]*(?:\s|\\[nr])*(?:-|BEGIN|\{|[A-Za-z0-9+/_=-]{40})/.test(rest)) return text;
  log.add("assignment-prefix");
  return rest;
}

/** Undoes backslash and percent escapes. Neither `\` nor `%` occurs in a key, so this is unambiguous. */
export function undoEscapes(value: string, log: RepairLog): string {
  let text = undoPercentEncoding(value, log);
  if (!text.includes("\\")) return text;
  // Before the rest: a backslash at the end of a line continues it.
  text = log.replace(text, /\\{1,8}(?=\r?\n)/g, "", "escaped-characters");
  text = log.replace(text, /\\{1,8}(?:[nr]|u000[adAD]|x0[adAD]|01[25])/g, "\n", "escaped-newlines");
  text = log.replace(text, /\\{1,8}(?:t|u0009)/g, "\t", "escaped-characters");
  text = log.replace(text, /\\{1,8}u002[bB]/g, "+", "escaped-characters");
  text = log.replace(text, /\\{1,8}u002[fF]/g, "/", "escaped-characters");
  text = log.replace(text, /\\{1,8}u003[dD]/g, "=", "escaped-characters");
  text = log.replace(text, /\\{1,8}u002[dD]/g, "-", "escaped-characters");
  return log.replace(text, /\\{1,8}(?=[-+/= "'`])/g, "", "escaped-characters");
}

/** One layer. What was encoded twice is damaged, and is named as that. */
function undoPercentEncoding(value: string, log: RepairLog): string {
  // In a form a plus is a space, and the pluses of the key are %2B; the label shows which kind of encoding it is.
  const isForm = /%[0-9A-Fa-f]{2}/.test(value) && value.includes("BEGIN+");
  const text = isForm ? value.replaceAll("+", " ") : value;
  return text.replace(/%([2-7][0-9A-Fa-f]|0[9aAdD])/g, (_, hex: string) => {
    log.add("url-encoding");
    return String.fromCharCode(Number.parseInt(hex, 16));
  });
}
