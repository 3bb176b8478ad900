/** Instances, as whoever asks may see them. */
import type { Kysely, Selectable, Transaction } from "kysely";
import type { InstancesTable, Tables } from "../schema/tables.ts";
import { reject } from "../store/rejected.ts";

export type InstanceRow = Selectable<InstancesTable>;

/** Who asks, and where. */
export interface InstanceQuery {
  readonly organizationId: string;
  readonly instanceId: string;
  /** Drafts are seen by who made them alone. */
  readonly personId: string;
}

/** Rejects with INSTANCE_UNKNOWN, also for one of another organization. */
export async function findInstance(
  db: Kysely<Tables> | Transaction<Tables>,
  { organizationId, instanceId, personId }: InstanceQuery,
): Promise<InstanceRow> {
  const row = await db
    .selectFrom("agentos_cp_instances")
    .selectAll()
    .where("instance_id", "=", instanceId)
    .where("organization_id", "=", organizationId)
    .executeTakeFirst();
  if (row === undefined || (row.is_draft === 1 && row.created_by !== personId))
    throw reject("INSTANCE_UNKNOWN");
  return row;
}
