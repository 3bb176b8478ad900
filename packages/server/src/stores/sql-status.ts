/** What is in a database, for who operates it: counts and times, nothing of anybody. */
import { statSync } from "node:fs";
import type { Database, DatabaseLocation, MigrationState } from "@agentos/storage";
import { sql } from "kysely";
import type { Tables } from "./schema/tables.ts";

export interface DeploymentStatus {
  readonly deployment: string;
  readonly sessions: number;
  readonly runs: number;
  readonly memories: number;
  readonly denials: number;
  /** Creation of the oldest session, seconds since the epoch; undefined without one. */
  readonly oldestSession: number | undefined;
  /** Servers that have said within the last seconds that they run something. */
  readonly busyServers: number;
}

export interface DatabaseStatus {
  readonly location: string;
  readonly dialect: string;
  readonly migrations: readonly MigrationState[];
  readonly bytes: number;
  /** None before the migrations are applied. */
  readonly deployments: readonly DeploymentStatus[];
}

/** A server that has been silent for so long runs nothing. */
const BUSY_SECONDS = 8;

export async function readDatabaseStatus(
  database: Database<Tables>,
  { location, shown }: { readonly location: DatabaseLocation; readonly shown: string },
): Promise<DatabaseStatus> {
  const migrations = await database.migrations();
  const isCurrent = migrations.every(({ isApplied }) => isApplied);
  return {
    location: shown,
    dialect: database.dialect.name,
    migrations,
    bytes: await readBytes(database, location),
    deployments: isCurrent ? await readDeployments(database) : [],
  };
}

async function readBytes(database: Database<Tables>, location: DatabaseLocation): Promise<number> {
  if (location.kind === "sqlite") {
    const files = ["", "-wal", "-shm"].map((suffix) =>
      statSync(`${location.file}${suffix}`, { throwIfNoEntry: false }),
    );
    return files.reduce((sum, file) => sum + (file?.size ?? 0), 0);
  }
  const { rows } = await database.read((db) =>
    sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`.execute(db),
  );
  return rows[0]?.bytes ?? 0;
}

/** All that has rows of a deployment, which is named as soon as one of them has. A test holds this against the schema. */
export const COUNTED_TABLES = [
  "agentos_sessions",
  "agentos_runs",
  "agentos_memories",
  "agentos_denials",
  "agentos_decision_counts",
  "agentos_key_counts",
  "agentos_revocations",
  "agentos_run_keys",
] as const;

async function readDeployments(database: Database<Tables>): Promise<readonly DeploymentStatus[]> {
  const { now } = database.dialect;
  return database.read(async (db) => {
    const names = new Set<string>();
    const counts = new Map<string, number>();
    const keyOf = (table: (typeof COUNTED_TABLES)[number], deployment: string) => `${table} ${deployment}`;
    for (const table of COUNTED_TABLES) {
      const rows = await db
        .selectFrom(table)
        .select(["deployment", (row) => row.fn.countAll<number>().as("count")])
        .groupBy("deployment")
        .execute();
      for (const { deployment, count } of rows) {
        names.add(deployment);
        counts.set(keyOf(table, deployment), count);
      }
    }
    const oldest = await db
      .selectFrom("agentos_sessions")
      .select(["deployment", (row) => row.fn.min("created_at").as("at")])
      .groupBy("deployment")
      .execute();
    const busy = await db
      .selectFrom("agentos_nodes")
      .select("deployment")
      .where(sql<boolean>`${now} - heartbeat_at < ${BUSY_SECONDS}`)
      .execute();
    return [...names].toSorted().map((deployment) => ({
      deployment,
      sessions: counts.get(keyOf("agentos_sessions", deployment)) ?? 0,
      runs: counts.get(keyOf("agentos_runs", deployment)) ?? 0,
      memories: counts.get(keyOf("agentos_memories", deployment)) ?? 0,
      denials: counts.get(keyOf("agentos_denials", deployment)) ?? 0,
      oldestSession: oldest.find((row) => row.deployment === deployment)?.at ?? undefined,
      busyServers: busy.filter((row) => row.deployment === deployment).length,
    }));
  });
}
