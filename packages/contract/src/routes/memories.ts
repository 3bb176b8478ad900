/** What is remembered of users (contract 4.6). */
import { z } from "zod";
import {
  memoryDatabaseQuerySchema,
  memoryIdsSchema,
  memoryInputSchema,
  memoryListSchema,
  memoryOwnerQuerySchema,
  memoryQuerySchema,
  memorySchema,
  memoryStatisticsQuerySchema,
  memoryStatisticsSchema,
  optimizedMemoriesSchema,
  optimizeMemoriesInputSchema,
} from "../wire/memory.ts";
import { errorSchema, limitSchema, validationErrorSchema } from "../wire/problem.ts";
import type { RouteTable } from "./route.ts";

const memories = { tag: "Memories", isOwned: true } as const;
const invalid = { description: "a value cannot be used", json: validationErrorSchema };
const tooLarge = {
  description: "the body is too large, or the user has as many memories as one may have",
  json: limitSchema,
};
const unread = {
  description: "no user is named, the body cannot be read, or the database is not clear",
  json: errorSchema,
};
const unknown = { description: "no such memory of this user, or no such database", json: errorSchema };
const noDatabase = { description: "no such database", json: errorSchema };
const unclear = { description: "the database is not clear", json: errorSchema };
const removed = { description: "they are gone; also where there were none" };

// biome-ignore format: one route is one line, and its bodies below it
export const memoriesRoutes = {
  "memories.list": { ...memories, method: "GET", path: "/memories", access: ["memories:read"], summary: "List memories", query: memoryQuerySchema,
    responses: { 200: { description: "a page of them", json: memoryListSchema }, 400: unclear, 404: noDatabase, 422: invalid } },
  "memories.create": { ...memories, method: "POST", path: "/memories", access: ["memories:write"], summary: "Create a memory", query: memoryDatabaseQuerySchema, requestBody: { json: memoryInputSchema },
    responses: { 200: { description: "the memory", json: memorySchema }, 400: unread, 404: noDatabase, 413: tooLarge, 422: invalid } },
  "memories.deleteMany": { ...memories, method: "DELETE", path: "/memories", access: ["memories:delete"], summary: "Delete several memories", query: memoryDatabaseQuerySchema, requestBody: { json: memoryIdsSchema },
    responses: { 204: removed, 400: unread, 404: noDatabase, 413: tooLarge, 422: invalid } },
  "memories.read": { ...memories, method: "GET", path: "/memories/{memory_id}", access: ["memories:read"], summary: "Read a memory", query: memoryOwnerQuerySchema,
    responses: { 200: { description: "the memory", json: memorySchema }, 400: unclear, 404: unknown, 422: invalid } },
  "memories.update": { ...memories, method: "PATCH", path: "/memories/{memory_id}", access: ["memories:write"], summary: "Change a memory", query: memoryDatabaseQuerySchema, requestBody: { json: memoryInputSchema },
    responses: { 200: { description: "the memory as it is now", json: memorySchema }, 400: unread, 404: unknown, 413: tooLarge, 422: invalid } },
  "memories.delete": { ...memories, method: "DELETE", path: "/memories/{memory_id}", access: ["memories:delete"], summary: "Delete a memory", query: memoryOwnerQuerySchema,
    responses: { 204: removed, 400: unclear, 404: noDatabase, 422: invalid } },
  "memories.listTopics": { ...memories, method: "GET", path: "/memory_topics", access: ["memories:read"], summary: "List memory topics", query: memoryOwnerQuerySchema,
    responses: { 200: { description: "each topic once, in order of its letters", json: z.array(z.string()) }, 400: unclear, 404: noDatabase, 422: invalid } },
  "memories.readStatistics": { ...memories, method: "GET", path: "/user_memory_stats", access: ["memories:read"], summary: "Memory statistics by user", query: memoryStatisticsQuerySchema,
    responses: { 200: { description: "a page of users, those with the newest memories first", json: memoryStatisticsSchema }, 400: unclear, 404: noDatabase, 422: invalid } },
  "memories.optimize": { ...memories, method: "POST", path: "/optimize-memories", access: ["memories:write"], summary: "Merge memories", query: memoryDatabaseQuerySchema, requestBody: { json: optimizeMemoriesInputSchema },
    responses: {
      200: { description: "what is kept, or would be", json: optimizedMemoriesSchema },
      400: { description: "no such model, or none to choose", json: errorSchema },
      404: { description: "no memories of this user, or no such database", json: errorSchema },
      409: { description: "the memories were changed while the model read them; ask again", json: errorSchema },
      413: tooLarge,
      422: invalid,
      502: { description: "the model failed, or its answer cannot be used; the memories are as they were", json: errorSchema },
    } },
} as const satisfies RouteTable;
