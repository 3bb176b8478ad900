/** Connections of one process to PostgreSQL. Every wait of a query has an end, and no broken connection ends the process. */
import pg from "pg";
import { isRefusedSetting } from "../faults/postgres-faults.ts";

/** What one statement, and the wait for its answer, may take. */
export interface StatementLimits {
  readonly statementMs: number;
  /** Greater: a server that is silent for longer than its own limit is gone without having said so. */
  readonly answerMs: number;
}

export interface PostgresPoolOptions {
  readonly url: string;
  /** Told of a connection that broke while nobody used it. */
  readonly onIdleError: (cause: Error) => void;
  /** How long a query waits for a connection: a new one, or one that another gives back. */
  readonly connectTimeoutMs: number;
  readonly maxConnections: number;
  /** Undefined: a statement may take as long as it needs. */
  readonly limits?: StatementLimits | undefined;
  /** Told when a pooler refuses the limits: connections are made without them. */
  readonly onLimitsRefused?: ((cause: unknown) => void) | undefined;
}

export interface PostgresPool {
  connect(): Promise<pg.PoolClient>;
  /** Whether every connection that there may be is in use. */
  isUsedUp(): boolean;
  /** What begins a transaction. */
  begin(): string;
  end(): Promise<void>;
}

export function createPostgresPool({
  url,
  onIdleError,
  connectTimeoutMs,
  maxConnections,
  limits,
  onLimitsRefused = () => undefined,
}: PostgresPoolOptions): PostgresPool {
  const pool = new pg.Pool({
    connectionString: withCheckedCertificate(url),
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    ...(limits === undefined ? {} : toSettings(limits)),
    keepAlive: true,
    application_name: "agentos",
    types: createTypes(),
  });
  /** Whether the server keeps them for a whole connection: a pooler may drop them on the way, and say nothing. */
  let keepsLimits: boolean | undefined = limits === undefined ? true : undefined;
  pool.on("error", onIdleError);
  // The pool listens to idle ones only. Whoever uses one learns of its end by the query that fails; without a listener
  // the process would end with it.
  pool.on("connect", (client) => client.on("error", () => undefined));

  const asksLimits = () => typeof pool.options.statement_timeout === "number";

  async function connect(): Promise<pg.PoolClient> {
    const hasAsked = asksLimits();
    try {
      return await pool.connect();
    } catch (cause) {
      if (!hasAsked || !isRefusedSetting(cause)) throw cause;
      // Others may have come to it at the same time.
      if (asksLimits()) onLimitsRefused(cause);
      Object.assign(pool.options, NO_SETTINGS);
      return pool.connect();
    }
  }

  return {
    async connect() {
      const client = await connect();
      if (keepsLimits !== undefined) return client;
      try {
        keepsLimits = asksLimits() && (await hasLimits(client));
      } catch (cause) {
        client.release(true);
        throw cause;
      }
      return client;
    },
    isUsedUp: () => pool.totalCount - pool.idleCount >= pool.options.max,
    begin() {
      if (limits === undefined || keepsLimits === true) return "begin";
      return `begin; set local statement_timeout = ${limits.statementMs}; set local idle_in_transaction_session_timeout = ${limits.statementMs}`;
    },
    end: () => pool.end(),
  };
}

async function hasLimits(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ has: boolean }>(
    "select current_setting('statement_timeout') <> '0' and current_setting('idle_in_transaction_session_timeout') <> '0' as has",
  );
  return rows[0]?.has === true;
}

const NO_SETTINGS = { statement_timeout: false, idle_in_transaction_session_timeout: false } as const;

function toSettings({ statementMs, answerMs }: StatementLimits) {
  return {
    statement_timeout: statementMs,
    query_timeout: answerMs,
    idle_in_transaction_session_timeout: statementMs,
  };
}

/**
 * `require` and its like mean a certificate that is checked, as `pg` has it today; said so, it stays that way and warns
 * of nothing. Who wants TLS without the check writes `no-verify`.
 */
export function withCheckedCertificate(text: string): string {
  const url = URL.parse(text);
  const mode = url?.searchParams.get("sslmode");
  // Who asks for libpq's own meaning gets it.
  if (url?.searchParams.has("uselibpqcompat")) return text;
  if (url === null || !["prefer", "require", "verify-ca"].includes(mode ?? "")) return text;
  url.searchParams.set("sslmode", "verify-full");
  return url.href;
}

const INT8 = 20;
const NUMERIC = 1700;

/** Keys, times, counts and sums are whole numbers that JavaScript has exactly; all else is as `pg` reads it. */
function createTypes(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  for (const type of [INT8, NUMERIC]) types.setTypeParser(type, Number);
  return types;
}
