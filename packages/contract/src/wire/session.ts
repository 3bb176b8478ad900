/** Sessions as `/sessions` reads and shows them (contract 4.5). Keys without a value are null or left out, as the route has it. */
import { z } from "zod";
import { databaseQuery } from "./database-query.ts";
import { RUNNABLE_KINDS, type RunnableKind } from "./kinds.ts";
import { jsonObjectSchema, messageSchema, metricsSchema } from "./message.ts";
import { pageMetaSchema } from "./page.ts";
import { RUN_STATUSES } from "./run-output.ts";

/** Bounds of what one request may ask for. */
const SESSION_LIMITS = Object.freeze({
  /** Entries of a page. */
  maxPageSize: 100,
  /** Characters of a name, and of what is looked for in it; in UTF-16 units. */
  maxNameLength: 1_000,
  /** Sessions that one request may delete. */
  maxIds: 1_000,
});

const KINDS = Object.keys(RUNNABLE_KINDS) as [RunnableKind, ...RunnableKind[]];
const kind = z.enum(KINDS).meta({ id: "SessionType", description: "kind of what the session belongs to" });
const object = jsonObjectSchema.nullish();
const text = z.string().nullish();
const time = z.iso.datetime().nullish();

const component = { agent_id: text, team_id: text, workflow_id: text };

/** A session in a list. */
const sessionSchema = z
  .object({
    session_id: z.string(),
    /** Given, else what the first run was asked, else empty. */
    session_name: z.string(),
    session_state: object.meta({ description: "left out where it is large: read the session for it" }),
    created_at: time,
    /** When its last run began, or it was changed by hand. */
    updated_at: time,
    session_type: kind.nullish(),
    user_id: text,
    ...component,
    session_summary: object,
    metrics: metricsSchema.nullish(),
    total_tokens: z.int().nullish(),
    metadata: object,
  })
  .meta({ id: "SessionSchema", description: "a session in a list" });

/** `GET /sessions`. */
export const sessionListSchema = z
  .object({ data: z.array(sessionSchema), meta: pageMetaSchema })
  .meta({ id: "SessionList", description: "a page of sessions" });

/** What a session of an agent or a team has. */
const prefixedDetail = {
  session_id: z.string(),
  session_name: z.string(),
  session_summary: object,
  session_state: object,
  total_tokens: z.int().nullish(),
  metrics: metricsSchema.nullish(),
  metadata: object,
  /** The messages of its runs, in their order. */
  chat_history: z.array(messageSchema).nullish(),
  created_at: time,
  updated_at: time,
};

const model = z.object({ provider: text, name: text, id: text });

/** A session of an agent. */
export const agentSessionSchema = z
  .object({
    user_id: text,
    agent_session_id: z.string(),
    ...prefixedDetail,
    agent_id: text,
    /** The agent as it is served now. */
    agent_data: z.object({ name: text, agent_id: text, model }).nullish(),
  })
  .meta({ id: "AgentSession", description: "a session of an agent" });

/** A session of a team. */
export const teamSessionSchema = z
  .object({
    user_id: text,
    ...prefixedDetail,
    team_id: text,
    /** The team as it is served now. */
    team_data: z.object({ name: text, team_id: text, model }).nullish(),
  })
  .meta({ id: "TeamSession", description: "a session of a team" });

/** A session of a workflow. */
export const workflowSessionSchema = z
  .object({
    user_id: text,
    workflow_id: text,
    workflow_name: text,
    session_id: z.string(),
    session_name: z.string(),
    session_data: object,
    session_state: object,
    workflow_data: object,
    metadata: object,
    created_at: time,
    updated_at: time,
  })
  .meta({ id: "WorkflowSession", description: "a session of a workflow" });

/** A session of any kind, told apart by the id that it has. */
export const sessionDetailSchema = z.union([agentSessionSchema, teamSessionSchema, workflowSessionSchema]);

const name = z.string().max(SESSION_LIMITS.maxNameLength);

/** Body of `POST /sessions`. */
export const newSessionSchema = z
  .object({
    session_id: text.meta({ description: "default: made by the server" }),
    session_name: name.nullish(),
    session_state: object,
    metadata: object,
    user_id: text.meta({ description: "used only where the credential names no user" }),
    ...component,
  })
  .meta({ id: "NewSession" });

/** Body of `POST /sessions/{session_id}/rename`. */
export const renamedSessionSchema = z.object({ session_name: name }).meta({ id: "RenamedSession" });

/** Body of `PATCH /sessions/{session_id}`: each value that is given replaces the one before. */
export const changedSessionSchema = z
  .object({ session_name: name.nullish(), session_state: object, metadata: object, summary: object })
  .meta({ id: "ChangedSession" });

/** Body of `DELETE /sessions`. */
export const sessionIdsSchema = z
  .object({
    session_ids: z.array(z.string()).min(1).max(SESSION_LIMITS.maxIds),
    session_types: z.array(kind).min(1).max(SESSION_LIMITS.maxIds),
  })
  .meta({
    id: "SessionIds",
    description: "sessions, and at the same place of the second list the type of each",
  });

const userId = z
  .string()
  .optional()
  .meta({ description: "whose; ignored for a caller who reaches only their own" });
const whose = { ...databaseQuery, user_id: userId };

/** Query of `POST /sessions`. */
export const newSessionQuerySchema = z.object({ ...databaseQuery, type: kind.default("agent") });

/** Query of `DELETE /sessions`. */
export const sessionOwnerQuerySchema = z.object(whose);

/** Query of the routes of one session: what tells it from others of the same id. */
export const sessionQuerySchema = z.object({
  ...whose,
  type: kind.optional(),
  component_id: z.string().optional().meta({ description: "id of the agent, team or workflow" }),
});

/** Query of `GET /sessions/{session_id}/runs`. */
export const sessionRunsQuerySchema = sessionQuerySchema.extend({
  created_after: z.int().optional().meta({ description: "seconds since 1970; that second is in it" }),
  created_before: z.int().optional().meta({ description: "seconds since 1970; that second is in it" }),
});

/** Query of `GET /sessions`. */
export const sessionListQuerySchema = sessionQuerySchema.extend({
  session_name: name.optional().meta({ description: "a part of the name, without wildcards" }),
  limit: z.int().min(1).max(SESSION_LIMITS.maxPageSize).default(20),
  page: z.int().min(0).max(1_000_000).default(1).meta({ description: "the first is 1, and so is 0" }),
  sort_by: z.enum(["created_at", "updated_at"]).default("created_at"),
  sort_order: z.enum(["asc", "desc"]).default("desc"),
});

const sessionId = z.string().meta({ description: "the session that the run belongs to" });

/** Query of the list of runs of an agent, a team or a workflow. */
export const runListQuerySchema = z.object({
  session_id: sessionId,
  status: z.enum(RUN_STATUSES).optional(),
  user_id: userId,
});

/** Query of one run. */
export const runQuerySchema = z.object({ session_id: sessionId, user_id: userId });

/** Query of a cancel. */
export const cancelQuerySchema = z.object({
  session_id: z.string().optional().meta({
    description: "the session that the run belongs to; needed by a caller who reaches only their own",
  }),
});

/** A session in a list. */
export type SessionObject = z.infer<typeof sessionSchema>;
/** A session of an agent. */
export type AgentSessionObject = z.infer<typeof agentSessionSchema>;
/** A session of a team. */
export type TeamSessionObject = z.infer<typeof teamSessionSchema>;
/** A session of a workflow. */
export type WorkflowSessionObject = z.infer<typeof workflowSessionSchema>;
/** Body of `POST /sessions`. */
export type NewSessionBody = z.infer<typeof newSessionSchema>;
/** Body of `PATCH /sessions/{session_id}`. */
export type ChangedSessionBody = z.infer<typeof changedSessionSchema>;
/** Query of the routes of one session. */
export type SessionQueryObject = z.infer<typeof sessionQuerySchema>;
