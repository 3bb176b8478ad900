/** What each of the two databases gives, and what it needs. */
import type { Kysely } from "kysely";
import type { Database } from "./open-database.ts";

export interface Connected<Tables>
  extends Pick<Database<Tables>, "write" | "migrate" | "migrations" | "backup"> {
  readonly db: Kysely<Tables>;
}

export interface WaitLimits {
  readonly busyTimeoutMs: number;
  readonly migrationTimeoutMs: number;
}
