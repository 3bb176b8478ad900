/** What PostgreSQL needs around migrations: a server that fits, time, and one process after the other. */
import { type Kysely, sql, type Transaction } from "kysely";
import { StorageError } from "../faults/storage-error.ts";

const OLDEST_POSTGRES = 14;

/** Any number that nobody else takes: locks of this kind are one space per database. */
const LOCK = 4_726_116_915;

/** Runs a transaction that no other process runs at the same time; the lock is waited for so long, and ends with it. */
export async function transactAlone<Tables, Result>(
  db: Kysely<Tables>,
  waitMs: number,
  run: (transaction: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  return db.transaction().execute(async (transaction) => {
    await sql.raw(`set local lock_timeout = ${waitMs}`).execute(transaction);
    await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(transaction);
    return run(transaction);
  });
}

export interface ServerFacts {
  /** As `180004`. */
  readonly version: number;
  readonly encoding: string;
}

/** Refuses a server that cannot keep what we write. */
export async function assertServerFits(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<ServerFacts>`
    select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding
  `.execute(db);
  const fault = rows[0] === undefined ? undefined : findServerFault(rows[0]);
  if (fault !== undefined) throw new StorageError("unsupported", fault);
}

export function findServerFault({ version, encoding }: ServerFacts): string | undefined {
  const major = Math.floor(version / 10_000);
  if (major < OLDEST_POSTGRES)
    return `the server is PostgreSQL ${major}, and ${OLDEST_POSTGRES} or newer is needed`;
  if (encoding !== "UTF8") return `the database has the encoding ${encoding}, and UTF8 is needed`;
  return undefined;
}
