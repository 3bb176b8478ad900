/** An agent as `GET /agents`, `GET /config` and `GET /models` show it (contract 4.1, 4.2). Keys without a value are left out. */
import { z } from "zod";
import { jsonObjectSchema } from "./message.ts";

export const agentModelSchema = z
  .object({ name: z.string().optional(), model: z.string().optional(), provider: z.string().optional() })
  .meta({ id: "AgentModel", description: "`name` is the model's class label, `model` its id" });

export const agentToolSchema = z
  .object({
    name: z.string(),
    description: z.string().optional(),
    parameters: jsonObjectSchema,
    strict: z.boolean().optional(),
    requires_confirmation: z.boolean().optional(),
    external_execution: z.boolean().optional(),
    approval_type: z.string().optional(),
  })
  .meta({ id: "AgentTool" });

export const agentToolsSchema = z
  .object({
    tools: z.array(agentToolSchema).optional(),
    tool_call_limit: z.number().int().optional(),
    tool_choice: z.unknown().optional(),
  })
  .meta({ id: "AgentTools" });

export const agentSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    db_id: z.string().optional(),
    description: z.string().optional(),
    role: z.string().optional(),
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
    input_schema: jsonObjectSchema.optional(),
    factory_input_schema: jsonObjectSchema.optional(),
    is_component: z.boolean(),
    current_version: z.number().int().optional(),
    stage: z.string().optional(),
  })
  .meta({ id: "Agent", description: "An agent; a settings group that equals the defaults is left out" });

export const modelSchema = z
  .object({ id: z.string().optional(), provider: z.string().optional() })
  .meta({ id: "Model" });

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

export type AgentObject = z.infer<typeof agentSchema>;
export type AgentTool = z.infer<typeof agentToolSchema>;
export type ModelSummary = z.infer<typeof modelSchema>;
export type ConfigAgent = z.infer<typeof configAgentSchema>;
