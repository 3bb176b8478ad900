/** Memories in a database: one table, and in every statement the deployment and the scope. */
import type { DataScope, Owner } from "@agentos/auth";
import type { Database } from "@agentos/storage";
import {
  type Expression,
  type ExpressionBuilder,
  type Selectable,
  type SqlBool,
  type Transaction,
} from "kysely";
import { MAX_LISTED_TOPICS, MAX_MEMORIES_PER_OWNER, MAX_TOPIC_SOURCES } from "../memories/memory-limits.ts";
import type { MemoryQuery, MemoryStore, OfUser, StoredMemory } from "../memories/memory-store.ts";
import { coversOwner } from "../runs/store.ts";
import { toKeyText } from "./schema/key-text.ts";
import { isInScope, readOwner, toOwnerColumns } from "./schema/owner-columns.ts";
import type { MemoriesTable, Tables } from "./schema/tables.ts";

export interface SqlMemoryStoreOptions {
  /** Whose rows these are: the id of an AgentOS, unless its options say otherwise. */
  readonly deployment: string;
}

type Row = Selectable<MemoriesTable>;
type Builder = ExpressionBuilder<Tables, "agentos_memories">;

/** The last one says no more than the third, of which it is the whole text. */
const OWNER_COLUMNS = ["owner_issuer", "owner_kind", "owner_id", "owner_long_id"] as const;

const SORT_COLUMNS = {
  updatedAt: "updated_at",
  createdAt: "created_at",
  memory: "memory",
  memoryId: "memory_id",
} as const satisfies Record<MemoryQuery["sortBy"], keyof MemoriesTable>;

/** Creates it; the tables are there already. */
export function createSqlMemoryStore(
  database: Database<Tables>,
  { deployment }: SqlMemoryStoreOptions,
): MemoryStore {
  const { dialect } = database;

  /** The rows that a caller reaches: without a scope there is no condition to write. */
  const within =
    (scope: DataScope, { userId }: OfUser = {}) =>
    (builder: Builder): Expression<SqlBool> =>
      builder.and([
        builder("deployment", "=", deployment),
        isInScope(scope, "agentos_memories"),
        ...(userId === undefined ? [] : [builder("owner_id", "=", toKeyText(userId))]),
      ]);

  function matching(scope: DataScope, query: MemoryQuery) {
    const { agentId, teamId, topics = [], contains } = query;
    return (builder: Builder): Expression<SqlBool> =>
      builder.and([
        within(scope, query)(builder),
        ...(agentId === undefined ? [] : [builder("agent_id", "=", agentId)]),
        ...(teamId === undefined ? [] : [builder("team_id", "=", teamId)]),
        ...topics.map((topic) => dialect.contains(builder.ref("topics_json"), topicText(topic))),
        ...(contains === undefined ? [] : [dialect.contains(builder.ref("memory"), contains)]),
      ]);
  }

  async function countOf(transaction: Transaction<Tables>, owner: Owner): Promise<number> {
    const { count } = await transaction
      .selectFrom("agentos_memories")
      .where(within({ kind: "user", owner }))
      .select((builder) => builder.fn.countAll().as("count"))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async function deleteReturning(transaction: Transaction<Tables>, owner: Owner, ids: readonly string[]) {
    if (ids.length === 0) return [];
    return transaction
      .deleteFrom("agentos_memories")
      .where(within({ kind: "user", owner }))
      .where("memory_id", "in", ids)
      .returning(["memory_id", "updated_at"])
      .execute();
  }

  return {
    add(scope, memory) {
      if (!coversOwner(scope, memory.owner)) throw outsideOfScope();
      return database.write(async (transaction) => {
        if ((await countOf(transaction, memory.owner)) >= MAX_MEMORIES_PER_OWNER) return false;
        await transaction.insertInto("agentos_memories").values(toRow(deployment, memory)).execute();
        return true;
      });
    },

    async find(scope, { memoryId, ...of }) {
      const row = await database.read((db) =>
        db
          .selectFrom("agentos_memories")
          .selectAll()
          .where(within(scope, of))
          .where("memory_id", "=", memoryId)
          .executeTakeFirst(),
      );
      return row && fromRow(row);
    },

    async list(scope, query) {
      const { sortBy, sortOrder, limit, page } = query;
      const [rows, { count }] = await database.read((db) => {
        const all = db.selectFrom("agentos_memories").where(matching(scope, query));
        return Promise.all([
          all
            .selectAll()
            .orderBy(SORT_COLUMNS[sortBy], sortOrder)
            .orderBy("memory_no", sortOrder)
            .limit(limit)
            .offset((page - 1) * limit)
            .execute(),
          all.select((builder) => builder.fn.countAll().as("count")).executeTakeFirstOrThrow(),
        ]);
      });
      return { memories: rows.map(fromRow), totalCount: Number(count) };
    },

    async change(scope, { memoryId, ...of }, { memory, topics, at }) {
      const row = await database.write((transaction) =>
        transaction
          .updateTable("agentos_memories")
          .set({ memory, topics_json: toTopicsJson(topics), updated_at: at })
          .where(within(scope, of))
          .where("memory_id", "=", memoryId)
          .returningAll()
          .executeTakeFirst(),
      );
      return row && fromRow(row);
    },

    async remove(scope, { memoryIds, ...of }) {
      if (memoryIds.length === 0) return 0;
      const { numDeletedRows } = await database.write((transaction) =>
        transaction
          .deleteFrom("agentos_memories")
          .where(within(scope, of))
          .where("memory_id", "in", memoryIds)
          .executeTakeFirstOrThrow(),
      );
      return Number(numDeletedRows);
    },

    async listTopics(scope, of) {
      const rows = await database.read((db) =>
        db
          .selectFrom(
            db
              .selectFrom("agentos_memories")
              .where(within(scope, of))
              .select("topics_json")
              .orderBy("updated_at", "desc")
              .limit(MAX_TOPIC_SOURCES)
              .as("newest"),
          )
          .select("topics_json")
          .distinct()
          .execute(),
      );
      const topics = new Set(rows.flatMap(({ topics_json }) => fromTopicsJson(topics_json)));
      return [...topics].toSorted(byCodeUnits).slice(0, MAX_LISTED_TOPICS);
    },

    async listStatistics(scope, { limit, page, ...of }) {
      const [rows, { count }] = await database.read((db) => {
        const owners = db
          .selectFrom("agentos_memories")
          .where(within(scope, of))
          .groupBy(OWNER_COLUMNS)
          .select(OWNER_COLUMNS)
          .select((builder) => [
            builder.fn.countAll().as("count"),
            builder.fn.max("updated_at").as("updated_at"),
            builder.fn.max("owner_long_id").as("owner_long_id"),
          ]);
        return Promise.all([
          owners
            .orderBy("updated_at", "desc")
            .orderBy("owner_id")
            .orderBy("owner_issuer")
            .orderBy("owner_kind")
            .limit(limit)
            .offset((page - 1) * limit)
            .execute(),
          db
            .selectFrom(owners.as("owners"))
            .select((builder) => builder.fn.countAll().as("count"))
            .executeTakeFirstOrThrow(),
        ]);
      });
      const statistics = rows.map((row) => ({
        owner: readOwner(row),
        count: Number(row.count),
        updatedAt: row.updated_at,
      }));
      return { statistics, totalCount: Number(count) };
    },

    async replace(scope, { owner, removed, added }) {
      if (!coversOwner(scope, owner)) throw outsideOfScope();
      const before = new Map(removed.map(({ memoryId, updatedAt }) => [memoryId, updatedAt]));
      try {
        await database.write(async (transaction) => {
          const gone = await deleteReturning(transaction, owner, [...before.keys()]);
          const isAsRead = gone.every(({ memory_id, updated_at }) => before.get(memory_id) === updated_at);
          if (gone.length !== before.size || !isAsRead) throw new Unreplaced();
          if ((await countOf(transaction, owner)) + added.length > MAX_MEMORIES_PER_OWNER)
            throw new Unreplaced();
          for (const memory of added)
            await transaction.insertInto("agentos_memories").values(toRow(deployment, memory)).execute();
        });
        return true;
      } catch (cause) {
        if (cause instanceof Unreplaced) return false;
        throw cause;
      }
    },
  };
}

/** Takes the transaction back. */
class Unreplaced extends Error {}

function outsideOfScope(): Error {
  return new Error("INVARIANT: a memory is kept only within its caller's scope");
}

function toRow(deployment: string, { owner, ...memory }: StoredMemory) {
  return {
    deployment,
    ...toOwnerColumns(owner),
    memory_id: memory.memoryId,
    memory: memory.memory,
    topics_json: toTopicsJson(memory.topics),
    agent_id: memory.agentId ?? null,
    team_id: memory.teamId ?? null,
    created_at: memory.createdAt,
    updated_at: memory.updatedAt,
  };
}

function fromRow(row: Row): StoredMemory {
  return {
    memoryId: row.memory_id,
    owner: readOwner(row),
    memory: row.memory,
    topics: fromTopicsJson(row.topics_json),
    agentId: row.agent_id ?? undefined,
    teamId: row.team_id ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** A JSON list with a line for each topic: a line end begins a topic and stands nowhere else, so a part of the text is one. */
function toTopicsJson(topics: readonly string[]): string {
  return `[${topics.map(topicText).join(",")}]`;
}

function topicText(topic: string): string {
  return `\n${JSON.stringify(topic)}`;
}

function fromTopicsJson(json: string): readonly string[] {
  // INVARIANT: written by `toTopicsJson`.
  return JSON.parse(json) as readonly string[];
}

function byCodeUnits(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
