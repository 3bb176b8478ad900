create table agentos_cp_migrations (name text primary key, hash text not null, applied_at real not null);
create table agentos_cp_persons (
        id text primary key,
        name text not null,
        email text not null unique,
        email_verified integer not null,
        image text,
        created_at real not null,
        updated_at real not null
      );
create table agentos_cp_sign_ins (
        id text primary key,
        person_id text not null references agentos_cp_persons (id) on delete cascade,
        token text not null unique,
        expires_at real not null,
        address text,
        user_agent text,
        created_at real not null,
        updated_at real not null
      );
create index agentos_cp_sign_ins_person on agentos_cp_sign_ins (person_id);
create table agentos_cp_accounts (
        id text primary key,
        person_id text not null references agentos_cp_persons (id) on delete cascade,
        account_id text not null,
        provider_id text not null,
        password text,
        access_token text,
        refresh_token text,
        id_token text,
        access_token_expires_at real,
        refresh_token_expires_at real,
        scope text,
        created_at real not null,
        updated_at real not null
      );
create unique index agentos_cp_accounts_of on agentos_cp_accounts (provider_id, account_id);
create index agentos_cp_accounts_person on agentos_cp_accounts (person_id);
create table agentos_cp_verifications (
        id text primary key,
        identifier text not null,
        value text not null,
        expires_at real not null,
        created_at real not null,
        updated_at real not null
      );
create index agentos_cp_verifications_identifier on agentos_cp_verifications (identifier);
create table agentos_cp_rate_limits (
        id text primary key,
        key text not null unique,
        count integer not null,
        last_request integer not null
      );
create table agentos_cp_attempts (
        key text primary key,
        count integer not null,
        since real not null
      );
create table agentos_cp_organizations (
        organization_id text primary key,
        name text not null,
        created_at real not null
      );
create table agentos_cp_members (
        organization_id text not null references agentos_cp_organizations (organization_id) on delete cascade,
        person_id text not null references agentos_cp_persons (id) on delete cascade,
        role text not null,
        version integer not null,
        created_at real not null,
        primary key (organization_id, person_id)
      );
create index agentos_cp_members_person on agentos_cp_members (person_id);
create table agentos_cp_links (
        link_no integer primary key autoincrement,
        secret_hash text not null unique,
        purpose text not null,
        person_id text references agentos_cp_persons (id) on delete cascade,
        created_at real not null,
        expires_at real not null,
        used_at real,
        created_by text
      );
create index agentos_cp_links_person on agentos_cp_links (person_id);
create table agentos_cp_instances (
        instance_id text primary key,
        organization_id text not null references agentos_cp_organizations (organization_id) on delete cascade,
        name text not null,
        endpoint text,
        environment text not null,
        tags_json text not null,
        is_draft integer not null,
        os_id text,
        issuer_id text not null unique,
        wants_authorization integer not null,
        wants_security_key integer not null,
        stated_version text,
        created_by text,
        created_at real not null,
        updated_at real not null
      );
create index agentos_cp_instances_organization on agentos_cp_instances (organization_id, created_at);
create table agentos_cp_observations (
        instance_id text not null references agentos_cp_instances (instance_id) on delete cascade,
        source text not null,
        at real not null,
        reported_by text,
        observed_json text not null,
        primary key (instance_id, source)
      );
create table agentos_cp_keys (
        kid text primary key,
        instance_id text not null references agentos_cp_instances (instance_id) on delete cascade,
        station text not null,
        public_jwk_json text not null,
        sealed_private text,
        seal_key_id text not null,
        created_at real not null,
        signing_since real,
        retired_at real,
        last_token_ends_at real
      );
create index agentos_cp_keys_instance on agentos_cp_keys (instance_id, created_at);
create unique index agentos_cp_keys_signing on agentos_cp_keys (instance_id) where station = 'signing';
create table agentos_cp_issued (
        instance_id text not null references agentos_cp_instances (instance_id) on delete cascade,
        sid text not null,
        kid text not null,
        person_id text not null,
        session_id text not null,
        last_ends_at real not null,
        primary key (instance_id, sid, kid)
      );
create index agentos_cp_issued_person on agentos_cp_issued (person_id);
create index agentos_cp_issued_session on agentos_cp_issued (session_id);
create table agentos_cp_minted (
        jti text primary key,
        instance_id text not null references agentos_cp_instances (instance_id) on delete cascade,
        person_id text not null,
        kid text not null,
        sid text not null,
        client text not null,
        audience text not null,
        scopes_json text not null,
        issued_at real not null,
        ends_at real not null
      );
create index agentos_cp_minted_end on agentos_cp_minted (ends_at);
create index agentos_cp_minted_person on agentos_cp_minted (person_id, issued_at);
create index agentos_cp_issued_end on agentos_cp_issued (last_ends_at);
create table agentos_cp_revocations (
        revocation_no integer primary key autoincrement,
        organization_id text not null,
        instance_id text not null,
        instance_name text not null,
        issuer_id text not null,
        last_known_json text,
        kind text not null,
        value text not null,
        issued_before real,
        reason text not null,
        person_id text,
        until real not null,
        created_at real not null,
        applied_at real,
        attempts integer not null,
        next_attempt_at real not null,
        trouble text
      );
create index agentos_cp_revocations_organization on agentos_cp_revocations (organization_id, revocation_no);
create index agentos_cp_revocations_issuer on agentos_cp_revocations (issuer_id);
create index agentos_cp_revocations_due on agentos_cp_revocations (next_attempt_at) where applied_at is null;
create table agentos_cp_audit (
        audit_no integer primary key autoincrement,
        organization_id text,
        at real not null,
        action text not null,
        actor_kind text not null,
        actor_person_id text,
        actor_name text,
        actor_session_id text,
        actor_address text,
        target_kind text not null,
        target_id text not null,
        target_name text,
        before_json text,
        after_json text
      );
create index agentos_cp_audit_organization on agentos_cp_audit (organization_id, audit_no);
insert into agentos_cp_migrations (name, hash, applied_at) values ('0001-initial', '659032622f5b3bc7d89ce2d0dc73295a61857be27b80be408ad5f783e9bc5018', 1764300000);
create table agentos_cp_installation (
        installation_no integer primary key check (installation_no = 1),
        seal_key_id text not null,
        taken_at real not null
      );
create index agentos_cp_audit_at on agentos_cp_audit (at);
insert into agentos_cp_migrations (name, hash, applied_at) values ('0002-installation', '0a6369c478a372d8b03e44f7ee060e8d009a2a838df7d77ae087ea1260143c73', 1764300000);
