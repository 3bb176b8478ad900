/**
 * Messages, tool executions, requirements and metrics: the parts that run output and events share (contract 4.3).
 */
import { z } from "zod";

/** Any JSON object; what it holds belongs to the application. */
export const jsonObjectSchema = z.record(z.string(), z.unknown());

const count = z.number().int().min(0).optional();
const seconds = z.number().min(0).optional();

const tokenCounts = {
  input_tokens: count,
  output_tokens: count,
  total_tokens: count,
  audio_input_tokens: count,
  audio_output_tokens: count,
  audio_total_tokens: count,
  cache_read_tokens: count,
  cache_write_tokens: count,
  reasoning_tokens: count,
};

/** What one model used in a run; counts of 0 are left out. */
export const modelMetricsSchema = z
  .object({ id: z.string(), provider: z.string(), ...tokenCounts, cost: z.number().optional() })
  .meta({ id: "ModelMetrics", description: "Token counts of one model" });

/** What a run or a message used. */
export const metricsSchema = z
  .object({
    ...tokenCounts,
    cost: z.number().optional(),
    time_to_first_token: seconds,
    duration: seconds,
    /** By kind of model; `model` is the one that answers. */
    details: z.record(z.string(), z.array(modelMetricsSchema)).optional(),
    additional_metrics: jsonObjectSchema.optional(),
  })
  .meta({ id: "Metrics", description: "Token counts (zeros left out) and times in seconds" });

/** Times of one tool call. */
export const toolMetricsSchema = z
  .object({
    /** Seconds since 1970, with fractions. */
    start_time: z.number().nullable(),
    /** Seconds since 1970, with fractions. */
    end_time: z.number().nullable(),
    /** Seconds. */
    duration: z.number().nullable(),
  })
  .meta({ id: "ToolMetrics", description: "Times of one tool call, in seconds" });

/** One value that a paused run wants from a person. */
export const userInputFieldSchema = z
  .object({
    name: z.string(),
    /** Type of the value, such as `str`. */
    field_type: z.string(),
    description: z.string().nullable(),
    /** What the person gave; null until then. */
    value: z.unknown(),
  })
  .meta({ id: "UserInputField" });

/** Every key is always present; what is unknown is null. */
export const toolExecutionSchema = z
  .object({
    tool_call_id: z.string().nullable(),
    tool_name: z.string().nullable(),
    tool_args: jsonObjectSchema.nullable(),
    /** True for a call that failed. */
    tool_call_error: z.boolean().nullable(),
    /** What the tool gave, as text. */
    result: z.string().nullable(),
    metrics: toolMetricsSchema.nullable(),
    child_run_id: z.string().nullable(),
    /** The run ends with this call. */
    stop_after_tool_call: z.boolean(),
    /** Seconds since 1970. */
    created_at: z.number().int(),
    /** The run pauses until `confirmed` is set. */
    requires_confirmation: z.boolean().nullable(),
    /** What the person decided; null until then. */
    confirmed: z.boolean().nullable(),
    /** Why a person refused; the model reads it. */
    confirmation_note: z.string().nullable(),
    requires_user_input: z.boolean().nullable(),
    user_input_schema: z.array(userInputFieldSchema).nullable(),
    user_feedback_schema: z.array(jsonObjectSchema).nullable(),
    answered: z.boolean().nullable(),
    /** The run pauses until the client brings `result`. */
    external_execution_required: z.boolean().nullable(),
    external_execution_silent: z.boolean().nullable(),
    approval_type: z.string().nullable(),
    approval_id: z.string().nullable(),
  })
  .meta({ id: "ToolExecution", description: "One tool call, from request to result; nulls are written" });

/** What a paused run waits for: one tool call and what is missing of it (contract 4.3). */
export const requirementSchema = z
  .object({
    id: z.string(),
    /** ISO 8601, in UTC. */
    created_at: z.string(),
    tool_execution: toolExecutionSchema,
    /** The decision; goes into the tool call when it has none. */
    confirmation: z.boolean().optional(),
    confirmation_note: z.string().optional(),
    /** The result; goes into the tool call when it has none. */
    external_execution_result: z.string().optional(),
    user_input_schema: z.array(userInputFieldSchema).optional(),
    user_feedback_schema: z.array(jsonObjectSchema).optional(),
    member_agent_id: z.string().optional(),
    member_agent_name: z.string().optional(),
    member_run_id: z.string().optional(),
  })
  .meta({ id: "Requirement", description: "What a paused run waits for" });

/** A tool call as a model asks for it. */
export const toolCallSchema = z
  .object({
    id: z.string(),
    type: z.literal("function"),
    function: z.object({ name: z.string(), arguments: z.string() }),
  })
  .meta({ id: "ToolCall", description: "A tool call that a model asked for; arguments are JSON text" });

/** A picture, sound, film or document, described; the bytes are not repeated in answers. */
export const mediaSchema = z
  .object({
    id: z.string(),
    url: z.string().optional(),
    mime_type: z.string().optional(),
    filename: z.string().optional(),
    /** Bytes. */
    size: z.number().int().optional(),
  })
  .meta({ id: "Media" });

/** One message of a conversation. What is empty is left out. */
export const messageSchema = z
  .object({
    id: z.string(),
    content: z.union([z.string(), jsonObjectSchema, z.array(z.unknown())]).optional(),
    reasoning_content: z.string().optional(),
    /** Of an earlier run, given to the model again. */
    from_history: z.boolean(),
    compressed_content: z.string().optional(),
    /** The run ends with this message. */
    stop_after_tool_call: z.boolean(),
    role: z.enum(["system", "user", "assistant", "tool"]),
    name: z.string().optional(),
    /** With the role `tool`: the call that this answers. */
    tool_call_id: z.string().optional(),
    tool_name: z.string().optional(),
    tool_args: jsonObjectSchema.optional(),
    tool_call_error: z.boolean().optional(),
    /** With the role `assistant`: the calls that it asks for. */
    tool_calls: z.array(toolCallSchema).optional(),
    redacted_reasoning_content: z.string().optional(),
    provider_data: jsonObjectSchema.optional(),
    images: z.array(mediaSchema).optional(),
    audio: z.array(mediaSchema).optional(),
    videos: z.array(mediaSchema).optional(),
    files: z.array(mediaSchema).optional(),
    metrics: metricsSchema.optional(),
    /** Seconds since 1970. */
    created_at: z.number().int(),
  })
  .meta({ id: "Message" });

/** What a run or a message used: token counts, and times in seconds. */
export type Metrics = z.infer<typeof metricsSchema>;
/** Token counts of one model. */
export type ModelMetrics = z.infer<typeof modelMetricsSchema>;
/** One tool call, from request to result; what is unknown is null. */
export type ToolExecution = z.infer<typeof toolExecutionSchema>;
/** What a paused run waits for. */
export type Requirement = z.infer<typeof requirementSchema>;
/** A tool call as a model asks for it. */
export type ToolCall = z.infer<typeof toolCallSchema>;
/** Media, described without their bytes. */
export type Media = z.infer<typeof mediaSchema>;
/** One message of a conversation. */
export type Message = z.infer<typeof messageSchema>;
