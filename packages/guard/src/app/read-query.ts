/**
 * The query of a request, checked by the schema that the contract has for it. Of a name that stands there twice the last
 * value counts, as in the reference; an empty value counts as none, and what the schema does not name is passed over.
 */
import { fail, ok, type Result } from "@agentos/auth";
import { z } from "zod";
import { describeIssues } from "./describe-issues.ts";
import { type InputFault, invalidFields, valueIssue } from "./input-fault.ts";

const INTEGER = /^\s*[+-]?\d{1,15}\s*$/;
/** No text that is stored has it in this form, and PostgreSQL refuses it. */
const NUL = "\0";

/** Faults: 422 with every wrong value. */
export function readQuery<Schema extends z.ZodObject>(
  request: Pick<Request, "url">,
  schema: Schema,
): Result<z.output<Schema>, InputFault> {
  const { url } = request;
  const start = url.indexOf("?");
  const parameters = new URLSearchParams(start === -1 ? "" : url.slice(start));
  const texts: Record<string, string | readonly string[]> = {};
  const values: Record<string, unknown> = {};
  for (const [name, type] of Object.entries<z.core.$ZodType>(schema.shape)) {
    const given = parameters.getAll(name).filter((text) => text !== "");
    const last = given.at(-1);
    if (last === undefined) continue;
    if (given.some((text) => text.includes(NUL)))
      return fail(invalidFields([valueIssue(["query", name], "the character U+0000 is not allowed")]));
    const kind = kindOf(type);
    texts[name] = kind === "array" ? given : last;
    values[name] = kind === "number" && INTEGER.test(last) ? Number(last) : texts[name];
  }
  const checked = schema.safeParse(values);
  if (checked.success) return ok(checked.data);
  return fail(invalidFields(describeIssues("query", checked.error.issues, texts)));
}

/** The type under what makes it optional. */
function kindOf(type: z.core.$ZodType): string {
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodNullable)
    return kindOf(type.unwrap());
  return type instanceof z.ZodType ? type.def.type : "";
}
