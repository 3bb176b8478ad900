create table agentos_cp_migrations (name text collate "C" primary key, hash text collate "C" not null, applied_at double precision not null);
create table agentos_cp_persons (
        id text collate "C" primary key,
        name text collate "C" not null,
        email text collate "C" not null unique,
        email_verified bigint not null,
        image text collate "C",
        created_at double precision not null,
        updated_at double precision not null
      );
create table agentos_cp_sign_ins (
        id text collate "C" primary key,
        person_id text collate "C" not null references agentos_cp_persons (id) on delete cascade,
        token text collate "C" not null unique,
        expires_at double precision not null,
        address text collate "C",
        user_agent text collate "C",
        created_at double precision not null,
        updated_at double precision not null
      );
create index agentos_cp_sign_ins_person on agentos_cp_sign_ins (person_id);
create table agentos_cp_accounts (
        id text collate "C" primary key,
        person_id text collate "C" not null references agentos_cp_persons (id) on delete cascade,
        account_id text collate "C" not null,
        provider_id text collate "C" not null,
        password text collate "C",
        access_token text collate "C",
        refresh_token text collate "C",
        id_token text collate "C",
        access_token_expires_at double precision,
        refresh_token_expires_at double precision,
        scope text collate "C",
        created_at double precision not null,
        updated_at double precision not null
      );
create unique index agentos_cp_accounts_of on agentos_cp_accounts (provider_id, account_id);
create index agentos_cp_accounts_person on agentos_cp_accounts (person_id);
create table agentos_cp_verifications (
        id text collate "C" primary key,
        identifier text collate "C" not null,
        value text collate "C" not null,
        expires_at double precision not null,
        created_at double precision not null,
        updated_at double precision not null
      );
create index agentos_cp_verifications_identifier on agentos_cp_verifications (identifier);
create table agentos_cp_rate_limits (
        id text collate "C" primary key,
        key text collate "C" not null unique,
        count bigint not null,
        last_request bigint not null
      );
create table agentos_cp_attempts (
        key text collate "C" primary key,
        count bigint not null,
        since double precision not null
      );
create table agentos_cp_organizations (
        organization_id text collate "C" primary key,
        name text collate "C" not null,
        created_at double precision not null
      );
create table agentos_cp_members (
        organization_id text collate "C" not null references agentos_cp_organizations (organization_id) on delete cascade,
        person_id text collate "C" not null references agentos_cp_persons (id) on delete cascade,
        role text collate "C" not null,
        version bigint not null,
        created_at double precision not null,
        primary key (organization_id, person_id)
      );
create index agentos_cp_members_person on agentos_cp_members (person_id);
create table agentos_cp_links (
        link_no bigint generated always as identity primary key,
        secret_hash text collate "C" not null unique,
        purpose text collate "C" not null,
        person_id text collate "C" references agentos_cp_persons (id) on delete cascade,
        created_at double precision not null,
        expires_at double precision not null,
        used_at double precision,
        created_by text collate "C"
      );
create index agentos_cp_links_person on agentos_cp_links (person_id);
create table agentos_cp_instances (
        instance_id text collate "C" primary key,
        organization_id text collate "C" not null references agentos_cp_organizations (organization_id) on delete cascade,
        name text collate "C" not null,
        endpoint text collate "C",
        environment text collate "C" not null,
        tags_json text collate "C" not null,
        is_draft bigint not null,
        os_id text collate "C",
        issuer_id text collate "C" not null unique,
        wants_authorization bigint not null,
        wants_security_key bigint not null,
        stated_version text collate "C",
        created_by text collate "C",
        created_at double precision not null,
        updated_at double precision not null
      );
create index agentos_cp_instances_organization on agentos_cp_instances (organization_id, created_at);
create table agentos_cp_observations (
        instance_id text collate "C" not null references agentos_cp_instances (instance_id) on delete cascade,
        source text collate "C" not null,
        at double precision not null,
        reported_by text collate "C",
        observed_json text collate "C" not null,
        primary key (instance_id, source)
      );
create table agentos_cp_keys (
        kid text collate "C" primary key,
        instance_id text collate "C" not null references agentos_cp_instances (instance_id) on delete cascade,
        station text collate "C" not null,
        public_jwk_json text collate "C" not null,
        sealed_private text collate "C",
        seal_key_id text collate "C" not null,
        created_at double precision not null,
        signing_since double precision,
        retired_at double precision,
        last_token_ends_at double precision
      );
create index agentos_cp_keys_instance on agentos_cp_keys (instance_id, created_at);
create unique index agentos_cp_keys_signing on agentos_cp_keys (instance_id) where station = 'signing';
create table agentos_cp_issued (
        instance_id text collate "C" not null references agentos_cp_instances (instance_id) on delete cascade,
        sid text collate "C" not null,
        kid text collate "C" not null,
        person_id text collate "C" not null,
        session_id text collate "C" not null,
        last_ends_at double precision not null,
        primary key (instance_id, sid, kid)
      );
create index agentos_cp_issued_person on agentos_cp_issued (person_id);
create index agentos_cp_issued_session on agentos_cp_issued (session_id);
create table agentos_cp_minted (
        jti text collate "C" primary key,
        instance_id text collate "C" not null references agentos_cp_instances (instance_id) on delete cascade,
        person_id text collate "C" not null,
        kid text collate "C" not null,
        sid text collate "C" not null,
        client text collate "C" not null,
        audience text collate "C" not null,
        scopes_json text collate "C" not null,
        issued_at double precision not null,
        ends_at double precision not null
      );
create index agentos_cp_minted_end on agentos_cp_minted (ends_at);
create index agentos_cp_minted_person on agentos_cp_minted (person_id, issued_at);
create index agentos_cp_issued_end on agentos_cp_issued (last_ends_at);
create table agentos_cp_revocations (
        revocation_no bigint generated always as identity primary key,
        organization_id text collate "C" not null,
        instance_id text collate "C" not null,
        instance_name text collate "C" not null,
        issuer_id text collate "C" not null,
        last_known_json text collate "C",
        kind text collate "C" not null,
        value text collate "C" not null,
        issued_before double precision,
        reason text collate "C" not null,
        person_id text collate "C",
        until double precision not null,
        created_at double precision not null,
        applied_at double precision,
        attempts bigint not null,
        next_attempt_at double precision not null,
        trouble text collate "C"
      );
create index agentos_cp_revocations_organization on agentos_cp_revocations (organization_id, revocation_no);
create index agentos_cp_revocations_issuer on agentos_cp_revocations (issuer_id);
create index agentos_cp_revocations_due on agentos_cp_revocations (next_attempt_at) where applied_at is null;
create table agentos_cp_audit (
        audit_no bigint generated always as identity primary key,
        organization_id text collate "C",
        at double precision not null,
        action text collate "C" not null,
        actor_kind text collate "C" not null,
        actor_person_id text collate "C",
        actor_name text collate "C",
        actor_session_id text collate "C",
        actor_address text collate "C",
        target_kind text collate "C" not null,
        target_id text collate "C" not null,
        target_name text collate "C",
        before_json text collate "C",
        after_json text collate "C"
      );
create index agentos_cp_audit_organization on agentos_cp_audit (organization_id, audit_no);
insert into agentos_cp_migrations (name, hash, applied_at) values ('0001-initial', '70ef96344458eb16611f7fd8981dbb5b7d3baf4884a0bafa11bc7860c6a77d3e', 1764300000);
create table agentos_cp_installation (
        installation_no bigint primary key check (installation_no = 1),
        seal_key_id text collate "C" not null,
        taken_at double precision not null
      );
create index agentos_cp_audit_at on agentos_cp_audit (at);
insert into agentos_cp_migrations (name, hash, applied_at) values ('0002-installation', '8656542b7bd9701c4a88b73cf2166eb190a21170fe1e396e4d6a324603ff75db', 1764300000);
