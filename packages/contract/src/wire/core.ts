/** Bodies of the core routes (contract 4.1) and of every error. */
import { z } from "zod";
import { configAgentSchema, modelSchema } from "./agent.ts";

export const rootSchema = z
  .object({ name: z.string(), id: z.string(), version: z.string() })
  .meta({ id: "Root" });

export const healthSchema = z
  .object({
    status: z.literal("ok"),
    instantiated_at: z.string().meta({ description: "start of the process, ISO 8601" }),
  })
  .meta({ id: "Health" });

export const infoSchema = z
  .object({
    os_id: z.string(),
    name: z.string().nullable(),
    agno_version: z.string().meta({ description: "version of the wire contract" }),
    agent_count: z.int(),
    team_count: z.int(),
    workflow_count: z.int(),
    mcp: z.object({ enabled: z.boolean(), path: z.string().nullable(), oauth: z.null() }),
    auth_mode: z.enum(["jwt", "jwt-unverified", "security_key", "none"]),
    server_version: z.string(),
    algorithms: z.array(z.string()).optional().meta({
      description: "algorithms that tokens may be signed with now; public, as every 401 names them",
    }),
  })
  .meta({ id: "Info" });

export const modelsSchema = z.array(modelSchema).meta({ id: "Models" });

const domain = z.object({ dbs: z.array(z.unknown()) });

export const configSchema = z
  .object({
    os_id: z.string(),
    description: z.string().optional(),
    available_models: z.array(z.string()),
    databases: z.array(z.string()),
    session: domain,
    metrics: domain,
    memory: domain,
    learning: domain,
    evals: domain,
    knowledge: domain.extend({ knowledge_instances: z.array(z.unknown()) }),
    traces: domain,
    agents: z.array(configAgentSchema),
    teams: z.array(z.unknown()),
    workflows: z.array(z.unknown()),
    interfaces: z.array(z.unknown()),
  })
  .meta({ id: "Config" });

/** A refusal from authentication or authorization (RFC 9457; design.md section 4). */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: "page about the code, relative to this server" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    fix: z.string(),
    denial_id: z.string(),
    required_scopes: z.array(z.string()).optional(),
    missing_scopes: z.array(z.string()).optional(),
  })
  .meta({ id: "Problem", description: "why the request was refused, and what to do about it" });

/** Any other error. */
export const errorSchema = z.object({ detail: z.string() }).meta({ id: "Error" });

export const validationErrorSchema = z
  .object({
    detail: z.array(
      z.object({
        type: z.string(),
        loc: z.array(z.union([z.string(), z.int()])),
        msg: z.string(),
        input: z.unknown(),
        ctx: z.record(z.string(), z.unknown()).optional(),
      }),
    ),
  })
  .meta({ id: "ValidationError" });

export type Info = z.infer<typeof infoSchema>;
export type Config = z.infer<typeof configSchema>;
export type Problem = z.infer<typeof problemSchema>;
