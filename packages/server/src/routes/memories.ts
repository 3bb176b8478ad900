/** Handlers of memories. They read the request and write the answer; whose memories are reached is decided in `memories/`. */
import { fail, ok } from "@agentos/auth";
import {
  MEMORY_LIMITS,
  type MemoryList,
  type MemoryListQuery,
  type MemoryStatistics,
  memoryDatabaseQuerySchema,
  memoryIdsSchema,
  memoryInputSchema,
  memoryOwnerQuerySchema,
  memoryQuerySchema,
  memoryStatisticsQuerySchema,
  type OptimizedMemories,
  optimizeMemoriesInputSchema,
  type ServedRouteId,
} from "@agentos/contract";
import {
  describePage,
  invalidFields,
  jsonResponse,
  type RequestContext,
  type RouteHandler,
  type Runtime,
  readJsonBody,
  valueIssue,
} from "@agentos/guard/app";
import type { z } from "zod";
import { MAX_MEMORY_BODY_BYTES } from "../memories/memory-limits.ts";
import { toMemoryObject } from "../memories/memory-object.ts";
import type { MemoryService } from "../memories/memory-service.ts";
import type { MemoryQuery, MemoryStore } from "../memories/memory-store.ts";
import { estimateTokens, type Optimized, optimizeMemories } from "../memories/optimize.ts";
import { findMemoryOwner, findReach } from "../memories/whose.ts";
import { toDateTime } from "../runs/date-time.ts";
import type { Runnable } from "../runs/runnable.ts";
import type { RunService } from "../runs/service.ts";
import { chooseMemoryModel } from "./choose-memory-model.ts";
import { MEMORIES_TABLE } from "./database-tables.ts";
import { type Answer, createStoredRoutes } from "./stored-routes.ts";

export interface MemoriesRoutesOptions {
  readonly memories: MemoryService;
  readonly store: MemoryStore;
  readonly agents: readonly Runnable<"agent">[];
  /** Merging takes a place of the caller's, like a run. */
  readonly runs: Pick<RunService, "admit">;
  readonly runtime: Runtime;
  readonly databaseId: string;
}

const SORT_KEYS = {
  updated_at: "updatedAt",
  created_at: "createdAt",
  memory: "memory",
  memory_id: "memoryId",
} as const satisfies Record<MemoryListQuery["sort_by"], MemoryQuery["sortBy"]>;

type MemoriesRouteId = ServedRouteId<"memories">;

/** Handlers of the routes of memories. */
export function createMemoriesRoutes(options: MemoriesRoutesOptions): Record<MemoriesRouteId, RouteHandler> {
  const { memories, store, agents, runs, runtime, databaseId } = options;
  const database = { id: databaseId, table: MEMORIES_TABLE } as const;
  const { handle, readStoredQuery } = createStoredRoutes(runtime, database);

  async function readBody<Schema extends z.ZodObject>(context: RequestContext, schema: Schema) {
    const query = readStoredQuery(context, memoryDatabaseQuerySchema);
    return query.ok ? readJsonBody(context.request, schema, { maxBytes: MAX_MEMORY_BODY_BYTES }) : query;
  }

  return {
    "memories.list": handle("memories.list", async (context) => {
      const query = readStoredQuery(context, memoryQuerySchema);
      if (!query.ok) return query;
      const { value } = query;
      const reach = findReach(context.access, value.user_id);
      if (!reach.ok) return reach;
      const { scope, of } = reach.value;
      const topics = splitTopics(value.topics);
      const { maxTopics } = MEMORY_LIMITS;
      if (topics.length > maxTopics) {
        const problem = `at most ${maxTopics} topics; these are ${topics.length}`;
        return fail(invalidFields([valueIssue(["query", "topics"], problem)]));
      }
      const start = performance.now();
      const found = await store.list(scope, {
        ...of,
        agentId: value.agent_id,
        teamId: value.team_id,
        topics,
        contains: value.search_content,
        sortBy: SORT_KEYS[value.sort_by],
        sortOrder: value.sort_order,
        ...pageOf(value),
      });
      const meta = describePage({ ...value, totalCount: found.totalCount, start });
      const body: MemoryList = { data: found.memories.map(toMemoryObject), meta };
      return ok(jsonResponse(body));
    }),

    "memories.create": handle("memories.create", async (context) => {
      const body = await readBody(context, memoryInputSchema);
      return body.ok ? show(await memories.create(context.access, body.value)) : body;
    }),

    "memories.read": handle("memories.read", async (context) => {
      const query = readStoredQuery(context, memoryOwnerQuerySchema);
      if (!query.ok) return query;
      return show(await memories.find(context.access, memoryIdOf(context), query.value.user_id));
    }),

    "memories.update": handle("memories.update", async (context) => {
      const body = await readBody(context, memoryInputSchema);
      return body.ok ? show(await memories.change(context.access, memoryIdOf(context), body.value)) : body;
    }),

    "memories.delete": handle("memories.delete", async (context) => {
      const query = readStoredQuery(context, memoryOwnerQuerySchema);
      if (!query.ok) return query;
      const ids = [memoryIdOf(context)];
      const removed = await memories.remove(context.access, ids, query.value.user_id);
      return removed.ok ? ok(new Response(null, GONE)) : removed;
    }),

    "memories.deleteMany": handle("memories.deleteMany", async (context) => {
      const body = await readBody(context, memoryIdsSchema);
      if (!body.ok) return body;
      const { memory_ids, user_id } = body.value;
      const removed = await memories.remove(context.access, memory_ids, user_id);
      return removed.ok ? ok(new Response(null, GONE)) : removed;
    }),

    "memories.listTopics": handle("memories.listTopics", async (context) => {
      const query = readStoredQuery(context, memoryOwnerQuerySchema);
      if (!query.ok) return query;
      const reach = findReach(context.access, query.value.user_id);
      if (!reach.ok) return reach;
      return ok(jsonResponse(await store.listTopics(reach.value.scope, reach.value.of)));
    }),

    "memories.readStatistics": handle("memories.readStatistics", async (context) => {
      const query = readStoredQuery(context, memoryStatisticsQuerySchema);
      if (!query.ok) return query;
      const reach = findReach(context.access, query.value.user_id);
      if (!reach.ok) return reach;
      const { scope, of } = reach.value;
      const start = performance.now();
      const { statistics, totalCount } = await store.listStatistics(scope, { ...of, ...pageOf(query.value) });
      const body: MemoryStatistics = {
        data: statistics.map(({ owner, count, updatedAt }) => ({
          user_id: owner.id,
          total_memories: count,
          last_memory_updated_at: toDateTime(updatedAt),
        })),
        meta: describePage({ ...query.value, totalCount, start }),
      };
      return ok(jsonResponse(body));
    }),

    "memories.optimize": handle("memories.optimize", async (context) => {
      const body = await readBody(context, optimizeMemoriesInputSchema);
      if (!body.ok) return body;
      const { user_id, model, apply } = body.value;
      const owner = await findMemoryOwner(context.access, user_id, store);
      if (!owner.ok) return owner;
      const chosen = chooseMemoryModel(agents, model ?? undefined, context.access);
      if (!chosen.ok) return chosen;
      const admitted = runs.admit(context.access, 0);
      if (!admitted.ok) return admitted;
      try {
        const request = { owner: owner.value, memory: chosen.value, applies: apply };
        const { signal } = context.request;
        const optimized = await optimizeMemories({ ...request, signal }, { store, runtime });
        if (optimized.ok) return ok(jsonResponse(describeOptimized(optimized.value)));
        const { status, detail } = optimized.fault;
        return ok(jsonResponse({ detail }, { status }));
      } finally {
        admitted.value.endRun();
      }
    }),
  };
}

const GONE = Object.freeze({ status: 204 });

const memoryIdOf = ({ parameters }: RequestContext) => parameters["memory_id"] ?? "";

function show(result: Awaited<ReturnType<MemoryService["find"]>>): Awaited<Answer> {
  return result.ok ? ok(jsonResponse(toMemoryObject(result.value))) : result;
}

interface PageQuery {
  readonly limit: number;
  readonly page: number;
}

/** Page 0 is the first too, as in the reference. */
function pageOf({ limit, page }: PageQuery): PageQuery {
  return { limit, page: Math.max(1, page) };
}

/** Both spellings of the list are in use. */
function splitTopics(texts: readonly string[] = []): readonly string[] {
  const topics = texts.flatMap((text) => text.split(",")).map((text) => text.trim());
  return [...new Set(topics)].filter((topic) => topic !== "");
}

function describeOptimized({ before, after }: Optimized): OptimizedMemories {
  const tokensBefore = estimateTokens(before);
  const tokensAfter = estimateTokens(after);
  const saved = tokensBefore - tokensAfter;
  return {
    memories: after.map(toMemoryObject),
    memories_before: before.length,
    memories_after: after.length,
    tokens_before: tokensBefore,
    tokens_after: tokensAfter,
    tokens_saved: saved,
    reduction_percentage: tokensBefore === 0 ? 0 : Math.round((saved / tokensBefore) * 10_000) / 100,
  };
}
