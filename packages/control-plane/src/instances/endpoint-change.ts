/** What goes with an endpoint, and what of it ends when the instance gets another one. */
import type { Transaction } from "kysely";
import type { Tables } from "../schema/tables.ts";
import type { Change } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";

export interface WantedEndpoint {
  readonly organizationId: string;
  readonly instanceId: string;
  readonly endpoint: string;
}

/** Rejects with INSTANCE_ENDPOINT_TAKEN. The organization is locked, so that no two take it at once. */
export async function requireFreeEndpoint(
  db: Transaction<Tables>,
  { organizationId, instanceId, endpoint }: WantedEndpoint,
): Promise<void> {
  const other = await db
    .selectFrom("agentos_cp_instances")
    .select("name")
    .where("organization_id", "=", organizationId)
    .where("endpoint", "=", endpoint)
    .where("is_draft", "=", 0)
    .where("instance_id", "!=", instanceId)
    .executeTakeFirst();
  if (other !== undefined) throw reject("INSTANCE_ENDPOINT_TAKEN", { name: other.name });
}

/** What was seen was seen at another address. */
export async function dropWhatWasSeen({ db }: Pick<Change, "db">, instanceId: string): Promise<void> {
  await db.deleteFrom("agentos_cp_observations").where("instance_id", "=", instanceId).execute();
}
