import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readQuery } from "./read-query.ts";

const schema = z.object({
  limit: z.int().min(1).max(100).optional(),
  by: z.enum(["code", "hour"]).optional(),
  code: z.string().optional(),
});
const read = (query: string) => readQuery(schema, new URLSearchParams(query));

describe("a query", () => {
  it("is read by its schema, and what that does not name is not read", () => {
    expect(read("limit=7&by=hour&code=7&other=1&__proto__=1")).toEqual({
      values: { limit: 7, by: "hour", code: "7" },
    });
    expect(read("")).toEqual({ values: {} });
    expect(read("limit=1&limit=x")).toEqual({ values: { limit: 1 } });
  });

  it.each(["0", "101", "1e1", "1.0", " 1", "+1", "-1", "", "x", "0x1", "1".repeat(400)])(
    "has no number %j",
    (text) => {
      const fault = read(`limit=${encodeURIComponent(text)}`);
      expect(fault).toMatchObject({
        status: 422,
        detail: [
          { loc: ["query", "limit"], msg: "Value error, expected a whole number from 1 to 100", input: null },
        ],
      });
    },
  );

  it("is told every field that cannot be used, each once", () => {
    expect(read("limit=x&by=cause")).toMatchObject({
      status: 422,
      detail: [
        { loc: ["query", "limit"] },
        { loc: ["query", "by"], msg: "Value error, expected one of code, hour" },
      ],
    });
  });
});
