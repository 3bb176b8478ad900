/** An organization with people in it, for tests: members act in it as the routes let them. */
import type { RoleName } from "@agentos/contract/control-plane";
import type { Selectable } from "kysely";
import type { AuditTable } from "../schema/tables.ts";
import type { Actor } from "../store/actor.ts";
import type { Change } from "../store/control-plane-store.ts";
import { Rejected } from "../store/rejected.ts";
import type { TestStore } from "../store/test-store.fixture.ts";
import type { Managed } from "./manage-members.ts";
import { ROLES } from "./roles/built-in-roles.ts";

export interface TestOrganization {
  readonly id: string;
  /** Does something as one of the members, as the request of somebody with this role. */
  act<Result>(
    personId: string,
    role: RoleName,
    work: (change: Change, managed: Managed) => Promise<Result>,
  ): Promise<Result>;
  /** Role by person. */
  members(): Promise<Readonly<Record<string, string>>>;
  audit(): Promise<readonly Selectable<AuditTable>[]>;
}

/** Makes it, with a person for each name: `{ ada: "owner" }` is the person "ada", of ada@example.com. */
export async function createTestOrganization(
  { store }: TestStore,
  id: string,
  roles: Readonly<Record<string, RoleName>>,
): Promise<TestOrganization> {
  await store.note(async (db, now) => {
    await db
      .insertInto("agentos_cp_organizations")
      .values({ organization_id: id, name: id, created_at: now })
      .execute();
    for (const [index, [personId, role]] of Object.entries(roles).entries()) {
      await db
        .insertInto("agentos_cp_persons")
        .values({
          id: personId,
          name: personId,
          email: `${personId}@example.com`,
          email_verified: 0,
          image: null,
          created_at: now,
          updated_at: now,
        })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .execute();
      await db
        .insertInto("agentos_cp_members")
        .values({ organization_id: id, person_id: personId, role, version: 1, created_at: now + index })
        .execute();
    }
  });
  return {
    id,
    act(personId, role, work) {
      const actor: Actor = { kind: "person", personId, name: personId };
      return store.change(actor, (change) => work(change, { organizationId: id, role: ROLES[role] }));
    },
    async members() {
      const rows = await store.read((db) =>
        db
          .selectFrom("agentos_cp_members")
          .select(["person_id", "role"])
          .where("organization_id", "=", id)
          .execute(),
      );
      return Object.fromEntries(rows.map((row) => [row.person_id, row.role]));
    },
    audit: () =>
      store.read((db) =>
        db
          .selectFrom("agentos_cp_audit")
          .selectAll()
          .where("organization_id", "=", id)
          .orderBy("audit_no")
          .execute(),
      ),
  };
}

/** What becomes of changes that are under way at once: "done", or the code of what was rejected. */
export function settleChanges(changes: readonly Promise<unknown>[]): Promise<readonly string[]> {
  return Promise.all(
    changes.map((change) =>
      change.then(
        () => "done",
        (error: unknown) => {
          if (error instanceof Rejected) return error.code;
          throw error;
        },
      ),
    ),
  );
}

/** A session of a person, a password, a token that lives on an instance of the organization, and a draft of theirs. */
export async function furnishPerson(
  { store, clock }: TestStore,
  organization: TestOrganization,
  personId: string,
): Promise<void> {
  const instance = {
    organization_id: organization.id,
    name: "one",
    endpoint: null,
    environment: "local",
    tags_json: "[]",
    os_id: null,
    wants_authorization: 0,
    wants_security_key: 0,
    stated_version: null,
    created_by: personId,
    created_at: clock.now,
    updated_at: clock.now,
  };
  const times = { created_at: clock.now, updated_at: clock.now };
  await store.note(async (db) => {
    await db
      .insertInto("agentos_cp_sign_ins")
      .values({
        id: `session of ${personId}`,
        person_id: personId,
        token: `hash of ${personId}`,
        expires_at: clock.now + 60,
        address: null,
        user_agent: null,
        ...times,
      })
      .execute();
    await db
      .insertInto("agentos_cp_accounts")
      .values({
        id: `account of ${personId}`,
        person_id: personId,
        account_id: personId,
        provider_id: "credential",
        password: "a hash",
        access_token: null,
        refresh_token: null,
        id_token: null,
        access_token_expires_at: null,
        refresh_token_expires_at: null,
        scope: null,
        ...times,
      })
      .execute();
    await db
      .insertInto("agentos_cp_instances")
      .values([
        {
          ...instance,
          instance_id: `instance of ${personId}`,
          issuer_id: `instance of ${personId}`,
          is_draft: 0,
        },
        {
          ...instance,
          instance_id: `draft of ${personId}`,
          issuer_id: `draft of ${personId}`,
          is_draft: 1,
        },
      ])
      .execute();
    await db
      .insertInto("agentos_cp_issued")
      .values({
        instance_id: `instance of ${personId}`,
        sid: `sid of ${personId}`,
        kid: "k",
        person_id: personId,
        session_id: `session of ${personId}`,
        last_ends_at: clock.now + 300,
      })
      .execute();
  });
}
