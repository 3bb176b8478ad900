/** A server of PostgreSQL. */
import { Kysely, sql } from "kysely";
import type { DatabaseNotice } from "../faults/notices.ts";
import { isSerializationFault } from "../faults/postgres-faults.ts";
import { createHintBoard } from "../hints/hints.ts";
import type { PostgresLocation } from "../location/parse-location.ts";
import { assertServerFits, transactAlone } from "../postgres/migrate-postgres.ts";
import { createPostgresDialect } from "../postgres/postgres-dialect.ts";
import { createPostgresHints } from "../postgres/postgres-hints.ts";
import { createPostgresPool, type StatementLimits } from "../postgres/postgres-pool.ts";
import { DIALECTS } from "../schema/dialect.ts";
import { applyMigrations, type MigrationPlan, readMigrations } from "../schema/migrate.ts";
import type { Connected, Lane, WaitLimits } from "./database.ts";

export interface PostgresServerOptions {
  readonly location: PostgresLocation;
  readonly onIdleError: (cause: Error) => void;
  readonly onNotice: (notice: DatabaseNotice) => void;
  readonly hintGroup: string | undefined;
}

/** Connections of one process, with the one for upkeep: more of them make a small server slower, not faster. */
const MAX_CONNECTIONS = 5;
/** No statement of ours needs so long; one that does has found a lock or a server in trouble. */
const LIMITS: StatementLimits = { statementMs: 15_000, answerMs: 20_000 };
/** Less than the silence after which a server counts as gone: a connection that is dead is given up before that. */
const UPKEEP_LIMITS: StatementLimits = { statementMs: 3_000, answerMs: 4_000 };
/** How often a change is tried whose transaction was in another's way. */
const MAX_ATTEMPTS = 5;

export function connectPostgres<Tables>(
  { location, onIdleError, onNotice, hintGroup }: PostgresServerOptions,
  plan: MigrationPlan,
  { busyTimeoutMs, migrationTimeoutMs }: WaitLimits,
): Connected<Tables> {
  const dialect = DIALECTS.postgres;
  let wasRefused = false;
  const onLimitsRefused = (error: unknown) => {
    if (!wasRefused) onNotice({ ...LIMITS_REFUSED, error });
    wasRefused = true;
  };

  function openLane<Any>(maxConnections: number, limits?: StatementLimits): Kysely<Any> {
    const pool = createPostgresPool({
      url: location.url,
      onIdleError,
      connectTimeoutMs: busyTimeoutMs,
      maxConnections,
      limits,
      onLimitsRefused,
    });
    return new Kysely<Any>({ dialect: createPostgresDialect(pool) });
  }

  const db = openLane<Tables>(MAX_CONNECTIONS - 1, LIMITS);
  const upkeep = openLane<Tables>(1, UPKEEP_LIMITS);
  const hints =
    hintGroup === undefined
      ? { ...createHintBoard(), close: async () => undefined }
      : createPostgresHints({
          group: hintGroup,
          url: location.directUrl ?? location.url,
          hasDirectUrl: location.directUrl !== undefined,
          async notify(channel, texts) {
            await sql`select pg_notify(${channel}, text) from unnest(${texts}::text[]) as text`.execute(
              upkeep,
            );
          },
          onNotice,
        });

  /** On a connection of its own, on which a statement may take its time. */
  async function withPatience<Result>(run: (patient: Kysely<unknown>) => Promise<Result>): Promise<Result> {
    const patient = openLane<unknown>(1);
    try {
      await assertServerFits(patient);
      return await run(patient);
    } finally {
      await patient.destroy();
    }
  }

  return {
    ...toLane(db),
    upkeep: toLane(upkeep),
    hints,
    migrate: () =>
      withPatience((patient) =>
        transactAlone(patient, migrationTimeoutMs, (transaction) =>
          applyMigrations(transaction, dialect, plan),
        ),
      ),
    migrations: () => withPatience((patient) => readMigrations(patient, dialect, plan)),
    // It has no such counter that one could ask without asking the server.
    changeStamp: () => undefined,
    backup: async () => ({ kind: "not-a-file" }),
    async close() {
      await hints.close();
      await Promise.all([db.destroy(), upkeep.destroy()]);
    },
  };
}

function toLane<Tables>(db: Kysely<Tables>): Lane<Tables> {
  return {
    read: async (query) => query(db),
    async write(change) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await db.transaction().execute(change);
        } catch (cause) {
          if (attempt === MAX_ATTEMPTS || !isSerializationFault(cause)) throw cause;
        }
      }
    },
  };
}

const LIMITS_REFUSED: DatabaseNotice = {
  name: "limits-refused",
  text: "the pooler before the database refuses the limits of time that a connection asks for: each transaction sets them itself, and a read has none at the server",
  fix: 'for PgBouncer set "ignore_startup_parameters = statement_timeout,idle_in_transaction_session_timeout"',
};
