/** A server of PostgreSQL. */
import { Kysely } from "kysely";
import { isSerializationFault } from "../faults/postgres-faults.ts";
import { assertServerFits, transactAlone } from "../postgres/migrate-postgres.ts";
import { createPostgresDialect } from "../postgres/postgres-dialect.ts";
import { createPostgresPool, type PostgresOptions } from "../postgres/postgres-pool.ts";
import { DIALECTS } from "../schema/dialect.ts";
import { applyMigrations, type Migration, readMigrations } from "../schema/migrate.ts";
import type { Connected, WaitLimits } from "./database.ts";

/** How often a change is tried whose transaction was in another's way. */
const MAX_ATTEMPTS = 5;

export function connectPostgres<Tables>(
  server: Pick<PostgresOptions, "url" | "onIdleError">,
  migrations: readonly Migration[],
  { busyTimeoutMs, migrationTimeoutMs }: WaitLimits,
): Connected<Tables> {
  const options = { ...server, connectTimeoutMs: busyTimeoutMs };
  const dialect = DIALECTS.postgres;
  const db = new Kysely<Tables>({ dialect: createPostgresDialect(createPostgresPool(options)) });

  /** On a connection of its own, on which a statement may take its time. */
  async function withPatience<Result>(run: (patient: Kysely<unknown>) => Promise<Result>): Promise<Result> {
    const pool = createPostgresPool({ ...options, isPatient: true });
    const patient = new Kysely<unknown>({ dialect: createPostgresDialect(pool) });
    try {
      await assertServerFits(patient);
      return await run(patient);
    } finally {
      await patient.destroy();
    }
  }

  return {
    db,
    async write(change) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await db.transaction().execute(change);
        } catch (cause) {
          if (attempt === MAX_ATTEMPTS || !isSerializationFault(cause)) throw cause;
        }
      }
    },
    migrate: () =>
      withPatience((patient) =>
        transactAlone(patient, migrationTimeoutMs, (transaction) =>
          applyMigrations(transaction, dialect, migrations),
        ),
      ),
    migrations: () => withPatience((patient) => readMigrations(patient, dialect, migrations)),
    // It has no such counter that one could ask without asking the server.
    changeStamp: () => undefined,
    backup: async () => ({ kind: "not-a-file" }),
  };
}
