/**
 * The tables of the control plane, as its queries see them. Times are seconds since the epoch by the clock of the control
 * plane. A `*_json` column holds JSON text that only the control plane reads. Of a secret a hash is kept, or what
 * `keys/` has sealed, never the secret.
 */
import type { Generated } from "kysely";

/** People. What better-auth calls a user; it writes this table and the four below through `sign-in/`. */
export interface PersonsTable {
  id: string;
  name: string;
  /** In lower case. */
  email: string;
  email_verified: number;
  image: string | null;
  created_at: number;
  updated_at: number;
}

/** Sessions of people. */
export interface SignInsTable {
  id: string;
  person_id: string;
  /** SHA-256 of what the cookie holds. */
  token: string;
  expires_at: number;
  address: string | null;
  user_agent: string | null;
  created_at: number;
  updated_at: number;
}

/** How a person signs in; with a password, its hash. */
export interface AccountsTable {
  id: string;
  person_id: string;
  account_id: string;
  provider_id: string;
  password: string | null;
  access_token: string | null;
  refresh_token: string | null;
  id_token: string | null;
  access_token_expires_at: number | null;
  refresh_token_expires_at: number | null;
  scope: string | null;
  created_at: number;
  updated_at: number;
}

export interface VerificationsTable {
  id: string;
  identifier: string;
  value: string;
  expires_at: number;
  created_at: number;
  updated_at: number;
}

export interface RateLimitsTable {
  id: string;
  key: string;
  count: number;
  last_request: number;
}

/** Failed attempts, by account and by address. */
export interface AttemptsTable {
  key: string;
  count: number;
  since: number;
}

export interface OrganizationsTable {
  organization_id: string;
  name: string;
  created_at: number;
}

export interface MembersTable {
  organization_id: string;
  person_id: string;
  role: string;
  /** Another one after each change of the role: tokens of the one before are told apart by it. */
  version: number;
  created_at: number;
}

export interface LinksTable {
  link_no: Generated<number>;
  /** SHA-256 of the secret. */
  secret_hash: string;
  purpose: string;
  /** Null for the first owner, who does not exist yet. */
  person_id: string | null;
  created_at: number;
  expires_at: number;
  used_at: number | null;
  created_by: string | null;
}

export interface InstancesTable {
  instance_id: string;
  organization_id: string;
  name: string;
  endpoint: string | null;
  environment: string;
  tags_json: string;
  is_draft: number;
  os_id: string | null;
  /** In the `iss` of its tokens and the addresses of its keys: another one at each endpoint. */
  issuer_id: string;
  wants_authorization: number;
  wants_security_key: number;
  stated_version: string | null;
  created_by: string | null;
  created_at: number;
  updated_at: number;
}

/** The newest of each source. */
export interface ObservationsTable {
  instance_id: string;
  /** As `observed.ts` names it: `policy`, or the browser of one person. */
  source: string;
  at: number;
  reported_by: string | null;
  observed_json: string;
}

export interface KeysTable {
  kid: string;
  instance_id: string;
  station: string;
  public_jwk_json: string;
  /** The private half, sealed by the key of this name. Null once the key is retired: nobody signs with it again. */
  sealed_private: string | null;
  seal_key_id: string;
  created_at: number;
  signing_since: number | null;
  retired_at: number | null;
  last_token_ends_at: number | null;
}

/**
 * Which sign-ins an instance may know: one row for each sign-in id, key and instance. Read when they have to be revoked,
 * and gone then. It outlives the tokens: what was opened with one goes on after it has ended.
 */
export interface IssuedTable {
  instance_id: string;
  sid: string;
  kid: string;
  person_id: string;
  session_id: string;
  last_ends_at: number;
}

/** What a token holds that was minted lately, for who asks why it was refused. The token itself is not kept. */
export interface MintedTable {
  jti: string;
  instance_id: string;
  person_id: string;
  kid: string;
  sid: string;
  /** Which of our clients asked for it. */
  client: string;
  audience: string;
  scopes_json: string;
  issued_at: number;
  ends_at: number;
}

/** What instances have to be told, until they were or nothing of it can be in force there. It outlives the instance. */
export interface SentRevocationsTable {
  revocation_no: Generated<number>;
  organization_id: string;
  instance_id: string;
  /** As it was then. */
  instance_name: string;
  /** Of the instance then: at another endpoint is somebody else. */
  issuer_id: string;
  /** Where the instance was, and the sealed key to tell it with, once it is at another endpoint or deleted here. */
  last_known_json: string | null;
  kind: string;
  value: string;
  issued_before: number | null;
  reason: string;
  person_id: string | null;
  until: number;
  created_at: number;
  applied_at: number | null;
  attempts: number;
  next_attempt_at: number;
  trouble: string | null;
}

/** Who changed what. Rows are added, and go when their time is over (`store/sweep-audit.ts`). */
export interface AuditTable {
  audit_no: Generated<number>;
  /** Null where it is about no organization. */
  organization_id: string | null;
  at: number;
  action: string;
  actor_kind: string;
  actor_person_id: string | null;
  actor_name: string | null;
  actor_session_id: string | null;
  actor_address: string | null;
  target_kind: string;
  target_id: string;
  target_name: string | null;
  before_json: string | null;
  after_json: string | null;
}

/** Whose database it is: one row, with the name of the sealing key and nothing of the key. */
export interface InstallationTable {
  installation_no: number;
  seal_key_id: string;
  taken_at: number;
}

/** Every table, by its name. */
export interface Tables {
  agentos_cp_persons: PersonsTable;
  agentos_cp_sign_ins: SignInsTable;
  agentos_cp_accounts: AccountsTable;
  agentos_cp_verifications: VerificationsTable;
  agentos_cp_rate_limits: RateLimitsTable;
  agentos_cp_attempts: AttemptsTable;
  agentos_cp_organizations: OrganizationsTable;
  agentos_cp_members: MembersTable;
  agentos_cp_links: LinksTable;
  agentos_cp_instances: InstancesTable;
  agentos_cp_observations: ObservationsTable;
  agentos_cp_keys: KeysTable;
  agentos_cp_issued: IssuedTable;
  agentos_cp_minted: MintedTable;
  agentos_cp_revocations: SentRevocationsTable;
  agentos_cp_audit: AuditTable;
  agentos_cp_installation: InstallationTable;
}
