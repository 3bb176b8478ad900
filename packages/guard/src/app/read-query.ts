/** Reads the query of an address by the schema that the API reference shows. What the schema does not name is not read. */
import { z } from "zod";
import { type InputFault, invalidFields, type ValidationIssue, valueIssue } from "./input-fault.ts";

/** The values, or every one that cannot be used. Of a name that is given twice the first counts. */
export function readQuery<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  parameters: URLSearchParams,
): { readonly values: z.infer<z.ZodObject<Shape>> } | InputFault {
  const given: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const text = parameters.get(name);
    if (text !== null) given[name] = isWholeNumber(unwrap(field)) ? readDigits(text) : text;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return { values: parsed.data };
  const names = new Set(parsed.error.issues.map(({ path }) => String(path[0])));
  return invalidFields(
    [...names].map(
      (name): ValidationIssue => valueIssue(["query", name], describeWanted(unwrap(schema.shape[name]))),
    ),
  );
}

/** Digits alone: neither "1e3" nor " 1" nor "" is a number that somebody meant. */
function readDigits(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}

function unwrap(field: unknown): unknown {
  return field instanceof z.ZodOptional ? field.unwrap() : field;
}

function isWholeNumber(field: unknown): field is z.ZodNumber {
  return field instanceof z.ZodNumber;
}

function describeWanted(field: unknown): string {
  if (isWholeNumber(field))
    return `expected a whole number from ${String(field.minValue)} to ${String(field.maxValue)}`;
  if (field instanceof z.ZodEnum) return `expected one of ${field.options.join(", ")}`;
  return "expected a text";
}
