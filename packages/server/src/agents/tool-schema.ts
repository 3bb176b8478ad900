/**
 * The parameters of a tool, from either spelling: what a model is told of them, and how its arguments are checked. A JSON
 * schema is checked by Ajv (docs/decisions/0047-the-provider-interface.md says why not by zod), which is loaded only when
 * the first such tool is made.
 */
import { createRequire } from "node:module";
import { isRecord } from "@agentos/contract";
import type * as Draft7 from "ajv";
import type * as Draft2020 from "ajv/dist/2020.js";
import { z } from "zod";

/** A JSON schema (draft 2020-12 or draft 7) whose type is `object`. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export type ToolParameters = z.ZodObject | JsonSchema;

/** What `execute` gets: zod's output, or for a JSON schema the arguments as the model wrote them. */
export type ToolArguments<Parameters extends ToolParameters> = Parameters extends z.ZodObject
  ? z.output<Parameters>
  : Readonly<Record<string, unknown>>;

export type CheckedArguments<Args> =
  | { readonly ok: true; readonly args: Args }
  | { readonly ok: false; readonly problem: string };

export interface ToolSchema<Args> {
  readonly schema: JsonSchema;
  check(args: unknown): Promise<CheckedArguments<Args>>;
}

export function compileZod<Parameters extends z.ZodObject>(
  parameters: Parameters,
): ToolSchema<z.output<Parameters>> {
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { io: "input" });
  return {
    schema: Object.freeze(schema),
    async check(args) {
      const parsed = await parameters.safeParseAsync(args);
      if (parsed.success) return { ok: true, args: parsed.data };
      const problems = parsed.error.issues.map(
        ({ path, message }) => `${path.join(".") || "arguments"}: ${message}`,
      );
      return { ok: false, problem: problems.join("; ") };
    },
  };
}

/** Throws an error that says what is wrong with the schema. */
export function compileJsonSchema(parameters: JsonSchema): ToolSchema<Readonly<Record<string, unknown>>> {
  if (parameters["type"] !== "object") throw new TypeError('its "type" is not "object"');
  const { $schema: draft, $id: _, ...schema } = structuredClone(parameters);
  const ajv = loadAjv(typeof draft === "string" && /draft-0[67]/.test(draft) ? "draft7" : "draft2020");
  const validate = ajv.compile(schema);
  // It keeps what it compiled by the schema object; nobody asks for this one again.
  ajv.removeSchema(schema);
  return {
    schema: Object.freeze(schema),
    async check(args) {
      if (isRecord(args) && validate(args)) return { ok: true, args };
      return {
        ok: false,
        problem: validate.errors?.map(describeError).join("; ") ?? "arguments: not an object",
      };
    },
  };
}

function describeError({ instancePath, message = "not valid" }: Draft7.ErrorObject): string {
  return `${instancePath.slice(1).replaceAll("/", ".") || "arguments"}: ${message}`;
}

const loaded: { draft7?: Draft7.Ajv; draft2020?: Draft2020.Ajv2020 } = {};
const require = createRequire(import.meta.url);

/** Formats are notes, as the standard has it. No defaults are filled in: arguments are judged, not changed. */
function loadAjv(draft: "draft7" | "draft2020"): Draft7.Ajv | Draft2020.Ajv2020 {
  const options = { strict: false, validateFormats: false };
  if (draft === "draft7") {
    loaded.draft7 ??= new (require("ajv") as typeof Draft7).Ajv(options);
    return loaded.draft7;
  }
  loaded.draft2020 ??= new (require("ajv/dist/2020.js") as typeof Draft2020).Ajv2020(options);
  return loaded.draft2020;
}
