/**
 * The event log in a database. Whoever writes has to hold the run: its row is locked and compared first, so that nobody
 * takes the run between that and the commit, and a server that was asleep while another took it writes nothing.
 */
import { type Database, prepareQuery } from "@agentos/storage";
import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import {
  type LogCursor,
  type LoggedRow,
  type LogPiece,
  type RowBatch,
  type RunEventLog,
} from "../runs/event-log.ts";
import type { RunEventsTable, RunsTable, Tables } from "./schema/tables.ts";
import type { SqlNodeOptions } from "./sql-node.ts";

/** Rows of one run that a piece looks at: how much there is of a long run is not counted for each of its pieces. */
const MAX_LOOK = 4_096;

export function createSqlEventLog(
  database: Database<Tables>,
  { deployment, nodeId }: SqlNodeOptions,
): RunEventLog {
  const tables = TABLES_OF[database.dialect.name];

  /** Numbers of the runs that this server holds, in this attempt; they stay its own until the transaction ends. */
  async function lockHeld(
    transaction: Transaction<Tables>,
    batches: readonly RowBatch[],
  ): Promise<ReadonlySet<number>> {
    const leases = batches.map(({ lease: { runNo, attempt } }) => ({ runNo, attempt }));
    // In one order: two servers that lock the same rows do not wait for one another.
    const { rows } = await sql<{ run_no: number }>`
      select run.run_no from agentos_runs as run join ${tables.leases(leases)} on lease.run_no = run.run_no
      where run.deployment = ${deployment} and run.node_id = ${nodeId} and run.attempt = lease.attempt
        and run.status = 'RUNNING'
      order by run.run_no ${tables.lockRuns}`.execute(transaction);
    return new Set(rows.map(({ run_no }) => run_no));
  }

  async function insert(transaction: Transaction<Tables>, rows: readonly EventRow[]): Promise<Set<string>> {
    if (rows.length === 0) return new Set();
    const inserted = await sql<Pick<EventRow, "run_no" | "first_index">>`
      insert into agentos_run_events (run_no, first_index, last_index, kind, data)
      ${tables.selectRows(rows)} on conflict do nothing returning run_no, first_index`.execute(transaction);
    return new Set(inserted.rows.map(keyOf));
  }

  /** Whether it is there already: this attempt alone may have written it, and did not hear so. */
  async function isKept(transaction: Transaction<Tables>, row: EventRow): Promise<boolean> {
    const kept = await transaction
      .selectFrom("agentos_run_events")
      .select(["last_index", "data"])
      .where("run_no", "=", row.run_no)
      .where("first_index", "=", row.first_index)
      .executeTakeFirst();
    return kept?.last_index === row.last_index && kept.data === row.data;
  }

  return {
    append: (batches) =>
      database.write(async (transaction) => {
        const held = await lockHeld(transaction, batches);
        const lost = new Set(batches.flatMap(({ lease }) => (held.has(lease.runNo) ? [] : [lease.runNo])));
        const rows = batches.flatMap(({ lease: { runNo }, rows: ofRun }) =>
          held.has(runNo) ? ofRun.map((row) => toEventRow(runNo, row)) : [],
        );
        const inserted = await insert(transaction, rows);
        if (inserted.size === rows.length) return lost;
        for (const row of rows)
          if (!inserted.has(keyOf(row)) && !(await isKept(transaction, row))) lost.add(row.run_no);
        for (const row of rows)
          if (lost.has(row.run_no) && inserted.has(keyOf(row)))
            await transaction
              .deleteFrom("agentos_run_events")
              .where("run_no", "=", row.run_no)
              .where("first_index", "=", row.first_index)
              .execute();
        return lost;
      }),

    async read(cursors, maxBytes) {
      if (cursors.length === 0) return [];
      const rows = await database.read((db) =>
        selectPieces(tables.cursors(cursors), { deployment, maxBytes }).execute(db),
      );
      return toPieces(cursors.length, rows.rows);
    },
  };
}

/** The last row of a run that ends, whose row the transaction has locked. False where its index is taken. */
export async function keepLastRow(
  transaction: Transaction<Tables>,
  runNo: number,
  row: LoggedRow,
): Promise<boolean> {
  const [kept] = await insertLast(transaction, toEventRow(runNo, row));
  return kept !== undefined;
}

const insertLast = prepareQuery((db: Kysely<Tables>, row: RunEventsTable) =>
  db
    .insertInto("agentos_run_events")
    .values({
      run_no: row.run_no,
      first_index: row.first_index,
      last_index: row.last_index,
      kind: row.kind,
      data: row.data,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("first_index"),
);

type EventRow = RunEventsTable;

function toEventRow(run_no: number, { firstIndex, lastIndex, kind, data }: LoggedRow): EventRow {
  return { run_no, first_index: firstIndex, last_index: lastIndex, kind, data };
}

function keyOf({ run_no, first_index }: Pick<EventRow, "run_no" | "first_index">): string {
  return `${run_no} ${first_index}`;
}

/** How a list of values becomes rows: one place for all of them, so that the statement is always the same text. */
interface Lists {
  /** As `lease`. */
  leases(leases: readonly { readonly runNo: number; readonly attempt: number }[]): RawBuilder<unknown>;
  selectRows(rows: readonly EventRow[]): RawBuilder<unknown>;
  /** With their place in the list, from 0. */
  cursors(cursors: readonly LogCursor[]): RawBuilder<unknown>;
  /** SQLite has one writer, and needs nothing. */
  readonly lockRuns: RawBuilder<unknown>;
}

const TABLES_OF: Readonly<Record<Database<Tables>["dialect"]["name"], Lists>> = {
  sqlite: {
    leases: (leases) =>
      sql`(select value ->> 0 as run_no, value ->> 1 as attempt from json_each(${JSON.stringify(
        leases.map(({ runNo, attempt }) => [runNo, attempt]),
      )})) as lease`,
    // Without the condition SQLite takes what follows for a part of the join.
    selectRows: (rows) =>
      sql`select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(${JSON.stringify(
        rows.map(({ run_no, first_index, last_index, kind, data }) => [
          run_no,
          first_index,
          last_index,
          kind,
          data,
        ]),
      )}) where true`,
    cursors: (cursors) =>
      sql`select key as place, value ->> 0 as run_no, value ->> 1 as read_to from json_each(${JSON.stringify(
        cursors.map(({ runNo, after }) => [runNo, after]),
      )})`,
    lockRuns: sql``,
  },
  postgres: {
    leases: (leases) =>
      sql`unnest(${leases.map(({ runNo }) => runNo)}::bigint[], ${leases.map(({ attempt }) => attempt)}::bigint[]) as lease (run_no, attempt)`,
    selectRows: (rows) =>
      sql`select * from unnest(${rows.map(({ run_no }) => run_no)}::bigint[], ${rows.map(({ first_index }) => first_index)}::bigint[], ${rows.map(({ last_index }) => last_index)}::bigint[], ${rows.map(({ kind }) => kind)}::text[], ${rows.map(({ data }) => data)}::text[])`,
    cursors: (cursors) =>
      sql`select place - 1 as place, run_no, read_to from unnest(${cursors.map(({ runNo }) => runNo)}::bigint[], ${cursors.map(({ after }) => after)}::bigint[]) with ordinality as given (run_no, read_to, place)`,
    // Against whoever ends the run or takes it, not against another append.
    lockRuns: sql`for share of run`,
  },
};

interface PieceRow {
  readonly place: number;
  /** Null where the run is gone. */
  readonly status: RunsTable["status"] | null;
  /** Where the row begins that has the next event, or the first one that is not forgotten; rows from {@link MAX_LOOK} behind it are not counted. */
  readonly look_from: number;
  /** Rows that were looked at; null, as all that follows, without any. */
  readonly found: number | null;
  readonly first_index: number | null;
  readonly last_index: number | null;
  readonly kind: LoggedRow["kind"] | null;
  readonly data: string | null;
}

/**
 * The first rows of each cursor first, then the second ones, until there is no room: nobody waits behind a long run. What
 * a row has is read of those alone that are given.
 */
function selectPieces(
  cursors: RawBuilder<unknown>,
  { deployment, maxBytes }: { readonly deployment: string; readonly maxBytes: number },
): RawBuilder<PieceRow> {
  return sql<PieceRow>`
    with wanted as (${cursors}),
    followed as (
      select wanted.place, wanted.run_no, wanted.read_to, run.status, coalesce(
        (select max(event.first_index) from agentos_run_events as event
          where event.run_no = run.run_no and event.first_index <= wanted.read_to + 1),
        (select min(event.first_index) from agentos_run_events as event where event.run_no = run.run_no),
        0) as look_from
      from wanted left join agentos_runs as run on run.run_no = wanted.run_no and run.deployment = ${deployment}
    ),
    sized as (
      select followed.place, event.run_no, event.first_index, octet_length(event.data) as bytes,
        row_number() over (partition by followed.place order by event.first_index) as turn,
        count(*) over (partition by followed.place) as found
      from followed join agentos_run_events as event on event.run_no = followed.run_no
        and event.first_index >= followed.look_from and event.first_index < followed.look_from + ${sql.lit(MAX_LOOK)}
        and event.last_index > followed.read_to
      where followed.status is not null
    ),
    summed as (
      select place, run_no, first_index, found, turn, bytes, sum(bytes) over (order by turn, place) as total from sized
    )
    select followed.place, followed.status, followed.look_from, summed.found,
      event.first_index, event.last_index, event.kind, event.data
    from followed
    left join summed on summed.place = followed.place and (summed.total <= ${maxBytes} or summed.turn = 1)
    left join agentos_run_events as event on event.run_no = summed.run_no
      and event.first_index = summed.first_index
      and (summed.total <= ${maxBytes} or summed.total = summed.bytes)
    order by followed.place, event.first_index`;
}

const LIVE: ReadonlySet<string> = new Set(["PENDING", "RUNNING"]);

function toPieces(count: number, rows: readonly PieceRow[]): readonly LogPiece[] {
  const byPlace = Array.from({ length: count }, (): PieceRow[] => []);
  for (const row of rows) byPlace[row.place]?.push(row);
  return byPlace.map((found) => {
    const given = found.flatMap(toLoggedRow);
    const [first] = found;
    const lastIndex = given.at(-1)?.lastIndex ?? -1;
    const looked = (first?.look_from ?? 0) + MAX_LOOK;
    return {
      rows: given,
      isLast: given.length === (first?.found ?? 0) && lastIndex + 1 < looked,
      isOver: !LIVE.has(first?.status ?? ""),
    };
  });
}

function toLoggedRow({ first_index, last_index, kind, data }: PieceRow): readonly LoggedRow[] {
  if (first_index === null || last_index === null || kind === null || data === null) return [];
  return [{ firstIndex: first_index, lastIndex: last_index, kind, data }];
}
