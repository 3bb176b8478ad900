/** Deletes what a database has of one person: everything at once or nothing, and so that no byte of it is left in a file. */
import type { Database } from "@agentos/storage";
import { type ExpressionBuilder, sql } from "kysely";
import { fromKeyText, toKeyText } from "./schema/key-text.ts";
import type { Tables } from "./schema/tables.ts";

/** Whose data: every owner of this id, verified or claimed. */
export interface EraseTarget {
  /** Not empty: that is the id of what belongs to nobody. */
  readonly userId: string;
  /** Name of the issuer. Default: all. */
  readonly issuer?: string | undefined;
  /** Default: all of the database. */
  readonly deployment?: string | undefined;
}

/** What one owner has. */
export interface OwnedData {
  readonly deployment: string;
  readonly issuer: string;
  /** `user` was verified; `claimed` is what a client said of itself. */
  readonly kind: string;
  readonly sessions: number;
  readonly memories: number;
}

export interface PersonalData {
  readonly owners: readonly OwnedData[];
  /** With their events, of all these sessions. */
  readonly runs: number;
  readonly denials: number;
  /** Rows of counts of decisions. */
  readonly decisions: number;
}

/** All whose rows belong to one owner; refusals are found in their own way. A test holds this against the schema. */
export const ERASED_BY_OWNER = [
  "agentos_sessions",
  "agentos_usage",
  "agentos_run_keys",
  "agentos_memories",
  "agentos_decision_counts",
] as const;
type OwnedTable = (typeof ERASED_BY_OWNER)[number];

function ofOwner({ userId, issuer, deployment }: EraseTarget) {
  if (userId === "") throw new RangeError("INVARIANT: a person has an id");
  return <Table extends OwnedTable>(row: ExpressionBuilder<Tables, Table>) => {
    const column = (name: string) => sql.ref<string>(name);
    return row.and([
      sql<boolean>`${column("owner_id")} = ${toKeyText(userId)}`,
      ...(issuer === undefined ? [] : [sql<boolean>`${column("owner_issuer")} = ${toKeyText(issuer)}`]),
      ...(deployment === undefined ? [] : [sql<boolean>`${column("deployment")} = ${deployment}`]),
    ]);
  };
}

/** A refusal may name its subject without being that owner's own, such as one whose issuer is not known. */
function ofSubject({ userId, issuer, deployment }: EraseTarget) {
  const id = toKeyText(userId);
  return (row: ExpressionBuilder<Tables, "agentos_denials">) =>
    row.and([
      row.or([
        row.and([
          row("owner_id", "=", id),
          ...(issuer === undefined ? [] : [row("owner_issuer", "=", toKeyText(issuer))]),
        ]),
        row.and([
          row("subject", "=", id),
          ...(issuer === undefined
            ? []
            : [row.or([row("issuer", "=", toKeyText(issuer)), row("issuer", "is", null)])]),
        ]),
      ]),
      ...(deployment === undefined ? [] : [row("deployment", "=", deployment)]),
    ]);
}

/** What there is, before anything is deleted. */
export async function findPersonalData(
  database: Database<Tables>,
  target: EraseTarget,
): Promise<PersonalData> {
  return database.read(async (db) => {
    const owners = new Map<string, { -readonly [Key in keyof OwnedData]: OwnedData[Key] }>();
    for (const [table, name] of [
      ["agentos_sessions", "sessions"],
      ["agentos_memories", "memories"],
    ] as const) {
      const rows = await db
        .selectFrom(table)
        .select(["deployment", "owner_issuer", "owner_kind", (row) => row.fn.countAll<number>().as("count")])
        .where(ofOwner(target))
        .groupBy(["deployment", "owner_issuer", "owner_kind"])
        .execute();
      for (const { deployment, owner_issuer, owner_kind, count } of rows) {
        const key = JSON.stringify([deployment, owner_issuer, owner_kind]);
        const owner = owners.get(key) ?? {
          deployment,
          issuer: fromKeyText(owner_issuer),
          kind: owner_kind,
          sessions: 0,
          memories: 0,
        };
        owner[name] = count;
        owners.set(key, owner);
      }
    }
    const runs = await db
      .selectFrom("agentos_runs")
      .select((row) => row.fn.countAll<number>().as("count"))
      .where(
        "session_no",
        "in",
        db.selectFrom("agentos_sessions").select("session_no").where(ofOwner(target)),
      )
      .executeTakeFirstOrThrow();
    const denials = await db
      .selectFrom("agentos_denials")
      .select((row) => row.fn.countAll<number>().as("count"))
      .where(ofSubject(target))
      .executeTakeFirstOrThrow();
    const decisions = await db
      .selectFrom("agentos_decision_counts")
      .select((row) => row.fn.countAll<number>().as("count"))
      .where(ofOwner(target))
      .executeTakeFirstOrThrow();
    return {
      owners: [...owners.values()],
      runs: runs.count,
      denials: denials.count,
      decisions: decisions.count,
    };
  });
}

/** How far it is gone. */
export interface ErasedData {
  /** Rows that were deleted, those that went with a session not counted. */
  readonly rows: number;
  /** False: pages of the file, or of what is written beside it, still have it until another process lets them go. */
  readonly isFileClean: boolean;
}

export async function erasePersonalData(
  database: Database<Tables>,
  target: EraseTarget,
): Promise<ErasedData> {
  const isFile = database.dialect.name === "sqlite";
  // What is deleted is written over with zeros.
  if (isFile) await database.read((db) => sql`pragma secure_delete = on`.execute(db));
  const rows = await database.write(async (db) => {
    const deleted = [
      await db.deleteFrom("agentos_denials").where(ofSubject(target)).executeTakeFirstOrThrow(),
    ];
    for (const table of ERASED_BY_OWNER) {
      const gone = await db.deleteFrom(table).where(ofOwner(target)).executeTakeFirstOrThrow();
      // A sum of what was in the others.
      if (table !== "agentos_usage") deleted.push(gone);
    }
    return deleted.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0);
  });
  return { rows, isFileClean: isFile ? await cleanFile(database) : true };
}

/** Earlier versions of these rows lie in pages that are free, and in the log of changes. */
async function cleanFile(database: Database<Tables>): Promise<boolean> {
  try {
    return await database.read(async (db) => {
      await sql`vacuum`.execute(db);
      const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(db);
      return rows[0]?.busy === 0;
    });
  } catch {
    // Another process reads or writes: the rows are gone, and their pages are not.
    return false;
  }
}
