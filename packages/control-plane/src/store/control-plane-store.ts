/**
 * The one way to change something: a transaction in which the change and its audit entry stand together. What changes
 * without one is a mistake of ours, and is rolled back.
 */
import type { Database, Dialect } from "@agentos/storage";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Tables } from "../schema/tables.ts";
import type { Actor } from "./actor.ts";
import { type AuditEntry, writeAudit } from "./audit-entry.ts";
import { CHANGES_AT_ONCE, createChangeBudget } from "./change-budget.ts";
import { reject } from "./rejected.ts";
import { requireStanding } from "./require-standing.ts";

/** A change that is under way. It awaits its own queries and nothing else: on SQLite everybody waits for it. */
export interface Change {
  readonly db: Transaction<Tables>;
  /** Seconds since the epoch, the same throughout. */
  readonly now: number;
  readonly actor: Actor;
  audit(entry: AuditEntry): Promise<void>;
  /** Keeps everybody else from changing members of the organization until this change is over. */
  lockOrganization(organizationId: string): Promise<void>;
  /** The same for the keys and switches of an instance. */
  lockInstance(instanceId: string): Promise<void>;
}

export interface ControlPlaneStore {
  readonly dialect: Dialect;
  read<Result>(query: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /**
   * Rejects with what `work` throws, a `Rejected` among others, and with SESSION_OVER or MEMBERSHIP_CHANGED where the actor
   * is not any more who was let in, or PERSON_CHANGES_THROTTLED; then nothing has changed. It may be called again. `locks`: nobody else changes
   * members of the actor's organization until it is over.
   */
  change<Result>(
    actor: Actor,
    work: (change: Change) => Promise<Result>,
    options?: { readonly locks?: "organization" | undefined },
  ): Promise<Result>;
  /** For what is no decision of anybody, and is not audited: counters, observations, what the upkeep sweeps. */
  note<Result>(work: (db: Transaction<Tables>, now: number) => Promise<Result>): Promise<Result>;
}

/** Rows that a change may hold, by the column that names them. */
const KEYS = { agentos_cp_organizations: "organization_id", agentos_cp_instances: "instance_id" } as const;

/** Creates it; `now` is in seconds since the epoch. `onChanged` is told of each change that is committed. */
export function createStore(
  database: Database<Tables>,
  now: () => number,
  { onChanged = () => undefined }: { readonly onChanged?: () => void } = {},
): ControlPlaneStore {
  const isPostgres = database.dialect.name === "postgres";
  const budget = createChangeBudget();

  /** SQLite has one writer at a time anyway. */
  async function lockRow(db: Transaction<Tables>, table: keyof typeof KEYS, id: string): Promise<void> {
    if (!isPostgres) return;
    await sql`select 1 from ${sql.table(table)} where ${sql.ref(KEYS[table])} = ${id} for update`.execute(db);
  }

  return {
    dialect: database.dialect,
    read: (query) => database.read(query),
    note: (work) => database.write((db) => work(db, now())),
    async change(actor, work, { locks } = {}) {
      if (!budget.take(actor, now())) throw reject("PERSON_CHANGES_THROTTLED", { limit: CHANGES_AT_ONCE });
      const result = await database.write(async (db) => {
        const at = now();
        const { standing } = actor;
        // Before what the actor is: of two that hold it together neither could take it alone.
        if (locks === "organization" && standing !== undefined)
          await lockRow(db, "agentos_cp_organizations", standing.organizationId);
        await requireStanding(db, actor, { isHeld: isPostgres, now: at });
        let entries = 0;
        const done = await work({
          db,
          now: at,
          actor,
          async audit(entry) {
            entries += 1;
            await writeAudit(db, { actor, at }, entry);
          },
          lockOrganization: (organizationId) => lockRow(db, "agentos_cp_organizations", organizationId),
          lockInstance: (instanceId) => lockRow(db, "agentos_cp_instances", instanceId),
        });
        if (entries === 0) throw new Error("INVARIANT: every change has its audit entry");
        return done;
      });
      onChanged();
      return result;
    },
  };
}
