import { describe, expect, it, vi } from "vitest";
import {
  parseBoolean,
  parseInteger,
  parseList,
  parseMessage,
  parseObject,
  parseState,
  parseText,
} from "./field-values.ts";
import {
  MAX_JSON_DEPTH,
  MAX_MESSAGE_LENGTH,
  MAX_OPTION_JSON_LENGTH,
  MAX_OPTION_JSON_MARKS,
  MAX_OPTION_TEXT_LENGTH,
} from "./form-limits.ts";
import { MISPLACED_UPLOAD } from "./run-body.ts";

const MAX_ECHOED = 1_000;

const ok = (value: unknown) => ({ ok: true, value });
const wrong = (type: string, msg: string, input: unknown) => ({
  ok: false,
  fault: { type, loc: ["body", "field"], msg, input },
});

const notBoolean = "Input should be a valid boolean";
const notInteger = "Input should be a valid integer";

describe("a boolean", () => {
  it.each([true, "true", " Yes ", "on", "1", 1])("may be %j", (value) => {
    expect(parseBoolean("field", value)).toEqual(ok(true));
  });

  it.each([false, "FALSE", "no", "off", "0", 0])("may be %j for false", (value) => {
    expect(parseBoolean("field", value)).toEqual(ok(false));
  });

  it.each<[unknown, string, string, unknown]>([
    ["perhaps", "bool_parsing", `${notBoolean}, unable to interpret input`, "perhaps"],
    [2, "bool_parsing", `${notBoolean}, unable to interpret input`, 2],
    [{}, "bool_type", notBoolean, null],
    [[true], "bool_type", notBoolean, null],
    [MISPLACED_UPLOAD, "bool_type", notBoolean, null],
  ])("is never %j", (value, type, msg, input) => {
    expect(parseBoolean("field", value)).toEqual(wrong(type, msg, input));
  });
});

describe("an integer", () => {
  it.each([3, "3", " +3 ", 3.0])("may be %j", (value) => {
    expect(parseInteger("field", value)).toEqual(ok(3));
  });

  it.each<[unknown, string, string, unknown]>([
    ["three", "int_parsing", `${notInteger}, unable to parse string as an integer`, "three"],
    [1e300, "int_parsing", `${notInteger}, unable to parse string as an integer`, 1e300],
    [1.5, "int_from_float", `${notInteger}, got a number with a fractional part`, 1.5],
    [true, "int_type", notInteger, true],
    [{ n: 3 }, "int_type", notInteger, null],
  ])("is never %j", (value, type, msg, input) => {
    expect(parseInteger("field", value)).toEqual(wrong(type, msg, input));
  });
});

describe("a text", () => {
  it.each(["", "😀", "\uFEFFa"])("may be %j", (value) => {
    expect(parseText("field", value)).toEqual(ok(value));
  });

  it.each([
    [5, 5],
    [true, true],
    [["a"], null],
    [{ a: "a" }, null],
    [MISPLACED_UPLOAD, null],
  ])("is never %j", (value, input) => {
    expect(parseText("field", value)).toEqual(wrong("string_type", "Input should be a valid string", input));
  });

  it.each(["\ud83d", "a\ude00b", "\ude00\ud83d"])("is refused with half a character in it: %j", (value) => {
    const msg = "Input should be a valid string, unable to parse raw data as a unicode string";
    for (const parse of [parseText, parseMessage])
      expect(parse("field", value)).toEqual(wrong("string_unicode", msg, null));
  });

  it("that is a message has a limit of length", () => {
    const longest = "x".repeat(MAX_MESSAGE_LENGTH);
    expect(parseMessage("field", longest)).toEqual(ok(longest));
    expect(parseMessage("field", `${longest}x`)).toMatchObject({ fault: { type: "string_too_long" } });
  });
});

describe("an object", () => {
  it.each<[unknown, unknown]>([
    [{ a: [1] }, { a: [1] }],
    ['{"a":[1]}', { a: [1] }],
    [{}, {}],
  ])("may be %j", (value, expected) => {
    expect(parseObject("field", value)).toEqual(ok(expected));
  });

  it.each<[unknown, unknown]>([
    [[1], null],
    [1, 1],
    [true, true],
    ["[1]", "[1]"],
    ["{broken", "{broken"],
    [MISPLACED_UPLOAD, null],
  ])("is never %j", (value, input) => {
    expect(parseObject("field", value)).toEqual(
      wrong("dict_type", "Input should be a valid dictionary", input),
    );
  });

  const nested = (depth: number): object => (depth === 1 ? {} : { a: nested(depth - 1) });
  const limits: [string, object, object, string][] = [
    [
      "length",
      { a: "x".repeat(MAX_OPTION_JSON_LENGTH - 8) },
      { a: "x".repeat(MAX_OPTION_JSON_LENGTH - 7) },
      "at most 262144 characters; this has 262145",
    ],
    // A key, its colon, a list and the braces are five marks; so many numbers have one comma less.
    [
      "number of values",
      { a: Array.from({ length: MAX_OPTION_JSON_MARKS - 4 }, () => 1) },
      { a: Array.from({ length: MAX_OPTION_JSON_MARKS - 3 }, () => 1) },
      "at most 20000 brackets, commas and colons outside of texts; this has more",
    ],
    [
      "depth",
      nested(MAX_JSON_DEPTH),
      nested(MAX_JSON_DEPTH + 1),
      "at most 32 levels of nesting; this has more",
    ],
  ];

  it.each(limits)("has a limit of %s, as JSON and as its text", (_, at, above, problem) => {
    const refused = wrong("value_error", `Value error, ${problem}`, null);
    expect(parseObject("field", at)).toEqual(ok(at));
    expect(parseObject("field", JSON.stringify(at))).toEqual(ok(at));
    expect(parseObject("field", above)).toEqual(refused);
    expect(parseObject("field", JSON.stringify(above))).toEqual(refused);
    // Spaces cost nothing, and are counted in neither.
    expect(parseObject("field", JSON.stringify(at, null, 10))).toEqual(ok(at));
  });

  it("is not even looked through where its text is many times too long", () => {
    const jsonParse = vi.spyOn(JSON, "parse");
    const text = `{"a":"${'\\"'.repeat(MAX_OPTION_TEXT_LENGTH / 2)}"}`;
    const problem = `Value error, at most 262144 characters; this has ${text.length}`;
    expect(parseObject("field", text)).toEqual(wrong("value_error", problem, null));
    expect(parseState("field", text)).toMatchObject({ fault: { code: "RUN_STATE_TOO_LARGE" } });
    // What does not begin as JSON stays what a form goes on without.
    expect(parseObject("field", `x${text}`)).toMatchObject({ fault: { type: "dict_type" } });
    expect(jsonParse).not.toHaveBeenCalled();
    jsonParse.mockRestore();
  });

  it("may have any character, and never half of one", () => {
    for (const value of [{ a: "😀" }, { "\\ud83d": "\\\\ud83d" }, { a: "\\", b: "ud83d" }]) {
      expect(parseObject("field", value)).toEqual(ok(value));
      expect(parseObject("field", JSON.stringify(value))).toEqual(ok(value));
    }
    expect(parseObject("field", '{"a":"\\ud83d\\ude00"}')).toEqual(ok({ a: "😀" }));
    for (const value of [{ a: "\ud83d" }, { "\ude00": 1 }, { a: [{ b: "\\\ud83d" }] }]) {
      expect(parseObject("field", value)).toMatchObject({ fault: { type: "string_unicode" } });
      expect(parseObject("field", JSON.stringify(value))).toMatchObject({
        fault: { type: "string_unicode" },
      });
    }
  });

  it("has a key named __proto__ as data of its own and no other prototype", () => {
    const parsed = parseObject("field", '{"__proto__":{"isAdmin":true}}');
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.fault));
    expect(Object.keys(parsed.value)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(parsed.value)).toBe(Object.prototype);
    expect(parsed.value["isAdmin"]).toBeUndefined();
  });
});

describe("a list", () => {
  it.each<[unknown]>([[[1]], ["[1]"]])("may be %j", (value) => {
    expect(parseList("field", value)).toEqual(ok([1]));
  });

  it.each<[unknown, unknown]>([
    [{ 0: 1 }, null],
    ["{}", "{}"],
    [false, false],
  ])("is never %j", (value, input) => {
    expect(parseList("field", value)).toEqual(wrong("list_type", "Input should be a valid list", input));
  });
});

describe("a wrong value", () => {
  it.each([
    ["a boolean", parseBoolean],
    ["an integer", parseInteger],
    ["an object", parseObject],
    ["a list", parseList],
  ])("is said back no further than its start when it is a long text and not %s", (_, parse) => {
    expect(parse("field", "x".repeat(MAX_ECHOED + 1))).toMatchObject({
      ok: false,
      fault: { input: "x".repeat(MAX_ECHOED) },
    });
  });

  it("is not said back where it looks like a token", () => {
    expect(parseBoolean("field", `agno_pat_${"a".repeat(43)}`)).toMatchObject({ fault: { input: null } });
  });

  it("is said back without half a character at the cut", () => {
    const text = `${"x".repeat(MAX_ECHOED - 1)}😀`;
    expect(parseBoolean("field", text)).toMatchObject({
      fault: { input: `${"x".repeat(MAX_ECHOED - 1)}\ufffd` },
    });
  });
});
