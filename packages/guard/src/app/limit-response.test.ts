import { LIMITS, type LimitCode, type LimitEntry } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import type { LimitFault } from "./input-fault.ts";
import { limitResponse } from "./limit-response.ts";

const MEBIBYTE = 1024 * 1024;
const bodyOf = async (fault: LimitFault) =>
  (await limitResponse(fault).json()) as Readonly<Record<string, unknown>>;

describe("the answer to a request that there is no room for", () => {
  it("is a problem with cause and fix", async () => {
    const response = limitResponse({ code: "RUN_CALLER_LIMIT", limit: 1 });
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "5"]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({
      type: "/errors/RUN_CALLER_LIMIT",
      title: "active runs of this caller: 1, the most that one caller may have",
      status: 429,
      detail: "Too many active runs",
      code: "RUN_CALLER_LIMIT",
      fix: LIMITS.RUN_CALLER_LIMIT.fix,
    });
  });

  it("says of a request that never fits what it needs and may have, and not to come back", async () => {
    const fault = { code: "RUN_REQUEST_TOO_LARGE", limit: MEBIBYTE / 2, needed: MEBIBYTE / 2 + 1 } as const;
    const response = limitResponse(fault);
    expect([response.status, response.headers.has("retry-after")]).toEqual([413, false]);
    expect(await response.json()).toMatchObject({
      title: "this request alone needs 0.51 MiB; the runs of one caller may hold 0.5 MiB",
      fix: expect.stringContaining('"limits.runMebibytesPerCaller"') as string,
    });
  });

  it.each([
    [64 * MEBIBYTE, "64 MiB"],
    [Math.ceil(0.07 * MEBIBYTE), "0.07 MiB"],
    [1.5 * MEBIBYTE, "1.5 MiB"],
    [Math.ceil(MEBIBYTE / 3), "0.33 MiB"],
  ])("gives a limit of %d bytes of memory as %s, the unit of its option", async (limit, text) => {
    for (const code of ["RUN_CALLER_MEMORY", "RUN_SERVER_MEMORY"] as const)
      expect((await bodyOf({ code, limit }))["title"]).toContain(`more than ${text}`);
  });

  it.each([
    [{ code: "INPUT_BODY_TOO_LARGE", limit: 1_000 }, "The body is larger than 1000 bytes"],
    [
      { code: "INPUT_JSON_TOO_COMPLEX", limit: 9 },
      "The JSON body has more values, or is nested deeper, than a request needs",
    ],
    [
      { code: "INPUT_JSON_TOO_DEEP", limit: 3 },
      "The JSON body has more values, or is nested deeper, than a request needs",
    ],
    [{ code: "INPUT_FIELDS_TOO_MANY", limit: 3 }, "The form has more than 3 fields"],
    [
      { code: "INPUT_PART_HEADERS_TOO_LARGE", limit: 8192 },
      "The headers of a part are larger than 8192 bytes",
    ],
    [{ code: "INPUT_MEDIA_TOO_MANY", limit: 20 }, "The form has more than 20 media"],
    [
      { code: "INPUT_MEDIA_TOO_COMPLEX", limit: 20, field: "images" },
      'The list "images" has more in it than 20 media need',
    ],
  ] as const)("keeps the sentence that clients know: %j", async (fault, detail) => {
    const body = await bodyOf(fault);
    expect(body).toMatchObject({ status: 413, detail, code: fault.code });
    expect(JSON.stringify(body)).not.toContain("…");
  });

  it.each(Object.entries<LimitEntry>(LIMITS))(
    "to %s says when to come back only where that helps",
    (code, entry) => {
      const response = limitResponse({ code: code as LimitCode, limit: 1 });
      expect(response.headers.has("retry-after")).toBe(entry.status !== 413 && entry.status !== 414);
    },
  );
});
