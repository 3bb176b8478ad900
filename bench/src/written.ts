// What a database was given to write: commits and bytes of its log, and the rows of the event log that came of it.
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { readNumbers } from "@agentos/testkit/postgres";

export interface Written {
  readonly rows: number;
  /** Transactions that changed something. */
  readonly commits: number;
  /** Of the write-ahead log. */
  readonly walBytes: number;
}

/** Counts from its making on. */
export interface WriteCounter {
  read(): Promise<Written>;
  close(): void;
}

const ROWS = "select count(*) as rows from agentos_run_events";

/** A reader that never ends its transaction: the log may then not begin anew, and only grows. */
export function countSqliteWrites(file: string): WriteCounter {
  const reader = new DatabaseSync(file, { timeout: 5_000 });
  const counter = new DatabaseSync(file, { timeout: 5_000 });
  reader.exec("pragma wal_checkpoint(truncate)");
  reader.exec("begin");
  reader.prepare("select count(*) from sqlite_master").get();
  const log = `${file}-wal`;
  const before = { ...readLog(log), rows: countRows(counter) };
  return {
    async read() {
      const { commits, walBytes } = readLog(log);
      return {
        rows: countRows(counter) - before.rows,
        commits: commits - before.commits,
        walBytes: walBytes - before.walBytes,
      };
    },
    close() {
      reader.close();
      counter.close();
    },
  };
}

function countRows(database: DatabaseSync): number {
  return Number(database.prepare(ROWS).get()?.["rows"]);
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** A frame is a page; one that ends a transaction says how large the file is then (SQLite, "WAL-file format"). */
function readLog(log: string): Pick<Written, "commits" | "walBytes"> {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size < HEADER_BYTES) return { commits: 0, walBytes: 0 };
  const file = openSync(log, "r");
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    readSync(file, header, 0, HEADER_BYTES, 0);
    const frameBytes = FRAME_HEADER_BYTES + header.readUInt32BE(8);
    const salt = header.subarray(16, 24);
    const frame = Buffer.alloc(FRAME_HEADER_BYTES);
    let commits = 0;
    let at = HEADER_BYTES;
    for (; at + frameBytes <= size; at += frameBytes) {
      readSync(file, frame, 0, FRAME_HEADER_BYTES, at);
      // What follows is of an older log.
      if (!frame.subarray(8, 16).equals(salt)) break;
      if (frame.readUInt32BE(4) > 0) commits += 1;
    }
    return { commits, walBytes: at };
  } finally {
    closeSync(file);
  }
}

const POSTGRES = `
  select (${ROWS}) as rows,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint as commits,
    pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`;

/** For a server that nobody else uses: its log is that of all its databases. */
export async function countPostgresWrites(url: string): Promise<WriteCounter> {
  const before = await readNumbers(url, POSTGRES);
  const differenceOf = (after: Readonly<Record<string, number>>, name: string) =>
    (after[name] ?? Number.NaN) - (before[name] ?? Number.NaN);
  return {
    async read() {
      const after = await readNumbers(url, POSTGRES);
      return {
        rows: differenceOf(after, "rows"),
        commits: differenceOf(after, "commits"),
        walBytes: differenceOf(after, "bytes"),
      };
    },
    close: () => {},
  };
}
