import { ConfigurationError } from "@agentos/guard";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as mini from "zod/mini";
import * as zod3 from "zod/v3";
import { createTestContext } from "../runs/test-run.fixture.ts";
import { type Tool, tool } from "./define-tool.ts";

type Options = Readonly<Record<string, unknown>>;

/** As a program in JavaScript calls it, or one whose options come from elsewhere. */
const make = tool as (options?: unknown) => Tool;
const fine = { name: "t", description: "d", parameters: z.object({}), execute: () => 1 };
const object = { type: "object", properties: { city: { type: "string" } } };

/** The faults as "message -> fix", in order. */
function faultsOf(options?: unknown): readonly string[] {
  try {
    make(options);
  } catch (error) {
    if (error instanceof ConfigurationError)
      return error.faults.map(({ message, fix }) => `${message} -> ${fix}`);
    throw error;
  }
  return [];
}

function without(name: string, more: Options = {}): Options {
  const { [name]: _, ...rest } = { ...fine } as Options;
  return { ...rest, ...more };
}

/** Wrong options; words of the fault and of its fix; and the options once the fix was done. */
const ROWS: readonly (readonly [
  title: string,
  wrong: Options,
  problem: string,
  fix: string,
  mended: Options,
])[] = [
  [
    "a misspelt option, which would leave a tool unconfirmed",
    { ...fine, needsConfirmation: true },
    'tool "t": "needsConfirmation" is not an option',
    'did you mean "requiresConfirmation"?',
    { ...fine, requiresConfirmation: true },
  ],
  [
    "the AI SDK's name of the parameters",
    without("parameters", { inputSchema: z.object({}) }),
    `tool "t": "parameters": is missing: the AI SDK's "inputSchema" is called "parameters" here`,
    'rename "inputSchema" to "parameters"',
    fine,
  ],
  [
    "the AI SDK's name of the parameters beside ours",
    { ...fine, inputSchema: z.object({}) },
    `"inputSchema": is not an option: the AI SDK's "inputSchema" is called "parameters" here`,
    'remove "inputSchema"',
    fine,
  ],
  [
    "the AI SDK's name of the confirmation",
    { ...fine, needsApproval: true },
    `the AI SDK's "needsApproval" is called "requiresConfirmation" here`,
    'rename "needsApproval" to "requiresConfirmation"',
    { ...fine, requiresConfirmation: true },
  ],
  [
    "an argument that may be edited and that there is not",
    {
      ...fine,
      parameters: object,
      requiresConfirmation: true,
      editableArguments: ["ctiy"],
    },
    '"editableArguments": names "ctiy", which is not among the "parameters" ("city")',
    'remove it from "editableArguments", or add it to "parameters"',
    { ...fine, parameters: object, requiresConfirmation: true, editableArguments: ["city"] },
  ],
  [
    "an argument that may be edited where nobody confirms",
    { ...fine, parameters: object, editableArguments: ["city"] },
    '"editableArguments": is for whoever confirms a call, and this tool has no "requiresConfirmation"',
    'add "requiresConfirmation": true',
    { ...fine, parameters: object, requiresConfirmation: true, editableArguments: ["city"] },
  ],
  [
    "a parameter to be filled in that there is not",
    { ...fine, requiresUserInput: ["seat"] },
    '"requiresUserInput": names "seat", which is not among the "parameters" (none)',
    'remove it from "requiresUserInput", or add it to "parameters"',
    { ...fine, parameters: object, requiresUserInput: ["city"] },
  ],
  [
    "no parameters",
    without("parameters"),
    '"parameters": is required',
    "z.object({})",
    { ...fine, parameters: z.object({}) },
  ],
  [
    "no description",
    without("description"),
    '"description": is required',
    'add "description": "Finds an order by its number"',
    { ...fine, description: "Finds an order by its number" },
  ],
  [
    "an empty description",
    { ...fine, description: " " },
    '"description": must not be empty: the model chooses a tool by it',
    'write "description": "Finds an order by its number"',
    { ...fine, description: "Finds an order by its number" },
  ],
  [
    "no execute",
    without("execute"),
    '"execute": is required',
    '"externalExecution": true',
    without("execute", { externalExecution: true }),
  ],
  [
    "an execute that nobody would call",
    { ...fine, externalExecution: true },
    '"execute": is not called with "externalExecution"',
    'remove "execute", or "externalExecution"',
    without("execute", { externalExecution: true }),
  ],
  [
    "an execute that is no function",
    { ...fine, execute: "run" },
    '"execute": must be a function',
    'write "execute": (args, context) => …',
    fine,
  ],
  [
    "a text for true",
    { ...fine, requiresConfirmation: "yes" },
    '"requiresConfirmation": must be true or false',
    'write "requiresConfirmation": true',
    { ...fine, requiresConfirmation: true },
  ],
  [
    "a zod text",
    { ...fine, parameters: z.string() },
    'tool "t": "parameters": is a schema of the zod type "string"',
    "z.object({ value: … })",
    { ...fine, parameters: z.object({ value: z.string() }) },
  ],
  [
    "zod fields without their object",
    { ...fine, parameters: { city: z.string() } },
    '"parameters": has zod fields, but is no schema',
    "wrap it: z.object({ … })",
    { ...fine, parameters: z.object({ city: z.string() }) },
  ],
  [
    "a schema of zod 3",
    { ...fine, parameters: zod3.z.object({ city: zod3.z.string() }) },
    '"parameters": is a schema of zod 3',
    'npm install zod@4, then import { z } from "zod"',
    { ...fine, parameters: z.object({ city: z.string() }) },
  ],
  [
    "a schema of another library",
    { ...fine, parameters: { type: "object", "~standard": { vendor: "valibot", version: 1 } } },
    '"parameters": is a schema of "valibot"',
    "write z.object({ … }) of zod 4, or a JSON schema",
    { ...fine, parameters: { type: "object", properties: {} } },
  ],
  [
    "what the AI SDK's jsonSchema() makes",
    { ...fine, parameters: { jsonSchema: object, validate: undefined } },
    `is what the AI SDK's "jsonSchema()" makes`,
    "pass the JSON schema itself",
    { ...fine, parameters: object },
  ],
  [
    "no schema at all",
    { ...fine, parameters: "city" },
    '"parameters": is no schema',
    '{ type: "object", properties: { … } }',
    { ...fine, parameters: object },
  ],
  [
    "a date deep inside, which JSON does not have",
    { ...fine, parameters: z.object({ trip: z.object({ when: z.date().optional() }) }) },
    'tool "t": "parameters.trip.when": is of the zod type "date"',
    "z.iso.datetime().transform((text) => new Date(text))",
    {
      ...fine,
      parameters: z.object({
        trip: z.object({
          when: z.iso
            .datetime()
            .transform((text) => new Date(text))
            .optional(),
        }),
      }),
    },
  ],
  [
    "a list of numbers without end",
    { ...fine, parameters: z.object({ ids: z.array(z.bigint()) }) },
    '"parameters.ids.items": is of the zod type "bigint"',
    "z.int()",
    { ...fine, parameters: z.object({ ids: z.array(z.int()) }) },
  ],
  [
    "a check that is no type",
    { ...fine, parameters: z.object({ city: z.custom(() => true) }) },
    '"parameters.city": is of the zod type "custom"',
    "z.string().refine(…)",
    { ...fine, parameters: z.object({ city: z.string().refine(() => true) }) },
  ],
  [
    "a JSON schema without a type",
    { ...fine, parameters: { properties: {} } },
    '"parameters": is no JSON schema of an object: it has no "type"',
    '{ "type": "object", "properties": { … } }',
    { ...fine, parameters: { type: "object", properties: {} } },
  ],
  [
    "a JSON schema of a text",
    { ...fine, parameters: { type: "string" } },
    'its "type" is not "object"',
    '{ "type": "object", "properties": { … } }',
    { ...fine, parameters: { type: "object", properties: {} } },
  ],
  [
    "a misspelt keyword",
    { ...fine, parameters: { ...object, requierd: ["city"] } },
    'tool "t": "parameters.requierd": is not a keyword of JSON schema',
    'did you mean "required"?',
    { ...fine, parameters: { ...object, required: ["city"] } },
  ],
  [
    "a misspelt keyword deep inside",
    { ...fine, parameters: { type: "object", $defs: { a: { anyOf: [{ items: { enmu: [1] } }] } } } },
    '"parameters.$defs.a.anyOf[0].items.enmu": is not a keyword',
    'did you mean "enum"?',
    { ...fine, parameters: { type: "object", $defs: { a: { anyOf: [{ items: { enum: [1] } }] } } } },
  ],
  [
    "a keyword that nobody knows",
    { ...fine, parameters: { ...object, zork: 1 } },
    '"parameters.zork": is not a keyword',
    'a note of your own begins with "x-"',
    { ...fine, parameters: { ...object, "x-zork": 1 } },
  ],
  [
    "a keyword of the other draft",
    { ...fine, parameters: { ...object, additionalItems: false } },
    "is not a keyword of JSON schema draft 2020-12, but of draft 7",
    'write "$schema": "http://json-schema.org/draft-07/schema#" at the top',
    {
      ...fine,
      parameters: { $schema: "http://json-schema.org/draft-07/schema#", ...object, additionalItems: false },
    },
  ],
  [
    "a type that does not exist",
    { ...fine, parameters: { type: "object", properties: { city: { type: "strnig" } } } },
    '"parameters.properties.city.type": must be one of "array", "boolean"',
    'did you mean "string"?',
    { ...fine, parameters: object },
  ],
  [
    "a value of the wrong form",
    { ...fine, parameters: { ...object, required: "city" } },
    '"parameters.required": must be array',
    "correct the value: it must be array",
    { ...fine, parameters: { ...object, required: ["city"] } },
  ],
  [
    "a value of the wrong form in a list",
    { ...fine, parameters: { ...object, allOf: [{ properties: { city: "string" } }] } },
    '"parameters.allOf[0].properties.city": must be object or boolean',
    "correct the value: it must be object or boolean",
    { ...fine, parameters: { ...object, allOf: [{ properties: { city: { type: "string" } } }] } },
  ],
  [
    "a reference that leads nowhere",
    { ...fine, parameters: { type: "object", properties: { city: { $ref: "#/$defs/city" } } } },
    "can't resolve reference #/$defs/city",
    'add the schema that is meant under "$defs"',
    {
      ...fine,
      parameters: {
        type: "object",
        properties: { city: { $ref: "#/$defs/city" } },
        $defs: { city: { type: "string" } },
      },
    },
  ],
  [
    "a function in a JSON schema",
    { ...fine, parameters: { type: "object", properties: { city: String } } },
    '"parameters": cannot be written as JSON',
    "leave functions out",
    { ...fine, parameters: object },
  ],
];

describe("tool", () => {
  it.each(ROWS)("refuses %s; its fix works", (_, wrong, problem, fix, mended) => {
    const faults = faultsOf(wrong);
    expect(faults).toHaveLength(1);
    const [found = "", suggested = ""] = faults[0]?.split(" -> ") ?? [];
    expect(found).toContain(problem);
    expect(suggested).toContain(fix);
    expect(faultsOf(mended)).toEqual([]);
  });

  it.each(["", "two words", "x".repeat(65), "a.b", "ünicode"])("refuses the name %j", (name) => {
    expect(faultsOf({ ...fine, name })).toEqual([expect.stringContaining('write "name": "get_order"')]);
    expect(faultsOf({ ...fine, name: "get_order" })).toEqual([]);
  });

  it.each([[undefined], ["t"], [null], [[fine]]])("refuses %j for options", (options) => {
    expect(faultsOf(options)).toEqual([expect.stringContaining("write tool({ name, description")]);
  });

  it("names every fault at once, and the tool with each", () => {
    const faults = faultsOf({ name: "t", discription: "d", parameters: { typ: "object", propertys: {} } });
    expect(faults.map((fault) => fault.split(" -> ")[0])).toEqual([
      expect.stringContaining('"description": is required'),
      expect.stringContaining('"discription" is not an option'),
      expect.stringContaining('it has no "type"'),
      expect.stringContaining('"parameters.typ"'),
      expect.stringContaining('"parameters.propertys"'),
      expect.stringContaining('"execute": is required'),
    ]);
    for (const fault of faults) expect(fault).toMatch(/^tool "t": /);
  });

  it("takes a JSON schema with notes of every kind", () => {
    const parameters = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "https://shop.example/forecast",
      $comment: "c",
      title: "Forecast",
      description: "d",
      type: "object",
      default: {},
      examples: [{ city: "Oslo" }],
      deprecated: false,
      properties: {
        city: { type: "string", format: "city", contentEncoding: "base64", nullable: true, example: "Oslo" },
        // Names of fields are no keywords.
        propertys: { type: "string", readOnly: true, writeOnly: false, "x-order": 1 },
      },
    };
    expect(faultsOf({ ...fine, parameters })).toEqual([]);
  });

  it("takes an object of zod/mini, and gives execute its output", async () => {
    const add = tool({
      name: "add",
      description: "d",
      parameters: mini.object({ a: mini.number(), b: mini.optional(mini.number()) }),
      execute: ({ a, b = 2 }) => a + b,
    });
    expect(add.parameters).toMatchObject({ type: "object", required: ["a"] });
    expect(await add.call({ a: 1 }, createTestContext())).toBe(3);
    await expect(add.call({ a: "1" }, createTestContext())).rejects.toThrow("Invalid arguments: a: ");
  });

  it("says nothing of what the parameters hold", () => {
    expect(
      JSON.stringify(faultsOf({ ...fine, parameters: "sk-secret", execute: "sk-secret" })),
    ).not.toContain("sk-secret");
  });
});
