/** Kysely on `node:sqlite`: one connection, used by one transaction or one statement at a time. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { toSqliteError } from "../faults/sqlite-faults.ts";
import type { OpenedSqlite } from "./open-sqlite.ts";

/** Statements that are kept prepared. There are fewer, but for lists of values whose length is part of the text. */
const MAX_STATEMENTS = 256;

export function createSqliteDialect(opened: OpenedSqlite): Dialect {
  return {
    // It says that there is one connection, for which Kysely then has everybody wait in turn.
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SqliteDriver(opened),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class SqliteDriver implements Driver {
  readonly #database: DatabaseSync;
  readonly #assertInPlace: () => void;
  readonly #connection: SqliteConnection;

  constructor({ database, assertInPlace }: OpenedSqlite) {
    this.#database = database;
    this.#assertInPlace = assertInPlace;
    this.#connection = new SqliteConnection(database);
  }

  async init(): Promise<void> {
    // It is open.
  }

  async acquireConnection(): Promise<SqliteConnection> {
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    // The next one gets the same.
  }

  /** Takes the right to write at once: a transaction that had read first might never get it. */
  async beginTransaction(): Promise<void> {
    this.#connection.run("begin immediate");
  }

  /** Nothing is acknowledged that nobody would find again. */
  async commitTransaction(): Promise<void> {
    this.#assertInPlace();
    this.#connection.run("commit");
  }

  /** A disk that is full has ended the transaction already. */
  async rollbackTransaction(): Promise<void> {
    if (this.#database.isTransaction) this.#connection.run("rollback");
  }

  async destroy(): Promise<void> {
    this.#connection.close();
  }
}

interface Prepared {
  readonly statement: StatementSync;
  readonly hasRows: boolean;
}

class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    return this.run<Row>(sql, parameters);
  }

  run<Row>(text: string, parameters: readonly unknown[] = []): QueryResult<Row> {
    // What cannot be bound is refused by SQLite; what a row has is what whoever wrote the query says of it.
    const values = parameters as SQLInputValue[];
    try {
      const { statement, hasRows } = this.#prepare(text);
      if (hasRows) return { rows: statement.all(...values) as Row[] };
      const { changes, lastInsertRowid } = statement.run(...values);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    } catch (cause) {
      throw toSqliteError(cause);
    }
  }

  #prepare(text: string): Prepared {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(text);
    const prepared = { statement, hasRows: statement.columns().length > 0 };
    if (this.#statements.size === MAX_STATEMENTS) this.#statements.clear();
    this.#statements.set(text, prepared);
    return prepared;
  }

  // oxlint-disable-next-line require-yield -- Kysely asks for the method, and nobody here streams rows
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error("INVARIANT: rows are read at once, within a limit");
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}
