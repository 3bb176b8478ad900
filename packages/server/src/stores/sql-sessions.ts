/** The sessions of a database: found, listed, made, changed and forgotten, always within a scope. */
import type { Database } from "@agentos/storage";
import { type ExpressionBuilder, type RawBuilder, type SqlBool, sql, type Transaction } from "kysely";
import {
  coversOwner,
  type RunStore,
  type SessionChange,
  type SessionFilter,
  type SessionKey,
} from "../runs/store.ts";
import { toKeyText, toPlainText } from "./schema/key-text.ts";
import { isInScope, isOwnedBy, toOwnerColumns } from "./schema/owner-columns.ts";
import type { SessionsTable, Tables } from "./schema/tables.ts";
import { readSession } from "./sql-rows.ts";

const COLUMNS = [
  "owner_issuer",
  "owner_kind",
  "owner_id",
  "owner_long_id",
  "kind",
  "component_id",
  "session_id",
  "name",
  "first_input",
  "state_json",
  "metadata_json",
  "summary_json",
  "input_tokens",
  "output_tokens",
  "total_tokens",
  "agentos_sessions.created_at",
  "updated_at",
] as const;

type SessionMethods = Pick<
  RunStore,
  "findSession" | "findSessions" | "listSessions" | "createSession" | "changeSession" | "deleteSession"
>;

export interface SqlSessions extends SessionMethods {
  /** A session that waits for its component gets the one of the key. */
  bind(transaction: Transaction<Tables>, key: SessionKey): Promise<void>;
}

/** The one session of a key. */
export function isSession(
  deployment: string,
  { owner, component, sessionId }: SessionKey,
): RawBuilder<boolean> {
  const column = (name: keyof SessionsTable) => sql.ref(`agentos_sessions.${name}`);
  return sql<boolean>`(${column("deployment")} = ${deployment} and ${isOwnedBy(owner, "agentos_sessions")} and ${column("session_id")} = ${toKeyText(sessionId)} and ${column("kind")} = ${component.kind} and ${column("component_id")} = ${toKeyText(component.id)})`;
}

type Row = ExpressionBuilder<Tables, "agentos_sessions">;

function fits({ kind, componentId, userId }: Omit<SessionFilter, "sessionId">) {
  return (row: Row): RawBuilder<SqlBool> | ReturnType<Row["and"]> =>
    row.and([
      ...(kind === undefined ? [] : [row("kind", "=", kind)]),
      ...(componentId === undefined ? [] : [row("component_id", "=", toKeyText(componentId))]),
      ...(userId === undefined ? [] : [row("owner_id", "=", toKeyText(userId))]),
    ]);
}

export function createSqlSessions(database: Database<Tables>, deployment: string): SqlSessions {
  const withoutComponent = (key: SessionKey): SessionKey => ({
    ...key,
    component: { kind: key.component.kind, id: "" },
  });

  return {
    async bind(transaction, key) {
      await transaction
        .updateTable("agentos_sessions")
        .set({ component_id: toKeyText(key.component.id) })
        .where(isSession(deployment, withoutComponent(key)))
        .execute();
    },

    async findSession(scope, key) {
      if (!coversOwner(scope, key.owner)) return undefined;
      const row = await database.read((db) =>
        db
          .selectFrom("agentos_sessions")
          .select(COLUMNS)
          .where("deployment", "=", deployment)
          .where(isOwnedBy(key.owner, "agentos_sessions"))
          .where("session_id", "=", toKeyText(key.sessionId))
          .where("kind", "=", key.component.kind)
          .where("component_id", "in", [toKeyText(key.component.id), ""])
          // The empty id sorts before all others.
          .orderBy("component_id", "desc")
          .limit(1)
          .executeTakeFirst(),
      );
      return row && readSession(row);
    },

    async findSessions(scope, filter, limit) {
      const rows = await database.read((db) =>
        db
          .selectFrom("agentos_sessions")
          .select(COLUMNS)
          .where("deployment", "=", deployment)
          .where("session_id", "=", toKeyText(filter.sessionId))
          .where(isInScope(scope, "agentos_sessions"))
          .where(fits(filter))
          .limit(limit)
          .execute(),
      );
      return rows.map(readSession);
    },

    async listSessions(scope, { name, sortBy, sortOrder, limit, page, ...filter }) {
      if (scope.kind === "none") return { sessions: [], totalCount: 0 };
      const column = sortBy === "createdAt" ? "created_at" : "updated_at";
      return database.read(async (db) => {
        let found = db
          .selectFrom("agentos_sessions")
          .where("deployment", "=", deployment)
          .where(isInScope(scope, "agentos_sessions"))
          .where(fits(filter));
        if (name !== undefined)
          found = found.where((row) => database.dialect.contains(row.ref("name"), toPlainText(name)));
        const { count } = await found
          .select((row) => row.fn.countAll<number>().as("count"))
          .executeTakeFirstOrThrow();
        const rows = await found
          .select(COLUMNS)
          .orderBy(column, sortOrder)
          .orderBy("session_no", sortOrder)
          .limit(limit)
          .offset((page - 1) * limit)
          .execute();
        return { sessions: rows.map(readSession), totalCount: Number(count) };
      });
    },

    async createSession(scope, { key, name, state, metadata, createdAt }) {
      if (!coversOwner(scope, key.owner))
        throw new Error("INVARIANT: a session is kept only within its caller's scope");
      const row = await database.write(async (transaction) => {
        const known = await transaction
          .selectFrom("agentos_sessions")
          .select("session_no")
          .where("deployment", "=", deployment)
          .where(isOwnedBy(key.owner, "agentos_sessions"))
          .where("session_id", "=", toKeyText(key.sessionId))
          .executeTakeFirst();
        if (known !== undefined) return undefined;
        return (
          transaction
            .insertInto("agentos_sessions")
            .values({
              deployment,
              ...toOwnerColumns(key.owner),
              kind: key.component.kind,
              component_id: toKeyText(key.component.id),
              session_id: toKeyText(key.sessionId),
              name: name === undefined ? null : toPlainText(name),
              state_json: JSON.stringify(state),
              metadata_json: metadata === undefined ? null : JSON.stringify(metadata),
              input_tokens: 0,
              output_tokens: 0,
              total_tokens: 0,
              created_at: createdAt,
              updated_at: createdAt,
            })
            // Another process may have made it since.
            .onConflict((conflict) => conflict.doNothing())
            .returning(COLUMNS)
            .executeTakeFirst()
        );
      });
      return row && readSession(row);
    },

    async changeSession(scope, key, change) {
      if (!coversOwner(scope, key.owner)) return undefined;
      const row = await database.write((transaction) =>
        transaction
          .updateTable("agentos_sessions")
          .set(toColumns(change))
          .where(isSession(deployment, key))
          .returning(COLUMNS)
          .executeTakeFirst(),
      );
      return row && readSession(row);
    },

    async deleteSession(scope, key) {
      if (!coversOwner(scope, key.owner)) return false;
      const gone = await database.write((transaction) =>
        transaction
          .deleteFrom("agentos_sessions")
          .where(isSession(deployment, key))
          .returning("session_no")
          .executeTakeFirst(),
      );
      return gone !== undefined;
    },
  };
}

function toColumns({ name, state, metadata, summary, at }: SessionChange) {
  return {
    updated_at: at,
    ...(name === undefined ? {} : { name: toPlainText(name) }),
    ...(state === undefined ? {} : { state_json: JSON.stringify(state) }),
    ...(metadata === undefined ? {} : { metadata_json: JSON.stringify(metadata) }),
    ...(summary === undefined ? {} : { summary_json: JSON.stringify(summary) }),
  };
}
