/**
 * Memories for the routes and for runs. Whose they are is decided in `whose.ts`, once for each request; what is kept has
 * no token in it, and its bounds are the same whoever brings it.
 */
import { type DataScope, fail, type Owner, ok, type Result } from "@agentos/auth";
import { MEMORY_LIMITS, type MemoryObject } from "@agentos/contract";
import { redactTokens } from "@agentos/guard";
import { inputFault, invalidFields, type RequestFault, type Runtime, valueIssue } from "@agentos/guard/app";
import { userIdOf } from "../runs/owner.ts";
import type { MemoryText, RunMemories } from "../runs/run-memories.ts";
import type { Component } from "../runs/store.ts";
import { MAX_MEMORIES_PER_OWNER, MAX_TOLD_BYTES, MAX_TOLD_MEMORIES } from "./memory-limits.ts";
import { toMemoryObject } from "./memory-object.ts";
import type { MemoryStore, StoredMemory } from "./memory-store.ts";
import { findReach, type MemoryCaller, resolveMemoryOwner } from "./whose.ts";

export interface MemoryServiceOptions {
  readonly store: MemoryStore;
  readonly runtime: Pick<Runtime, "clock" | "generateId">;
}

/** What a request says of a memory. */
export interface MemoryInput {
  readonly memory: string;
  readonly topics?: readonly string[] | null | undefined;
  readonly user_id?: string | null | undefined;
}

export interface MemoryService {
  create(caller: MemoryCaller, input: MemoryInput): Promise<Result<StoredMemory, RequestFault>>;
  find(
    caller: MemoryCaller,
    memoryId: string,
    userId: string | undefined,
  ): Promise<Result<StoredMemory, RequestFault>>;
  change(
    caller: MemoryCaller,
    memoryId: string,
    input: MemoryInput,
  ): Promise<Result<StoredMemory, RequestFault>>;
  /** What is not there, or is somebody else's, is no fault. */
  remove(
    caller: MemoryCaller,
    memoryIds: readonly string[],
    userId: string | null | undefined,
  ): Promise<Result<void, RequestFault>>;
  /** Those of the run's user; undefined for a run of nobody. */
  ofRun(run: { readonly owner: Owner; readonly component: Component }): RunMemories | undefined;
}

/** Ids are the server's: a text of another form names nothing, and is not asked for. */
const MEMORY_ID = /^[\w-]{1,64}$/;

/** Creates it. Lists are read from the store as they are: see `routes/memories.ts`. */
export function createMemoryService({ store, runtime }: MemoryServiceOptions): MemoryService {
  function make(owner: Owner, { memory, topics }: MemoryText): StoredMemory {
    const at = runtime.clock.now();
    return {
      ...cleanText({ memory, topics }),
      memoryId: runtime.generateId(),
      owner,
      agentId: undefined,
      teamId: undefined,
      createdAt: Math.floor(at),
      updatedAt: at,
    };
  }

  return {
    async create(caller, { memory, topics, user_id }) {
      const owner = resolveMemoryOwner(caller, user_id);
      if (!owner.ok) return owner;
      const text = { memory, topics: topics ?? undefined };
      const fault = findTextFault(text);
      if (fault !== undefined) return fail(invalidFields([valueIssue(["body", fault.field], fault.problem)]));
      const made = make(owner.value, text);
      if (await store.add(caller.dataScope, made)) return ok(made);
      return fail({ code: "STORE_MEMORIES_FULL", limit: MAX_MEMORIES_PER_OWNER });
    },

    async find(caller, memoryId, userId) {
      const reach = findReach(caller, userId);
      if (!reach.ok) return reach;
      const { scope, of } = reach.value;
      const found = MEMORY_ID.test(memoryId) ? await store.find(scope, { memoryId, ...of }) : undefined;
      return found === undefined ? fail(notFound(memoryId)) : ok(found);
    },

    async change(caller, memoryId, { memory, topics, user_id }) {
      const owner = resolveMemoryOwner(caller, user_id);
      const reach = findReach(caller, user_id);
      if (!owner.ok) return owner;
      if (!reach.ok) return reach;
      const fault = findTextFault({ memory, topics: topics ?? undefined });
      if (fault !== undefined) return fail(invalidFields([valueIssue(["body", fault.field], fault.problem)]));
      const { scope, of } = reach.value;
      const name = { memoryId, ...of };
      const known = MEMORY_ID.test(memoryId) ? await store.find(scope, name) : undefined;
      const changed = known && (await changeText(known, { memory, topics: topics ?? undefined }, scope));
      return changed === undefined ? fail(notFound(memoryId)) : ok(changed);
    },

    async remove(caller, memoryIds, userId) {
      const reach = findReach(caller, userId);
      if (!reach.ok) return reach;
      const { scope, of } = reach.value;
      await store.remove(scope, { memoryIds: memoryIds.filter((id) => MEMORY_ID.test(id)), ...of });
      return ok(undefined);
    },

    ofRun({ owner, component }) {
      return userIdOf(owner) === undefined ? undefined : ofUser(owner, component);
    },
  };

  /** Without topics those that it has stay. */
  function changeText(known: StoredMemory, text: MemoryText, scope: DataScope) {
    const change = cleanText({ topics: known.topics, ...withoutUndefined(text) });
    return store.change(scope, { memoryId: known.memoryId }, { ...change, at: runtime.clock.now() });
  }

  function ofUser(owner: Owner, component: Component): RunMemories {
    const scope: DataScope = { kind: "user", owner };
    const keeper = component.kind === "team" ? { teamId: component.id } : { agentId: component.id };
    return {
      async list() {
        const newest = { sortBy: "updatedAt", sortOrder: "desc", limit: MAX_TOLD_MEMORIES, page: 1 } as const;
        const { memories } = await store.list(scope, newest);
        return takeWithin(memories.map(toMemoryObject), MAX_TOLD_BYTES);
      },
      async add(text) {
        const fault = findTextFault(text);
        if (fault !== undefined) return fail(`${fault.field}: ${fault.problem}`);
        const made: StoredMemory = { ...make(owner, text), ...keeper };
        if (await store.add(scope, made)) return ok(toMemoryObject(made));
        return fail(`the user has ${MAX_MEMORIES_PER_OWNER} memories, the most that one may have`);
      },
      async change(memoryId, text) {
        const fault = findTextFault(text);
        if (fault !== undefined) return fail(`${fault.field}: ${fault.problem}`);
        const known = MEMORY_ID.test(memoryId) ? await store.find(scope, { memoryId }) : undefined;
        const changed = known && (await changeText(known, text, scope));
        return changed === undefined
          ? fail("the user has no memory of this id")
          : ok(toMemoryObject(changed));
      },
      async remove(memoryId) {
        return MEMORY_ID.test(memoryId) && (await store.remove(scope, { memoryIds: [memoryId] })) > 0;
      },
    };
  }
}

function notFound(memoryId: string): RequestFault {
  return inputFault(404, `Memory with ID ${redactTokens(memoryId)} not found`);
}

interface TextFault {
  readonly field: "memory" | "topics";
  readonly problem: string;
}

/** For bodies most of it has been checked by their schema; a model writes what it likes. */
function findTextFault({ memory, topics = [] }: MemoryText): TextFault | undefined {
  const { maxLength, maxTopics, maxTopicLength } = MEMORY_LIMITS;
  if (memory.trim() === "") return { field: "memory", problem: "it has nothing but spaces" };
  if (memory.length > maxLength)
    return { field: "memory", problem: `at most ${maxLength} characters; this has ${memory.length}` };
  if (!isStorable(memory)) return { field: "memory", problem: UNSTORABLE };
  if (topics.length > maxTopics)
    return { field: "topics", problem: `at most ${maxTopics} topics; these are ${topics.length}` };
  if (topics.some((topic) => topic === "" || topic.length > maxTopicLength))
    return { field: "topics", problem: `a topic has 1 to ${maxTopicLength} characters` };
  return topics.every(isStorable) ? undefined : { field: "topics", problem: UNSTORABLE };
}

const UNSTORABLE = "the character U+0000, and halves of a character, are not allowed";

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** Without tokens, and each topic once. */
function cleanText({ memory, topics = [] }: MemoryText): { memory: string; topics: readonly string[] } {
  return { memory: redactTokens(memory), topics: [...new Set(topics.map((topic) => redactTokens(topic)))] };
}

function withoutUndefined({ memory, topics }: MemoryText): MemoryText {
  return topics === undefined ? { memory } : { memory, topics };
}

/** The first of them, as far as their JSON has room. */
function takeWithin(memories: readonly MemoryObject[], maxBytes: number): readonly MemoryObject[] {
  let bytes = 0;
  const end = memories.findIndex((memory) => {
    bytes += Buffer.byteLength(JSON.stringify(memory));
    return bytes > maxBytes;
  });
  return end === -1 ? memories : memories.slice(0, end);
}
