/**
 * What a text turns into when one layer of writing is taken off: escapes, what stands between characters, hexadecimal,
 * numbers, base64. Nothing here is exact: it serves to recognise what must be refused, never to read a key.
 */

/** The shortest run of digits that is opened: less holds no trace of a key. */
const LEAST_DIGITS = 32;

/** The text with one layer less, in each way there is; every view is shorter than the text, or the text itself. */
export function openLayer(text: string): readonly string[] {
  const visible = text.replace(UNSEEN, "");
  return [
    visible,
    visible.replace(BLANK, ""),
    ...[undoEscapes(text), ...readHexadecimal(text), ...readNumbers(text), ...readBase64(text)].map(readUtf8),
  ];
}

/* oxlint-disable no-control-regex -- what these are about is often a control character */
/** The NULs of UTF-16, what cannot be seen, and what was lost. */
const UNSEEN = /[\0\xad\u200b-\u200f\u2060\ufeff\ufffd]+/g;
const BLANK = /[\x01- \x7f-\xa0\u2028-\u202f]+/g;
/** Wide letters and the NULs of UTF-16 are text too. */
const READABLE = /[\0\t\n\r -~\u200b\uff01-\uff5e]{24}/;
const NOT_ASCII = /[^\0-\x7f]/;
const NOT_A_BYTE = /[^\0-\xff]/;
/* oxlint-enable no-control-regex -- no control characters below */

/** False for bytes that read like no text at all, which have no further layer. */
export function isReadable(text: string): boolean {
  return READABLE.test(text);
}

const ESCAPE = new RegExp(
  [
    String.raw`\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|([0-3][0-7]{2})|([nrt0"'\\/]))`,
    "%(?:u([0-9a-f]{4})|([0-9a-f]{2}))",
    "&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(amp|quot|apos|lt|gt));",
    "([\uFF01-\uFF5E])",
  ].join("|"),
  "gi",
);
const NAMED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", 0: "\0", "\\": "\\", amp: "&" };

/** Backslash, percent and HTML escapes, and wide letters. */
function undoEscapes(text: string): string {
  return text.replace(ESCAPE, (_whole, ...groups: (string | undefined)[]) => {
    const [x, u, braced, octal, letter, percentU, percent, htmlX, decimal, name, wide] = groups;
    const short = letter ?? name;
    if (short !== undefined) return NAMED[short.toLowerCase()] ?? '"';
    if (wide !== undefined) return String.fromCharCode(wide.charCodeAt(0) - 0xfee0);
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    if (decimal !== undefined) return String.fromCharCode(Number(decimal));
    return String.fromCharCode(Number.parseInt(x ?? u ?? braced ?? percentU ?? percent ?? htmlX ?? "", 16));
  });
}

/** The bytes of all long runs of digits, whatever separates the digits, from each of the two places they may begin at. */
function readHexadecimal(text: string): readonly string[] {
  const runs = text.replace(/0x|[^0-9a-z]+/gi, "").match(/[0-9a-f]{32,}/gi);
  const digits = runs?.join("") ?? "";
  if (digits.length < LEAST_DIGITS) return [];
  return [digits, digits.slice(1)].map((run) =>
    run.replace(/..?/g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))),
  );
}

/** Bytes as decimal numbers, as programs print lists; negative where the language has signed bytes. */
function readNumbers(text: string): readonly string[] {
  const runs = text.match(/\d{1,3}(?:[\s,;:|]{1,4}-?\d{1,3}){23,}/g);
  const numbers = runs?.join(" ").match(/-?\d+/g) ?? [];
  return numbers.length === 0
    ? []
    : [numbers.map((number) => String.fromCharCode(Number(number) & 0xff)).join("")];
}

/** The bytes of base64, whatever separates its characters, from each of the four places where a group may begin. */
function readBase64(text: string): readonly string[] {
  const digits = text
    .replace(/[^A-Za-z0-9+/_-]+/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  if (digits.length < LEAST_DIGITS) return [];
  return [0, 1, 2, 3].map((start) => {
    const end = digits.length - ((digits.length - start) % 4 === 1 ? 1 : 0);
    return atob(digits.slice(start, end));
  });
}

/** Bytes that are UTF-8 as the text that they are; others as they are. */
function readUtf8(binary: string): string {
  if (!NOT_ASCII.test(binary) || NOT_A_BYTE.test(binary)) return binary;
  try {
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return binary;
  }
}
