/**
 * The one door for keys, to verify with and to sign with: a text goes in, and what it is comes out, with the repairs.
 * The way is unwrap, armour, DER, verdict, in this direction; only base64 of a text leads back to the start.
 *
 * INVARIANT: a repair gives exactly the same key or none, never silently another key. Repairs only remove or
 * add what carries no key bits, and the DER reader demands that every byte is accounted for.
 */

import { MAX_KEY_CHARACTERS, MAX_WRAPPINGS } from "../model/key-limits.ts";
import { RepairLog } from "../model/repairs.ts";
import { readArmour } from "./armour.ts";
import { decodeText } from "./decode-text.ts";
import { readDerVerdict } from "./der-verdict.ts";
import { recogniseForeignForm } from "./foreign-form.ts";
import { recogniseLostBinary } from "./lost-binary.ts";
import { nameSeveral, readArmoured } from "./read-armoured.ts";
import { readBodyVerdict } from "./read-body.ts";
import { describeBrokenJson, readJson } from "./read-json.ts";
import { undoEscapes, unwrapValue } from "./unwrap.ts";
import { conclude, type KeyReading, toKeyVerdict } from "./verdict.ts";

/** What is expected at the place of the value. */
export interface ReadKeyOptions {
  /** A shared secret, so that a form that a secret can have by chance is not named. */
  readonly isSecret: boolean;
  /** Most characters that are read. Default: those of one key. */
  readonly limit?: number;
}

/** Never throws, whatever the value is. */
export function readKey(
  value: unknown,
  { isSecret, limit = MAX_KEY_CHARACTERS }: ReadKeyOptions,
): KeyReading {
  const log = new RepairLog();
  if (typeof value !== "string") return conclude({ kind: "not-text" }, log);
  const trimmed = value.trim();
  if (trimmed === "") return conclude({ kind: "empty", isQuoted: false }, log);
  if (value.length > limit) {
    const isPadded = trimmed.length <= limit;
    return conclude({ kind: "too-large", characters: value.length, limit, isPadded }, log);
  }
  const binary = readBinary(value, log);
  if (binary !== undefined) return binary;
  const lost = recogniseLostBinary(value);
  if (lost !== undefined) return conclude(lost, log);
  return readText(value, { log, isSecret, depth: 0 });
}

interface Reading {
  readonly log: RepairLog;
  readonly isSecret: boolean;
  readonly depth: number;
}

function readText(value: string, reading: Reading): KeyReading {
  const { log, isSecret } = reading;
  // Before anything is taken away: a character inside a JSON string may belong to a `kid`.
  const trimmed = value.replace(/^\uFEFF/, "").trim();
  const whole = readJsonText(trimmed, reading);
  if (whole !== undefined) return whole;
  const unwrapped = unwrapValue(value, log);
  // `NAME=""` in a file of a tool that keeps the quotes.
  if (unwrapped === "" && reading.depth === 0)
    return conclude({ kind: "empty", isQuoted: trimmed !== "" }, log);
  const json = readJsonText(unwrapped, reading);
  if (json !== undefined) return json;
  const broken = describeBrokenJson(unwrapped);
  if (broken !== undefined) return conclude({ kind: "broken-json", reason: broken }, log);
  const foreign = recogniseForeignForm(unwrapped, isSecret);
  if (foreign !== undefined) return conclude(foreign, log);

  const escapeLog = log.copy();
  const text = unwrapValue(undoEscapes(unwrapped, escapeLog), escapeLog);
  const read = readArmour(text, escapeLog);
  if (read.kind === "several") return conclude(nameSeveral(read.labels), escapeLog);
  if (read.kind === "stray") return conclude({ kind: "several", count: 2 }, escapeLog);
  if (read.kind === "one") {
    const { armour } = read;
    const armoured = readArmoured(armour, {
      log: escapeLog,
      readInner: (compact) => readInner(compact, { ...reading, log: escapeLog }),
    });
    // "MY-KEY-…" only looks like the rest of a BEGIN line.
    if (armour.isCertain || armoured.kind === "public") return armoured;
  }
  return readBare(text, { ...reading, log: escapeLog.copy() });
}

/** JSON, or the text that stands in it. */
function readJsonText(text: string, reading: Reading): KeyReading | undefined {
  const log = reading.log.copy();
  const json = readJson(text, log);
  if (json?.kind !== "inner") return json && conclude(json, log);
  if (reading.depth >= MAX_WRAPPINGS) return undefined;
  return readText(json.text, { ...reading, log, depth: reading.depth + 1 });
}

/** DER that was read as Latin-1 text; a readable text is never taken for it. */
function readBinary(value: string, log: RepairLog): KeyReading | undefined {
  const characters = value.startsWith("0") ? Array.from(value, (character) => character.charCodeAt(0)) : [];
  const isReadable = characters.every((code) => code >= 0x20 && code < 0x7f);
  if (isReadable || characters.some((code) => code > 0xff)) return undefined;
  const verdict = readDerVerdict(Uint8Array.from(characters));
  if (verdict.kind === "unknown") return undefined;
  log.add("binary");
  return conclude(toKeyVerdict(verdict), log);
}

/** No BEGIN or END line anywhere: bare base64 or hexadecimal of a key, base64 of a PEM, or no key at all. */
function readBare(text: string, reading: Reading): KeyReading {
  const { log } = reading;
  const compact = text.replace(/^(?:data:[^,]{0,100};base64,|base64:)/, "").replace(/\s/g, "");
  const inner = readInner(compact, reading);
  if (inner !== undefined) return inner;
  log.add("missing-header");
  log.add("missing-footer");
  const verdict = readBodyVerdict(compact, log);
  if (verdict.kind !== "unknown") return conclude(toKeyVerdict(verdict), log);
  if (/^30[0-9a-f]+$/i.test(compact) && compact.length % 2 === 0) {
    const bytes = Uint8Array.from(compact.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const hexVerdict = readDerVerdict(bytes);
    if (hexVerdict.kind !== "unknown") {
      log.add("hexadecimal");
      return conclude(toKeyVerdict(hexVerdict), log);
    }
  }
  return conclude({ kind: "text" }, log);
}

/** Base64 of text that is itself a key, up to a few layers deep. */
function readInner(compact: string, reading: Reading): KeyReading | undefined {
  if (reading.depth >= MAX_WRAPPINGS) return undefined;
  const log = reading.log.copy();
  const decoded = decodeText(compact, log);
  if (typeof decoded !== "string") return decoded && conclude(decoded, log);
  const inner = readText(decoded, { log, isSecret: true, depth: reading.depth + 1 });
  return inner.kind === "text" ? undefined : inner;
}
