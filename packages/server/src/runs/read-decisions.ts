/** The field `tools` of a `/continue`: a JSON list of tool calls, of which only what decides on them is read (contract 4.3). */
import { fail, ok, type Result } from "@agentos/auth";
import { z } from "zod";
import type { Decision } from "./continue-form.ts";
import { holdsPrototypeKey } from "./prototype-keys.ts";

/** More calls do not wait in one turn. */
export const MAX_DECISIONS = 1_000;

const decisionSchema = z.object({
  tool_call_id: z.string().min(1),
  tool_name: z.string().nullish(),
  tool_args: z.record(z.string(), z.unknown()).nullish(),
  confirmed: z.boolean().nullish(),
  confirmation_note: z.string().nullish(),
  result: z.string().nullish(),
  tool_call_error: z.boolean().nullish(),
  user_input_schema: z
    .array(z.object({ name: z.string(), value: z.unknown().optional() }))
    .max(100)
    .nullish(),
  answered: z.boolean().nullish(),
});

const listSchema = z.array(decisionSchema).max(MAX_DECISIONS);

/** Of a value that JSON gave. The fault says where, and which type is wanted there; no value of it. */
export function readDecisions(value: unknown): Result<readonly Decision[], string> {
  if (holdsPrototypeKey(value)) return fail('a key is named "__proto__"');
  const parsed = listSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.map(String).join(".") ?? "";
    return fail(`${path === "" ? "" : `${path}: `}${issue?.message ?? "it cannot be read"}`);
  }
  return ok(parsed.data.map(toDecision));
}

function toDecision(given: z.output<typeof decisionSchema>): Decision {
  return {
    toolCallId: given.tool_call_id,
    toolName: given.tool_name ?? undefined,
    toolArgs: given.tool_args ?? undefined,
    confirmed: given.confirmed ?? undefined,
    note: given.confirmation_note ?? undefined,
    result: given.result ?? undefined,
    isError: given.tool_call_error === true,
    values: (given.user_input_schema ?? []).map(({ name, value: filled }) => ({
      name,
      value: filled ?? null,
    })),
    isAnswered: given.answered === true,
  };
}
