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
  /** `synchronous_commit`, and what set it: `client` is the address, `database user` this user in this database. */
  readonly commit: string;
  readonly commitSource: string;
}

/** Refuses a server that cannot keep what we write. */
export async function assertServerFits(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<ServerFacts>`
    select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
      setting as commit, source as "commitSource"
    from pg_settings where name = 'synchronous_commit'
  `.execute(db);
  const fault = rows[0] === undefined ? undefined : findServerFault(rows[0]);
  if (fault !== undefined) throw new StorageError("unsupported", fault);
}

export function findServerFault({
  version,
  encoding,
  commit,
  commitSource,
}: ServerFacts): string | undefined {
  const major = Math.floor(version / 10_000);
  if (major < OLDEST_POSTGRES)
    return `the server is PostgreSQL ${major}, and ${OLDEST_POSTGRES} or newer is needed`;
  if (encoding !== "UTF8") return `the database has the encoding ${encoding}, and UTF8 is needed`;
  if (commit === "off") return `${UNSAFE_COMMIT}; ${mendCommit(commitSource)}`;
  return undefined;
}

const UNSAFE_COMMIT =
  '"synchronous_commit" is off for this user, so a crash of the server would lose runs that were answered';

function mendCommit(source: string): string {
  if (source === "client") return "take it out of the address";
  const place = source === "database user" ? " in database NAME" : "";
  return `turn it on with "alter role current_user${place} set synchronous_commit = on"`;
}
