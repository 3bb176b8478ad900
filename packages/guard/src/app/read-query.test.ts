import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readQuery } from "./read-query.ts";

const schema = z.object({
  type: z.enum(["agent", "team", "workflow"]).optional(),
  order: z.enum(["asc", "desc"]).default("desc"),
  limit: z.int().min(1).max(100).default(20),
  after: z.int().optional(),
  name: z.string().max(10).optional(),
  topics: z.array(z.string()).max(2).optional(),
});

const read = (query: string) => readQuery({ url: `http://localhost/things${query}` }, schema);

function issueOf(query: string) {
  const result = read(query);
  if (result.ok || result.fault.status !== 422) throw new Error("no 422");
  return result.fault.detail;
}

describe("a query", () => {
  it("has the defaults of its schema where it says nothing", () => {
    const nothing = { order: "desc", limit: 20 };
    expect(read("")).toEqual({ ok: true, value: nothing });
    expect(read("?limit=&type=&after=&name=&unknown=1&__proto__=x")).toEqual({ ok: true, value: nothing });
  });

  it("has each value as its type, the last one of a name that stands there twice", () => {
    expect(read("?type=team&limit=1&limit=100&after=-5&name=1%2B+%F0%9F%98%80&topics=a&topics=b,c")).toEqual({
      ok: true,
      value: {
        type: "team",
        order: "desc",
        limit: 100,
        after: -5,
        name: "1+ \u{1f600}",
        topics: ["a", "b,c"],
      },
    });
  });

  it.each([
    [
      "type=Agent",
      {
        type: "enum",
        loc: ["query", "type"],
        msg: "Input should be 'agent', 'team' or 'workflow'",
        input: "Agent",
        ctx: { expected: "'agent', 'team' or 'workflow'" },
      },
    ],
    [
      "order=up",
      {
        type: "enum",
        loc: ["query", "order"],
        msg: "Input should be 'asc' or 'desc'",
        input: "up",
        ctx: { expected: "'asc' or 'desc'" },
      },
    ],
    [
      "limit=0",
      {
        type: "greater_than_equal",
        loc: ["query", "limit"],
        msg: "Input should be greater than or equal to 1",
        input: "0",
        ctx: { ge: 1 },
      },
    ],
    [
      "limit=101",
      {
        type: "less_than_equal",
        loc: ["query", "limit"],
        msg: "Input should be less than or equal to 100",
        input: "101",
        ctx: { le: 100 },
      },
    ],
    ...["ten", "1.5", "1e3", "0x10", "9999999999999999", "NaN"].map((text): [string, object] => [
      `limit=${text}`,
      {
        type: "int_parsing",
        loc: ["query", "limit"],
        msg: "Input should be a valid integer, unable to parse string as an integer",
        input: text,
      },
    ]),
    [
      "name=12345678901",
      {
        type: "string_too_long",
        loc: ["query", "name"],
        msg: "String should have at most 10 characters",
        input: null,
        ctx: { max_length: 10 },
      },
    ],
    [
      "topics=a&topics=b&topics=c",
      {
        type: "too_long",
        loc: ["query", "topics"],
        msg: "List should have at most 2 items after validation, not 3",
        input: null,
        ctx: { field_type: "List", max_length: 2, actual_length: 3 },
      },
    ],
    [
      "name=a%00b",
      {
        type: "value_error",
        loc: ["query", "name"],
        msg: "Value error, the character U+0000 is not allowed",
        input: null,
      },
    ],
  ])("is refused in the contract's words: %s", (query, issue) => {
    expect(issueOf(`?${query}`)).toEqual([issue]);
  });

  it("is told all that is wrong with it at once", () => {
    expect(issueOf("?limit=0&type=x").map(({ loc }) => loc)).toEqual([
      ["query", "type"],
      ["query", "limit"],
    ]);
  });

  it("is not echoed where it looks like a token", () => {
    const token = `agno_pat_${"a".repeat(43)}`;
    expect(issueOf(`?type=${token}`)[0]?.input).toBeNull();
    expect(issueOf("?type=plain")[0]?.input).toBe("plain");
  });
});
