/**
 * JSON where a key belongs: a JWK, a key set, a list of JWKs. What shells, word processors, Python and people leave behind
 * is undone where it can only mean the same keys; other text that was to be JSON is named, and where it ends.
 *
 * INVARIANT: no repair touches a character of base64, and each must give JSON as a whole.
 */

import { isRecord } from "@agentos/contract";
import type { RepairLog } from "../model/repairs.ts";
import type { KeyVerdict } from "./verdict.ts";

/** A verdict, a text that stood inside of JSON and is to be read, or undefined where the text is no JSON at all. */
export type JsonReading = KeyVerdict | { readonly kind: "inner"; readonly text: string } | undefined;

interface Mending {
  readonly mend: (text: string) => string;
  readonly repair: Parameters<RepairLog["add"]>[0];
}

const MENDINGS: readonly Mending[] = [
  { repair: "escaped-characters", mend: (text) => text.replace(/\\{1,8}"/g, '"') },
  // Raw line ends are in no JSON text: an editor or a form has wrapped it. Before escaped ones, which a `kid` may have.
  { repair: "json-line-breaks", mend: (text) => text.replace(/[ \t]{0,80}[\r\n][ \t]{0,80}/g, "") },
  { repair: "json-line-breaks", mend: (text) => text.replace(/[ \t]{0,80}\\[nr][ \t]{0,80}/g, "") },
  { repair: "json-punctuation", mend: (text) => text.replace(/[“”„‟«»]/g, '"') },
  // As Python prints it.
  { repair: "json-punctuation", mend: (text) => (/"|\\'/.test(text) ? text : text.replace(/['‘’]/g, '"')) },
  { repair: "json-punctuation", mend: dropLastCommas },
];

/** Commas behind the last entry; those inside of a text stay. */
function dropLastCommas(text: string): string {
  return text
    .replace(/"(?:[^"\\]|\\[^]?)*"?|,(?=\s*[}\]])/g, (found) => (found === "," ? "" : found))
    .replace(/[,;]\s*$/, "");
}

/** `text` without what surrounds it. */
export function readJson(text: string, log: RepairLog): JsonReading {
  if (text.startsWith('"')) return readJsonString(text, log);
  if (!/^[{[]/.test(text)) return undefined;
  const whole = parseJson(text);
  if (whole !== undefined) return readValue(whole, log);
  let mended = text;
  const made: Mending["repair"][] = [];
  for (const { mend, repair } of MENDINGS) {
    const before = mended;
    mended = mend(before);
    if (mended === before) continue;
    made.push(repair);
    const value = parseJson(mended);
    if (value === undefined) continue;
    for (const name of made) log.add(name);
    return readValue(value, log);
  }
  return undefined;
}

/** Why a text that was to be a JWK or a key set is no JSON; undefined for any other text. */
export function describeBrokenJson(text: string): string | undefined {
  if (!/^[{[]/.test(text) || !/["'“”\\](?:kty|keys|crv)["'“”\\]/.test(text)) return undefined;
  const open = findOpenPlace(text);
  if (open !== undefined) return `it is JSON that is cut off: ${open} is open at its end`;
  const position = findPosition(text);
  return position === undefined
    ? "it is not valid JSON"
    : `it is not valid JSON: character ${position + 1} does not belong there`;
}

/** JSON inside of a JSON text. A PEM inside of one is read as in any other quotes. */
function readJsonString(text: string, log: RepairLog): JsonReading {
  const inner = parseJson(text);
  if (typeof inner !== "string" || !/^\s*[{["]/.test(inner)) return undefined;
  log.add("surrounding-quotes");
  return { kind: "inner", text: inner };
}

function readValue(value: unknown, log: RepairLog): JsonReading {
  if (isRecord(value)) return { kind: "json", value };
  if (!Array.isArray(value)) return undefined;
  const list: readonly unknown[] = value;
  const [only] = list;
  if (list.length === 1 && typeof only === "string") {
    log.add("json-string");
    return { kind: "inner", text: only };
  }
  if (list.length === 0) return { kind: "unreadable", reason: "it is an empty list" };
  if (list.every(isRecord)) {
    log.add("json-list");
    return { kind: "json", value: { keys: list } };
  }
  return list.every((entry) => typeof entry === "string")
    ? { kind: "several", count: list.length }
    : { kind: "unreadable", reason: "it is a JSON list of something else than keys" };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What is not closed at the end of the text. */
function findOpenPlace(text: string): string | undefined {
  const places: string[] = [];
  let isInText = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (isInText && character === "\\") index += 1;
    else if (character === '"') isInText = !isInText;
    else if (!isInText && (character === "{" || character === "["))
      places.push(character === "{" ? "an object" : "a list");
    else if (!isInText && (character === "}" || character === "]")) places.pop();
  }
  return isInText ? "a text" : places.pop();
}

/** Only the number in the engine's words: the rest of them quotes the text. */
function findPosition(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const found = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
    return found === undefined ? undefined : Number(found);
  }
}
