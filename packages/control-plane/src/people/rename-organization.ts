/** The organization gets another name. */
import type { Change } from "../store/control-plane-store.ts";
import { type Managed, manageMembers } from "./manage-members.ts";

export async function renameOrganization(change: Change, managed: Managed, name: string): Promise<void> {
  const { organizationId } = await manageMembers(change, managed);
  const { db } = change;
  const before = await db
    .selectFrom("agentos_cp_organizations")
    .select("name")
    .where("organization_id", "=", organizationId)
    .executeTakeFirstOrThrow();
  await db
    .updateTable("agentos_cp_organizations")
    .set({ name })
    .where("organization_id", "=", organizationId)
    .execute();
  await change.audit({
    organizationId,
    action: "organization.renamed",
    target: { kind: "organization", id: organizationId, name },
    before,
    after: { name },
  });
}
