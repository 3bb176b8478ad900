import { describe, expect, it, vi } from "vitest";
import { MAX_BODY_JSON_MARKS, MAX_JSON_DEPTH } from "./form-limits.ts";
import { parseJsonBody } from "./parse-json-body.ts";
import { RUN_FIELDS } from "./run-body.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const parse = (body: string | Uint8Array<ArrayBuffer>, maxFields = 100) =>
  parseJsonBody(typeof body === "string" ? encode(body) : body, maxFields, RUN_FIELDS);

function valuesOf(body: string | Uint8Array<ArrayBuffer>, maxFields?: number) {
  const parsed = parse(body, maxFields);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.fault));
  return Object.fromEntries(parsed.value.values);
}

const faultOf = (body: string | Uint8Array<ArrayBuffer>, maxFields?: number) => {
  const parsed = parse(body, maxFields);
  return parsed.ok ? undefined : parsed.fault;
};
const tooMuch = { code: "INPUT_JSON_TOO_COMPLEX", limit: MAX_BODY_JSON_MARKS };
const tooDeep = { code: "INPUT_JSON_TOO_DEEP", limit: MAX_JSON_DEPTH + 1 };

describe("parseJsonBody", () => {
  it("keeps the fields of a run as they are, but for null, and no others", () => {
    const body = { message: "hi", stream: false, session_state: { a: null }, user_id: null, run_id: "mine" };
    expect(valuesOf(JSON.stringify(body))).toEqual({
      message: "hi",
      stream: false,
      session_state: { a: null },
    });
  });

  it("takes no field from a prototype, nor one for a prototype", () => {
    expect(valuesOf('{"__proto__":{"message":"hi"},"constructor":1,"toString":2}')).toEqual({});
    expect(valuesOf('{"message":"hi"}')).toEqual({ message: "hi" });
  });

  it("takes the last of equal keys, however they are spelt", () => {
    expect(valuesOf('{"message":"one","m\\u0065ssage":"two"}')).toEqual({ message: "two" });
  });

  it("reads nothing from no bytes", () => {
    expect(valuesOf("")).toEqual({});
  });

  it("passes over a BOM at the start, and nowhere else", () => {
    expect(valuesOf('\uFEFF{"message":"\uFEFFhi"}')).toEqual({ message: "\uFEFFhi" });
    expect(faultOf('{\uFEFF"message":"hi"}')).toMatchObject({ detail: [{ loc: ["body", 1] }] });
  });

  it.each([
    ["a byte that is none", Uint8Array.from([...encode('{"message":"'), 0xff, ...encode('"}')])],
    ["a letter that is cut off", Uint8Array.from([...encode('{"message":"'), 0xc3, ...encode('"}')])],
    [
      "half a surrogate pair",
      Uint8Array.from([...encode('{"message":"'), 0xed, 0xa0, 0xbd, ...encode('"}')]),
    ],
    ["UTF-16", Uint8Array.from(Buffer.from('\uFEFF{"message":"hi"}', "utf16le"))],
  ])("refuses what is not UTF-8: %s", (_, bytes) => {
    expect(faultOf(bytes)).toEqual({ status: 400, detail: "The JSON body is not valid UTF-8" });
    expect(valuesOf('{"message":"ÿ"}')).toEqual({ message: "ÿ" });
  });

  it.each([
    ['{"message":"hi"', 15, "Expecting ',' delimiter"],
    ["message=hi&stream=false", 0, "Expecting value"],
    [" ", 1, "Expecting value"],
    ["\uFEFF", 0, "Expecting value"],
  ])("says where %j stops being JSON, and says none of it back", (body, offset, error) => {
    expect(faultOf(body)).toEqual({
      status: 422,
      detail: [
        { type: "json_invalid", loc: ["body", offset], msg: "JSON decode error", input: {}, ctx: { error } },
      ],
    });
  });

  it.each([
    ["[1]", null],
    ['"hi"', "hi"],
    ["7", 7],
    ["true", true],
    ["null", null],
  ])("refuses %s, which is no object", (body, input) => {
    const msg = "Input should be a valid dictionary or object to extract fields from";
    expect(faultOf(body)).toEqual({
      status: 422,
      detail: [{ type: "model_attributes_type", loc: ["body"], msg, input }],
    });
  });

  it("counts members that it does not know", () => {
    expect(valuesOf('{"a":1,"b":2,"message":"hi"}', 3)).toEqual({ message: "hi" });
    expect(faultOf('{"a":1,"b":2,"c":3,"message":"hi"}', 3)).toEqual({
      code: "INPUT_FIELDS_TOO_MANY",
      limit: 3,
    });
  });

  it("has limits of depth and of values, and parses nothing above them", () => {
    const list = (marks: number) => `{"a":[${"1,".repeat(marks - 5)}1]}`;
    const nested = (depth: number) => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(faultOf(list(MAX_BODY_JSON_MARKS))).toBeUndefined();
    expect(faultOf(nested(MAX_JSON_DEPTH))).toBeUndefined();
    const jsonParse = vi.spyOn(JSON, "parse");
    expect(faultOf(list(MAX_BODY_JSON_MARKS + 1))).toEqual(tooMuch);
    expect(faultOf(nested(MAX_JSON_DEPTH + 1))).toEqual(tooDeep);
    expect(faultOf("[".repeat(1_000_000))).toEqual(tooDeep);
    expect(jsonParse).not.toHaveBeenCalled();
    jsonParse.mockRestore();
  });

  it.each(["\\\\", "\\u0041", "\\ud83d", "a", "é", '\\"'])("reads a string of megabytes of %j", (piece) => {
    const text = JSON.parse(`"${piece}"`) as string;
    const count = 4_000_000 / piece.length;
    expect(valuesOf(`{"message":"${piece.repeat(count)}"}`)["message"] === text.repeat(count)).toBe(true);
  });
});
