/** Agents and their runs (contract 4.2). */
import { z } from "zod";
import { agentSchema } from "../wire/agent.ts";
import { checkpointDetailSchema, checkpointListSchema, forkedSessionSchema } from "../wire/checkpoint.ts";
import { continueFormSchema, continueJsonSchema } from "../wire/continue-form.ts";
import { errorSchema, limitSchema, problemSchema, validationErrorSchema } from "../wire/problem.ts";
import { runEventSchema } from "../wire/run-events.ts";
import { runFormSchema, runJsonSchema } from "../wire/run-form.ts";
import { runOutputSchema } from "../wire/run-output.ts";
import { pendingRunSchema, resumeEventSchema, resumeFormSchema } from "../wire/run-resume.ts";
import {
  cancelQuerySchema,
  runListQuerySchema,
  runQuerySchema,
  sessionOwnerQuerySchema,
} from "../wire/session.ts";
import { sessionRunSchema } from "../wire/session-run.ts";
import type { RouteTable } from "./route.ts";
import { createRunnableRoutes } from "./runnables.ts";

/** `POST /agents/{agent_id}/runs`. */
const runHeadersSchema = z.object({
  "Idempotency-Key": z.string().min(1).max(255).optional().meta({
    description:
      "names the request for 24 hours: sent again with the same key, it gets the run that it began first",
  }),
});
const several = {
  description: "several users have a session of this id; `user_id` tells them apart",
  json: errorSchema,
};
const invalid = { description: "a value of the query cannot be used", json: validationErrorSchema };
const noSuchRun = { description: "no such agent, or no such run of this caller", json: errorSchema };
const noSuchAgent = { description: "no such agent", json: errorSchema };

// biome-ignore format: one route is one line, and its bodies below it
export const agentsRoutes = {
  ...createRunnableRoutes({ resource: "agents", item: "agent", tag: "Agents" }),
  "agents.list": { method: "GET", path: "/agents", access: ["agents:read"], lists: "agents", tag: "Agents", summary: "Agents that the caller may read",
    responses: { 200: { description: "the agents", json: z.array(agentSchema) } } },
  "agents.read": { method: "GET", path: "/agents/{agent_id}", access: ["agents:read"], items: { agents: "agent_id" }, tag: "Agents", summary: "One agent",
    responses: { 200: { description: "the agent", json: agentSchema }, 404: noSuchAgent } },
  "agents.run": { method: "POST", path: "/agents/{agent_id}/runs", access: ["agents:run"], items: { agents: "agent_id" }, isOwned: true, tag: "Agents", summary: "Run an agent, streaming or not", headers: runHeadersSchema,
    requestBody: { form: runFormSchema, json: runJsonSchema },
    responses: {
      200: { description: "events of the run, or with stream=false the run itself", events: runEventSchema, json: runOutputSchema },
      202: { description: "background=true and stream=false: the run is kept, and goes on by itself", json: pendingRunSchema },
      400: { description: "the body cannot be read, or asks for what this server does not have", json: errorSchema },
      404: noSuchAgent,
      409: { description: "the run of this `Idempotency-Key` still runs", json: errorSchema },
      413: { description: "the request, or the state of its session, is too large, or the sessions of its user are", json: limitSchema },
      422: { description: "the body is not valid, or its `Idempotency-Key` was sent with another one", json: validationErrorSchema },
      429: { description: "the caller has too many active or waiting runs, or they are too large; `Retry-After` says when to ask again", json: limitSchema },
      503: { description: "the server has no room for the run, or cannot read its keys now", json: z.union([limitSchema, problemSchema]) },
    } },
  "agents.listRuns": { method: "GET", path: "/agents/{agent_id}/runs", access: ["agents:read", "agents:run"], items: { agents: "agent_id" }, isOwned: true, tag: "Agents", summary: "List runs of a session", query: runListQuerySchema,
    responses: { 200: { description: "the runs, oldest first", json: z.array(sessionRunSchema) }, 404: { description: "no such agent, or no such session of this caller", json: errorSchema }, 409: several, 422: invalid } },
  "agents.readRun": { method: "GET", path: "/agents/{agent_id}/runs/{run_id}", access: ["agents:read", "agents:run"], items: { agents: "agent_id" }, isOwned: true, tag: "Agents", summary: "Read a run", query: runQuerySchema,
    responses: { 200: { description: "the run with its events", json: runOutputSchema }, 404: noSuchRun, 409: several, 422: invalid } },
  "agents.continueRun": { method: "POST", path: "/agents/{agent_id}/runs/{run_id}/continue", access: ["agents:run"], items: { agents: "agent_id" }, isOwned: true, tag: "Agents", summary: "Continue a paused run, or a completed one as a new run",
    requestBody: { form: continueFormSchema, json: continueJsonSchema },
    responses: {
      200: { description: "events of the run from here on, or with stream=false the run itself", events: runEventSchema, json: runOutputSchema },
      202: { description: "with background=true and stream=false: the run goes on", json: pendingRunSchema },
      400: { description: "the body cannot be read, the session is not named, or the decisions are not those that the run waits for; nothing has run", json: errorSchema },
      404: noSuchRun,
      409: { description: "the run is running, has ended, or is no run that can be continued so; or several users have a session of this id", json: errorSchema },
      413: { description: "the request, or the state of its session, is too large, or the sessions of its user are", json: limitSchema },
      422: { description: "the body is not valid, or there is an `Idempotency-Key`, which is not read here", json: validationErrorSchema },
      429: { description: "the caller has too many active runs, or they are too large; `Retry-After` says when to ask again", json: limitSchema },
      503: { description: "the server has no room for the run, or cannot read its keys now", json: z.union([limitSchema, problemSchema]) },
    } },
  "agents.listCheckpoints": { method: "GET", path: "/agents/{agent_id}/runs/{run_id}/checkpoints", access: ["agents:read", "agents:run"], items: { agents: "agent_id" }, isOwned: true, tag: "Agents", summary: "Places from which a run can be continued", query: runQuerySchema,
    responses: { 200: { description: "the places, oldest first", json: checkpointListSchema }, 404: noSuchRun, 409: several, 422: invalid } },
  "agents.readCheckpoint": { method: "GET", path: "/agents/{agent_id}/runs/{run_id}/checkpoints/{message_index}", access: ["agents:read", "agents:run"], items: { agents: "agent_id" }, isOwned: true, tag: "Agents", summary: "The messages before one place of a run", query: runQuerySchema,
    responses: { 200: { description: "the place and its messages", json: checkpointDetailSchema }, 400: { description: "the run has no such place", json: errorSchema }, 404: noSuchRun, 409: several, 422: invalid } },
  "agents.forkSession": { method: "POST", path: "/agents/{agent_id}/sessions/{session_id}/fork", access: ["agents:run"], items: { agents: "agent_id" }, isOwned: true, tag: "Agents", summary: "Copy a session with its runs that have ended", query: sessionOwnerQuerySchema,
    responses: { 200: { description: "the copy", json: forkedSessionSchema }, 400: { description: "no run of the session has ended", json: errorSchema }, 404: { description: "no such agent, or no such session of this caller", json: errorSchema }, 409: { description: "several users have a session of this id, or the credential is bound to one session", json: errorSchema }, 413: { description: "the sessions of its user are too large", json: limitSchema }, 422: invalid } },
  "agents.cancelRun": { method: "POST", path: "/agents/{agent_id}/runs/{run_id}/cancel", access: ["agents:run"], items: { agents: "agent_id" }, isOwned: true, tag: "Agents", summary: "Cancel a run", query: cancelQuerySchema,
    responses: { 200: { description: "it is asked to stop, or there is nothing to stop", json: z.object({}) }, 400: { description: "the session is not named", json: errorSchema }, 404: noSuchRun, 422: invalid } },
  "agents.resumeRun": { method: "POST", path: "/agents/{agent_id}/runs/{run_id}/resume", access: ["agents:run"], items: { agents: "agent_id" }, isOwned: true, tag: "Agents", summary: "Take up the stream of a run again",
    requestBody: { form: resumeFormSchema, json: resumeFormSchema, isOptional: true },
    responses: {
      200: { description: "what was missed, then what happens; one frame `error` where there is no such run", events: resumeEventSchema },
      400: { description: "the session is not named, or the body cannot be read", json: errorSchema },
      404: noSuchRun,
      413: { description: "the body is too large", json: limitSchema },
      422: { description: "the body is not valid", json: validationErrorSchema },
      429: { description: "the caller has too many streams open; `Retry-After` says when to ask again", json: limitSchema },
      503: { description: "the server has no room for the stream, or cannot read its keys now", json: z.union([limitSchema, problemSchema]) },
    } },
} as const satisfies RouteTable;
