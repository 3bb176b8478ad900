/** The sessions of a database: found, listed, made, changed and forgotten, always within a scope. */
import type { DataScope, Owner } from "@agentos/auth";
import { type Database, prepareQuery } from "@agentos/storage";
import {
  type ExpressionBuilder,
  type Kysely,
  type RawBuilder,
  type SqlBool,
  sql,
  type Transaction,
} from "kysely";
import {
  coversOwner,
  type RunStore,
  type SessionChange,
  type SessionFilter,
  type SessionKey,
} from "../runs/store.ts";
import { toKeyText, toPlainText } from "./schema/key-text.ts";
import { hasOwnerColumns, isInScope, isOwnedBy, toOwnerColumns } from "./schema/owner-columns.ts";
import type { SessionsTable, Tables } from "./schema/tables.ts";
import type { WriteOfOwner } from "./sql-full-owners.ts";
import { KEY_COLUMNS, readSession, readSessionKey, SESSION_COLUMNS } from "./sql-rows.ts";
import { createSessionList } from "./sql-session-list.ts";
import { addUsage, growthOf, requireRoom, SESSION_ENTRY_BYTES, VALUE_BYTES } from "./sql-usage.ts";

type SessionMethods = Pick<
  RunStore,
  | "findSession"
  | "findSessions"
  | "findSessionKeys"
  | "listSessions"
  | "createSession"
  | "changeSession"
  | "deleteSession"
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

type Found = Pick<
  SessionsTable,
  "deployment" | "owner_issuer" | "owner_kind" | "owner_id" | "session_id" | "kind" | "component_id"
>;

/** The session of a key, and the one of its id that has no component yet. */
const findOwn = prepareQuery((db: Kysely<Tables>, values: Found) =>
  db
    .selectFrom("agentos_sessions")
    .select(SESSION_COLUMNS)
    .where("deployment", "=", values.deployment)
    .where("session_id", "=", values.session_id)
    .where(hasOwnerColumns(values, "agentos_sessions"))
    .where("kind", "=", values.kind)
    .where("component_id", "in", [values.component_id, ""]),
);

export interface SqlSessionsOptions {
  readonly deployment: string;
  readonly maxBytesPerOwner: number;
  readonly writeOfOwner: WriteOfOwner;
}

export function createSqlSessions(
  database: Database<Tables>,
  { deployment, maxBytesPerOwner, writeOfOwner }: SqlSessionsOptions,
): SqlSessions {
  /** Throws where it grows, and has no room to. */
  async function count(transaction: Transaction<Tables>, owner: Owner, bytes: number): Promise<void> {
    if (bytes === 0) return;
    const before = await addUsage(transaction, { deployment, ...toOwnerColumns(owner), bytes });
    if (bytes > 0) requireRoom(owner, before, maxBytesPerOwner);
  }

  const withoutComponent = (key: SessionKey): SessionKey => ({
    ...key,
    component: { kind: key.component.kind, id: "" },
  });

  const selectFound = (db: Kysely<Tables>, scope: DataScope, filter: SessionFilter) =>
    db
      .selectFrom("agentos_sessions")
      .where("deployment", "=", deployment)
      .where("session_id", "=", toKeyText(filter.sessionId))
      .where(isInScope(scope, "agentos_sessions"))
      .where(fits(filter));

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
      const values = {
        deployment,
        ...toOwnerColumns(key.owner),
        session_id: toKeyText(key.sessionId),
        kind: key.component.kind,
        component_id: toKeyText(key.component.id),
      };
      const rows = await database.read((db) => findOwn(db, values));
      const row = rows.find(({ component_id }) => component_id !== "") ?? rows[0];
      return row && readSession(row);
    },

    async findSessions(scope, filter, limit) {
      const rows = await database.read((db) =>
        selectFound(db, scope, filter).select(SESSION_COLUMNS).limit(limit).execute(),
      );
      return rows.map(readSession);
    },

    async findSessionKeys(scope, filter, limit) {
      const rows = await database.read((db) =>
        selectFound(db, scope, filter).select(KEY_COLUMNS).limit(limit).execute(),
      );
      return rows.map(readSessionKey);
    },

    listSessions: createSessionList(database, deployment),

    async createSession(scope, { key, name, state, metadata, createdAt }) {
      if (!coversOwner(scope, key.owner))
        throw new Error("INVARIANT: a session is kept only within its caller's scope");
      const row = await writeOfOwner(key.owner, () =>
        database.write(async (transaction) => {
          const known = await transaction
            .selectFrom("agentos_sessions")
            .select("session_no")
            .where("deployment", "=", deployment)
            .where(isOwnedBy(key.owner, "agentos_sessions"))
            .where("session_id", "=", toKeyText(key.sessionId))
            .executeTakeFirst();
          if (known !== undefined) return undefined;
          const columns = toColumns({ name, state, metadata, at: createdAt });
          const bytes =
            SESSION_ENTRY_BYTES +
            growthOf("{}", columns.state_json) +
            growthOf(null, columns.name) +
            growthOf(null, columns.metadata_json);
          const made = await transaction
            .insertInto("agentos_sessions")
            .values({
              deployment,
              ...toOwnerColumns(key.owner),
              kind: key.component.kind,
              component_id: toKeyText(key.component.id),
              session_id: toKeyText(key.sessionId),
              ...columns,
              state_json: JSON.stringify(state),
              bytes,
              input_tokens: 0,
              output_tokens: 0,
              total_tokens: 0,
              created_at: createdAt,
            })
            // Another process may have made it since.
            .onConflict((conflict) => conflict.doNothing())
            .returning(SESSION_COLUMNS)
            .executeTakeFirst();
          if (made !== undefined) await count(transaction, key.owner, bytes);
          return made;
        }),
      );
      return row && readSession(row);
    },

    async changeSession(scope, key, change) {
      if (!coversOwner(scope, key.owner)) return undefined;
      const row = await database.write(async (transaction) => {
        // Holds the row, so that what it had is what is replaced.
        const before = await transaction
          .updateTable("agentos_sessions")
          .set({ updated_at: change.at })
          .where(isSession(deployment, key))
          .returning(["session_no", VALUE_BYTES.as("value_bytes")])
          .executeTakeFirst();
        if (before === undefined) return undefined;
        const ofRow = <Query extends { where(column: "session_no", is: "=", value: number): Query }>(
          query: Query,
        ) => query.where("session_no", "=", before.session_no);
        const { value_bytes } = await ofRow(
          transaction.updateTable("agentos_sessions").set(toColumns(change)),
        )
          .returning(VALUE_BYTES.as("value_bytes"))
          .executeTakeFirstOrThrow();
        const bytes = value_bytes - before.value_bytes;
        const after = await ofRow(
          transaction
            .updateTable("agentos_sessions")
            .set((session) => ({ bytes: session("bytes", "+", bytes) })),
        )
          .returning(SESSION_COLUMNS)
          .executeTakeFirstOrThrow();
        await count(transaction, key.owner, bytes);
        return after;
      });
      return row && readSession(row);
    },

    async deleteSession(scope, key) {
      if (!coversOwner(scope, key.owner)) return false;
      return database.write(async (transaction) => {
        const gone = await transaction
          .deleteFrom("agentos_sessions")
          .where(isSession(deployment, key))
          .returning("bytes")
          .executeTakeFirst();
        if (gone !== undefined) await count(transaction, key.owner, -gone.bytes);
        return gone !== undefined;
      });
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
