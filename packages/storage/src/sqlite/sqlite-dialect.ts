/** Kysely on `node:sqlite`. Its driver wants statements that say whether they give rows; nothing else is ours. */
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from "kysely";

/** How long a statement waits for another process, milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
/** Statements that are kept prepared. */
const MAX_STATEMENTS = 256;

/** Opens the file, and makes it, and its folder, where they are missing: both for their owner alone. */
export function openSqlite(file: string): DatabaseSync {
  const isFile = file !== ":memory:";
  if (isFile) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    if (isFile) chmodSync(file, 0o600);
    database.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
  } catch (cause) {
    database.close();
    throw cause;
  }
  return database;
}

export function createSqliteDialect(database: DatabaseSync): SqliteDialect {
  return new ImmediateDialect({ database: withStatements(database) });
}

class ImmediateDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;

  constructor(config: SqliteDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#config);
  }
}

/** A transaction takes the right to write when it begins: one that had read first could never get it. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}

type KyselySqlite = Exclude<SqliteDialectConfig["database"], (...parameters: never[]) => unknown>;

function withStatements(database: DatabaseSync): KyselySqlite {
  // The least recently used is let go first.
  const statements = new Map<string, ReturnType<KyselySqlite["prepare"]>>();
  return {
    prepare(text) {
      let statement = statements.get(text);
      if (statement === undefined) {
        statement = toKyselyStatement(database.prepare(text), text);
        const [oldest] = statements.size < MAX_STATEMENTS ? [] : statements.keys();
        if (oldest !== undefined) statements.delete(oldest);
      } else statements.delete(text);
      statements.set(text, statement);
      return statement;
    },
    close: () => database.close(),
  };
}

function toKyselyStatement(statement: StatementSync, text: string): ReturnType<KyselySqlite["prepare"]> {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    reader: /^\s*(?:select|with|pragma|explain|values)\b/i.test(text) || /\breturning\b/i.test(text),
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
}
