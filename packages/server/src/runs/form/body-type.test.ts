import { describe, expect, it } from "vitest";
import { parseBodyType } from "./body-type.ts";

const missing = { type: "missing", loc: ["body", "message"], msg: "Field required", input: null };
const other = (problem: string, input: unknown) => ({
  status: 422,
  detail: [
    missing,
    {
      type: "value_error",
      loc: ["header", "content-type"],
      msg: `Value error, ${problem}; send application/json, multipart/form-data or application/x-www-form-urlencoded`,
      input,
    },
  ],
});

describe("parseBodyType", () => {
  it.each([
    ["application/x-www-form-urlencoded", "urlencoded"],
    ["Application/X-WWW-Form-Urlencoded; charset=utf-8", "urlencoded"],
    ["application/json", "json"],
    ["APPLICATION/JSON ; charset=utf-8", "json"],
    ["application/vnd.acme.run+json", "json"],
    ["application/a+b+json; v=1", "json"],
    ["multipart/form-data; boundary=b", "multipart"],
  ])("reads %s as %s", (contentType, kind) => {
    expect(parseBodyType(contentType, "message")).toMatchObject({ ok: true, value: { kind } });
  });

  it.each([
    ["text/plain;charset=UTF-8", "text/plain"],
    ["text/json", "text/json"],
    ["application/jsonp", "application/jsonp"],
    ["application/+json", "application/+json"],
    ["application/octet-stream", "application/octet-stream"],
    ["multipart/mixed; boundary=b", "multipart/mixed"],
    [`text/${"x".repeat(100)}`, `text/${"x".repeat(100)}`],
  ])("misses the message under %s, and says what came and what to send", (contentType, input) => {
    expect(parseBodyType(contentType, "message")).toEqual({
      ok: false,
      fault: other("this content type is not read", input),
    });
  });

  it.each([
    "application/json, application/json",
    "json",
    "text/\u001b[31m",
    "text/<b>",
    "text/é",
    `text/${"x".repeat(101)}`,
    "x".repeat(90_000),
  ])("says back nothing that is not plainly a content type: %j", (contentType) => {
    expect(parseBodyType(contentType, "message")).toEqual({
      ok: false,
      fault: other("this content type is not read", null),
    });
  });

  it.each(["", " ", "; charset=utf-8"])("says that there is none in %j", (contentType) => {
    expect(parseBodyType(contentType, "message")).toEqual({
      ok: false,
      fault: other("the body has no content type", null),
    });
  });

  it("names no field where none is required", () => {
    expect(parseBodyType("text/plain", undefined)).toMatchObject({
      fault: { status: 422, detail: [{ loc: ["header", "content-type"], input: "text/plain" }] },
    });
  });
});
