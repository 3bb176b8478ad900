/** Kysely on `pg`. */
import { PostgresDialect } from "kysely";
import pg from "pg";

/** Connections of one process. */
const MAX_CONNECTIONS = 5;
const CONNECT_TIMEOUT_MS = 5_000;
/** No statement of ours needs so long; one that does has found a lock or a server in trouble. */
const STATEMENT_TIMEOUT_MS = 15_000;

export interface PostgresOptions {
  readonly url: string;
  /** Told of a connection that broke while nobody used it. Without a listener the process would end. */
  readonly onIdleError: (cause: Error) => void;
}

export function createPostgresPool({ url, onIdleError }: PostgresOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    application_name: "agentos",
    types: { getTypeParser },
  });
  pool.on("error", onIdleError);
  return pool;
}

export function createPostgresDialect(pool: pg.Pool): PostgresDialect {
  return new PostgresDialect({ pool });
}

const INT8 = 20;

/** Keys, times and counts are whole numbers that JavaScript has exactly; all else is as `pg` reads it. */
function getTypeParser(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  if (oid === INT8) return Number;
  return pg.types.getTypeParser(oid, format as "text") as (value: string) => unknown;
}
