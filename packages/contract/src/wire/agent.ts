/** An agent as `GET /agents`, `GET /config` and `GET /models` show it (contract 4.1, 4.2). Keys without a value are left out. */
import { z } from "zod";
import { jsonObjectSchema } from "./message.ts";

/** The model of an agent. Unlike elsewhere its id is `model` (contract 4.2). */
export const agentModelSchema = z
  .object({ name: z.string().optional(), model: z.string().optional(), provider: z.string().optional() })
  .meta({ id: "AgentModel", description: "`name` is the model's class label, `model` its id" });

/** A tool of an agent, without the function behind it. */
export const agentToolSchema = z
  .object({
    name: z.string(),
    description: z.string().optional(),
    /** JSON Schema of the arguments. */
    parameters: jsonObjectSchema,
    strict: z.boolean().optional(),
    /** A person is asked before each call. Absent: no. */
    requires_confirmation: z.boolean().optional(),
    /** The client runs it and brings the result. Absent: no. */
    external_execution: z.boolean().optional(),
    approval_type: z.string().optional(),
  })
  .meta({ id: "AgentTool" });

/** The tools of an agent and how they may be used. */
export const agentToolsSchema = z
  .object({
    tools: z.array(agentToolSchema).optional(),
    /** Calls in one run; absent: no limit. */
    tool_call_limit: z.number().int().optional(),
    tool_choice: z.unknown().optional(),
  })
  .meta({ id: "AgentTools" });

/** An agent in `GET /agents` (contract 4.2). Settings that equal the defaults are left out. */
export const agentSchema = z
  .object({
    /** In URLs and scopes. */
    id: z.string(),
    name: z.string(),
    /** Database of its sessions; absent without one. */
    db_id: z.string().optional(),
    description: z.string().optional(),
    role: z.string().optional(),
    /** Made by a factory for each run; not in this release. */
    is_factory: z.boolean(),
    model: agentModelSchema.optional(),
    tools: agentToolsSchema.optional(),
    sessions: jsonObjectSchema.optional(),
    knowledge: jsonObjectSchema.optional(),
    memory: jsonObjectSchema.optional(),
    reasoning: jsonObjectSchema.optional(),
    default_tools: jsonObjectSchema.optional(),
    system_message: jsonObjectSchema.optional(),
    extra_messages: jsonObjectSchema.optional(),
    response_settings: jsonObjectSchema.optional(),
    introduction: z.string().optional(),
    streaming: jsonObjectSchema.optional(),
    metadata: jsonObjectSchema.optional(),
    /** JSON Schema of the input, where it is not free text. */
    input_schema: jsonObjectSchema.optional(),
    factory_input_schema: jsonObjectSchema.optional(),
    /** Stored instead of defined in code; not in this release. */
    is_component: z.boolean(),
    /** Of a stored agent. */
    current_version: z.number().int().optional(),
    /** Of a stored agent. */
    stage: z.string().optional(),
  })
  .meta({ id: "Agent", description: "An agent; a settings group that equals the defaults is left out" });

/** A model by its provider's own name, as `GET /models` lists it. */
export const modelSchema = z
  .object({ id: z.string().optional(), provider: z.string().optional() })
  .meta({ id: "Model" });

/** An agent in `GET /config` (contract 4.1), shorter than in `GET /agents`. */
export const configAgentSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().optional(),
    db_id: z.string().optional(),
    model: modelSchema.optional(),
    metadata: jsonObjectSchema.optional(),
  })
  .meta({ id: "ConfigAgent", description: "An agent in `GET /config`" });

/** An agent in `GET /agents`. */
export type AgentObject = z.infer<typeof agentSchema>;
/** A tool of an agent, without the function behind it. */
export type AgentTool = z.infer<typeof agentToolSchema>;
/** A model by provider and id. */
export type ModelSummary = z.infer<typeof modelSchema>;
/** An agent in `GET /config`. */
export type ConfigAgent = z.infer<typeof configAgentSchema>;
