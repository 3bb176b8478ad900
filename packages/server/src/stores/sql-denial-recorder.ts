/**
 * Denials in a database, behind a bounded memory: a refusal is kept there and answered, and written a second later. What
 * the memory has to give up within that second is lost, and nothing else. Ids of this process are found without the
 * database; lists and counts say everything or fail, so that nobody takes a part for the whole.
 */
import type { DataScope } from "@agentos/auth";
import type { DenialFilter, DenialGrouping, DenialRecord, DenialRecorder } from "@agentos/guard";
import { createKeptDenials, firstSecondOf, type KeptDenial, maySee } from "@agentos/guard/app";
import type { Database } from "@agentos/storage";
import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import { applyDenialQuota } from "./denial-quota.ts";
import { fromDenialJson, toDenialRow } from "./denial-rows.ts";
import { fromKeyText, toKeyText } from "./schema/key-text.ts";
import type { Tables } from "./schema/tables.ts";
import { type BackgroundRowsOptions, createWriteBehind } from "./write-behind.ts";

export interface SqlDenialRecorderOptions extends BackgroundRowsOptions {
  readonly generateId: () => string;
  /** Told of a new record, and again each time that its count reaches ten times what it was. */
  readonly onRecord?: ((record: DenialRecord) => void) | undefined;
  /** Records that the database keeps of each kind. Default 5,000. */
  readonly capacity?: number | undefined;
  /** Records that wait in memory, of each kind. Default 1,000. */
  readonly memoryCapacity?: number | undefined;
  /** How long repeats count up the same record, in seconds. Default 600. */
  readonly windowSeconds?: number | undefined;
}

export interface SqlDenialRecorder extends DenialRecorder {
  /** Writes what was not written yet. */
  close(): Promise<void>;
}

const FLUSH_MS = 1_000;
/** Records of one transaction: on SQLite everybody waits for it. */
const MAX_ROWS_PER_WRITE = 200;

const COLUMNS = {
  code: "code",
  route: "route",
  client: "client",
  subject: "subject",
  hour: "last_hour",
} as const satisfies Record<DenialGrouping, string>;

/** Creates the recorder. The database stays its owner's to close, after the recorder. */
export function createSqlDenialRecorder(
  database: Database<Tables>,
  options: SqlDenialRecorderOptions,
): SqlDenialRecorder {
  const { deployment, now, logger, retentionSeconds = Number.POSITIVE_INFINITY, capacity = 5_000 } = options;
  const changed = new Set<KeptDenial>();
  const kept = createKeptDenials({
    generateId: options.generateId,
    onRecord: options.onRecord,
    onDrop: (denial) => void changed.delete(denial),
    capacity: options.memoryCapacity,
    windowSeconds: options.windowSeconds,
  });
  const behind = createWriteBehind({ write, delayMs: FLUSH_MS, what: "recorded refusals", logger });
  const oldestTime = () => Math.max(0, now() - retentionSeconds);

  async function write(): Promise<void> {
    // What comes while it is written is for the next time.
    let left = changed.size;
    while (left > 0) {
      const part = [...changed].slice(0, Math.min(left, MAX_ROWS_PER_WRITE));
      if (part.length === 0) break;
      left -= part.length;
      for (const denial of part) changed.delete(denial);
      try {
        await writeRows(part);
      } catch (cause) {
        // Unless it had to go meanwhile.
        for (const denial of part) if (kept.find(denial.record.id) === denial) changed.add(denial);
        throw cause;
      }
    }
  }

  async function writeRows(denials: readonly KeptDenial[]): Promise<void> {
    const rows = denials.map((denial) => toDenialRow(denial, deployment));
    await database.write(async (transaction) => {
      await transaction
        .insertInto("agentos_denials")
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(["deployment", "denial_id"]).doUpdateSet((eb) => ({
            count: eb.ref("excluded.count"),
            last_at: eb.ref("excluded.last_at"),
            last_hour: eb.ref("excluded.last_hour"),
            record_json: eb.ref("excluded.record_json"),
          })),
        )
        .execute();
      await applyDenialQuota(transaction, { deployment, capacity });
    });
  }

  /** The rows that a reader may see, of those that are asked for; undefined where there can be none. */
  function conditionsFor(whose: DataScope, filter: DenialFilter) {
    const owner = whose.kind === "user" && whose.owner.kind === "user" ? whose.owner : undefined;
    if (whose.kind !== "all" && (owner === undefined || owner.id === "")) return undefined;
    const { codes, route, client, subject, since, until } = filter;
    if (codes?.size === 0) return undefined;
    return (eb: ExpressionBuilder<Tables, "agentos_denials">) => {
      const all: Expression<SqlBool>[] = [
        eb("deployment", "=", deployment),
        eb("last_at", ">=", Math.max(oldestTime(), since ?? 0)),
      ];
      if (owner !== undefined)
        all.push(
          eb("owner_issuer", "=", toKeyText(owner.issuer)),
          eb("owner_kind", "=", toKeyText(owner.kind)),
          eb("owner_id", "=", toKeyText(owner.id)),
        );
      if (codes !== undefined) all.push(eb("code", "in", [...codes]));
      if (route !== undefined) all.push(eb("route", "=", toKeyText(route)));
      if (client !== undefined) all.push(eb("client", "=", toKeyText(client)));
      if (subject !== undefined) all.push(eb("subject", "=", toKeyText(subject)));
      if (until !== undefined) all.push(eb("last_at", "<", until));
      return eb.and(all);
    };
  }

  return {
    record(denial) {
      const part = kept.keep(denial);
      changed.add(part);
      behind.note();
      return part.record.id;
    },
    async find(id, whose) {
      const own = kept.find(id)?.record;
      if (own !== undefined && own.lastSeenAt >= oldestTime())
        return maySee(whose, own) ? { ...own } : undefined;
      const conditions = conditionsFor(whose, {});
      if (conditions === undefined) return undefined;
      const row = await database.read((db) =>
        db
          .selectFrom("agentos_denials")
          .select("record_json")
          .where(conditions)
          .where("denial_id", "=", toKeyText(id))
          .executeTakeFirst(),
      );
      return row === undefined ? undefined : fromDenialJson(row.record_json);
    },
    async list(whose, { limit, offset = 0, ...filter }) {
      const conditions = conditionsFor(whose, filter);
      if (conditions === undefined) return { records: [], totalCount: 0 };
      await behind.flush();
      const [rows, total] = await database.read((db) => {
        const found = db.selectFrom("agentos_denials").where(conditions);
        return Promise.all([
          found
            .select("record_json")
            .orderBy("last_at", "desc")
            .orderBy("denial_no", "desc")
            .limit(limit)
            .offset(offset)
            .execute(),
          found.select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow(),
        ]);
      });
      const records = rows.flatMap(({ record_json: json }) => fromDenialJson(json) ?? []);
      return { records, totalCount: total.count };
    },
    async count(whose, { by, limit, offset = 0, ...filter }) {
      const conditions = conditionsFor(whose, filter);
      if (conditions === undefined) return { groups: [], totalCount: 0 };
      await behind.flush();
      const column = COLUMNS[by];
      const [rows, total] = await database.read((db) => {
        const grouped = db.selectFrom("agentos_denials").where(conditions).groupBy(column);
        return Promise.all([
          grouped
            .select(({ fn, ref }) => [
              ref(column).as("value"),
              fn.sum<number | string>("count").as("refusals"),
              fn.countAll<number>().as("records"),
              fn.max("last_at").as("last"),
            ])
            .orderBy(by === "hour" ? "last" : "refusals", "desc")
            .orderBy("last", "desc")
            .limit(limit)
            .offset(offset)
            .execute(),
          db
            .selectFrom(grouped.select(column).as("groups"))
            .select(({ fn }) => fn.countAll<number>().as("count"))
            .executeTakeFirstOrThrow(),
        ]);
      });
      const groups = rows.map(({ value, refusals, records, last }) => ({
        value: readValue(value),
        // A sum of PostgreSQL is a text.
        count: Number(refusals),
        recordCount: records,
        lastSeenAt: last,
      }));
      return { groups, totalCount: total.count };
    },
    close: () => behind.close(),
  };
}

function readValue(value: string | number | null): string | undefined {
  if (value === null) return undefined;
  return typeof value === "number" ? String(firstSecondOf(value)) : fromKeyText(value);
}
