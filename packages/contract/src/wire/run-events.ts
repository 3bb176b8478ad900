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

export const runStartedSchema = event("RunStarted", model);
export const runContentSchema = event("RunContent", {
  content: z.string(),
  workflow_agent: z.boolean(),
  content_type: z.string(),
  reasoning_content: z.string(),
});
export const runIntermediateContentSchema = event("RunIntermediateContent", {
  content: z.string(),
  content_type: z.string(),
});
export const runContentCompletedSchema = event("RunContentCompleted", {});
export const runCompletedSchema = event("RunCompleted", {
  content: z.string(),
  content_type: z.string(),
  reasoning_content: z.string().optional(),
  metadata: jsonObjectSchema.optional(),
  metrics: metricsSchema,
  session_state: jsonObjectSchema,
});
export const runPausedSchema = event("RunPaused", {
  tools: z.array(toolExecutionSchema),
  content: z.string(),
  requirements: z.array(requirementSchema),
});
export const runContinuedSchema = event("RunContinued", {});
export const runErrorSchema = event("RunError", {
  content: z.string(),
  error_type: z.string().optional(),
  error_id: z.string().optional(),
  additional_data: jsonObjectSchema.optional(),
});
export const runCancelledSchema = event("RunCancelled", {
  content: z.string().optional(),
  reason: z.string(),
});
export const toolCallStartedSchema = event("ToolCallStarted", { tool: toolExecutionSchema });
export const toolCallCompletedSchema = event("ToolCallCompleted", {
  content: z.string(),
  tool: toolExecutionSchema,
});
export const toolCallErrorSchema = event("ToolCallError", { tool: toolExecutionSchema, error: z.string() });
export const modelRequestStartedSchema = event("ModelRequestStarted", model);
export const modelRequestCompletedSchema = event("ModelRequestCompleted", {
  ...model,
  input_tokens: tokens,
  output_tokens: tokens,
  total_tokens: tokens,
  time_to_first_token: z.number().min(0).optional(),
  reasoning_tokens: tokens,
  cache_read_tokens: tokens,
  cache_write_tokens: tokens,
});
export const customEventSchema = z
  .looseObject({ created_at: z.number().int(), event: z.literal("CustomEvent"), ...base })
  .meta({
    id: "CustomEventEvent",
    description: "An event of the application; it must not have a key `data`",
  });

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

export type RunEvent = z.infer<typeof runEventSchema>;
export type RunEventName = RunEvent["event"];
