/**
 * Finds the BEGIN and END lines of PEM, however damaged, and gives back the body between them. The
 * structure of the body decides what it is; the label is only compared with it.
 */

import type { RepairLog } from "../model/repairs.ts";

/** Words of the label in upper case, single spaces. */
export type Label = string;

export interface Armour {
  readonly label: Label | undefined;
  readonly body: string;
  /** A BEGIN or an END line is there, not only something like the rest of one. */
  readonly isCertain: boolean;
}

export type ArmourRead =
  | { readonly kind: "one"; readonly armour: Armour }
  | { readonly kind: "several"; readonly labels: readonly Label[] }
  /** Base64 outside the BEGIN and END lines: possibly a second key. */
  | { readonly kind: "stray" }
  | { readonly kind: "none" };

const LABELS = [
  "PUBLIC KEY",
  "RSA PUBLIC KEY",
  "EC PUBLIC KEY",
  "DSA PUBLIC KEY",
  "ED25519 PUBLIC KEY",
  "SSH2 PUBLIC KEY",
  "SSH2 ENCRYPTED PRIVATE KEY",
  "PRIVATE KEY",
  "RSA PRIVATE KEY",
  "EC PRIVATE KEY",
  "DSA PRIVATE KEY",
  "ENCRYPTED PRIVATE KEY",
  "OPENSSH PRIVATE KEY",
  "ANY PRIVATE KEY",
  "CERTIFICATE",
  "X509 CERTIFICATE",
  "TRUSTED CERTIFICATE",
  "CERTIFICATE REQUEST",
  "NEW CERTIFICATE REQUEST",
  "PKCS7",
  "CMS",
  "X509 CRL",
  "EC PARAMETERS",
  "DH PARAMETERS",
  "PGP PUBLIC KEY BLOCK",
  "PGP PRIVATE KEY BLOCK",
] as const;

const gap = "[\\s_]{0,8}";
/** Longest first, so that "CERTIFICATE REQUEST" is not read as a certificate with a strange body. */
const label = LABELS.toSorted((a, b) => b.length - a.length)
  .map((text) => text.replaceAll(" ", gap))
  .join("|");
const BEGIN = new RegExp(`(-{0,12})${gap}BEGIN${gap}(${label})${gap}(-{0,12})`, "gi");
const END = new RegExp(`(-{0,12})${gap}END${gap}(?:${label})${gap}(-{0,12})`, "i");
/** `…IC KEY-----`: the BEGIN line lost its start. */
const BEGIN_REST = /^[A-Z \t-]{0,40}KEY[ \t]{0,4}-{1,12}(?=\s|[A-Za-z0-9+/])/;
/** `-----END PUB`: the END line lost its end. */
const END_REST = /(-{1,12})\s{0,8}(?:E|EN|END[A-Z \t]{0,30})?(-{0,12})\s{0,8}$/;

export function readArmour(text: string, log: RepairLog): ArmourRead {
  const dashed = log.replace(text, /[\u2010-\u2015\u2212]/g, "-", "damaged-armour");
  const begins = [...dashed.matchAll(BEGIN)];
  const [begin, ...more] = begins;
  if (begin !== undefined && more.length > 0) return { kind: "several", labels: begins.map(readLabel) };
  const rest = begin === undefined ? BEGIN_REST.exec(dashed) : undefined;
  const bodyStart = begin !== undefined ? begin.index + begin[0].length : (rest?.[0].length ?? 0);
  const afterBegin = dashed.slice(bodyStart);
  const end = END.exec(afterBegin);
  const endRest = end === null ? END_REST.exec(afterBegin) : undefined;
  if (begin === undefined && end === null && !rest) return { kind: "none" };

  const before = begin === undefined ? "" : dashed.slice(0, begin.index);
  const after = end === null ? "" : afterBegin.slice(end.index + end[0].length);
  if (
    /[A-Za-z0-9+/_-]{40}/.test(before.replace(/\s/g, "")) ||
    /[A-Za-z0-9+/_-]{40}/.test(after.replace(/\s/g, ""))
  ) {
    return { kind: "stray" };
  }
  if (before.trim() !== "" || after.trim() !== "") log.add("surrounding-text");

  noteHeader(begin, rest !== null && rest !== undefined, log);
  if (end === null) log.add(endRest ? "damaged-armour" : "missing-footer");
  else if (end[1]?.length !== 5 || end[2]?.length !== 5) log.add("damaged-armour");
  const body = afterBegin.slice(0, end?.index ?? endRest?.index ?? afterBegin.length);
  noteLines(dashed, { body, hasHeader: begin !== undefined, hasFooter: end !== null }, log);
  const armour = { label: begin && readLabel(begin), body, isCertain: begin !== undefined || end !== null };
  return { kind: "one", armour };
}

function readLabel(begin: RegExpExecArray): Label {
  const found = (begin[2] ?? "").replace(/[\s_]/g, "").toUpperCase();
  return LABELS.find((known) => known.replaceAll(" ", "") === found) ?? found;
}

function noteHeader(begin: RegExpExecArray | undefined, isRest: boolean, log: RepairLog): void {
  if (begin === undefined) {
    log.add(isRest ? "damaged-armour" : "missing-header");
    return;
  }
  const isExact = begin[0].startsWith(`-----BEGIN ${readLabel(begin)}-----`) && begin[3] === "-----";
  if (!isExact) log.add("damaged-armour");
}

/** Says what happened to the line ends; they carry no meaning, so this changes nothing. */
function noteLines(
  text: string,
  found: { body: string; hasHeader: boolean; hasFooter: boolean },
  log: RepairLog,
): void {
  const { body, hasHeader, hasFooter } = found;
  if (/\r/.test(text)) log.add("carriage-returns");
  if (/[\r\n][ \t\u00a0]+\S/.test(text)) log.add("indentation");
  if (/\S[ \t\u00a0]+\S/.test(body) || (/[ \t\u00a0]/.test(body) && !/[\r\n]/.test(body)))
    log.add("spaces-for-newlines");
  const isJoined = (hasHeader && /^\S/.test(body)) || (hasFooter && /\S$/.test(body)) || /\S{77}/.test(body);
  if (isJoined) log.add("joined-lines");
}
