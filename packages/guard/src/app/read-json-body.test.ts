import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readJsonBody } from "./read-json-body.ts";

const schema = z.object({
  ids: z.array(z.string()).min(1),
  kinds: z.array(z.enum(["agent", "team"])).optional(),
  name: z.string().min(1).max(5).nullish(),
  state: z.record(z.string(), z.unknown()).nullish(),
  apply: z.boolean().default(true),
});

const request = (body: string | Uint8Array<ArrayBuffer>, type = "application/json") =>
  new Request("http://localhost/things", { method: "POST", body, headers: { "content-type": type } });
const read = (body: string | Uint8Array<ArrayBuffer>, type?: string) =>
  readJsonBody(request(body, type), schema);
const faultOf = async (body: string | Uint8Array<ArrayBuffer>, type?: string) => {
  const result = await read(body, type);
  if (result.ok) throw new Error("no fault");
  return result.fault;
};

describe("a JSON body", () => {
  it("is what its schema says, without what that does not name", async () => {
    const body = { ids: ["a"], name: null, state: { a: [1, null] }, more: 1 };
    expect(await read(JSON.stringify(body))).toEqual({
      ok: true,
      value: { ids: ["a"], name: null, state: { a: [1, null] }, apply: true },
    });
    expect(await read('{"ids":["a"],"__proto__":{"apply":false}}')).toEqual({
      ok: true,
      value: { ids: ["a"], apply: true },
    });
  });

  it.each(["application/json; charset=utf-8", "APPLICATION/JSON", "application/problem+json"])(
    "is read under the type %s",
    async (type) => {
      expect((await read('{"ids":["a"]}', type)).ok).toBe(true);
    },
  );

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])(
    "is not read under the type %j, which a page could send unasked",
    async (type) => {
      expect(await faultOf('{"ids":["a"]}', type)).toEqual({
        status: 422,
        detail: [
          {
            type: "value_error",
            loc: ["header", "content-type"],
            msg: "Value error, the body is read as JSON only; send it with the content type application/json",
            input: null,
          },
        ],
      });
    },
  );

  it("may be left out only where the route says so", async () => {
    expect(await faultOf("")).toEqual({
      status: 422,
      detail: [{ type: "missing", loc: ["body"], msg: "Field required", input: null }],
    });
    const empty = new Request("http://localhost/things", { method: "POST" });
    const optional = z.object({ name: z.string().nullish() });
    expect(await readJsonBody(empty, optional, { isOptional: true })).toEqual({ ok: true, value: {} });
  });

  it.each([
    ["{}", { type: "missing", loc: ["body", "ids"], msg: "Field required", input: null }],
    [
      '{"ids":[]}',
      {
        type: "too_short",
        loc: ["body", "ids"],
        msg: "List should have at least 1 item after validation, not 0",
        input: null,
        ctx: { field_type: "List", min_length: 1, actual_length: 0 },
      },
    ],
    [
      '{"ids":"a"}',
      { type: "list_type", loc: ["body", "ids"], msg: "Input should be a valid list", input: "a" },
    ],
    [
      '{"ids":["a",1]}',
      { type: "string_type", loc: ["body", "ids", 1], msg: "Input should be a valid string", input: 1 },
    ],
    [
      '{"ids":["a"],"kinds":["agent","x"]}',
      {
        type: "enum",
        loc: ["body", "kinds", 1],
        msg: "Input should be 'agent' or 'team'",
        input: "x",
        ctx: { expected: "'agent' or 'team'" },
      },
    ],
    [
      '{"ids":["a"],"name":""}',
      {
        type: "string_too_short",
        loc: ["body", "name"],
        msg: "String should have at least 1 character",
        input: "",
        ctx: { min_length: 1 },
      },
    ],
    [
      '{"ids":["a"],"name":"123456"}',
      {
        type: "string_too_long",
        loc: ["body", "name"],
        msg: "String should have at most 5 characters",
        input: null,
        ctx: { max_length: 5 },
      },
    ],
    [
      '{"ids":["a"],"state":[1]}',
      { type: "dict_type", loc: ["body", "state"], msg: "Input should be a valid dictionary", input: null },
    ],
    [
      '{"ids":["a"],"apply":null}',
      { type: "bool_type", loc: ["body", "apply"], msg: "Input should be a valid boolean", input: null },
    ],
    [
      "[1]",
      {
        type: "model_attributes_type",
        loc: ["body"],
        msg: "Input should be a valid dictionary or object to extract fields from",
        input: null,
      },
    ],
    [
      '{"ids":',
      {
        type: "json_invalid",
        loc: ["body", 7],
        msg: "JSON decode error",
        input: {},
        ctx: { error: "Expecting value" },
      },
    ],
    [
      '{"ids":["\\ud800"]}',
      {
        type: "value_error",
        loc: ["body"],
        msg: "Value error, a text in it is not well-formed Unicode",
        input: null,
      },
    ],
  ])("is refused in the contract's words: %s", async (body, issue) => {
    expect(await faultOf(body)).toEqual({ status: 422, detail: [issue] });
  });

  it("that is not UTF-8 is refused", async () => {
    expect(await faultOf(Uint8Array.from([0x22, 0xff, 0x22]))).toEqual({
      status: 400,
      detail: "The JSON body is not valid UTF-8",
    });
  });

  it("is bounded in bytes, values and depth", async () => {
    const sized = (bytes: number) => `{"ids":["a"],"x":"${"y".repeat(bytes - 20)}"}`;
    expect((await read(sized(1024 * 1024))).ok).toBe(true);
    expect(await faultOf(sized(1024 * 1024 + 1))).toEqual({
      code: "INPUT_BODY_TOO_LARGE",
      limit: 1024 * 1024,
    });
    expect(await faultOf(`{"ids":[${'"a",'.repeat(100_000)}"a"]}`)).toMatchObject({
      code: "INPUT_JSON_TOO_COMPLEX",
    });
    const deep = (levels: number) => `{"ids":["a"],"x":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    expect((await read(deep(32))).ok).toBe(true);
    expect(await faultOf(deep(33))).toMatchObject({ code: "INPUT_JSON_TOO_DEEP" });
  });
});
