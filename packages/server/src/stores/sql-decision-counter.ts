/**
 * Counts of decisions in a database: added up in memory, and added to their rows every few seconds. Several servers add
 * to the same rows. What a crash takes is what was counted since the last time.
 */
import type { DataScope } from "@agentos/auth";
import { REFUSALS, type RefusalCode } from "@agentos/contract";
import type { DecisionCount, DecisionCounter, DecisionOutcome, DecisionQuery } from "@agentos/guard";
import { createDecisionTally, firstSecondOf, hourOf, type TallyRow } from "@agentos/guard/app";
import type { Database } from "@agentos/storage";
import type { Expression, ExpressionBuilder, Insertable, Selectable, SqlBool } from "kysely";
import { fromKeyText, toKeyText } from "./schema/key-text.ts";
import type { DecisionCountsTable, Tables } from "./schema/tables.ts";
import { type BackgroundRowsOptions, createWriteBehind } from "./write-behind.ts";

export interface SqlDecisionCounterOptions extends BackgroundRowsOptions {
  /** Rows of one hour that this process counts in. Default 5,000. */
  readonly hourRows?: number | undefined;
  /** Rows of one owner in one hour. Default 200. */
  readonly ownerRows?: number | undefined;
  /** Rows that wait in memory while the database is down; the oldest go first. Default 20,000. */
  readonly memoryCapacity?: number | undefined;
}

export interface SqlDecisionCounter extends DecisionCounter {
  /** Writes what was not written yet. */
  close(): Promise<void>;
}

const FLUSH_MS = 5_000;
/** Rows of one transaction: on SQLite everybody waits for it. */
const MAX_ROWS_PER_WRITE = 200;

/** Creates the counter. The database stays its owner's to close, after the counter. */
export function createSqlDecisionCounter(
  database: Database<Tables>,
  options: SqlDecisionCounterOptions,
): SqlDecisionCounter {
  const {
    deployment,
    now,
    logger,
    retentionSeconds = Number.POSITIVE_INFINITY,
    memoryCapacity = 20_000,
  } = options;
  /** Counted and not written. The rows are the tally's own: one that is counted up again is the same. */
  const waiting = new Map<TallyRow, number>();
  const tally = createDecisionTally({ ...options, onHour: wait });
  const behind = createWriteBehind({ write, delayMs: FLUSH_MS, what: "counts of decisions", logger });

  function wait(rows: readonly TallyRow[]): void {
    for (const row of rows) {
      add(row, row.pending);
      row.pending = 0;
    }
    for (const row of waiting.keys()) {
      if (waiting.size <= memoryCapacity) break;
      waiting.delete(row);
    }
  }

  function add(row: TallyRow, count: number): void {
    waiting.set(row, (waiting.get(row) ?? 0) + count);
  }

  async function write(): Promise<void> {
    wait(tally.drain());
    let left = waiting.size;
    while (left > 0) {
      const part = [...waiting].slice(0, Math.min(left, MAX_ROWS_PER_WRITE));
      if (part.length === 0) break;
      left -= part.length;
      for (const [row] of part) waiting.delete(row);
      try {
        await addRows(part);
      } catch (cause) {
        for (const [row, count] of part) add(row, count);
        throw cause;
      }
    }
  }

  async function addRows(counted: readonly (readonly [TallyRow, number])[]): Promise<void> {
    // In one order on every server: two that add to the same rows wait for each other, and never both.
    const rows = counted
      .map(([row, count]) => ({ row: toRow(row, count, deployment), order: orderOf(row) }))
      .toSorted((a, b) => (a.order < b.order ? -1 : 1))
      .map(({ row }) => row);
    await database.write((transaction) =>
      transaction
        .insertInto("agentos_decision_counts")
        .values(rows)
        .onConflict((conflict) =>
          conflict
            .columns([
              "deployment",
              "hour",
              "owner_issuer",
              "owner_kind",
              "owner_id",
              "route",
              "resource",
              "outcome",
            ])
            .doUpdateSet(({ ref, eb }) => ({
              count: eb("agentos_decision_counts.count", "+", ref("excluded.count")),
            })),
        )
        .execute(),
    );
  }

  const oldestHour = () => hourOf(Math.max(0, now() - retentionSeconds));

  /** The rows that a reader may see, of those that are asked for; undefined where there can be none. */
  function conditionsFor(whose: DataScope, query: DecisionQuery) {
    const owner = whose.kind === "user" && whose.owner.kind === "user" ? whose.owner : undefined;
    if (whose.kind !== "all" && (owner === undefined || owner.id === "")) return undefined;
    const { since = 0, until, route, resource, outcome } = query;
    return (eb: ExpressionBuilder<Tables, "agentos_decision_counts">) => {
      const all: Expression<SqlBool>[] = [
        eb("deployment", "=", deployment),
        eb("hour", ">=", Math.max(oldestHour(), firstHourFrom(since))),
      ];
      if (owner !== undefined)
        all.push(
          eb("owner_issuer", "=", toKeyText(owner.issuer)),
          eb("owner_kind", "=", toKeyText(owner.kind)),
          eb("owner_id", "=", toKeyText(owner.id)),
        );
      if (until !== undefined) all.push(eb("hour", "<", firstHourFrom(until)));
      if (route !== undefined) all.push(eb("route", "=", toKeyText(route)));
      if (resource !== undefined) all.push(eb("resource", "=", toKeyText(resource)));
      if (outcome !== undefined) all.push(eb("outcome", "=", outcome));
      return eb.and(all);
    };
  }

  return {
    count(decision) {
      tally.count(decision);
      behind.note();
    },
    async list(whose, query) {
      const conditions = conditionsFor(whose, query);
      if (conditions === undefined) return { counts: [], totalCount: 0 };
      await behind.flush();
      const { limit, offset = 0 } = query;
      const [rows, total] = await database.read((db) => {
        const found = db.selectFrom("agentos_decision_counts").where(conditions);
        return Promise.all([
          found
            .selectAll()
            .orderBy("hour", "desc")
            .orderBy("count", "desc")
            // Whole, so that no page repeats a row of the one before.
            .orderBy("owner_issuer")
            .orderBy("owner_kind")
            .orderBy("owner_id")
            .orderBy("route")
            .orderBy("resource")
            .orderBy("outcome")
            .limit(limit)
            .offset(offset)
            .execute(),
          found.select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow(),
        ]);
      });
      return { counts: rows.flatMap((row) => fromRow(row) ?? []), totalCount: total.count };
    },
    close: () => behind.close(),
  };
}

function orderOf({ hour, owner: { issuer, kind, id }, route, resource, outcome }: TallyRow): string {
  return JSON.stringify([hour, issuer, kind, id, route, resource, outcome]);
}

/** The first hour that begins then or later. */
function firstHourFrom(time: number): number {
  return hourOf(time) + (firstSecondOf(hourOf(time)) < time ? 1 : 0);
}

function toRow(
  { hour, owner, route, resource, outcome }: TallyRow,
  count: number,
  deployment: string,
): Insertable<DecisionCountsTable> {
  return {
    deployment,
    hour: hourOf(hour),
    owner_issuer: toKeyText(owner.issuer),
    owner_kind: toKeyText(owner.kind),
    owner_id: toKeyText(owner.id),
    route: toKeyText(route),
    resource: toKeyText(resource),
    outcome,
    count,
  };
}

/** Undefined for an outcome that this version does not know. */
function fromRow(row: Selectable<DecisionCountsTable>): DecisionCount | undefined {
  const { outcome } = row;
  if (!isOutcome(outcome)) return undefined;
  return {
    hour: firstSecondOf(row.hour),
    owner: {
      issuer: fromKeyText(row.owner_issuer),
      kind: fromKeyText(row.owner_kind),
      id: fromKeyText(row.owner_id),
    },
    route: fromKeyText(row.route),
    resource: fromKeyText(row.resource),
    outcome,
    count: row.count,
  };
}

function isOutcome(text: string): text is DecisionOutcome {
  return text === "allowed" || isRefusalCode(text);
}

function isRefusalCode(text: string): text is RefusalCode {
  return Object.hasOwn(REFUSALS, text);
}
