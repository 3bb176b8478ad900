/** Sessions: conversations (contract 4.5). */
import { z } from "zod";
import { errorSchema, limitSchema, validationErrorSchema } from "../wire/problem.ts";
import {
  changedSessionSchema,
  newSessionQuerySchema,
  newSessionSchema,
  renamedSessionSchema,
  sessionDetailSchema,
  sessionIdsSchema,
  sessionListQuerySchema,
  sessionListSchema,
  sessionOwnerQuerySchema,
  sessionQuerySchema,
  sessionRunsQuerySchema,
} from "../wire/session.ts";
import { anySessionRunSchema } from "../wire/session-run.ts";
import type { RouteTable } from "./route.ts";

const sessions = { tag: "Sessions", isOwned: true } as const;
const of = { path: "/sessions/{session_id}" } as const;

const unclear = { description: "the body cannot be read, or the database is not clear", json: errorSchema };
const unknown = { description: "no such session of this caller, or no such database", json: errorSchema };
const unknownRun = { description: "no such run, session or database", json: errorSchema };
const several = {
  description: "several sessions have this id; the text says what tells them apart",
  json: errorSchema,
};
const taken = { description: "the owner has a session of this id already", json: errorSchema };
const tooLarge = {
  description: "the body, or the state in it, is too large, or the sessions of its user are",
  json: limitSchema,
};
const invalid = { description: "a value cannot be used", json: validationErrorSchema };
const removed = { description: "it is gone; also where there was none" };
const session = { description: "the session", json: sessionDetailSchema };

// biome-ignore format: one route is one line, and its bodies below it
export const sessionsRoutes = {
  "sessions.list": { ...sessions, method: "GET", path: "/sessions", access: ["sessions:read"], summary: "List sessions", query: sessionListQuerySchema,
    responses: { 200: { description: "a page of them", json: sessionListSchema }, 404: { description: "no such database", json: errorSchema }, 422: invalid } },
  "sessions.create": { ...sessions, method: "POST", path: "/sessions", access: ["sessions:write"], summary: "Create a session", query: newSessionQuerySchema, requestBody: { json: newSessionSchema },
    responses: { 201: session, 400: unclear, 404: { description: "no such database", json: errorSchema }, 409: taken, 413: tooLarge, 422: invalid } },
  "sessions.deleteMany": { ...sessions, method: "DELETE", path: "/sessions", access: ["sessions:delete"], summary: "Delete several sessions", query: sessionOwnerQuerySchema, requestBody: { json: sessionIdsSchema },
    responses: { 204: removed, 400: unclear, 404: { description: "no such database", json: errorSchema }, 409: several, 413: tooLarge, 422: invalid } },
  "sessions.read": { ...sessions, ...of, method: "GET", access: ["sessions:read"], summary: "Read a session", query: sessionQuerySchema,
    responses: { 200: session, 400: unclear, 404: unknown, 409: several, 422: invalid } },
  "sessions.update": { ...sessions, ...of, method: "PATCH", access: ["sessions:write"], summary: "Change a session", query: sessionQuerySchema, requestBody: { json: changedSessionSchema },
    responses: { 200: { description: "the session as it is now", json: sessionDetailSchema }, 400: unclear, 404: unknown, 409: several, 413: tooLarge, 422: invalid } },
  "sessions.delete": { ...sessions, ...of, method: "DELETE", access: ["sessions:delete"], summary: "Delete a session", query: sessionQuerySchema,
    responses: { 204: removed, 400: unclear, 404: { description: "no such database", json: errorSchema }, 409: several, 422: invalid } },
  "sessions.rename": { ...sessions, method: "POST", path: "/sessions/{session_id}/rename", access: ["sessions:write"], summary: "Rename a session", query: sessionQuerySchema, requestBody: { json: renamedSessionSchema },
    responses: { 200: { description: "the session as it is now", json: sessionDetailSchema }, 400: unclear, 404: unknown, 409: several, 413: tooLarge, 422: invalid } },
  "sessions.listRuns": { ...sessions, method: "GET", path: "/sessions/{session_id}/runs", access: ["sessions:read"], summary: "List runs of a session", query: sessionRunsQuerySchema,
    responses: { 200: { description: "the runs, oldest first", json: z.array(anySessionRunSchema) }, 400: unclear, 404: unknown, 409: several, 422: invalid } },
  "sessions.readRun": { ...sessions, method: "GET", path: "/sessions/{session_id}/runs/{run_id}", access: ["sessions:read"], summary: "Read a run of a session", query: sessionQuerySchema,
    responses: { 200: { description: "the run", json: anySessionRunSchema }, 400: unclear, 404: unknownRun, 409: several, 422: invalid } },
} as const satisfies RouteTable;
