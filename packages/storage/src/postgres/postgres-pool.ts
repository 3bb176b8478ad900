/** Connections of one process to PostgreSQL. Every wait of a query has an end, and no broken connection ends the process. */
import pg from "pg";

/** Connections of one process: more of them make a small server slower, not faster. */
const MAX_CONNECTIONS = 5;
/** No statement of ours needs so long; one that does has found a lock or a server in trouble. */
const STATEMENT_TIMEOUT_MS = 15_000;
/** When the server is silent for longer than its own limit, it is gone without having said so. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;

export interface PostgresOptions {
  readonly url: string;
  /** Told of a connection that broke while nobody used it. */
  readonly onIdleError: (cause: Error) => void;
  /** How long a query waits for a connection: a new one, or one that another gives back. */
  readonly connectTimeoutMs: number;
  /** Whether a statement may take as long as it needs. Default: no. */
  readonly isPatient?: boolean;
}

export function createPostgresPool({
  url,
  onIdleError,
  connectTimeoutMs,
  isPatient = false,
}: PostgresOptions): pg.Pool {
  const limits = {
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  };
  const pool = new pg.Pool({
    connectionString: withCheckedCertificate(url),
    max: isPatient ? 1 : MAX_CONNECTIONS,
    connectionTimeoutMillis: connectTimeoutMs,
    ...(isPatient ? {} : limits),
    keepAlive: true,
    application_name: "agentos",
    types: createTypes(),
  });
  pool.on("error", onIdleError);
  // The pool listens to idle ones only. Whoever uses one learns of its end by the query that fails; without a listener
  // the process would end with it.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/**
 * `require` and its like mean a certificate that is checked, as `pg` has it today; said so, it stays that way and warns
 * of nothing. Who wants TLS without the check writes `no-verify`.
 */
function withCheckedCertificate(text: string): string {
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
