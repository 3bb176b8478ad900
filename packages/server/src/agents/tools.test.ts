import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { RunContext } from "../runs/runnable.ts";
import { ALICE, createTestContext, createTestRuntime } from "../runs/test-run.fixture.ts";
import { MAX_TOOL_RESULT_LENGTH } from "./agent-limits.ts";
import { type Tool, ToolError, tool } from "./define-tool.ts";
import { describeCall, executeTool } from "./execute-tool.ts";

function run(
  target: Tool | undefined,
  args: Record<string, unknown>,
  context: RunContext = createTestContext(),
) {
  const call = { id: "c1", name: target?.name ?? "ghost", args };
  return executeTool(describeCall(call, target, 1), call, { tool: target, context });
}

const returns = (value: unknown) =>
  tool({ name: "returns", description: "d", parameters: z.object({}), execute: () => value });

describe("a tool with a JSON schema", () => {
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: { city: { type: "string", minLength: 2 }, days: { $ref: "#/$defs/days" } },
    required: ["city", "unit"],
    additionalProperties: true,
    $defs: { days: { type: "integer", minimum: 1 } },
  };
  const forecast = tool({ name: "forecast", description: "d", parameters: schema, execute: (args) => args });

  it("shows the schema to the model, without the words that are about the schema itself", () => {
    const { $schema: _, ...shown } = schema;
    expect(forecast.parameters).toEqual(shown);
  });

  it("hands on arguments that fit, as the model wrote them", async () => {
    const args = { city: "Oslo", unit: "C", days: 2, extra: [1] };
    expect(await run(forecast, args)).toMatchObject({ tool_call_error: false, result: JSON.stringify(args) });
  });

  it.each([
    ["a key that is required but has no schema of its own", { city: "Oslo" }, "unit"],
    ["a value of another type", { city: 7, unit: "C" }, "city: must be string"],
    ["a value behind a reference", { city: "Oslo", unit: "C", days: 0 }, "days: must be >= 1"],
    ["a text that is too short", { city: "O", unit: "C" }, "city: "],
  ])("refuses %s and says where", async (_, args, words) => {
    const refused = await run(forecast, args);
    expect(refused).toMatchObject({ tool_call_error: true });
    expect(refused.result).toContain("Invalid arguments: ");
    expect(refused.result).toContain(words);
  });

  it("does not change the arguments: no default is filled in", async () => {
    const parameters = { type: "object", properties: { n: { type: "number", default: 5 } } };
    const echo = tool({ name: "echo", description: "d", parameters, execute: (args) => args });
    expect(await run(echo, {})).toMatchObject({ result: "{}" });
  });

  it("is read by the draft that it names: a list of items was a tuple in draft 7", async () => {
    const parameters = {
      type: "object",
      properties: { pair: { type: "array", items: [{ type: "string" }, { type: "number" }] } },
    };
    const make = ($schema: string) =>
      tool({ name: "pair", description: "d", parameters: { $schema, ...parameters }, execute: () => "ok" });
    const old = make("http://json-schema.org/draft-07/schema#");
    expect(await run(old, { pair: ["a", 1] })).toMatchObject({ tool_call_error: false });
    expect(await run(old, { pair: ["a", "b"] })).toMatchObject({ tool_call_error: true });
    expect(() => make("https://json-schema.org/draft/2020-12/schema")).toThrow(
      "parameters.properties.pair.items",
    );
  });

  it("may bear the same id as another one", () => {
    const make = () =>
      tool({
        name: "t",
        description: "d",
        parameters: { ...schema, $id: "https://x.example/s" },
        execute: () => 1,
      });
    expect([make(), make()]).toHaveLength(2);
  });
});

describe("executeTool", () => {
  it.each([
    ["text", "as is", "as is"],
    ["a number", 3, "3"],
    ["an object", { a: 1 }, '{"a":1}'],
    ["nothing", undefined, ""],
  ])("hands on %s", async (_, value, text) => {
    expect(await run(returns(value), {})).toMatchObject({ result: text, tool_call_error: false });
  });

  it("cuts a long result and says so", async () => {
    const { result } = await run(returns("x".repeat(MAX_TOOL_RESULT_LENGTH + 5)), {});
    expect(result).toBe(`${"x".repeat(MAX_TOOL_RESULT_LENGTH)}\n[cut: 5 more characters]`);
  });

  it("does not run with arguments that do not fit", async () => {
    let runs = 0;
    const counted = tool({
      name: "counted",
      description: "d",
      parameters: z.object({ n: z.number() }),
      execute: () => ++runs,
    });
    const refused = await run(counted, { n: "1" });
    expect(refused.tool_call_error).toBe(true);
    expect(refused.result).toContain("n: ");
    expect(runs).toBe(0);
    expect(await run(counted, { n: 1 })).toMatchObject({ tool_call_error: false });
    expect(runs).toBe(1);
  });

  it("answers a call of a tool that does not exist", async () => {
    expect(await run(undefined, {})).toMatchObject({
      tool_call_error: true,
      result: "There is no tool named ghost",
    });
  });

  it("shows a ToolError and hides any other exception behind an id", async () => {
    const throwing = (error: Error) =>
      tool({
        name: "throws",
        description: "d",
        parameters: z.object({}),
        execute: () => Promise.reject(error),
      });
    expect(await run(throwing(new ToolError("out of stock")), {})).toMatchObject({ result: "out of stock" });
    const runtime = createTestRuntime();
    const hidden = await run(throwing(new Error("password=hunter2")), {}, createTestContext(runtime));
    expect(hidden).toMatchObject({ tool_call_error: true, result: "The tool throws failed (error id-1)" });
    expect(runtime.log).toMatchObject([
      { facts: { error_id: "id-1", cause: { message: "password=hunter2" } } },
    ]);
  });

  it("acts as the caller: identity, scopes and dependencies are the run's", async () => {
    const seen: unknown[] = [];
    const whoAmI = tool({
      name: "whoami",
      description: "d",
      parameters: z.object({}),
      execute: (_, { userId, caller, dependencies }) => seen.push(userId, caller, dependencies),
    });
    await run(whoAmI, {}, createTestContext({ dependencies: { tenant: "t1" } }));
    expect(seen).toEqual(["alice", ALICE, { tenant: "t1" }]);
    expect(seen[1]).toBe(ALICE);
  });

  it("does not take an abort for a fault of the tool", async () => {
    const controller = new AbortController();
    const aborts = tool({
      name: "aborts",
      description: "d",
      parameters: z.object({}),
      execute: () => {
        controller.abort(new Error("gone"));
        throw new Error("interrupted");
      },
    });
    await expect(run(aborts, {}, createTestContext({ signal: controller.signal }))).rejects.toThrow("gone");
  });
});
