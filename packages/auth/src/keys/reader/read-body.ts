/**
 * From the base64 between the BEGIN and END lines to a verdict of the DER reader. Alternatives are tried only where
 * plain base64 gives no key, and each must account for every character.
 */

import { decodeBase64, decodeBase64Prefix } from "../../encoding/base64.ts";
import { RepairLog } from "../model/repairs.ts";
import { readDerVerdict } from "./der-verdict.ts";
import type { DerVerdict } from "./verdict.ts";

/** The verdict on a body without white space; tries the alternatives only where plain base64 gives no key. */
export function readBodyVerdict(compact: string, log: RepairLog): DerVerdict {
  const standard = toStandardAlphabet(compact, log);
  const bytes = decodeBase64(standard);
  if (bytes !== undefined) {
    const verdict = readDerVerdict(bytes);
    if (verdict.kind !== "unknown") {
      const lacksPadding = standard.length % 4 !== 0;
      if (lacksPadding && verdict.kind !== "truncated") log.add("missing-padding");
      return verdict;
    }
  }
  const withoutLetters = dropEatenBackslashes(standard);
  if (withoutLetters !== undefined) {
    log.add("eaten-backslashes");
    return readBodyVerdict(withoutLetters, log);
  }
  if (bytes !== undefined) return { kind: "unknown" };
  const prefix = readDerVerdict(decodeBase64Prefix(standard));
  if (prefix.kind === "unknown" || (prefix.kind === "truncated" && prefix.isLikelyPrivate)) return prefix;
  // Padding in the middle: two values behind one another, or more.
  const others = standard.split("=").filter((part, index) => index > 0 && /^[A-Za-z0-9+/]/.test(part));
  // Not all of it could be read, so the key that it begins with is perhaps not the one that was meant.
  if (prefix.kind === "private")
    return { kind: "private", found: prefix.found, key: others.length > 0 ? "several" : "damaged" };
  if (others.length > 0) {
    const isAnyPrivate = others.some((other) => readDerVerdict(decodeBase64Prefix(other)).kind === "private");
    return isAnyPrivate
      ? { kind: "private", found: "second value", key: "several" }
      : { kind: "several", count: 2 };
  }
  return prefix.kind === "truncated" && /^[A-Za-z0-9+/=]*$/.test(standard) ? prefix : { kind: "damaged" };
}

/**
 * In a form and in the query of a URL a plus means a space, so `+` arrives as one. With the pluses back the body would
 * be a whole key. It is named and not repaired: a space that stands for another lost character looks the same.
 */
export function hasSpacesForPluses(body: string): boolean {
  if (body.includes("+") || !/[^ \r\n] [^\r\n]/.test(body)) return false;
  const lines = body.replace(/[\r\n]/g, "");
  const oneLine = body
    .replace(/^ /, "")
    .replace(/([^]{64}) /g, "$1")
    .trimEnd();
  return [lines, oneLine].some(
    (text) => readBodyVerdict(text.replaceAll(" ", "+"), new RepairLog()).kind === "public",
  );
}

export function toStandardAlphabet(text: string, log: RepairLog): string {
  if (!/[-_]/.test(text) || /[+/]/.test(text)) return text;
  log.add("base64url-alphabet");
  return text.replaceAll("-", "+").replaceAll("_", "/");
}

/**
 * `\n` whose backslash a shell ate leaves an "n" before the first line and after every 64 characters. The DER
 * check that follows makes a chance match impossible: the length must come out exactly.
 */
function dropEatenBackslashes(text: string): string | undefined {
  if (!text.startsWith("nM")) return undefined;
  let kept = "";
  for (let start = 0; start < text.length; start += 65) {
    if (text.charAt(start) !== "n") return undefined;
    kept += text.slice(start + 1, start + 65);
  }
  return text.length % 65 !== 1 && kept.endsWith("n") ? kept.slice(0, -1) : kept;
}
