/** How a control plane gets its first Owner, and an organization for them. */
import { randomUUID } from "node:crypto";
import type { Dialect } from "@agentos/storage";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Tables } from "../schema/tables.ts";
import type { Change } from "../store/control-plane-store.ts";

export interface OwnerOf {
  readonly personId: string;
  readonly organizationId: string;
}

/** The Owner who has been one for longest. Undefined before there is any: only then may somebody become one by a link. */
export async function findFirstOwner(db: Kysely<Tables> | Transaction<Tables>): Promise<OwnerOf | undefined> {
  const owner = await db
    .selectFrom("agentos_cp_members")
    .select(["person_id", "organization_id"])
    .where("role", "=", "owner")
    .orderBy("created_at")
    .orderBy("person_id")
    .limit(1)
    .executeTakeFirst();
  return owner && { personId: owner.person_id, organizationId: owner.organization_id };
}

/** Any number that nothing else in this database locks. */
const FIRST_OWNER_LOCK = 7_778_001;

/** Lets one change at a time find that there is no Owner. There is no row yet that could be locked. */
export async function lockFirstOwner({ db }: Change, { name }: Pick<Dialect, "name">): Promise<void> {
  // SQLite has one writer at a time anyway.
  if (name === "postgres") await sql`select pg_advisory_xact_lock(${sql.lit(FIRST_OWNER_LOCK)})`.execute(db);
}

/** Makes an organization with one member, its Owner, and audits it; gives its id. */
export async function createOwnedOrganization(
  { db, now, audit }: Change,
  { personId, name }: { readonly personId: string; readonly name: string },
): Promise<string> {
  const organizationId = randomUUID();
  await db
    .insertInto("agentos_cp_organizations")
    .values({ organization_id: organizationId, name, created_at: now })
    .execute();
  await db
    .insertInto("agentos_cp_members")
    .values({
      organization_id: organizationId,
      person_id: personId,
      role: "owner",
      version: 1,
      created_at: now,
    })
    .execute();
  await audit({
    organizationId,
    action: "organization.created",
    target: { kind: "organization", id: organizationId, name },
    after: { name, owner: personId },
  });
  return organizationId;
}
