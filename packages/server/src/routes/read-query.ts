/** The query of a request, as the schema of its route wants it (contract 4.0): every value comes as text. */
import { fail, ok, type Result } from "@agentos/auth";
import { type InputFault, invalidFields, valueIssue } from "@agentos/guard/app";
import { z } from "zod";
import { describeIssues } from "./describe-issues.ts";

/** Names that the schema has not are not read; of a repeated value the last counts, where it is no list. */
export function readQuery<Schema extends z.ZodObject>(
  request: Request,
  schema: Schema,
): Result<z.output<Schema>, InputFault> {
  const parameters = new URL(request.url).searchParams;
  const given: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const texts = parameters.getAll(name);
    const last = texts.at(-1);
    if (last === undefined) continue;
    // No text of a database can hold it.
    if (texts.some((text) => text.includes("\0")))
      return fail(invalidFields([valueIssue(["query", name], "the character NUL is not allowed")]));
    given[name] = readText(coreOf(field), texts, last);
  }
  const parsed = schema.safeParse(given, { reportInput: true });
  return parsed.success ? ok(parsed.data) : fail(describeIssues(parsed.error, "query"));
}

function readText(field: z.core.$ZodType, texts: readonly string[], last: string): unknown {
  // Both spellings of a list are in use: with commas, and repeated.
  if (field instanceof z.ZodArray)
    return texts.flatMap((text) => text.split(",")).filter((text) => text !== "");
  if (field instanceof z.ZodNumber && /^\s*[+-]?\d{1,15}\s*$/.test(last)) return Number(last);
  return last;
}

/** Without what makes it optional. */
function coreOf(field: z.core.$ZodType): z.core.$ZodType {
  return field instanceof z.ZodOptional || field instanceof z.ZodDefault || field instanceof z.ZodNullable
    ? coreOf(field.unwrap())
    : field;
}
