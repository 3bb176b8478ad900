/** Handlers of memories. They read the request and write the answer; whose memories are reached is decided in `memories/`. */
import type { Result } from "@agentos/auth";
import {
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
  type PageMeta,
  type ServedRouteId,
} from "@agentos/contract";
import {
  faultResponse,
  jsonResponse,
  limitResponse,
  type RequestContext,
  type RequestFault,
  type RouteHandler,
  type Runtime,
} from "@agentos/guard/app";
import type { z } from "zod";
import { readJsonBody } from "../input/read-json-body.ts";
import { readQuery } from "../input/read-query.ts";
import { MAX_MEMORY_BODY_BYTES } from "../memories/memory-limits.ts";
import { toDateText, toMemoryObject } from "../memories/memory-object.ts";
import { estimateTokens, type Optimized, optimizeMemories } from "../memories/optimize.ts";
import type { MemoryService } from "../memories/service.ts";
import type { MemoryQuery, MemoryStore } from "../memories/store.ts";
import { findMemoryOwner, findReach } from "../memories/whose.ts";
import type { Runnable } from "../runs/runnable.ts";
import type { RunService } from "../runs/service.ts";
import { chooseMemoryModel } from "./choose-memory-model.ts";
import { findSelectionFault } from "./select-database.ts";

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

const JSON_BODY = { maxBytes: MAX_MEMORY_BODY_BYTES } as const;

/** Handlers of the routes of memories. */
export function createMemoriesRoutes(
  options: MemoriesRoutesOptions,
): Record<ServedRouteId<"memories">, RouteHandler> {
  const { memories, store, agents, runs, runtime, databaseId } = options;
  const table = { databaseId, table: "agno_memories" };

  /** The query, once it is known that it means our table. */
  function readSelection<Schema extends z.ZodObject>(
    { request }: RequestContext,
    schema: Schema,
  ): Result<z.output<Schema>, RequestFault> {
    const database = readQuery(request, memoryDatabaseQuerySchema);
    if (!database.ok) return database;
    const fault = findSelectionFault(database.value, table);
    return fault === undefined ? readQuery(request, schema) : { ok: false, fault };
  }

  async function readBody<Schema extends z.ZodObject>(
    context: RequestContext,
    schema: Schema,
  ): Promise<Result<z.output<Schema>, RequestFault>> {
    const query = readSelection(context, memoryDatabaseQuerySchema);
    return query.ok ? readJsonBody(context.request, schema, JSON_BODY) : query;
  }

  const memoryIdOf = ({ parameters }: RequestContext) => parameters["memory_id"] ?? "";

  return {
    "memories.list": async (context) => {
      const query = readSelection(context, memoryQuerySchema);
      if (!query.ok) return refuse(query.fault);
      const { value } = query;
      const reach = findReach(context.access, value.user_id);
      if (!reach.ok) return refuse(reach.fault);
      const { scope, of } = reach.value;
      const start = performance.now();
      const found = await store.list(scope, {
        ...of,
        agentId: value.agent_id,
        teamId: value.team_id,
        topics: splitTopics(value.topics),
        contains: value.search_content,
        sortBy: SORT_KEYS[value.sort_by],
        sortOrder: value.sort_order,
        ...pageOf(value),
      });
      const meta = pageMeta(value, found.totalCount, start);
      const body: MemoryList = { data: found.memories.map(toMemoryObject), meta };
      return jsonResponse(body);
    },

    "memories.create": async (context) => {
      const body = await readBody(context, memoryInputSchema);
      return body.ok ? answer(await memories.create(context.access, body.value)) : refuse(body.fault);
    },

    "memories.read": async (context) => {
      const query = readSelection(context, memoryOwnerQuerySchema);
      if (!query.ok) return refuse(query.fault);
      return answer(await memories.find(context.access, memoryIdOf(context), query.value.user_id));
    },

    "memories.update": async (context) => {
      const body = await readBody(context, memoryInputSchema);
      if (!body.ok) return refuse(body.fault);
      return answer(await memories.change(context.access, memoryIdOf(context), body.value));
    },

    "memories.delete": async (context) => {
      const query = readSelection(context, memoryOwnerQuerySchema);
      if (!query.ok) return refuse(query.fault);
      const removed = await memories.remove(context.access, [memoryIdOf(context)], query.value.user_id);
      return removed.ok ? noContent() : refuse(removed.fault);
    },

    "memories.deleteMany": async (context) => {
      const body = await readBody(context, memoryIdsSchema);
      if (!body.ok) return refuse(body.fault);
      const { memory_ids, user_id } = body.value;
      const removed = await memories.remove(context.access, memory_ids, user_id);
      return removed.ok ? noContent() : refuse(removed.fault);
    },

    "memories.listTopics": async (context) => {
      const query = readSelection(context, memoryOwnerQuerySchema);
      if (!query.ok) return refuse(query.fault);
      const reach = findReach(context.access, query.value.user_id);
      if (!reach.ok) return refuse(reach.fault);
      return jsonResponse(await store.listTopics(reach.value.scope, reach.value.of));
    },

    "memories.readStatistics": async (context) => {
      const query = readSelection(context, memoryStatisticsQuerySchema);
      if (!query.ok) return refuse(query.fault);
      const reach = findReach(context.access, query.value.user_id);
      if (!reach.ok) return refuse(reach.fault);
      const { scope, of } = reach.value;
      const start = performance.now();
      const { statistics, totalCount } = await store.listStatistics(scope, { ...of, ...pageOf(query.value) });
      const body: MemoryStatistics = {
        data: statistics.map(({ owner, count, updatedAt }) => ({
          user_id: owner.id,
          total_memories: count,
          last_memory_updated_at: toDateText(updatedAt),
        })),
        meta: pageMeta(query.value, totalCount, start),
      };
      return jsonResponse(body);
    },

    "memories.optimize": async (context) => {
      const body = await readBody(context, optimizeMemoriesInputSchema);
      if (!body.ok) return refuse(body.fault);
      const { user_id, model, apply } = body.value;
      const owner = await findMemoryOwner(context.access, user_id, store);
      if (!owner.ok) return refuse(owner.fault);
      const chosen = chooseMemoryModel(agents, model ?? undefined, context.access);
      if (!chosen.ok) return refuse(chosen.fault);
      const admitted = runs.admit(context.access, 0);
      if (!admitted.ok) return refuse(admitted.fault);
      try {
        const request = { owner: owner.value, memory: chosen.value, applies: apply };
        const { signal } = context.request;
        const optimized = await optimizeMemories({ ...request, signal }, { store, runtime });
        if (optimized.ok) return jsonResponse(describeOptimized(optimized.value));
        const { status, detail } = optimized.fault;
        return jsonResponse({ detail }, { status });
      } finally {
        admitted.value.endRun();
      }
    },
  };
}

function refuse(fault: RequestFault): Response {
  return "code" in fault ? limitResponse(fault) : faultResponse(fault);
}

function answer(result: Awaited<ReturnType<MemoryService["find"]>>): Response {
  return result.ok ? jsonResponse(toMemoryObject(result.value)) : refuse(result.fault);
}

function noContent(): Response {
  return new Response(null, { status: 204 });
}

interface PageQuery {
  readonly limit: number;
  readonly page: number;
}

/** Page 0 is the first too, as in the reference. */
function pageOf({ limit, page }: PageQuery): PageQuery {
  return { limit, page: Math.max(1, page) };
}

function pageMeta(query: PageQuery, totalCount: number, start: number): PageMeta {
  const { limit, page } = pageOf(query);
  return {
    page,
    limit,
    total_pages: Math.ceil(totalCount / limit),
    total_count: totalCount,
    search_time_ms: Math.round((performance.now() - start) * 100) / 100,
  };
}

/** Both spellings of the list are in use. */
function splitTopics(texts: readonly string[] = []): readonly string[] {
  return texts
    .flatMap((text) => text.split(","))
    .map((text) => text.trim())
    .filter((text) => text !== "");
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
