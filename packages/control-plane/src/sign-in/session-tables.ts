/**
 * What better-auth may do with our tables: read them, begin a session, count requests, and forget sessions that are over.
 * Whatever else it asks for is refused, so that no fault of its makes a person, changes a password or links an account:
 * those are changes of ours, audited in their transaction. It knows nothing of this file; `better-auth.ts` hands it over.
 */
import { createHash } from "node:crypto";
import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import type { Tables } from "../schema/tables.ts";
import type { Change, ControlPlaneStore } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import { auditForPerson } from "./audit-for-person.ts";
import { makeRoomForSession } from "./own-sessions.ts";
import { lockPerson, readPasswordHash } from "./passwords.ts";
import { findSignInCall, type SignInCall } from "./sign-in-call.ts";

type Row = Record<string, unknown>;
type Executor = Kysely<Tables> | Transaction<Tables>;

/** A condition as better-auth writes it; several are all to hold. */
export interface Condition {
  readonly field: string;
  /** Default `eq`. */
  readonly operator?: string | undefined;
  readonly value: unknown;
  /** Default `AND`; there is no other. */
  readonly connector?: string | undefined;
}

export interface SessionTables {
  findMany(table: string, where: readonly Condition[], limit: number): Promise<readonly Row[]>;
  create(table: string, row: Row): Promise<Row>;
  /** Adds to columns and sets others, in one row, where the conditions hold; null where they do not. */
  increment(table: string, where: readonly Condition[], change: Increment): Promise<Row | null>;
  /** Gives how many. */
  delete(table: string, where: readonly Condition[]): Promise<number>;
}

export interface Increment {
  readonly by: Readonly<Record<string, number>>;
  readonly set: Row;
}

/** A session ends a week after it began, whatever is done with it: a cookie that was stolen does not live on by itself. */
export const SESSION_SECONDS = 7 * 86_400;
const SESSIONS = "agentos_cp_sign_ins";
const ACCOUNTS = "agentos_cp_accounts";
const RATE_LIMITS = "agentos_cp_rate_limits";
/** A database keeps what it is given; a browser says of itself what it likes. */
const MAX_USER_AGENT_CHARACTERS = 300;

/** Creates it. */
export function createSessionTables(store: ControlPlaneStore): SessionTables {
  /** Within the change that the call is part of, where it is part of one. */
  const read = <Result>(query: (db: Executor) => Promise<Result>) => {
    const change = findSignInCall()?.change;
    return change === undefined ? store.read(query) : query(change.db);
  };
  return {
    async findMany(table, where, limit) {
      const { rows } = await read((db) =>
        sql<Row>`select * from ${sql.table(table)} where ${toSql(table, where)} limit ${sql.lit(limit)}`.execute(
          db,
        ),
      );
      const call = findSignInCall();
      if (table === ACCOUNTS && call !== undefined) call.comparedHash = textOf(rows[0]?.["password"]);
      const asked = where.find(({ field }) => table === SESSIONS && field === "token")?.value;
      // The caller knows the token itself already. Everybody else gets what is kept of it.
      return asked === undefined ? rows : rows.map((row) => ({ ...row, token: asked }));
    },
    async create(table, row) {
      if (table === RATE_LIMITS) return store.note((db) => beginCount(db, row));
      if (table !== SESSIONS) throw refuseTo("add to", table);
      const call = findSignInCall();
      if (call === undefined) throw refuseTo("begin a session without a call of ours in", table);
      if (call.change !== undefined) return beginSession(call.change, row, call);
      const personId = textOf(row["person_id"]);
      const person = await store.read((db) =>
        db.selectFrom("agentos_cp_persons").select("name").where("id", "=", personId).executeTakeFirst(),
      );
      const actor = { kind: "person", personId, name: person?.name, address: call.address } as const;
      return store.change(actor, (change) => beginSession(change, row, call));
    },
    async increment(table, where, { by, set }) {
      if (table !== RATE_LIMITS) throw refuseTo("count in", table);
      const columns = [
        ...Object.entries(by).map(
          ([name, delta]) => sql`${sql.ref(name)} = ${sql.ref(name)} + ${sql.lit(delta)}`,
        ),
        ...Object.entries(set).map(([name, value]) => sql`${sql.ref(name)} = ${value}`),
      ];
      const { rows } = await store.note((db) =>
        sql<Row>`update ${sql.table(table)} set ${sql.join(columns)} where ${toSql(table, where)} returning *`.execute(
          db,
        ),
      );
      return rows[0] ?? null;
    },
    async delete(table, where) {
      if ((table !== SESSIONS && table !== RATE_LIMITS) || where.length === 0)
        throw refuseTo("delete from", table);
      const { numAffectedRows } = await store.note((db) =>
        sql`delete from ${sql.table(table)} where ${toSql(table, where)}`.execute(db),
      );
      return Number(numAffectedRows ?? 0);
    },
  };
}

/** What is kept of the token of a session: who copies the database signs in as nobody. */
function hashSessionToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** Whoever has many addresses fills no disk: those that were heard of longest ago make room. */
const MAX_RATE_LIMIT_ROWS = 10_000;

async function beginCount(db: Transaction<Tables>, row: Row): Promise<Row> {
  await insert(db, RATE_LIMITS, row);
  const { rows } = await db
    .selectFrom(RATE_LIMITS)
    .select((one) => one.fn.countAll<number>().as("rows"))
    .executeTakeFirstOrThrow();
  if (rows > MAX_RATE_LIMIT_ROWS) {
    const oldest = db
      .selectFrom(RATE_LIMITS)
      .select("id")
      .orderBy("last_request")
      .limit(rows - MAX_RATE_LIMIT_ROWS);
    await db.deleteFrom(RATE_LIMITS).where("id", "in", oldest).execute();
  }
  return row;
}

async function beginSession(change: Change, row: Row, call: SignInCall): Promise<Row> {
  const { db, now } = change;
  const personId = textOf(row["person_id"]);
  await requireSamePassword(change, personId, call);
  const userAgent = textOf(row["user_agent"]).slice(0, MAX_USER_AGENT_CHARACTERS);
  const kept = {
    ...row,
    token: hashSessionToken(textOf(row["token"])),
    created_at: now,
    updated_at: now,
    expires_at: now + SESSION_SECONDS,
    address: call.address ?? null,
    user_agent: userAgent === "" ? null : userAgent,
  };
  await db.deleteFrom(SESSIONS).where("expires_at", "<=", now).execute();
  await makeRoomForSession(change, personId);
  await insert(db, SESSIONS, kept);
  const sessionId = textOf(row["id"]);
  call.begun = { sessionId, personId };
  await auditForPerson(change, personId, {
    action: "session.begun",
    target: { kind: "session", id: sessionId },
    // Who had the link in hand may have used it as well.
    after: {
      person_id: personId,
      by: call.by,
      ...(call.linkMadeBy === undefined ? {} : { link_made_by: call.linkMadeBy ?? "the machine" }),
    },
  });
  return row;
}

/**
 * Whoever sets a password ends every other session. One that begins just then, with the password before, would be missed:
 * it is refused. So is one of a person who is gone.
 */
async function requireSamePassword(change: Change, personId: string, call: SignInCall): Promise<void> {
  const isThere = await lockPerson(change, personId);
  const isSame =
    call.by !== "password" || (await readPasswordHash(change.db, personId)) === call.comparedHash;
  if (!isThere || !isSame) throw reject("SIGN_IN_FAILED");
}

async function insert(db: Executor, table: string, row: Row): Promise<Row> {
  const names = Object.keys(row).map((name) => sql.ref(name));
  const values = Object.values(row).map((value) => sql`${value}`);
  await sql`insert into ${sql.table(table)} (${sql.join(names)}) values (${sql.join(values)})`.execute(db);
  return row;
}

const OPERATORS: Readonly<Record<string, RawBuilder<unknown>>> = {
  eq: sql`=`,
  lt: sql`<`,
  lte: sql`<=`,
  gt: sql`>`,
  gte: sql`>=`,
};

function toSql(table: string, where: readonly Condition[]): RawBuilder<unknown> {
  const conditions = where.map(({ field, operator = "eq", value, connector = "AND" }) => {
    const sign = OPERATORS[operator];
    if (sign === undefined || connector !== "AND")
      throw refuseTo(`ask with ${connector} ${operator} for`, table);
    const isToken = table === SESSIONS && field === "token";
    return sql`${sql.ref(field)} ${sign} ${isToken ? hashSessionToken(textOf(value)) : value}`;
  });
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function refuseTo(act: string, table: string): Error {
  return new Error(`INVARIANT: better-auth does not ${act} ${table}`);
}
