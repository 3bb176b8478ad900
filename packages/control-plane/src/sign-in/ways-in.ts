/** Links that are made on the machine itself: whoever can run a command there could change the database as well. */
import { COMMAND_LINE } from "../store/actor.ts";
import type { Change, ControlPlaneStore } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import { createLink, type MadeLink } from "./create-link.ts";
import { createPerson } from "./create-person.ts";
import { createOwnedOrganization, findFirstOwner, lockFirstOwner, type OwnerOf } from "./first-owner.ts";

/** What `agentos dev` prints at each start. */
export interface LocalLink extends OwnerOf {
  readonly link: MadeLink;
}

/** Has no mailbox, and needs none: names below `localhost` are nobody's on any network (RFC 6761). */
const LOCAL_OWNER = { name: "Local owner", email: "owner@agentos.localhost" } as const;

/**
 * A `sign-in` link for the Owner who has been one for longest. Where there is none, makes a person without a password, and
 * an organization of this name that is theirs: on one's own machine there is no form to fill in before the first look.
 */
export function createLocalLink(store: ControlPlaneStore, organizationName: string): Promise<LocalLink> {
  return store.change(COMMAND_LINE, async (change) => {
    await lockFirstOwner(change, store.dialect);
    const owner = (await findFirstOwner(change.db)) ?? (await createLocalOwner(change, organizationName));
    return { ...owner, link: await createLink(change, { purpose: "sign-in", ...owner }) };
  });
}

async function createLocalOwner(change: Change, organizationName: string): Promise<OwnerOf> {
  const known = await change.db
    .selectFrom("agentos_cp_persons")
    .select("id")
    .where("email", "=", LOCAL_OWNER.email)
    .executeTakeFirst();
  const personId = known?.id ?? (await createPerson(change, LOCAL_OWNER));
  const organizationId = await createOwnedOrganization(change, { personId, name: organizationName });
  return { personId, organizationId };
}

/** A way in for who keeps the machine. */
export interface OwnerLink {
  readonly link: MadeLink;
  /** Whom it signs in; undefined where it makes the first Owner. */
  readonly email: string | undefined;
}

/** For `agentos control-plane owner-link`: makes the first Owner; where there is one, lets that Owner in. */
export function createOwnerLink(store: ControlPlaneStore): Promise<OwnerLink> {
  return store.change(COMMAND_LINE, async (change) => {
    await lockFirstOwner(change, store.dialect);
    const owner = await findFirstOwner(change.db);
    if (owner === undefined) {
      const link = await createLink(change, { purpose: "owner", personId: null, organizationId: null });
      return { link, email: undefined };
    }
    const { email } = await change.db
      .selectFrom("agentos_cp_persons")
      .select("email")
      .where("id", "=", owner.personId)
      .executeTakeFirstOrThrow();
    return { link: await createLink(change, { purpose: "sign-in", ...owner }), email };
  });
}

/** For `agentos control-plane reset-password EMAIL`. Rejects with PERSON_UNKNOWN. */
export function createResetLink(store: ControlPlaneStore, email: string): Promise<MadeLink> {
  return store.change(COMMAND_LINE, async (change) => {
    const person = await change.db
      .selectFrom("agentos_cp_persons as person")
      .leftJoin("agentos_cp_members as member", "member.person_id", "person.id")
      .select(["person.id", "member.organization_id"])
      .where("person.email", "=", email.normalize("NFC").trim().toLowerCase())
      .orderBy("member.created_at")
      .limit(1)
      .executeTakeFirst();
    if (person === undefined) throw reject("PERSON_UNKNOWN");
    return createLink(change, {
      purpose: "reset-password",
      personId: person.id,
      organizationId: person.organization_id,
    });
  });
}
