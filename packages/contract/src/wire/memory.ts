/** What is remembered of users, as `/memories` and the routes beside it read and show it (contract 4.6). */
import { z } from "zod";
import { databaseQuery } from "./database-query.ts";
import { pageMetaSchema } from "./page.ts";

/** Bounds of one memory; texts are counted in UTF-16 units. */
export const MEMORY_LIMITS = Object.freeze({
  /** Characters of a memory. */
  maxLength: 5_000,
  /** Topics of a memory. */
  maxTopics: 20,
  /** Characters of a topic. */
  maxTopicLength: 100,
  /** Characters of what is looked for in memories: a long one, nearly found everywhere, keeps a database busy. */
  maxSearchLength: 200,
  /** Memories that one request may name. */
  maxIds: 1_000,
  /** Entries of a page. */
  maxPageSize: 100,
});

const text = z.string().min(1).max(MEMORY_LIMITS.maxLength);
const topics = z.array(z.string().min(1).max(MEMORY_LIMITS.maxTopicLength)).max(MEMORY_LIMITS.maxTopics);
const WHOSE = { description: "whose; ignored for a caller who reaches only their own" };
const userId = z.string().nullish().meta(WHOSE);

/** A memory; without a value a key is null. */
export const memorySchema = z
  .object({
    memory_id: z.string(),
    /** What is remembered. */
    memory: z.string(),
    topics: z.array(z.string()).nullable(),
    /** The agent that keeps it; null where a client did. */
    agent_id: z.string().nullable(),
    team_id: z.string().nullable(),
    user_id: z.string().nullable(),
    updated_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "Memory", description: "something that is remembered of a user" });

/** Body of `POST /memories` and `PATCH /memories/{memory_id}`. */
export const memoryInputSchema = z
  .object({ memory: text, user_id: userId, topics: topics.nullish() })
  .meta({ id: "MemoryInput" });

/** Body of `DELETE /memories`. */
export const memoryIdsSchema = z
  .object({ memory_ids: z.array(z.string()).min(1).max(MEMORY_LIMITS.maxIds), user_id: userId })
  .meta({ id: "MemoryIds" });

const page = {
  limit: z.int().min(1).max(MEMORY_LIMITS.maxPageSize).default(20),
  page: z.int().min(0).max(1_000_000).default(1).meta({ description: "the first is 1, and so is 0" }),
};

/** Query of the routes that take nothing but a database. */
export const memoryDatabaseQuerySchema = z.object(databaseQuery);
/** Query of the routes that act on one user, or on all. */
export const memoryOwnerQuerySchema = z.object({
  ...databaseQuery,
  user_id: z.string().optional().meta(WHOSE),
});
/** Query of `GET /user_memory_stats`. */
export const memoryStatisticsQuerySchema = memoryOwnerQuerySchema.extend(page);
/** Query of `GET /memories`. */
export const memoryQuerySchema = memoryStatisticsQuerySchema.extend({
  agent_id: z.string().optional(),
  team_id: z.string().optional(),
  topics: z
    .array(z.string())
    .max(MEMORY_LIMITS.maxTopics)
    .optional()
    .meta({ description: "memories with all of them; a list with commas, repeated, or both" }),
  search_content: z
    .string()
    .max(MEMORY_LIMITS.maxSearchLength)
    .optional()
    .meta({ description: "a part of the memory, without wildcards, whatever its case" }),
  sort_by: z.enum(["updated_at", "created_at", "memory", "memory_id"]).default("updated_at"),
  sort_order: z.enum(["asc", "desc"]).default("desc"),
});

/** `GET /memories`. */
export const memoryListSchema = z
  .object({ data: z.array(memorySchema), meta: pageMetaSchema })
  .meta({ id: "MemoryList", description: "a page of memories" });

/** `GET /user_memory_stats`. */
export const memoryStatisticsSchema = z
  .object({
    data: z.array(
      z.object({
        user_id: z.string(),
        total_memories: z.int(),
        last_memory_updated_at: z.iso.datetime().nullable(),
      }),
    ),
    meta: pageMetaSchema,
  })
  .meta({ id: "MemoryStatistics", description: "how much is remembered of each user" });

/** Body of `POST /optimize-memories`. */
export const optimizeMemoriesInputSchema = z
  .object({
    /** Whose memories; for a caller who reaches only their own it is their own, whatever it says. */
    user_id: z.string(),
    model: z
      .string()
      .nullish()
      .meta({ description: "`provider:id` of the model of an agent; default: that of an agent with memory" }),
    apply: z.boolean().default(true).meta({ description: "false shows what would be kept, and keeps all" }),
  })
  .meta({ id: "OptimizeMemoriesInput" });

/** `POST /optimize-memories`. */
export const optimizedMemoriesSchema = z
  .object({
    memories: z.array(memorySchema),
    memories_before: z.int(),
    memories_after: z.int(),
    /** An estimate: a token for each four characters. */
    tokens_before: z.int(),
    tokens_after: z.int(),
    tokens_saved: z.int(),
    /** Percent. */
    reduction_percentage: z.number(),
  })
  .meta({ id: "OptimizedMemories", description: "fewer memories that say the same" });

/** A memory. */
export type MemoryObject = z.infer<typeof memorySchema>;
/** A page of memories. */
export type MemoryList = z.infer<typeof memoryListSchema>;
/** Of each user, how much is remembered. */
export type MemoryStatistics = z.infer<typeof memoryStatisticsSchema>;
/** Query of `GET /memories`, read. */
export type MemoryListQuery = z.output<typeof memoryQuerySchema>;
/** What merging did, or would do. */
export type OptimizedMemories = z.infer<typeof optimizedMemoriesSchema>;
