/** Instances of an organization, as one member sees them. */
import type { InstanceObject } from "@agentos/contract/control-plane";
import type { Kysely } from "kysely";
import type { Tables } from "../schema/tables.ts";
import { findInstance, type InstanceRow } from "./find-instance.ts";
import type { InstanceCaller, InstanceServices } from "./instance-services.ts";
import { readSeen } from "./observations.ts";
import { parseEndpoint } from "./parse-endpoint.ts";
import { showInstance } from "./show-instance.ts";

type Services = Pick<InstanceServices, "store" | "localInstances" | "publicUrl">;

/** Those that are connected, the oldest first, and one's own drafts. */
export async function listInstances(services: Services, caller: InstanceCaller): Promise<InstanceObject[]> {
  return services.store.read(async (db) => {
    const rows = await selectVisible(db, caller.organizationId, caller.personId);
    return show(services, db, rows, caller);
  });
}

/** One of them. Rejects with INSTANCE_UNKNOWN. */
export async function readInstance(
  services: Services,
  caller: InstanceCaller,
  instanceId: string,
): Promise<InstanceObject> {
  return services.store.read(async (db) => {
    const row = await findInstance(db, { ...caller, instanceId });
    const [shown] = await show(services, db, [row], caller);
    if (shown === undefined) throw new Error("INVARIANT: one row is one instance");
    return shown;
  });
}

/**
 * Origins that the pages of a member may connect to: those of the instances that they see, their own drafts among them,
 * each once. Nothing is in it but a scheme, a host name and a port.
 */
export async function readConnectOrigins(
  db: Kysely<Tables>,
  { organizationId, personId }: Pick<InstanceCaller, "organizationId" | "personId">,
): Promise<readonly string[]> {
  const rows = await selectVisible(db, organizationId, personId);
  const origins = rows.flatMap(({ endpoint }) => {
    // Read once more, whatever the row holds: it goes into a header.
    const parsed = parseEndpoint(endpoint ?? "");
    return parsed.ok ? [parsed.value.origin] : [];
  });
  return [...new Set(origins)].toSorted();
}

function selectVisible(db: Kysely<Tables>, organizationId: string, personId: string): Promise<InstanceRow[]> {
  return db
    .selectFrom("agentos_cp_instances")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .where(({ eb, or }) => or([eb("is_draft", "=", 0), eb("created_by", "=", personId)]))
    .orderBy("created_at")
    .orderBy("instance_id")
    .execute();
}

async function show(
  { localInstances, publicUrl }: Services,
  db: Kysely<Tables>,
  rows: readonly InstanceRow[],
  { personId, scopes }: InstanceCaller,
): Promise<InstanceObject[]> {
  const ids = rows.map((row) => row.instance_id);
  const seen = await readSeen(db, ids, personId);
  const signing = await readSigningKids(db, ids);
  return rows.map((row) =>
    showInstance({
      row,
      seen: seen.get(row.instance_id),
      scopes,
      signingKid: signing.get(row.instance_id),
      consoleOrigin: new URL(publicUrl).origin,
      isNotApplied: localInstances.isNotApplied(row.instance_id),
    }),
  );
}

async function readSigningKids(
  db: Kysely<Tables>,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (instanceIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("agentos_cp_keys")
    .select(["instance_id", "kid"])
    .where("instance_id", "in", instanceIds)
    .where("station", "=", "signing")
    .execute();
  return new Map(rows.map((row) => [row.instance_id, row.kid]));
}
