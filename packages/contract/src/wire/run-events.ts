/**
 * Events of a run (contract 5.2, 5.3). Keys are written in the order of these schemas: first what every event has,
 * `tools` and `content` included, then what the event adds. The events of an agent and of a team are made of one definition.
 */
import { z } from "zod";
import { RUNNABLE_KINDS } from "./kinds.ts";
import { memorySchema } from "./memory.ts";
import { jsonObjectSchema, metricsSchema, requirementSchema, toolExecutionSchema } from "./message.ts";

const run = {
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

const model = { model: z.string(), model_provider: z.string() };
const tokens = z.number().int().min(0);

/** The events of one kind. `names` are its id and its name, `contentKeys` what its `RunContent` alone has. */
function defineEvents<
  const Prefix extends string,
  const Names extends z.ZodRawShape,
  const ContentKeys extends z.ZodRawShape,
>(kind: { readonly prefix: Prefix; readonly names: Names; readonly contentKeys: ContentKeys }) {
  const { prefix, names, contentKeys } = kind;
  const base = { ...names, ...run };

  function event<const Name extends string, const Extra extends z.ZodRawShape>(name: Name, extra: Extra) {
    const fullName = `${prefix}${name}` as const;
    return z
      .object({ created_at: z.number().int(), event: z.literal(fullName), ...base, ...extra })
      .meta({ id: `${fullName}Event` });
  }

  return [
    /** The first event; its `session_id` is how a client learns the session. */
    event("RunStarted", model),
    /** A piece of the answer. */
    event("RunContent", {
      /** Only what is new. */
      content: z.string(),
      ...contentKeys,
      content_type: z.string(),
      /** Only what is new; empty for plain text. */
      reasoning_content: z.string(),
    }),
    /** Content of a step that is not the answer. */
    event("RunIntermediateContent", {
      content: z.string(),
      content_type: z.string(),
    }),
    /** The answer is complete; metrics and state follow. */
    event("RunContentCompleted", {}),
    /** The last event of a run that went well, and after `RunCancelled`. */
    event("RunCompleted", {
      /** The whole answer. */
      content: z.string(),
      content_type: z.string(),
      reasoning_content: z.string().optional(),
      metadata: jsonObjectSchema.optional(),
      metrics: metricsSchema,
      session_state: jsonObjectSchema,
    }),
    /** The last event of a run that waits for a person or for the client. */
    event("RunPaused", {
      tools: z.array(toolExecutionSchema),
      content: z.string(),
      requirements: z.array(requirementSchema),
    }),
    /** A paused run goes on. */
    event("RunContinued", {}),
    /** The last event of a run that failed; the HTTP status stays 200. */
    event("RunError", {
      /** Text for the caller; the cause is in the operator's log. */
      content: z.string(),
      /** For programs, such as `model_error`. */
      error_type: z.string().optional(),
      error_id: z.string().optional(),
      additional_data: jsonObjectSchema.optional(),
    }),
    /** The run was stopped; `content` is what there was by then. */
    event("RunCancelled", {
      content: z.string().optional(),
      reason: z.string(),
    }),
    /** A tool is called; its arguments are in `tool`. */
    event("ToolCallStarted", { tool: toolExecutionSchema }),
    /** A tool has answered, well or not: `tool.tool_call_error` says which. */
    event("ToolCallCompleted", {
      /** A line for people: which call, and how long it took. */
      content: z.string(),
      tool: toolExecutionSchema,
    }),
    /** A tool call has failed. */
    event("ToolCallError", { tool: toolExecutionSchema, error: z.string() }),
    /** The model is asked. */
    event("ModelRequestStarted", model),
    /** The model has answered. Counts of 0 are written here. */
    event("ModelRequestCompleted", {
      ...model,
      input_tokens: tokens,
      output_tokens: tokens,
      total_tokens: tokens,
      /** Seconds. */
      time_to_first_token: z.number().min(0).optional(),
      reasoning_tokens: tokens,
      cache_read_tokens: tokens,
      cache_write_tokens: tokens,
    }),
    /** What the user said is looked through for what to remember; the answer is complete. */
    event("MemoryUpdateStarted", {}),
    /** `memories` are those that were added or changed; absent when there are none. */
    event("MemoryUpdateCompleted", { memories: z.array(memorySchema).optional() }),
    /** The session's summary is being renewed; the answer is complete. */
    event("SessionSummaryStarted", {}),
    /** `session_summary` is absent when none could be made; the session keeps the one that it has. */
    event("SessionSummaryCompleted", { session_summary: jsonObjectSchema.optional() }),
    /** An event of the application. */
    z
      .looseObject({
        created_at: z.number().int(),
        event: z.literal(`${prefix}CustomEvent` as const),
        ...base,
      })
      .meta({
        id: `${prefix}CustomEventEvent`,
        description: "An event of the application; it must not have a key `data`",
      }),
  ] as const;
}

/** Any event of an agent's run; switch on `event`. */
export const runEventSchema = z
  .discriminatedUnion(
    "event",
    defineEvents({
      prefix: RUNNABLE_KINDS.agent.eventPrefix,
      names: { agent_id: z.string(), agent_name: z.string() },
      contentKeys: { workflow_agent: z.boolean() },
    }),
  )
  .meta({ id: "RunEvent", description: "One server-sent event of an agent's run" });

/** Any event of a team's own; those of its members are agents' events, between them. */
export const teamRunEventSchema = z
  .discriminatedUnion(
    "event",
    defineEvents({
      prefix: RUNNABLE_KINDS.team.eventPrefix,
      names: { team_id: z.string(), team_name: z.string() },
      contentKeys: {},
    }),
  )
  .meta({ id: "TeamRunEvent", description: "One server-sent event of a team's run" });

/** One event of an agent's run; switch on `event`. */
export type RunEvent = z.infer<typeof runEventSchema>;
/** One event of a team's run; switch on `event`. */
export type TeamRunEvent = z.infer<typeof teamRunEventSchema>;
/** One event of a run, of whatever kind; a workflow's own arrive with workflows. */
export type AnyRunEvent = RunEvent | TeamRunEvent;
/** The name of an agent's event, which is also the `event` of the stream. */
export type RunEventName = RunEvent["event"];
