/**
 * The form of `POST /agents/{id}/runs/{run_id}/continue` (contract 4.3). Of a tool call in `tools` only the decision is
 * read: its name and its arguments are the server's.
 */
import { z } from "zod";
import { toolExecutionSchema } from "./message.ts";

/** Every field that is read; others are ignored. */
export const CONTINUE_FORM_FIELDS = {
  tools: "Tool calls of the pause with their decisions; as JSON text in a form",
  session_id: "Session of the run; required, unless the credential names it",
  user_id: "Whose session it is, for a caller that reaches several users'",
  stream: "Server-sent events (the default) or one JSON answer",
  background: "Go on whether the client stays or not, with events that can be resumed",
  input: "What the user says more; only of a completed run",
  continue_from:
    "Where a completed run is continued: `end`, `last_user`, or the number of messages that are taken",
  fork: "Make a new run of a completed one; what a completed run always becomes",
  regenerate: "Answer the last message of the user again",
  replace_original: "With `regenerate`: the original no longer counts as part of the conversation",
  additional_instructions: "Said to the model behind the messages, as words of the user",
} as const;

/** The name of a field. */
export type ContinueFormFieldName = keyof typeof CONTINUE_FORM_FIELDS;

const meta = (field: ContinueFormFieldName) => ({ description: CONTINUE_FORM_FIELDS[field] });
const text = (field: ContinueFormFieldName) => z.string().meta(meta(field));
const flag = (field: ContinueFormFieldName) => z.boolean().meta(meta(field));

/** For OpenAPI; the server reads the form itself, because wrong values answer in the contract's own words. */
export const continueFormSchema = z
  .object({
    tools: text("tools").optional(),
    session_id: text("session_id").optional(),
    user_id: text("user_id").optional(),
    stream: flag("stream").default(true),
    background: flag("background").default(false),
    input: text("input").optional(),
    continue_from: text("continue_from").default("end"),
    fork: flag("fork").default(false),
    regenerate: flag("regenerate").default(false),
    replace_original: flag("replace_original").optional(),
    additional_instructions: text("additional_instructions").optional(),
  })
  .meta({ id: "ContinueForm", description: "Multipart or urlencoded" });

/** The same fields with JSON's own types, for OpenAPI too; null says nothing. */
export const continueJsonSchema = z
  .object({
    tools: z
      .array(toolExecutionSchema.partial().required({ tool_call_id: true }))
      .nullish()
      .meta(meta("tools")),
    session_id: text("session_id").nullish(),
    user_id: text("user_id").nullish(),
    stream: flag("stream").nullable().default(true),
    background: flag("background").nullable().default(false),
    input: text("input").nullish(),
    continue_from: z
      .union([z.int().min(0), z.string()])
      .nullable()
      .default("end")
      .meta(meta("continue_from")),
    fork: flag("fork").nullable().default(false),
    regenerate: flag("regenerate").nullable().default(false),
    replace_original: flag("replace_original").nullish(),
    additional_instructions: text("additional_instructions").nullish(),
  })
  .meta({ id: "ContinueJson", description: "The fields of the form with JSON's own types" });
