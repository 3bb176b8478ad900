/** What a person does with themselves concerns every organization that they are a member of. */
import type { AuditEntry } from "../store/audit-entry.ts";
import type { Change } from "../store/control-plane-store.ts";

/** Writes the entry once for each of their organizations; for somebody without one, once for none. */
export async function auditForPerson(
  { db, audit }: Change,
  personId: string,
  entry: Omit<AuditEntry, "organizationId">,
): Promise<void> {
  const memberships = await db
    .selectFrom("agentos_cp_members")
    .select("organization_id")
    .where("person_id", "=", personId)
    .execute();
  const concerned = memberships.length === 0 ? [null] : memberships.map((row) => row.organization_id);
  for (const organizationId of concerned) await audit({ ...entry, organizationId });
}
