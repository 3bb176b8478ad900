/** Base64 around the text of a key, as people and `keys env` wrap it so that no shell changes it. */

import { decodeBase64, decodeBase64Prefix } from "../../encoding/base64.ts";
import { RepairLog } from "../model/repairs.ts";
import { toStandardAlphabet } from "./read-body.ts";
import type { KeyVerdict } from "./verdict.ts";

/** Base64 of `---`. */
const BASE64_OF_DASHES = "LS0t";

/** The text inside; a verdict where there are two; undefined where it is not base64 of text. */
export function decodeText(compact: string, log: RepairLog): string | KeyVerdict | undefined {
  if (compact.length < 40) return undefined;
  const standard = toStandardAlphabet(compact, new RepairLog());
  const isPem = standard.startsWith(BASE64_OF_DASHES) && /^[A-Za-z0-9+/=]+$/.test(standard);
  if (isPem && /=[A-Za-z0-9+/]/.test(standard)) return { kind: "several", count: 2 };
  // A cut-off PEM is still read, so that it is named as cut off.
  const bytes = decodeBase64(standard) ?? (isPem ? decodeBase64Prefix(standard) : undefined);
  if (bytes === undefined) return undefined;
  log.add("base64-of-pem");
  const isWide = bytes.length > 2 && bytes[0] !== 0 && bytes[1] === 0;
  const hasWideMark = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (isWide || hasWideMark) log.add("utf-16");
  const narrow =
    isWide || hasWideMark ? bytes.slice(hasWideMark ? 2 : 0).filter((_, index) => index % 2 === 0) : bytes;
  const text = new TextDecoder("utf-8").decode(narrow);
  return text.includes("\uFFFD") ? undefined : text;
}
