/** The parameters of a tool, from either spelling: what a model is told of them, and how its arguments are checked. */
import { isRecord } from "@agentos/contract";
import { z } from "zod";
import type { CompiledParameters, JsonSchema, SchemaFault } from "./compiled-parameters.ts";
import { compileJsonSchema } from "./json-schema.ts";
import { compileZodObject, zodTypeOf } from "./zod-schema.ts";

/** A zod object (of `zod` or `zod/mini`), or a plain JSON schema. */
export type ToolParameters = z.core.$ZodObject | JsonSchema;

/** What `execute` gets: zod's output, or for a JSON schema the arguments as the model wrote them. */
export type ToolArguments<Parameters extends ToolParameters> = Parameters extends z.core.$ZodObject
  ? z.output<Parameters>
  : Readonly<Record<string, unknown>>;

/** The parameters, whatever was passed, or everything that is wrong with them. */
export function compileParameters(parameters: unknown): CompiledParameters {
  if (parameters instanceof z.core.$ZodObject) return compileZodObject(parameters);
  const foreign = describeForeign(parameters);
  if (foreign !== undefined) return { faults: [{ path: [], ...foreign }] };
  return compileJsonSchema(parameters as JsonSchema);
}

const PLAIN = '{ type: "object", properties: { … } }';
const EITHER = `write z.object({ … }) of zod 4, or a JSON schema: ${PLAIN}`;

/** What is neither a zod object nor a plain object; undefined for what may be a JSON schema. */
function describeForeign(value: unknown): Omit<SchemaFault, "path"> | undefined {
  if (value instanceof z.core.$ZodType)
    return {
      problem: `is a schema of the zod type "${zodTypeOf(value)}", and the arguments of a call are an object`,
      suggestion: "put it into an object under a name: z.object({ value: … })",
    };
  const vendor = readVendor(value);
  if (vendor === "zod")
    return {
      problem: "is a schema of zod 3",
      suggestion: 'make it with zod 4: npm install zod@4, then import { z } from "zod"',
    };
  if (vendor !== undefined) return { problem: `is a schema of "${vendor}"`, suggestion: EITHER };
  if (!isRecord(value)) return { problem: "is no schema", suggestion: EITHER };
  if (Object.values(value).some((field) => field instanceof z.core.$ZodType))
    return { problem: "has zod fields, but is no schema", suggestion: "wrap it: z.object({ … })" };
  if (isRecord(value["jsonSchema"]) && "validate" in value)
    return {
      problem: `is what the AI SDK's "jsonSchema()" makes`,
      suggestion: `pass the JSON schema itself: ${PLAIN}`,
    };
  return undefined;
}

/** Which library made a schema, by the mark of "Standard Schema"; zod 3 had none at first. */
function readVendor(value: unknown): string | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  const mark: unknown = "~standard" in value ? value["~standard"] : undefined;
  if (isRecord(mark) && typeof mark["vendor"] === "string") return mark["vendor"].slice(0, 64);
  return "_def" in value && "safeParse" in value ? "zod" : undefined;
}
