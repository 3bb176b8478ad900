create table agentos_migrations (name text collate "C" primary key, hash text collate "C" not null, applied_at double precision not null);
create table agentos_nodes (
          node_id text collate "C" primary key,
          deployment text collate "C" not null,
          host text collate "C" not null,
          pid bigint not null,
          started_at double precision not null,
          heartbeat_at double precision not null,
          seen_seq bigint not null
        );
create table agentos_sessions (
          session_no bigint generated always as identity primary key,
          deployment text collate "C" not null,
          owner_issuer text collate "C" not null, owner_kind text collate "C" not null, owner_id text collate "C" not null,
          owner_long_id text collate "C",
          kind text collate "C" not null,
          component_id text collate "C" not null,
          session_id text collate "C" not null,
          name text collate "C",
          first_input text collate "C",
          state_json text collate "C" not null,
          metadata_json text collate "C",
          summary_json text collate "C",
          input_tokens bigint not null,
          output_tokens bigint not null,
          total_tokens bigint not null,
          bytes bigint not null default 0,
          created_at bigint not null,
          updated_at bigint not null
        );
create unique index agentos_sessions_key on agentos_sessions
          (deployment, session_id, owner_issuer, owner_kind, owner_id, kind, component_id);
create index agentos_sessions_created on agentos_sessions (deployment, owner_issuer, owner_kind, owner_id, created_at, session_no, kind, component_id);
create index agentos_sessions_updated on agentos_sessions (deployment, owner_issuer, owner_kind, owner_id, updated_at, session_no, kind, component_id);
create index agentos_sessions_user on agentos_sessions (deployment, owner_id, created_at, session_no, kind, component_id);
create index agentos_sessions_all_created on agentos_sessions (deployment, created_at, session_no, kind, component_id);
create index agentos_sessions_all_updated on agentos_sessions (deployment, updated_at, session_no, kind, component_id);
create table agentos_usage (
          deployment text collate "C" not null,
          owner_issuer text collate "C" not null, owner_kind text collate "C" not null, owner_id text collate "C" not null,
          bytes bigint not null,
          primary key (deployment, owner_issuer, owner_kind, owner_id)
        );
create table agentos_runs (
          run_no bigint generated always as identity primary key,
          deployment text collate "C" not null,
          run_id text collate "C" not null,
          session_no bigint not null references agentos_sessions (session_no) on delete cascade,
          status text collate "C" not null,
          node_id text collate "C",
          attempt bigint not null,
          max_attempts bigint not null,
          available_at double precision,
          cancel_at double precision,
          next_index bigint not null,
          checkpoint_json text collate "C",
          created_at bigint not null,
          ended_at double precision,
          output_json text collate "C" not null,
          events_json text collate "C"
        );
create unique index agentos_runs_id on agentos_runs (deployment, run_id);
create index agentos_runs_session on agentos_runs (session_no, run_no);
create index agentos_runs_active on agentos_runs (deployment, node_id) where status in ('PENDING', 'RUNNING');
create table agentos_run_events (
          run_no bigint not null references agentos_runs (run_no) on delete cascade,
          first_index bigint not null,
          last_index bigint not null,
          kind text collate "C" not null,
          data text collate "C" not null,
          primary key (run_no, first_index)
        );
create table agentos_revocations (
          seq bigint generated always as identity primary key,
          deployment text collate "C" not null,
          kind text collate "C" not null,
          issuer text collate "C" not null,
          value text collate "C" not null,
          issued_before bigint,
          until bigint not null
        );
create table agentos_memories (
          memory_no bigint generated always as identity primary key,
          deployment text collate "C" not null,
          owner_issuer text collate "C" not null, owner_kind text collate "C" not null, owner_id text collate "C" not null,
          owner_long_id text collate "C",
          memory_id text collate "C" not null,
          memory text collate "C" not null,
          topics_json text collate "C" not null,
          agent_id text collate "C",
          team_id text collate "C",
          created_at bigint not null,
          updated_at double precision not null
        );
create unique index agentos_memories_id on agentos_memories (deployment, memory_id);
create index agentos_memories_owner on agentos_memories (deployment, owner_issuer, owner_kind, owner_id, updated_at, memory_no);
create index agentos_memories_all on agentos_memories (deployment, updated_at, memory_no);
create table agentos_denials (
          denial_no bigint generated always as identity primary key,
          deployment text collate "C" not null,
          denial_id text collate "C" not null,
          is_known_caller bigint not null,
          source text collate "C" not null,
          code text collate "C" not null,
          route text collate "C" not null,
          client text collate "C",
          subject text collate "C",
          issuer text collate "C",
          owner_issuer text collate "C",
          owner_kind text collate "C",
          owner_id text collate "C",
          count bigint not null,
          last_at double precision not null,
          last_hour bigint not null,
          record_json text collate "C" not null
        );
create unique index agentos_denials_id on agentos_denials (deployment, denial_id);
create index agentos_denials_time on agentos_denials (deployment, last_at);
create index agentos_denials_owner on agentos_denials (deployment, owner_issuer, owner_kind, owner_id, last_at);
create index agentos_denials_source on agentos_denials (deployment, is_known_caller, source, last_at);
create table agentos_decision_counts (
          deployment text collate "C" not null,
          hour bigint not null,
          owner_issuer text collate "C" not null, owner_kind text collate "C" not null, owner_id text collate "C" not null,
          route text collate "C" not null,
          resource text collate "C" not null,
          outcome text collate "C" not null,
          count bigint not null,
          primary key (deployment, hour, owner_issuer, owner_kind, owner_id, route, resource, outcome)
        );
insert into agentos_migrations (name, hash, applied_at) values ('0001-initial', '880a7c479c10569be1ddcc61b3a90c6a6ab8bb0f77a1362df36a4c755fccec33', 1764300000);
alter table agentos_runs add column keeps_events bigint not null default 0;
alter table agentos_runs add column events_until double precision;
create index agentos_runs_events on agentos_runs (deployment, events_until) where events_until is not null;
create table agentos_run_keys (
        deployment text collate "C" not null,
        owner_issuer text collate "C" not null,
        owner_kind text collate "C" not null,
        owner_id text collate "C" not null,
        idempotency_key text collate "C" not null,
        request_hash text collate "C" not null,
        run_id text collate "C" not null,
        session_id text collate "C" not null,
        created_at double precision not null,
        primary key (deployment, owner_issuer, owner_kind, owner_id, idempotency_key)
      );
create index agentos_run_keys_time on agentos_run_keys (deployment, created_at);
alter table agentos_revocations add column created_at double precision not null default 0;
alter table agentos_revocations add column created_by text collate "C";
create index agentos_revocations_value on agentos_revocations (deployment, kind, issuer, value);
create index agentos_revocations_until on agentos_revocations (deployment, until);
create table agentos_key_counts (
        deployment text collate "C" not null,
        slot bigint not null,
        key text collate "C" not null,
        count bigint not null,
        primary key (deployment, slot, key)
      );
insert into agentos_migrations (name, hash, applied_at) values ('0002-engine', '36866f47756653b406783110baafe88e8b4473e02fd3c92e18da3fc402ffe50e', 1764300000);
create index agentos_runs_waiting on agentos_runs (deployment, run_no) where node_id is null and status in ('PENDING', 'RUNNING');
create index agentos_runs_queued on agentos_runs (deployment, session_no, octet_length(checkpoint_json)) where node_id is null and status in ('PENDING', 'RUNNING');
insert into agentos_migrations (name, hash, applied_at) values ('0003-queue', '5a8aaf13c2720250dd636e1fce926f7e0ea1b0ab23f62de74dfc27330ec242f5', 1764300000);
