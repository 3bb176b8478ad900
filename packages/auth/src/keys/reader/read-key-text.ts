/**
 * The key doctor: text in, a public key with the list of repairs out, or a named fault.
 *
 * INVARIANT: a repair gives exactly the same key or a fault, never silently another key. Repairs only remove or
 * add what carries no key bits, and the DER reader demands that every byte is accounted for.
 */

import type { Facts } from "@agentos/contract";
import { isRecord } from "@agentos/contract";
import { decodeBase64, decodeBase64Prefix } from "../../encoding/base64.ts";
import type { KeyFaultCode } from "../model/key.ts";
import { MAX_WRAPPINGS } from "../model/key-limits.ts";
import type { PublicKey } from "../model/public-key.ts";
import { type KeyRepair, RepairLog } from "../model/repairs.ts";
import { type Armour, readArmour } from "./armour.ts";
import { recogniseForeignForm } from "./foreign-form.ts";
import { recogniseLostBinary } from "./lost-binary.ts";
import { hasSpacesForPluses, judgeBody, toStandardAlphabet } from "./read-body.ts";
import { undoEscapes, unwrapValue } from "./unwrap.ts";
import { type DerVerdict, judgeDer } from "./verdict.ts";

export type KeyText =
  | { readonly kind: "public"; readonly key: PublicKey; readonly repairs: readonly KeyRepair[] }
  | {
      readonly kind: "json";
      readonly value: Readonly<Record<string, unknown>>;
      readonly repairs: readonly KeyRepair[];
    }
  | { readonly kind: "fault"; readonly code: KeyFaultCode; readonly facts: Facts }
  /** Nothing that could be a key: a shared secret perhaps. */
  | { readonly kind: "text" };

const TEXT = { kind: "text" } as const;
/** Base64 of `---`. */
const BASE64_OF_DASHES = "LS0t";

/** `isSecret`: a shared secret is expected, so a form that a secret can have by chance is not named. */
export function readKeyText(value: string, isSecret: boolean): KeyText {
  const log = new RepairLog();
  const binary = readBinary(value, log);
  if (binary !== undefined) return binary;
  const lost = recogniseLostBinary(value);
  if (lost !== undefined)
    return lost === "private" ? keyFault("KEY_PRIVATE", { found: "DER" }) : keyFault("KEY_BINARY");
  return readText(value, { log, isSecret, depth: 0 });
}

interface Reading {
  readonly log: RepairLog;
  readonly isSecret: boolean;
  readonly depth: number;
}

function readText(value: string, reading: Reading): KeyText {
  const { log, isSecret } = reading;
  // Before anything is taken away: a character inside a JSON string may belong to a `kid`.
  const whole = readJson(value.replace(/^\uFEFF/, "").trim(), log);
  if (whole !== undefined) return whole;
  const unwrapped = unwrapValue(value, log);
  const json = readJson(unwrapped, log);
  if (json !== undefined) return json;
  const foreign = recogniseForeignForm(unwrapped, isSecret);
  if (foreign !== undefined)
    return { kind: "fault", code: foreign, facts: foreign === "KEY_PRIVATE" ? { found: "PuTTY" } : {} };

  const escapeLog = log.copy();
  const text = unwrapValue(undoEscapes(unwrapped, escapeLog), escapeLog);
  const read = readArmour(text, escapeLog);
  if (read.kind === "several") return judgeSeveral(read.labels);
  if (read.kind === "stray") return severalFault(2);
  if (read.kind === "one") {
    const armoured = readArmoured(read.armour, { ...reading, log: escapeLog });
    // "MY-KEY-…" only looks like the rest of a BEGIN line.
    if (read.armour.isCertain || armoured.kind === "public") return armoured;
  }
  return readBare(text, { ...reading, log: escapeLog.copy() });
}

/** A JWK, a JWKS or some other object; escaped quotes are what a shell leaves behind. */
function readJson(text: string, log: RepairLog): KeyText | undefined {
  if (!text.startsWith("{")) return undefined;
  for (const candidate of [text, text.replace(/\\{1,8}"/g, '"')]) {
    const value = parseJsonObject(candidate);
    if (value === undefined) continue;
    if (candidate !== text) log.add("escaped-characters");
    return { kind: "json", value, repairs: log.list() };
  }
  return undefined;
}

function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** DER that was read as Latin-1 text; a readable text is never taken for it. */
function readBinary(value: string, log: RepairLog): KeyText | undefined {
  const characters = value.startsWith("0") ? Array.from(value, (character) => character.charCodeAt(0)) : [];
  const isReadable = characters.every((code) => code >= 0x20 && code < 0x7f);
  if (isReadable || characters.some((code) => code > 0xff)) return undefined;
  const verdict = judgeDer(Uint8Array.from(characters));
  if (verdict.kind === "unknown") return undefined;
  log.add("binary");
  return fromVerdict(verdict, log);
}

function judgeSeveral(labels: readonly string[]): KeyText {
  // `openssl ecparam -genkey` prints parameters and private key together.
  const privateLabel = labels.find((label) => label.includes("PRIVATE"));
  if (privateLabel !== undefined) return keyFault("KEY_PRIVATE", { found: "PEM" });
  const isChain = labels.every((label) => label.endsWith("CERTIFICATE"));
  return isChain ? keyFault("KEY_CERTIFICATE") : severalFault(labels.length);
}

function readArmoured(armour: Armour, reading: Reading): KeyText {
  const { log } = reading;
  const { label, body } = armour;
  if (/Proc-Type:[^\n]{0,20}ENCRYPTED|DEK-Info:/i.test(body)) return keyFault("KEY_ENCRYPTED");
  if (label?.startsWith("SSH2")) return keyFault("KEY_OPENSSH");
  const compact = body.replace(/\s/g, "");
  const verdict = judgeBody(compact, log);
  if (
    verdict.kind === "unknown" ||
    verdict.kind === "damaged" ||
    verdict.kind === "truncated" ||
    verdict.kind === "trailing"
  ) {
    return hasSpacesForPluses(body)
      ? keyFault("KEY_PLUS_LOST")
      : judgeUnclear(compact, { label, verdict }, reading);
  }
  if (verdict.kind === "public") noteLabel(label, verdict.format, log);
  return fromVerdict(verdict, log);
}

/** The content says nothing clear: the label may still tell what must not be accepted or what to advise. */
function judgeUnclear(
  compact: string,
  found: { label: string | undefined; verdict: DerVerdict },
  reading: Reading,
): KeyText {
  const { label, verdict } = found;
  const bytes = decodeBase64Prefix(compact);
  const start = String.fromCharCode(...bytes.slice(0, 40));
  if (start.startsWith("openssh-key-v1")) return keyFault("KEY_PRIVATE", { found: "OpenSSH" });
  if (label?.includes("PRIVATE")) return keyFault("KEY_PRIVATE", { found: label });
  if (label?.endsWith("CERTIFICATE")) return keyFault("KEY_CERTIFICATE");
  if (/^\0\0\0.(?:ssh-|ecdsa-|sk-)/.test(start)) return keyFault("KEY_OPENSSH");
  if (compact === "") return keyFault("KEY_BODY_MISSING");
  if (/\.\.\.|…|\*{3}|[<>[\]{}]|your/i.test(compact)) return keyFault("KEY_PLACEHOLDER");
  if (label?.startsWith("PGP")) return unreadable("it is a PGP key, which tokens do not use");
  // PEM inside PEM, as a double wrapping tool leaves it.
  const inner = decodeInner(compact, reading);
  if (inner !== undefined && inner.kind !== "text") return inner;
  if (verdict.kind === "unknown" || /[^A-Za-z0-9+/=_-]/.test(compact))
    return unreadable(describeBody(compact));
  return fromVerdict(verdict, reading.log);
}

/** No BEGIN or END line anywhere: bare base64 or hexadecimal of a key, base64 of a PEM, or no key at all. */
function readBare(text: string, reading: Reading): KeyText {
  const { log } = reading;
  const compact = text.replace(/^(?:data:[^,]{0,100};base64,|base64:)/, "").replace(/\s/g, "");
  const inner = decodeInner(compact, reading);
  if (inner !== undefined) return inner;
  log.add("missing-header");
  log.add("missing-footer");
  const verdict = judgeBody(compact, log);
  if (verdict.kind !== "unknown") return fromVerdict(verdict, log);
  if (/^30[0-9a-f]+$/i.test(compact) && compact.length % 2 === 0) {
    const bytes = Uint8Array.from(compact.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const hexVerdict = judgeDer(bytes);
    if (hexVerdict.kind !== "unknown") {
      log.add("hexadecimal");
      return fromVerdict(hexVerdict, log);
    }
  }
  return TEXT;
}

/** Base64 of text that is itself a key, up to a few layers deep. */
function decodeInner(compact: string, reading: Reading): KeyText | undefined {
  if (reading.depth >= MAX_WRAPPINGS || compact.length < 40) return undefined;
  const standard = toStandardAlphabet(compact, new RepairLog());
  const isPem = standard.startsWith(BASE64_OF_DASHES) && /^[A-Za-z0-9+/=]+$/.test(standard);
  if (isPem && /=[A-Za-z0-9+/]/.test(standard)) return severalFault(2);
  // A cut-off PEM is still read, so that it is named as cut off.
  const bytes = decodeBase64(standard) ?? (isPem ? decodeBase64Prefix(standard) : undefined);
  if (bytes === undefined) return undefined;
  const log = reading.log.copy();
  log.add("base64-of-pem");
  const isWide = bytes.length > 2 && bytes[0] !== 0 && bytes[1] === 0;
  const hasWideMark = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (isWide || hasWideMark) log.add("utf-16");
  const narrow =
    isWide || hasWideMark ? bytes.slice(hasWideMark ? 2 : 0).filter((_, index) => index % 2 === 0) : bytes;
  const text = new TextDecoder("utf-8").decode(narrow);
  if (text.includes("\uFFFD")) return undefined;
  const inner = readText(text, { log, isSecret: true, depth: reading.depth + 1 });
  return inner.kind === "text" ? undefined : inner;
}

function noteLabel(label: string | undefined, format: "spki" | "pkcs1", log: RepairLog): void {
  const expected = format === "pkcs1" ? "RSA PUBLIC KEY" : "PUBLIC KEY";
  if (label !== undefined && label !== expected) log.add("wrong-label");
}

function describeBody(compact: string): string {
  const position = compact.search(/[^A-Za-z0-9+/=_-]/);
  if (position >= 0) return `character ${position + 1} after the BEGIN line is not base64`;
  return "what is between the BEGIN and END lines is not a key";
}

function unreadable(reason: string): KeyText {
  return keyFault("KEY_UNREADABLE", { reason });
}

function severalFault(count: number): KeyText {
  return keyFault("KEY_SEVERAL_IN_ONE_VALUE", { count });
}

function keyFault(code: KeyFaultCode, facts: Facts = {}): KeyText {
  return { kind: "fault", code, facts };
}

function fromVerdict(verdict: DerVerdict, log: RepairLog): KeyText {
  switch (verdict.kind) {
    case "public":
      return { kind: "public", key: verdict.key, repairs: log.list() };
    case "private":
      return keyFault("KEY_PRIVATE", { found: verdict.found });
    case "encrypted":
      return keyFault("KEY_ENCRYPTED");
    case "certificate":
      return keyFault("KEY_CERTIFICATE");
    case "certificate-request":
      return keyFault("KEY_CERTIFICATE_REQUEST");
    case "unsupported-type":
      return keyFault("KEY_TYPE_UNSUPPORTED", { key_type: verdict.keyType });
    case "unsupported-curve":
      return keyFault("KEY_CURVE_UNSUPPORTED", { curve: verdict.curve });
    case "truncated":
      if (verdict.isLikelyPrivate) return keyFault("KEY_PRIVATE", { found: "cut off" });
      return keyFault("KEY_TRUNCATED", { actual: verdict.actual, expected: verdict.expected });
    case "several":
      return severalFault(2);
    case "trailing":
      return unreadable("something follows the key that does not belong to it");
    case "damaged":
      return unreadable("it starts like a key but its content is damaged");
    default:
      return TEXT;
  }
}
