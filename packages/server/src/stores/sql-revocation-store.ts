/**
 * What is revoked, in a database. On PostgreSQL one insert waits for the other, so that numbers are committed in their
 * order: who has read up to one has read all before it. Servers say there how far each of them has read. A file is read
 * by processes of one machine, so whoever revokes waits until none of them goes by what it has read before.
 */
import { fail, ok } from "@agentos/auth";
import {
  type NewRevocation,
  type RevocationQuery,
  type RevocationRoom,
  type RevocationSpread,
  type RevocationStore,
  roomFor,
  type StoredRevocation,
} from "@agentos/guard/app";
import type { Database } from "@agentos/storage";
import { type ExpressionBuilder, type Selectable, sql, type Transaction } from "kysely";
import { parseJson } from "../runs/checkpoint.ts";
import { fromKeyText, readJsonText, toKeyText } from "./schema/key-text.ts";
import type { RevocationsTable, Tables } from "./schema/tables.ts";
import { DEAD_SECONDS, type SqlNode, type SqlNodeOptions } from "./sql-node.ts";

export interface SqlRevocationStoreOptions
  extends Pick<SqlNodeOptions, "deployment" | "nodeId">,
    RevocationRoom {
  readonly spread: SqlNode["spread"];
  /** Told the number of a row that this store has not written, once: its value is taken as it is. Default: nobody. */
  readonly onForeign?: ((seq: number) => void) | undefined;
}

/** Others are of a version that this one does not know: it can neither apply nor show them, and reads the rest. */
const KINDS = ["jti", "sid", "subject", "key"] as const;
/** Topic of hints. */
const REVOCATION_HINT = "revocation";
/** First key of the advisory lock; the second is the deployment's. */
const LOCK = 472_611;
/** Below the 8 s after which others count a server as gone, and revoke without it. */
const TRUST_SECONDS = 6;
/** Of a file, where whoever revokes waits for it. */
const FILE_TRUST_SECONDS = 1.5;

/** Creates the store. */
export function createSqlRevocationStore(
  database: Database<Tables>,
  { deployment, nodeId, spread, onForeign = () => undefined, ...room }: SqlRevocationStoreOptions,
): RevocationStore {
  const { upkeep, dialect, hints } = database;
  const { now } = dialect;
  type Rows = ExpressionBuilder<Tables, "agentos_revocations">;
  /** Number of the last row that was told of. */
  let lastForeign = 0;

  async function lock(transaction: Transaction<Tables>): Promise<void> {
    if (dialect.name === "postgres")
      await sql`select pg_advisory_xact_lock(${LOCK}, hashtext(${deployment}))`.execute(transaction);
  }

  /** One that says as much already. */
  function findCovering(transaction: Transaction<Tables>, revocation: NewRevocation) {
    const { kind, issuer, value, issuedBefore, until } = revocation;
    return transaction
      .selectFrom("agentos_revocations")
      .selectAll()
      .where("deployment", "=", deployment)
      .where("kind", "=", kind)
      .where("issuer", "=", toKeyText(issuer))
      .where("value", "=", JSON.stringify(value))
      .where("until", ">=", until)
      .where((row) =>
        row.or([
          row("issued_before", "is", null),
          ...(issuedBefore === undefined ? [] : [row("issued_before", ">=", issuedBefore)]),
        ]),
      )
      .limit(1)
      .executeTakeFirst();
  }

  /** Those that say no more than one that is about to be kept; gives whether there were any. */
  async function deleteCovered(
    transaction: Transaction<Tables>,
    { kind, issuer, value, issuedBefore, until }: NewRevocation,
  ): Promise<boolean> {
    const rows = transaction
      .deleteFrom("agentos_revocations")
      .where("deployment", "=", deployment)
      .where("kind", "=", kind)
      .where("issuer", "=", toKeyText(issuer))
      .where("value", "=", JSON.stringify(value))
      .where("until", "<=", until);
    const covered = issuedBefore === undefined ? rows : rows.where("issued_before", "<=", issuedBefore);
    return (await covered.executeTakeFirst()).numDeletedRows > 0n;
  }

  /** Gives the limit where there is no room. */
  async function findLimit(
    transaction: Transaction<Tables>,
    revocation: NewRevocation,
  ): Promise<number | undefined> {
    const { kind, created_by: createdBy } = toRow(revocation);
    const rows = transaction.selectFrom("agentos_revocations").where("deployment", "=", deployment);
    const { first, last } = await rows
      .select((row) => [row.fn.min("seq").as("first"), row.fn.max("seq").as("last")])
      .executeTakeFirstOrThrow();
    // Numbers are given once: so many cannot lie between the two, and are not counted.
    if (first === null || last === null || last - first + 1 < roomFor("jti", Infinity, room))
      return undefined;
    const { count, own } = await rows
      .select(({ fn }) => [
        fn.countAll<number>().as("count"),
        fn
          .countAll<number>()
          .filterWhere("created_by", createdBy === null ? "is" : "=", createdBy)
          .as("own"),
      ])
      .executeTakeFirstOrThrow();
    const limit = roomFor(kind, own, room);
    const excess = count - limit + 1;
    if (excess <= 0) return undefined;
    // No more than there has to be, and what has been past for longest: a clock that is ahead for a moment takes little.
    const past = rows.where("until", "<=", now).orderBy("until").orderBy("seq").limit(excess);
    const { numDeletedRows } = await transaction
      .deleteFrom("agentos_revocations")
      .where("seq", "in", past.select("seq"))
      .executeTakeFirstOrThrow();
    return numDeletedRows < excess ? limit : undefined;
  }

  const nodes: RevocationSpread["nodes"] = {
    beat: spread.beat,
    listLiving: async () => {
      const rows = await upkeep.read((db) =>
        db
          .selectFrom("agentos_nodes")
          .select(["node_id", "host", "seen_seq"])
          .where("deployment", "=", deployment)
          .where("node_id", "!=", nodeId)
          .where("heartbeat_at", ">", sql<number>`${now} - ${DEAD_SECONDS}`)
          .orderBy("node_id")
          .execute(),
      );
      // What follows the name of the machine tells one boot of it from the next.
      return rows.map(({ node_id, host, seen_seq }) => ({
        id: node_id,
        host: host.split(" ")[0] ?? "",
        seenSeq: seen_seq,
      }));
    },
  };

  return {
    async add(revocation) {
      const added = await database.write(async (transaction) => {
        await lock(transaction);
        const known = await findCovering(transaction, revocation);
        if (known !== undefined) return known;
        // In the place of others there is room.
        const limit = (await deleteCovered(transaction, revocation))
          ? undefined
          : await findLimit(transaction, revocation);
        if (limit !== undefined) return limit;
        return transaction
          .insertInto("agentos_revocations")
          .values({ ...toRow(revocation), deployment, created_at: now })
          .returningAll()
          .executeTakeFirstOrThrow();
      });
      if (typeof added === "number") return fail({ limit: added });
      hints.tell(REVOCATION_HINT);
      return ok(fromRow(added));
    },

    async listAfter(seq, limit) {
      const rows = await upkeep.read((db) =>
        db
          .selectFrom("agentos_revocations")
          .selectAll()
          .where("deployment", "=", deployment)
          .where("seq", ">", seq)
          .where("kind", "in", KINDS)
          .orderBy("seq")
          .limit(limit)
          .execute(),
      );
      // The newest one is read each time.
      for (const { seq: foreign, value } of rows) {
        if (foreign <= lastForeign || readJsonText(value) !== undefined) continue;
        lastForeign = foreign;
        onForeign(foreign);
      }
      return rows.map(fromRow);
    },

    async list(query) {
      const isMeant = (row: Rows) =>
        row.and([
          row("deployment", "=", deployment),
          row("until", ">", now),
          row("kind", "in", KINDS),
          ...conditionsOf(query).map(([name, value]) => row(name, "=", value)),
        ]);
      const { limit, offset = 0 } = query;
      const [rows, total] = await database.read((db) => {
        const found = db.selectFrom("agentos_revocations").where(isMeant);
        return Promise.all([
          found.selectAll().orderBy("seq", "desc").limit(limit).offset(offset).execute(),
          found.select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow(),
        ]);
      });
      return { revocations: rows.map(fromRow), totalCount: total.count };
    },

    spread: {
      onHint: (listener) => hints.listen(REVOCATION_HINT, listener),
      ...(dialect.name === "postgres"
        ? { trustSeconds: TRUST_SECONDS, onBeat: spread.onBeat, nodes }
        : {
            trustSeconds: FILE_TRUST_SECONDS,
            onBeat: (listener) => spread.onBeat(() => listener(undefined)),
          }),
    },
  };
}

function conditionsOf({ kind, issuer, value }: RevocationQuery) {
  const all = [
    ["kind", kind],
    ["issuer", issuer === undefined ? undefined : toKeyText(issuer)],
    ["value", value === undefined ? undefined : JSON.stringify(value)],
  ] as const;
  return all.flatMap(([name, wanted]) => (wanted === undefined ? [] : [[name, wanted] as const]));
}

/** JSON holds what a database has no character for. */
function toRow({ kind, issuer, value, issuedBefore, until, createdBy }: NewRevocation) {
  return {
    kind,
    issuer: toKeyText(issuer),
    value: JSON.stringify(value),
    issued_before: issuedBefore ?? null,
    until,
    created_by: createdBy === undefined ? null : JSON.stringify([createdBy.issuer, createdBy.id]),
  };
}

function fromRow(row: Selectable<RevocationsTable>): StoredRevocation {
  return {
    seq: row.seq,
    kind: row.kind,
    issuer: fromKeyText(row.issuer),
    value: readJsonText(row.value) ?? row.value,
    issuedBefore: row.issued_before ?? undefined,
    until: row.until,
    createdAt: Math.floor(row.created_at),
    createdBy: readCreator(row.created_by),
  };
}

function readCreator(json: string | null): StoredRevocation["createdBy"] {
  const parts = json === null ? undefined : parseJson(json);
  const [issuer, id] = Array.isArray(parts) ? (parts as readonly unknown[]) : [];
  return typeof issuer === "string" && typeof id === "string" ? { issuer, id } : undefined;
}
