import { describe, expect, test } from "vitest";
import { type KeyRepair } from "../model/key.ts";
import { describeRepairs, keyRepairs } from "../model/repairs.ts";
import { expectKey, generateFourPairs, parse, thumbprintOf } from "./test-keys.fixture.ts";

const pairs = generateFourPairs();

const body = (pem: string) => pem.trim().split("\n").slice(1, -1).join("\n");
const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");
const wrap = (text: string, width: number) => text.replace(new RegExp(`(.{${width}})`, "g"), "$1\n");
const toBase64Url = (text: string) => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const derOf = (pem: string) => Buffer.from(body(pem), "base64");
const escapeHtml = (text: string) =>
  text.replaceAll("\n", "&#10;").replaceAll("+", "&#43;").replaceAll("=", "&equals;");

/** What env files, shells, YAML, JSON, forms and people do to a PEM, and one repair that must be reported for it. */
const variants: readonly [string, KeyRepair | undefined, (pem: string) => string][] = [
  ["untouched", undefined, (pem) => pem],
  ["without the last line end", undefined, (pem) => pem.trimEnd()],
  ["one line with spaces", "spaces-for-newlines", (pem) => pem.replaceAll("\n", " ")],
  ["one line with double spaces", "spaces-for-newlines", (pem) => pem.replaceAll("\n", "  ")],
  ["tabs for line ends", "spaces-for-newlines", (pem) => pem.replaceAll("\n", "\t")],
  ["joined without anything", "joined-lines", (pem) => pem.replaceAll("\n", "")],
  ["all white space gone", "damaged-armour", (pem) => pem.replace(/\s/g, "")],
  ["literal \\n", "escaped-newlines", (pem) => pem.replaceAll("\n", "\\n")],
  ["literal \\\\n", "escaped-newlines", (pem) => pem.replaceAll("\n", "\\\\n")],
  ["literal \\\\\\\\n", "escaped-newlines", (pem) => pem.replaceAll("\n", "\\\\\\\\n")],
  ["literal \\r\\n", "escaped-newlines", (pem) => pem.replaceAll("\n", "\\r\\n")],
  ["literal \\n and real line ends", "escaped-newlines", (pem) => pem.replaceAll("\n", "\\n\n")],
  ["literal \\u000a", "escaped-newlines", (pem) => pem.replaceAll("\n", "\\u000a")],
  ["a backslash at each line end", "escaped-characters", (pem) => pem.trimEnd().replaceAll("\n", "\\\n")],
  ["n left over from \\n", "eaten-backslashes", (pem) => pem.replaceAll("\n", "n")],
  ["a JSON string", "surrounding-quotes", (pem) => JSON.stringify(pem)],
  ["a JSON string twice", "surrounding-quotes", (pem) => JSON.stringify(JSON.stringify(pem))],
  ["JSON of PHP, slashes escaped", "escaped-newlines", (pem) => JSON.stringify(pem).replaceAll("/", "\\/")],
  ["JSON of .NET, plus escaped", "escaped-newlines", (pem) => JSON.stringify(pem).replaceAll("+", "\\u002B")],
  ["double quotes", "surrounding-quotes", (pem) => `"${pem}"`],
  ["single quotes", "surrounding-quotes", (pem) => `'${pem.trimEnd()}'`],
  ["back quotes", "surrounding-quotes", (pem) => `\`${pem}\``],
  ["typographic quotes", "surrounding-quotes", (pem) => `“${pem}”`],
  ["quotes inside quotes", "surrounding-quotes", (pem) => `"'${pem}'"`],
  ["a quote only in front", "surrounding-quotes", (pem) => `"${pem}`],
  ["a quote only behind", "surrounding-quotes", (pem) => `${pem.trimEnd()}"`],
  ["quotes and literal \\n", "escaped-newlines", (pem) => `"${pem.replaceAll("\n", "\\n")}"`],
  ["quotes, spaces around", "surrounding-whitespace", (pem) => `  "${pem.replaceAll("\n", "\\n")}"  `],
  ["$'…' of bash", "surrounding-quotes", (pem) => `$'${pem.replaceAll("\n", "\\n")}'`],
  ["CRLF", "carriage-returns", (pem) => pem.replaceAll("\n", "\r\n")],
  ["CR alone", "carriage-returns", (pem) => pem.replaceAll("\n", "\r")],
  ["byte order mark", "byte-order-mark", (pem) => `\uFEFF${pem}`],
  ["byte order mark as mojibake", "byte-order-mark", (pem) => `ï»¿${pem}`],
  ["byte order mark inside quotes", "byte-order-mark", (pem) => `"\uFEFF${pem}"`],
  ["zero-width space", "invisible-characters", (pem) => pem.replaceAll("\n", "\u200B\n")],
  ["no-break spaces", "spaces-for-newlines", (pem) => pem.replaceAll("\n", "\u00A0")],
  ["indented", "indentation", (pem) => pem.trimEnd().replaceAll("\n", "\n    ")],
  ["indented, first line too", "surrounding-whitespace", (pem) => pem.replace(/^/gm, "  ")],
  ["indented with tabs", "indentation", (pem) => pem.trimEnd().replaceAll("\n", "\n\t")],
  [
    "YAML block",
    "assignment-prefix",
    (pem) => `JWT_VERIFICATION_KEY: |\n  ${pem.trimEnd().replaceAll("\n", "\n  ")}\n`,
  ],
  ["white space around", "surrounding-whitespace", (pem) => `\n\n  ${pem}\n\n`],
  ["blank lines between", undefined, (pem) => pem.replaceAll("\n", "\n\n")],
  ["base64 of the PEM", "base64-of-pem", (pem) => base64(pem)],
  ["base64 of the PEM, wrapped", "base64-of-pem", (pem) => wrap(base64(pem), 76)],
  ["base64 of the PEM, quoted", "base64-of-pem", (pem) => `"${base64(pem)}"`],
  ["base64 of the PEM, no padding", "base64-of-pem", (pem) => base64(pem).replaceAll("=", "")],
  ["base64url of the PEM", "base64-of-pem", (pem) => toBase64Url(base64(pem))],
  ["base64 of base64", "base64-of-pem", (pem) => base64(base64(pem))],
  ["base64 of a PEM with literal \\n", "escaped-newlines", (pem) => base64(pem.replaceAll("\n", "\\n"))],
  ["base64 of UTF-16", "utf-16", (pem) => base64(Buffer.from(pem, "utf16le"))],
  ["a data URL", "base64-of-pem", (pem) => `data:application/x-pem-file;base64,${base64(pem)}`],
  ["body only", "missing-header", (pem) => body(pem)],
  ["body only on one line", "missing-header", (pem) => body(pem).replaceAll("\n", "")],
  ["body only, base64url", "base64url-alphabet", (pem) => forceBase64Url(body(pem).replaceAll("\n", ""))],
  ["body only, no padding", "missing-header", (pem) => body(pem).replaceAll("=", "")],
  ["body in hexadecimal", "hexadecimal", (pem) => derOf(pem).toString("hex")],
  ["DER read as Latin-1", "binary", (pem) => derOf(pem).toString("latin1")],
  ["header lost", "missing-header", (pem) => pem.split("\n").slice(1).join("\n")],
  ["footer lost", "missing-footer", (pem) => pem.trimEnd().split("\n").slice(0, -1).join("\n")],
  ["header cut", "damaged-armour", (pem) => pem.slice(9)],
  ["footer cut", "damaged-armour", (pem) => pem.trimEnd().slice(0, -12)],
  ["footer dashes lost", "damaged-armour", (pem) => pem.trimEnd().slice(0, -5)],
  ["four dashes", "damaged-armour", (pem) => pem.replaceAll("-----", "----")],
  ["six dashes", "damaged-armour", (pem) => pem.replaceAll("-----", "------")],
  ["no dashes", "damaged-armour", (pem) => pem.replaceAll("-----", "")],
  ["no dashes, spaces", "damaged-armour", (pem) => pem.replaceAll("-----", "").replaceAll("\n", " ")],
  ["typographic dashes", "damaged-armour", (pem) => pem.replaceAll("-----", "—–—")],
  ["spaces inside the dashes", "damaged-armour", (pem) => pem.replace("-----BEGIN", "----- BEGIN")],
  ["lower-case header", "damaged-armour", (pem) => pem.replace(/BEGIN[A-Z ]+/, (text) => text.toLowerCase())],
  [
    "wrong label",
    "wrong-label",
    (pem) => pem.replaceAll("PUBLIC KEY", "CERTIFICATE").replaceAll("RSA CERT", "CERT"),
  ],
  ["private label, public content", "wrong-label", (pem) => pem.replaceAll("PUBLIC", "PRIVATE")],
  ["percent encoded line ends", "url-encoding", (pem) => pem.replaceAll("\n", "%0A")],
  ["percent encoded whole", "url-encoding", (pem) => encodeURIComponent(pem)],
  ["form encoded", "url-encoding", (pem) => new URLSearchParams({ k: pem }).toString().slice(2)],
  ["HTML escapes", "html-escapes", escapeHtml],
  ["HTML breaks", "html-escapes", (pem) => pem.replaceAll("\n", "<br>")],
  ["NAME=value", "assignment-prefix", (pem) => `JWT_VERIFICATION_KEY=${pem}`],
  ["NAME='value'", "assignment-prefix", (pem) => `JWT_VERIFICATION_KEY='${pem.replaceAll("\n", "\\n")}'`],
  [
    'export NAME="value"',
    "assignment-prefix",
    (pem) => `export JWT_VERIFICATION_KEY="${pem.replaceAll("\n", "\\n")}"`,
  ],
  ["NAME=base64", "assignment-prefix", (pem) => `JWT_VERIFICATION_KEY=${base64(pem)}`],
  ['"NAME": "value",', "assignment-prefix", (pem) => `"JWT_VERIFICATION_KEY": ${JSON.stringify(pem)},`],
  ["text in front", "surrounding-text", (pem) => `# key of staging\n${pem}`],
  ["text behind", "surrounding-text", (pem) => `${pem}# end\n`],
  [
    "lines of 76",
    undefined,
    (pem) => pem.replace(body(pem), wrap(body(pem).replaceAll("\n", ""), 76).trim()),
  ],
  [
    "everything at once",
    "escaped-newlines",
    (pem) => `\uFEFF export KEY="  ${pem.replaceAll("\n", "\\r\\n  ")}"\r\n`,
  ],
];

/** Not every key has a "+" or "/"; the repair shows only where there is one. */
function forceBase64Url(text: string): string {
  return toBase64Url(text);
}

describe.each(pairs)("$name", ({ pem, publicKey }) => {
  test.each(variants)("reads a PEM with %s as the very same key", async (_, repair, mangle) => {
    const mangled = mangle(pem);
    const key = await expectKey(mangled);
    expect(key.thumbprint).toBe(await thumbprintOf(publicKey));
    const canShow = repair !== "base64url-alphabet" || /[-_]/.test(mangled);
    if (repair === undefined) expect(key.repairs).toEqual([]);
    else if (canShow) expect(key.repairs).toContain(repair);
  });
});

test("says nothing about repairs for a clean key, and freezes what it returns", async () => {
  const [pair] = pairs;
  const { keys } = await parse(pair?.pem ?? "");
  expect(keys[0]?.repairs).toEqual([]);
  expect(Object.isFrozen(keys[0])).toBe(true);
});

test("calls base64 of a PEM a form and not a repair, and what was wrong inside it a repair", async () => {
  const [pair] = pairs;
  const clean = await expectKey(base64(pair?.pem ?? ""));
  expect(describeRepairs(clean.repairs)).toEqual({ form: "read from base64", repairs: [] });
  const mangled = await expectKey(base64((pair?.pem ?? "").replaceAll("\n", "\\n")));
  expect(describeRepairs(mangled.repairs)).toMatchObject({
    form: "read from base64",
    repairs: [keyRepairs["escaped-newlines"]],
  });
});

test("has a sentence for every repair", () => {
  for (const sentence of Object.values(keyRepairs)) expect(sentence).toMatch(/^[^.\n]{10,}[^.]$/);
});
