/** A zod object as the parameters of a tool. What JSON cannot hold is refused by the name of its field. */
import { z } from "zod";
import type { CompiledParameters, SchemaFault } from "./compiled-parameters.ts";

/** Such as "date". */
export function zodTypeOf(schema: z.core.$ZodType): string {
  // oxlint-disable-next-line no-underscore-dangle -- zod's own name for what is the same in zod and zod/mini
  return schema._zod.def.type;
}

export function compileZodObject(parameters: z.core.$ZodObject): CompiledParameters {
  let written: Readonly<Record<string, unknown>>;
  try {
    written = z.toJSONSchema(parameters, { io: "input" });
  } catch (cause) {
    return { faults: findUnwritable(parameters, cause) };
  }
  const { $schema: _, ...schema } = written;
  return {
    schema: {
      schema: Object.freeze(schema),
      async check(args) {
        const parsed = await z.safeParseAsync(parameters, args);
        if (parsed.success) return { ok: true, args: parsed.data };
        const problems = parsed.error.issues.map(
          ({ path, message }) => `${path.join(".") || "arguments"}: ${message}`,
        );
        return { ok: false, problem: problems.join("; ") };
      },
    },
  };
}

/** What to write instead, by zod's name of the type. */
const INSTEAD: Readonly<Record<string, string>> = {
  date: "write z.iso.datetime() for a text; z.iso.datetime().transform((text) => new Date(text)) gives a Date",
  bigint: "write z.int(), or z.string() where the number may be larger than 2^53",
  map: "write z.record(z.string(), …)",
  set: "write z.array(…)",
  custom: "write a type of JSON, with .refine(…) behind it: z.string().refine(…)",
  transform: "begin with a type of JSON: z.string().transform(…)",
};

const ANYTHING: ReadonlySet<string> = new Set(["any", "unknown"]);

/** Zod says that something cannot be written, and not where; asked to go on, it shows each place. */
function findUnwritable(parameters: z.core.$ZodObject, cause: unknown): readonly SchemaFault[] {
  const faults: SchemaFault[] = [];
  const places = new Set<string>();
  try {
    z.toJSONSchema(parameters, {
      io: "input",
      unrepresentable: "any",
      override: ({ zodSchema, jsonSchema, path }) => {
        const type = zodTypeOf(zodSchema);
        const field = toFieldPath(path);
        // What stands around it at the same place (optional, default) comes later and is empty too.
        const isUnwritten = Object.keys(jsonSchema).length === 0 && !ANYTHING.has(type);
        if (!isUnwritten || places.has(field.join("."))) return;
        places.add(field.join("."));
        faults.push({
          path: field,
          problem: `is of the zod type "${type}", which JSON does not have`,
          suggestion: INSTEAD[type] ?? "write a type that JSON has: a text, a number, a list, an object",
        });
      },
    });
  } catch {
    // The first answer says it.
  }
  if (faults.length > 0) return faults;
  const words = cause instanceof Error ? cause.message : "it cannot be read";
  return [
    { path: [], problem: `cannot be written as JSON schema: ${words}`, suggestion: "use types of JSON only" },
  ];
}

/** `properties.when.items` of the JSON schema is `when` with its items in the zod object. */
function toFieldPath(path: readonly (string | number)[]): readonly (string | number)[] {
  const field: (string | number)[] = [];
  for (let index = 0; index < path.length; index += 1) {
    const name = path[index + 1];
    if (path[index] === "properties" && name !== undefined) {
      field.push(name);
      index += 1;
    } else if (path[index] === "items") field.push("items");
  }
  return field;
}
