import { RUN_FORM_FIELDS } from "@agentos/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseUrlencoded } from "./parse-urlencoded.ts";
import { RUN_FIELDS } from "./run-body.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function parse(text: string, maxFields = 100) {
  const body = parseUrlencoded(encode(text), maxFields, RUN_FIELDS);
  if (!body.ok) throw new Error(JSON.stringify(body.fault));
  return { values: [...body.value.values], files: body.value.files };
}

/** What the platform's parser finds for the fields of a run. */
function parseByPlatform(text: string) {
  const all = new URLSearchParams(text);
  const values = new Map<string, string>();
  for (const [name, value] of all) {
    if (Object.hasOwn(RUN_FORM_FIELDS, name) && name !== "files") values.set(name, value);
  }
  return { values: [...values], files: all.getAll("files") };
}

describe("parseUrlencoded", () => {
  it.each([
    "",
    "message",
    "message=",
    "=message",
    "=",
    "message=b=c",
    "message&stream&&x&",
    "message=b+c%2B+d&mess+age=x",
    "message=%",
    "message=%4",
    "message=%4x%zz%",
    "message=%e4%F6&stream=%c3",
    "message=%C3%BC%F0%9F%98%80",
    "%6dessage=1&%6D%65%73%73%61%67%65=2",
    "\uFEFFmessage=\uFEFFb",
    "message=\uFEFFb",
    "message=日本語",
    "message=%ED%A0%BD",
    "__proto__=x&constructor=y&toString=z",
    "files=a&message=1&files=b&files=",
    "stream=1&message=2&stream=3",
  ])("reads of %j what the URL standard does", (text) => {
    expect(parse(text)).toEqual(parseByPlatform(text));
  });

  it("reads of any ASCII text what the URL standard does", () => {
    const pieces = [
      "message",
      "stream",
      "files",
      "%73tream",
      "a",
      "=",
      "&",
      "+",
      "%",
      "4",
      "C3",
      "%C3%BC",
      "?",
      "#",
    ];
    const text = fc
      .array(fc.constantFrom(...pieces))
      .map((all) => all.join(""))
      // Beyond ASCII, Node's own reading of a text with broken escapes differs from the standard.
      // URLSearchParams drops a leading "?", a body has none to drop.
      .filter((value) => !value.startsWith("?"));
    fc.assert(
      fc.property(text, (value) => {
        expect(parse(value)).toEqual(parseByPlatform(value));
      }),
    );
  });

  it("reads bytes that are no UTF-8 as U+FFFD, so that no text of a form has half a character", () => {
    const bytes = Uint8Array.from([...encode("message=a"), 0xff, 0xc3, ...encode("b%ED%A0%BDc")]);
    const body = parseUrlencoded(bytes, 1, RUN_FIELDS);
    const message = body.ok ? body.value.values.get("message") : undefined;
    expect(message).toBe("a\ufffd\ufffdb\ufffd\ufffd\ufffdc");
  });

  it.each([
    ["message=1&a&b", true],
    ["message=1&a&b&", true],
    ["message=1&a&b&c", false],
    ["message=1&&&a", false],
  ])("counts what it does not read against the limit: %s", (text, isTaken) => {
    expect(parseUrlencoded(encode(text), 3, RUN_FIELDS).ok).toBe(isTaken);
  });

  it.each(["+", "%", "%20", "%C3%A4", "="])("reads megabytes of %j in one pass", (piece) => {
    const count = 10_000_000 / piece.length;
    const text = `message=${piece.repeat(count)}&stream=1`;
    const { values } = parse(text);
    const decoded = { "+": " ", "%20": " ", "%C3%A4": "ä" }[piece] ?? piece;
    expect(values[0]?.[1] === decoded.repeat(count)).toBe(true);
    expect(values[1]).toEqual(["stream", "1"]);
  });

  it.each(["&", "a&", "=&"])("stops at the limit in megabytes of %j", (piece) => {
    expect(parseUrlencoded(encode(piece.repeat(5_000_000)), 100, RUN_FIELDS)).toMatchObject({
      ok: false,
      fault: { code: "INPUT_FIELDS_TOO_MANY" },
    });
  });
});
