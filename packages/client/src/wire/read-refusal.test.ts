import { REFUSALS, REJECTIONS } from "@agentos/contract";
import { describe, expect, test } from "vitest";
import { AgentOSRefusal, InvalidInput } from "./client-errors.ts";
import { readRefusal } from "./read-refusal.ts";

const read = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  readRefusal(
    new Response(typeof body === "string" ? body : JSON.stringify(body), {
      status,
      headers: { "content-type": "application/json", ...headers },
    }),
    (text) => text,
  );

describe("a refusal", () => {
  test("of ours has all its words", async () => {
    const body = {
      type: "/errors/SCOPE_MISSING",
      title: "a scope is missing",
      status: 403,
      detail: "Insufficient permissions",
      code: "SCOPE_MISSING",
      fix: "ask for it",
      denial_id: "d1",
      required_scopes: ["a:read", "a:run"],
      missing_scopes: ["a:run"],
    };
    const refusal = await read(403, body, { "content-type": "application/problem+json; charset=utf-8" });
    expect(refusal).toMatchObject({
      kind: "refusal",
      message: "a scope is missing",
      status: 403,
      code: "SCOPE_MISSING",
      detail: "Insufficient permissions",
      fix: "ask for it",
      denialId: "d1",
      requiredScopes: ["a:read", "a:run"],
      missingScopes: ["a:run"],
      isOurs: true,
    });
  });

  test("of Python has its sentence, and the same fields without a value", async () => {
    expect(await read(401, { detail: "Token has expired" })).toMatchObject({
      message: "Token has expired",
      detail: "Token has expired",
      code: undefined,
      title: undefined,
      fix: undefined,
      denialId: undefined,
      requiredScopes: [],
      retryAfterSeconds: undefined,
      isOurs: false,
    });
  });

  test("keeps every code that our catalogue has", async () => {
    for (const code of [...Object.keys(REFUSALS), ...Object.keys(REJECTIONS)])
      expect(await read(409, { code, detail: "x" })).toMatchObject({ code });
  });

  test.each([
    ["a page", "<h1>Bad gateway</h1>", { "content-type": "text/html" }],
    ["nothing", "", {}],
    ["a list", [1], {}],
    ["a detail that is no text", { detail: { a: 1 } }, {}],
    ["half a text", '{"detail":"', {}],
  ])("that is %s says its status", async (_, body, headers) => {
    const refusal = await read(502, body, headers);
    expect(refusal).toBeInstanceOf(AgentOSRefusal);
    expect(refusal).toMatchObject({ detail: "The server answered with status 502 and without a reason" });
  });

  test("has no code that is none, and no more text than somebody reads", async () => {
    const long = "x".repeat(60_000);
    expect(await read(409, { code: "<img src=x>", detail: long, fix: ["a"] })).toMatchObject({
      code: undefined,
      detail: `${"x".repeat(2_000)}…`,
      fix: undefined,
    });
    const many = await read(403, { detail: "x", missing_scopes: [...Array<string>(1_000).fill("a"), 5] });
    expect(many).toMatchObject({ missingScopes: Array(100).fill("a") as unknown });
    // Longer than what is read of an error: nothing in it can be told.
    expect(await read(409, { detail: "x".repeat(70_000) })).toMatchObject({
      detail: "The server answered with status 409 and without a reason",
    });
  });

  test.each([
    ["5", 5],
    ["0", 0],
    ["-1", undefined],
    ["1e9", undefined],
    ["soon", undefined],
  ])("reads Retry-After %j as %s", async (value, seconds) => {
    expect(await read(429, { detail: "x" }, { "retry-after": value })).toMatchObject({
      retryAfterSeconds: seconds,
    });
  });
});

describe("faults of input", () => {
  test("are named one by one", async () => {
    const detail = [
      { type: "missing", loc: ["body", "message"], msg: "Field required", input: null },
      { type: "x", loc: ["body", "tools", 0, { odd: 1 }], msg: 5 },
      "odd",
    ];
    const error = await read(422, { detail });
    expect(error).toBeInstanceOf(InvalidInput);
    expect(error).toMatchObject({
      message: "body.message: Field required; body.tools.0.?: cannot be used",
      issues: [
        { location: ["body", "message"], message: "Field required", type: "missing" },
        { location: ["body", "tools", 0, "?"], message: "cannot be used", type: "x" },
      ],
    });
  });

  test("with a code of ours are a refusal, and so is a list that says nothing", async () => {
    expect(await read(422, { code: "INSTANCE_ENDPOINT_INVALID", detail: "x", fix: "y" })).toMatchObject({
      kind: "refusal",
      code: "INSTANCE_ENDPOINT_INVALID",
    });
    expect(await read(422, { detail: [] })).toMatchObject({ kind: "refusal", status: 422 });
  });
});
