/**
 * Events of an agent's run (contract 5.2, 5.3). Keys are written in the order of these schemas: first what every event
 * has, `tools` and `content` included, then what the event adds. Team events have the same shape under other names.
 */
import { z } from "zod";
import { jsonObjectSchema, metricsSchema, requirementSchema, toolExecutionSchema } from "./message.ts";

const base = {
  agent_id: z.string(),
  agent_name: z.string(),
  run_id: z.string(),
  parent_run_id: z.string().optional(),
  session_id: z.string(),
  workflow_id: z.string().optional(),
  workflow_run_id: z.string().optional(),
  step_id: z.string().optional(),
  step_name: z.string().optional(),
  step_index: z.number().int().optional(),
  nested_depth: z.number().int().min(0),
};

function event<const Name extends string, const Extra extends z.ZodRawShape>(name: Name, extra: Extra) {
  return z
    .object({ created_at: z.number().int(), event: z.literal(name), ...base, ...extra })
    .meta({ id: `${name}Event` });
}

const model = { model: z.string(), model_provider: z.string() };
const tokens = z.number().int().min(0);

/** The first event; its `session_id` is how a client learns the session. */
export const runStartedSchema = event("RunStarted", model);
/** A piece of the answer. */
export const runContentSchema = event("RunContent", {
  /** Only what is new. */
  content: z.string(),
  workflow_agent: z.boolean(),
  content_type: z.string(),
  /** Only what is new; empty for plain text. */
  reasoning_content: z.string(),
});
/** Content of a step that is not the answer. */
export const runIntermediateContentSchema = event("RunIntermediateContent", {
  content: z.string(),
  content_type: z.string(),
});
/** The answer is complete; metrics and state follow. */
export const runContentCompletedSchema = event("RunContentCompleted", {});
/** The last event of a run that went well, and after `RunCancelled`. */
export const runCompletedSchema = event("RunCompleted", {
  /** The whole answer. */
  content: z.string(),
  content_type: z.string(),
  reasoning_content: z.string().optional(),
  metadata: jsonObjectSchema.optional(),
  metrics: metricsSchema,
  session_state: jsonObjectSchema,
});
/** The last event of a run that waits for a person or for the client. */
export const runPausedSchema = event("RunPaused", {
  tools: z.array(toolExecutionSchema),
  content: z.string(),
  requirements: z.array(requirementSchema),
});
/** A paused run goes on. */
export const runContinuedSchema = event("RunContinued", {});
/** The last event of a run that failed; the HTTP status stays 200. */
export const runErrorSchema = event("RunError", {
  /** Text for the caller; the cause is in the operator's log. */
  content: z.string(),
  /** For programs, such as `model_error`. */
  error_type: z.string().optional(),
  error_id: z.string().optional(),
  additional_data: jsonObjectSchema.optional(),
});
/** The run was stopped; `content` is what there was by then. */
export const runCancelledSchema = event("RunCancelled", {
  content: z.string().optional(),
  reason: z.string(),
});
/** A tool is called; its arguments are in `tool`. */
export const toolCallStartedSchema = event("ToolCallStarted", { tool: toolExecutionSchema });
/** A tool has answered, well or not: `tool.tool_call_error` says which. */
export const toolCallCompletedSchema = event("ToolCallCompleted", {
  /** A line for people: which call, and how long it took. */
  content: z.string(),
  tool: toolExecutionSchema,
});
/** A tool call has failed. */
export const toolCallErrorSchema = event("ToolCallError", { tool: toolExecutionSchema, error: z.string() });
/** The model is asked. */
export const modelRequestStartedSchema = event("ModelRequestStarted", model);
/** The model has answered. Counts of 0 are written here. */
export const modelRequestCompletedSchema = event("ModelRequestCompleted", {
  ...model,
  input_tokens: tokens,
  output_tokens: tokens,
  total_tokens: tokens,
  /** Seconds. */
  time_to_first_token: z.number().min(0).optional(),
  reasoning_tokens: tokens,
  cache_read_tokens: tokens,
  cache_write_tokens: tokens,
});
/** An event of the application. */
export const customEventSchema = z
  .looseObject({ created_at: z.number().int(), event: z.literal("CustomEvent"), ...base })
  .meta({
    id: "CustomEventEvent",
    description: "An event of the application; it must not have a key `data`",
  });

/** Any event; switch on `event`. */
export const runEventSchema = z
  .discriminatedUnion("event", [
    runStartedSchema,
    runContentSchema,
    runIntermediateContentSchema,
    runContentCompletedSchema,
    runCompletedSchema,
    runPausedSchema,
    runContinuedSchema,
    runErrorSchema,
    runCancelledSchema,
    toolCallStartedSchema,
    toolCallCompletedSchema,
    toolCallErrorSchema,
    modelRequestStartedSchema,
    modelRequestCompletedSchema,
    customEventSchema,
  ])
  .meta({ id: "RunEvent", description: "One server-sent event of an agent's run" });

/** One event of a run; switch on `event`. */
export type RunEvent = z.infer<typeof runEventSchema>;
/** The name of an event, which is also the `event` of the stream. */
export type RunEventName = RunEvent["event"];
