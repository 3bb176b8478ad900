/** Real PostgreSQL for tests. An entry of its own: most tests need none. */
export {
  hasPgbouncer,
  type Pgbouncer,
  type PgbouncerOptions,
  startPgbouncer,
} from "./servers/pgbouncer.ts";
export {
  createTestPostgres,
  readNumbers,
  runStatement,
  startPostgresBroker,
  type TestPostgres,
} from "./servers/postgres-broker.ts";
export {
  type PostgresServer,
  type PostgresServerOptions,
  startPostgresServer,
} from "./servers/postgres-server.ts";
