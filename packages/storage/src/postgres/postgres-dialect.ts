/** Kysely on `pg`. Kysely's own driver keeps a connection whose transaction broke; this one lets it go. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import type pg from "pg";
import { toPostgresError } from "../faults/postgres-faults.ts";
import { StorageError } from "../faults/storage-error.ts";
import type { PostgresPool } from "./postgres-pool.ts";

export function createPostgresDialect(pool: PostgresPool): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PostgresDriver(pool),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

/** Word for word as `pg` says it of whoever waited for a connection. */
const NONE_IN_TIME = "timeout exceeded when trying to connect";

class PostgresDriver implements Driver {
  readonly #pool: PostgresPool;

  constructor(pool: PostgresPool) {
    this.#pool = pool;
  }

  async init(): Promise<void> {
    // The pool connects when it is asked for a connection.
  }

  async acquireConnection(): Promise<PostgresConnection> {
    try {
      return new PostgresConnection(await this.#pool.connect());
    } catch (cause) {
      // All are in use, and none came back in time.
      if (this.#pool.isUsedUp() && cause instanceof Error && cause.message === NONE_IN_TIME)
        throw new StorageError("busy", undefined, { cause });
      throw toPostgresError(cause);
    }
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release();
  }

  async beginTransaction(connection: PostgresConnection): Promise<void> {
    await connection.run(this.#pool.begin());
  }

  async commitTransaction(connection: PostgresConnection): Promise<void> {
    const { command } = await connection.run("commit");
    // A statement failed, and whoever sent it went on all the same: the server kept nothing.
    if (command !== "COMMIT") throw new StorageError("failed", "the transaction had failed before its end");
  }

  /** Where this fails too, the connection goes, and the server does it by itself. What came before is thrown. */
  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    // It would stand in line behind the statement that was not answered, and wait as long again.
    if (connection.isBroken) return;
    try {
      await connection.run("rollback");
    } catch {
      connection.isBroken = true;
    }
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

const CHANGING: ReadonlySet<string> = new Set(["INSERT", "UPDATE", "DELETE", "MERGE"]);

class PostgresConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;
  /** Nobody else gets it. */
  isBroken = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { command, rowCount, rows } = await this.run(sql, parameters);
    // What a row has is what whoever wrote the query says of it.
    const result = { rows: rows as Row[] };
    return CHANGING.has(command) ? { ...result, numAffectedRows: BigInt(rowCount ?? 0) } : result;
  }

  async run(text: string, parameters: readonly unknown[] = []): Promise<pg.QueryResult> {
    try {
      return await this.#client.query(text, [...parameters]);
    } catch (cause) {
      const error = toPostgresError(cause);
      // An answer that did not come may still come, to the next query. A server that can only be read may have handed over
      // to another, which a new connection finds.
      if (error.fault === "unreachable" || error.fault === "read-only") this.isBroken = true;
      throw error;
    }
  }

  // oxlint-disable-next-line require-yield -- Kysely asks for the method, and nobody here streams rows
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error("INVARIANT: rows are read at once, within a limit");
  }

  release(): void {
    this.#client.release(this.isBroken);
  }
}
