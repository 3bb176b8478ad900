/**
 * What a token depends on, read so that nobody changes it before the transaction ends. On PostgreSQL the rows are held;
 * on SQLite there is one writer at a time. Tokens do not wait for each other.
 */
import type { Transaction } from "kysely";
import { findRole, type Role } from "../people/roles/built-in-roles.ts";
import type { Tables } from "../schema/tables.ts";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import type { SigningRow } from "./mint-token.ts";

/** Whose token it is to be, and for what. */
export interface Asker {
  readonly organizationId: string;
  readonly instanceId: string;
  readonly personId: string;
  readonly sessionId: string;
}

export interface Standing {
  readonly role: Role;
  readonly roleVersion: number;
  /** Seconds since the epoch. */
  readonly memberSince: number;
  readonly sessionEndsAt: number;
}

/** A transaction, and which kind of database it is on. */
export interface Reading {
  readonly db: Transaction<Tables>;
  readonly dialect: ControlPlaneStore["dialect"];
}

/**
 * The session and the membership as they are now. Rejects with SESSION_UNKNOWN or MEMBER_UNKNOWN. Whoever removes a member
 * or changes a role holds the organization meanwhile.
 */
export async function readStanding(
  { db, dialect }: Reading,
  { organizationId, personId, sessionId }: Asker,
  now: number,
): Promise<Standing> {
  const isHeld = dialect.name === "postgres";
  await db
    .selectFrom("agentos_cp_organizations")
    .select("organization_id")
    .where("organization_id", "=", organizationId)
    .$if(isHeld, (query) => query.forKeyShare())
    .execute();
  const session = await db
    .selectFrom("agentos_cp_sign_ins")
    .select("expires_at")
    .where("id", "=", sessionId)
    .where("person_id", "=", personId)
    .$if(isHeld, (query) => query.forKeyShare())
    .executeTakeFirst();
  // Less than a second is no life for a token.
  if (session === undefined || session.expires_at < now + 1) throw reject("SESSION_UNKNOWN");
  const membership = await db
    .selectFrom("agentos_cp_members")
    .select(["role", "version", "created_at"])
    .where("organization_id", "=", organizationId)
    .where("person_id", "=", personId)
    .executeTakeFirst();
  const role = membership === undefined ? undefined : findRole(membership.role);
  if (membership === undefined || role === undefined) throw reject("MEMBER_UNKNOWN");
  return {
    role,
    roleVersion: membership.version,
    memberSince: membership.created_at,
    sessionEndsAt: session.expires_at,
  };
}

/** What has to be known of an instance. */
export interface MintingInstance {
  readonly name: string;
  readonly endpoint: string;
  readonly issuerId: string;
  readonly osId: string;
}

/**
 * Rejects with INSTANCE_UNKNOWN, INSTANCE_IS_DRAFT, INSTANCE_AUTHORIZATION_OFF or INSTANCE_OS_ID_UNKNOWN. Whoever changes
 * switches or keys holds the instance meanwhile.
 */
export async function readMintingInstance(
  { db, dialect }: Reading,
  { organizationId, instanceId, personId }: Asker,
): Promise<MintingInstance> {
  const instance = await db
    .selectFrom("agentos_cp_instances")
    .select(["name", "endpoint", "issuer_id", "os_id", "is_draft", "created_by", "wants_authorization"])
    .where("instance_id", "=", instanceId)
    .where("organization_id", "=", organizationId)
    .$if(dialect.name === "postgres", (query) => query.forKeyShare())
    .executeTakeFirst();
  const isDraft = instance?.is_draft === 1;
  if (instance === undefined || (isDraft && instance.created_by !== personId))
    throw reject("INSTANCE_UNKNOWN");
  if (isDraft) throw reject("INSTANCE_IS_DRAFT");
  if (instance.endpoint === null) throw new Error("INVARIANT: only a draft has no endpoint");
  if (instance.wants_authorization !== 1) throw reject("INSTANCE_AUTHORIZATION_OFF");
  if (instance.os_id === null) throw reject("INSTANCE_OS_ID_UNKNOWN");
  const { name, endpoint, issuer_id: issuerId, os_id: osId } = instance;
  return { name, endpoint, issuerId, osId };
}

/** The key that signs for an instance. Rejects with INSTANCE_AUTHORIZATION_OFF where none does. */
export async function readSigningRow(
  db: Pick<Transaction<Tables>, "selectFrom">,
  instanceId: string,
): Promise<SigningRow> {
  const row = await db
    .selectFrom("agentos_cp_keys")
    .select(["kid", "instance_id", "sealed_private", "seal_key_id"])
    .where("instance_id", "=", instanceId)
    .where("station", "=", "signing")
    .executeTakeFirst();
  if (row === undefined) throw reject("INSTANCE_AUTHORIZATION_OFF");
  return row;
}
