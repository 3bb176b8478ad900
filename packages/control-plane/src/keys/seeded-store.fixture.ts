/** A store with one organization, an Owner and a Member who are signed in, and an instance whose authorization is on. */
import type { DialectName } from "@agentos/storage";
import { openTestStore, type TestStore } from "../store/test-store.fixture.ts";

export const ORGANIZATION = "organization-1";
export const OTHER_ORGANIZATION = "organization-2";
export const INSTANCE = "instance-1";
export const OTHER_INSTANCE = "instance-2";
export const OS_ID = "shop-os";
export const OWNER = { personId: "person-owner", sessionId: "session-owner" };
export const MEMBER = { personId: "person-member", sessionId: "session-member" };

/** Opens one. `OTHER_INSTANCE` is one of `OTHER_ORGANIZATION`. */
export async function openSeededStore(dialect: DialectName, startsAt?: number): Promise<TestStore> {
  const testStore = await openTestStore(dialect, startsAt);
  await testStore.store.note(async (db, now) => {
    for (const [organization, instance] of [
      [ORGANIZATION, INSTANCE],
      [OTHER_ORGANIZATION, OTHER_INSTANCE],
    ] as const) {
      await db
        .insertInto("agentos_cp_organizations")
        .values({ organization_id: organization, name: organization, created_at: now })
        .execute();
      await db
        .insertInto("agentos_cp_instances")
        .values({
          instance_id: instance,
          issuer_id: instance,
          organization_id: organization,
          name: instance,
          endpoint: "https://agents.example.com",
          environment: "live",
          tags_json: "[]",
          is_draft: 0,
          os_id: OS_ID,
          wants_authorization: 1,
          wants_security_key: 0,
          stated_version: null,
          created_by: OWNER.personId,
          created_at: now,
          updated_at: now,
        })
        .execute();
    }
    for (const [{ personId, sessionId }, role] of [
      [OWNER, "owner"],
      [MEMBER, "member"],
    ] as const) {
      const at = { created_at: now, updated_at: now };
      await db
        .insertInto("agentos_cp_persons")
        .values({
          id: personId,
          name: personId,
          email: `${personId}@example.com`,
          email_verified: 0,
          image: null,
          ...at,
        })
        .execute();
      await db
        .insertInto("agentos_cp_sign_ins")
        .values({
          id: sessionId,
          person_id: personId,
          token: sessionId,
          expires_at: now + 86_400,
          address: null,
          user_agent: null,
          ...at,
        })
        .execute();
      await db
        .insertInto("agentos_cp_members")
        .values({
          organization_id: ORGANIZATION,
          person_id: personId,
          role,
          version: 1,
          created_at: now,
        })
        .execute();
    }
  });
  return testStore;
}
