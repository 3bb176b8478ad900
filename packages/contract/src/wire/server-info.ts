/** Bodies of the core routes (contract 4.1). */
import { z } from "zod";
import { configAgentSchema, modelSchema } from "./agent.ts";

/** Answer of `GET /`; `version` is that of the API, always 1.0.0. */
export const rootSchema = z
  .object({ name: z.string(), id: z.string(), version: z.string() })
  .meta({ id: "Root" });

/** Answer of `GET /health`. */
export const healthSchema = z
  .object({
    status: z.literal("ok"),
    instantiated_at: z.string().meta({ description: "start of the process, ISO 8601" }),
  })
  .meta({ id: "Health" });

/** Answer of `GET /info`, which needs no credential. Nulls are written. */
export const infoSchema = z
  .object({
    /** Id of this AgentOS: the default audience of tokens. */
    os_id: z.string(),
    /** For people; null without one. */
    name: z.string().nullable(),
    agno_version: z.string().meta({ description: "version of the wire contract" }),
    agent_count: z.int(),
    team_count: z.int(),
    workflow_count: z.int(),
    /** The Model Context Protocol arrives later: `enabled` is false. */
    mcp: z.object({ enabled: z.boolean(), path: z.string().nullable(), oauth: z.null() }),
    /** What a caller must send (contract 1.1); `jwt-unverified` believes every token. */
    auth_mode: z.enum(["jwt", "jwt-unverified", "security_key", "none"]),
    /** Version of this product. */
    server_version: z.string(),
    algorithms: z.array(z.string()).optional().meta({
      description: "algorithms that tokens may be signed with now; public, as every 401 names them",
    }),
  })
  .meta({ id: "Info" });

/** Answer of `GET /models`: each model once. */
export const modelsSchema = z.array(modelSchema).meta({ id: "Models" });

/** One kind of data in one database. */
const domainDatabaseSchema = z
  .object({
    /** One of `databases`. */
    db_id: z.string(),
    domain_config: z.object({ display_name: z.string() }),
    tables: z.array(z.string()).meta({ description: "names for the query `table`" }),
  })
  .meta({ id: "DomainDatabase" });

const domain = z.object({ dbs: z.array(domainDatabaseSchema) });

/** Answer of `GET /config`, which web UIs read first. */
export const configSchema = z
  .object({
    /** Id of this AgentOS. */
    os_id: z.string(),
    description: z.string().optional(),
    /** Models that a UI may offer. */
    available_models: z.array(z.string()),
    os_database: z.string().optional().meta({ description: "the database of this AgentOS itself" }),
    databases: z.array(z.string()).meta({ description: "values of the query `db_id`" }),
    chat: z
      .object({ quick_prompts: z.record(z.string(), z.array(z.string())) })
      .optional()
      .meta({ description: "what a UI offers to ask, by the id of who is asked" }),
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

/** Answer of `GET /info`. */
export type Info = z.infer<typeof infoSchema>;
/** Answer of `GET /config`. */
export type Config = z.infer<typeof configSchema>;
