/** Pages of sessions. Their queries differ in which filters there are, not in what these say: each shape is built once. */
import type { DataScope } from "@agentos/auth";
import { type Database, prepareQuery } from "@agentos/storage";
import { type ExpressionBuilder, type Kysely, sql } from "kysely";
import { MAX_LISTED_BYTES, type SessionPage, type SessionQuery } from "../runs/store.ts";
import { toKeyText, toPlainText } from "./schema/key-text.ts";
import { hasOwnerColumns, toOwnerColumns } from "./schema/owner-columns.ts";
import type { SessionsTable, Tables } from "./schema/tables.ts";
import { readListedSession, SESSION_COLUMNS } from "./sql-rows.ts";

/** What stands in the places of a query; what its shape has no place for is not looked at. */
interface Values extends Pick<SessionsTable, "deployment" | "owner_issuer" | "owner_kind" | "owner_id"> {
  readonly kind: SessionsTable["kind"];
  readonly componentId: string;
  readonly userId: string;
  readonly name: string;
  readonly limit: number;
  readonly offset: number;
}

/** Which filters a query has. */
interface Shape extends Pick<SessionQuery, "sortBy" | "sortOrder"> {
  readonly isOfOwner: boolean;
  readonly hasKind: boolean;
  readonly hasComponent: boolean;
  readonly hasUser: boolean;
  readonly hasName: boolean;
}

type Row = ExpressionBuilder<Tables, "agentos_sessions">;

const LARGE_COLUMNS = ["state_json", "metadata_json", "summary_json"] as const;
type LargeColumn = (typeof LARGE_COLUMNS)[number];

const SHORT_COLUMNS = SESSION_COLUMNS.filter(
  (column): column is Exclude<typeof column, LargeColumn> => !LARGE_COLUMNS.some((large) => large === column),
);

/** What is not shown is not read: both databases know the bytes of a text without it. */
function unlessLarge<Column extends LargeColumn>(column: Column) {
  const value = sql.ref(`agentos_sessions.${column}`);
  const limit = sql.lit(MAX_LISTED_BYTES);
  return sql<string | null>`case when octet_length(${value}) <= ${limit} then ${value} end`.as(column);
}

export function createSessionList(database: Database<Tables>, deployment: string) {
  const prepared = new Map<string, ReturnType<typeof prepare>>();

  function prepare(shape: Shape) {
    const conditions = (values: Values) => (row: Row) =>
      row.and([
        row("deployment", "=", values.deployment),
        ...(shape.isOfOwner ? [hasOwnerColumns(values, "agentos_sessions")] : []),
        ...(shape.hasKind ? [row("kind", "=", values.kind)] : []),
        ...(shape.hasComponent ? [row("component_id", "=", values.componentId)] : []),
        ...(shape.hasUser ? [row("owner_id", "=", values.userId)] : []),
        ...(shape.hasName ? [database.dialect.contains(row.ref("name"), values.name)] : []),
      ]);
    const column = shape.sortBy === "createdAt" ? "created_at" : "updated_at";
    return {
      count: prepareQuery((db: Kysely<Tables>, values: Values) =>
        db.selectFrom("agentos_sessions").select(sql<number>`count(*)`.as("count")).where(conditions(values)),
      ),
      rows: prepareQuery((db: Kysely<Tables>, values: Values) =>
        db
          .selectFrom("agentos_sessions")
          .select(SHORT_COLUMNS)
          .select([unlessLarge("state_json"), unlessLarge("metadata_json"), unlessLarge("summary_json")])
          .where(conditions(values))
          .orderBy(column, shape.sortOrder)
          .orderBy("session_no", shape.sortOrder)
          .limit(values.limit)
          .offset(values.offset),
      ),
    };
  }

  /** There are as many as filters can be combined: none of it is a caller's text. */
  function findPrepared(shape: Shape) {
    const key = Object.values(shape).join();
    let found = prepared.get(key);
    if (found === undefined) {
      found = prepare(shape);
      prepared.set(key, found);
    }
    return found;
  }

  return async (scope: DataScope, query: SessionQuery): Promise<SessionPage> => {
    if (scope.kind === "none") return { sessions: [], totalCount: 0 };
    const { kind, componentId, userId, name, sortBy, sortOrder, limit, page } = query;
    const { count, rows } = findPrepared({
      isOfOwner: scope.kind === "user",
      hasKind: kind !== undefined,
      hasComponent: componentId !== undefined,
      hasUser: userId !== undefined,
      hasName: name !== undefined,
      sortBy,
      sortOrder,
    });
    const values: Values = {
      deployment,
      ...(scope.kind === "user" ? toOwnerColumns(scope.owner) : NO_OWNER),
      kind: kind ?? "agent",
      componentId: toKeyText(componentId ?? ""),
      userId: toKeyText(userId ?? ""),
      name: toPlainText(name ?? ""),
      limit,
      offset: (page - 1) * limit,
    };
    return database.read(async (db) => {
      const [counted] = await count(db, values);
      const found = await rows(db, values);
      return { sessions: found.map(readListedSession), totalCount: counted?.count ?? 0 };
    });
  };
}

const NO_OWNER = { owner_issuer: "", owner_kind: "", owner_id: "" } as const;
