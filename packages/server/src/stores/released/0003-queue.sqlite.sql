create table agentos_migrations (name text primary key, hash text not null, applied_at real not null);
create table agentos_nodes (
          node_id text primary key,
          deployment text not null,
          host text not null,
          pid integer not null,
          started_at real not null,
          heartbeat_at real not null,
          seen_seq integer not null
        );
create table agentos_sessions (
          session_no integer primary key autoincrement,
          deployment text not null,
          owner_issuer text not null, owner_kind text not null, owner_id text not null,
          owner_long_id text,
          kind text not null,
          component_id text not null,
          session_id text not null,
          name text,
          first_input text,
          state_json text not null,
          metadata_json text,
          summary_json text,
          input_tokens integer not null,
          output_tokens integer not null,
          total_tokens integer not null,
          bytes integer not null default 0,
          created_at integer not null,
          updated_at integer not null
        );
create unique index agentos_sessions_key on agentos_sessions
          (deployment, session_id, owner_issuer, owner_kind, owner_id, kind, component_id);
create index agentos_sessions_created on agentos_sessions (deployment, owner_issuer, owner_kind, owner_id, created_at, session_no, kind, component_id);
create index agentos_sessions_updated on agentos_sessions (deployment, owner_issuer, owner_kind, owner_id, updated_at, session_no, kind, component_id);
create index agentos_sessions_user on agentos_sessions (deployment, owner_id, created_at, session_no, kind, component_id);
create index agentos_sessions_all_created on agentos_sessions (deployment, created_at, session_no, kind, component_id);
create index agentos_sessions_all_updated on agentos_sessions (deployment, updated_at, session_no, kind, component_id);
create table agentos_usage (
          deployment text not null,
          owner_issuer text not null, owner_kind text not null, owner_id text not null,
          bytes integer not null,
          primary key (deployment, owner_issuer, owner_kind, owner_id)
        );
create table agentos_runs (
          run_no integer primary key autoincrement,
          deployment text not null,
          run_id text not null,
          session_no integer not null references agentos_sessions (session_no) on delete cascade,
          status text not null,
          node_id text,
          attempt integer not null,
          max_attempts integer not null,
          available_at real,
          cancel_at real,
          next_index integer not null,
          checkpoint_json text,
          created_at integer not null,
          ended_at real,
          output_json text not null,
          events_json text
        );
create unique index agentos_runs_id on agentos_runs (deployment, run_id);
create index agentos_runs_session on agentos_runs (session_no, run_no);
create index agentos_runs_active on agentos_runs (deployment, node_id) where status in ('PENDING', 'RUNNING');
create table agentos_run_events (
          run_no integer not null references agentos_runs (run_no) on delete cascade,
          first_index integer not null,
          last_index integer not null,
          kind text not null,
          data text not null,
          primary key (run_no, first_index)
        );
create table agentos_revocations (
          seq integer primary key autoincrement,
          deployment text not null,
          kind text not null,
          issuer text not null,
          value text not null,
          issued_before integer,
          until integer not null
        );
create table agentos_memories (
          memory_no integer primary key autoincrement,
          deployment text not null,
          owner_issuer text not null, owner_kind text not null, owner_id text not null,
          owner_long_id text,
          memory_id text not null,
          memory text not null,
          topics_json text not null,
          agent_id text,
          team_id text,
          created_at integer not null,
          updated_at real not null
        );
create unique index agentos_memories_id on agentos_memories (deployment, memory_id);
create index agentos_memories_owner on agentos_memories (deployment, owner_issuer, owner_kind, owner_id, updated_at, memory_no);
create index agentos_memories_all on agentos_memories (deployment, updated_at, memory_no);
create table agentos_denials (
          denial_no integer primary key autoincrement,
          deployment text not null,
          denial_id text not null,
          is_known_caller integer not null,
          source text not null,
          code text not null,
          route text not null,
          client text,
          subject text,
          issuer text,
          owner_issuer text,
          owner_kind text,
          owner_id text,
          count integer not null,
          last_at real not null,
          last_hour integer not null,
          record_json text not null
        );
create unique index agentos_denials_id on agentos_denials (deployment, denial_id);
create index agentos_denials_time on agentos_denials (deployment, last_at);
create index agentos_denials_owner on agentos_denials (deployment, owner_issuer, owner_kind, owner_id, last_at);
create index agentos_denials_source on agentos_denials (deployment, is_known_caller, source, last_at);
create table agentos_decision_counts (
          deployment text not null,
          hour integer not null,
          owner_issuer text not null, owner_kind text not null, owner_id text not null,
          route text not null,
          resource text not null,
          outcome text not null,
          count integer not null,
          primary key (deployment, hour, owner_issuer, owner_kind, owner_id, route, resource, outcome)
        );
insert into agentos_migrations (name, hash, applied_at) values ('0001-initial', '79271257c5e6da963d3f05ea43e9c50b66ad3fb44e2b6d914ffbcbaa85021d78', 1764300000);
alter table agentos_runs add column keeps_events integer not null default 0;
alter table agentos_runs add column events_until real;
create index agentos_runs_events on agentos_runs (deployment, events_until) where events_until is not null;
create table agentos_run_keys (
        deployment text not null,
        owner_issuer text not null,
        owner_kind text not null,
        owner_id text not null,
        idempotency_key text not null,
        request_hash text not null,
        run_id text not null,
        session_id text not null,
        created_at real not null,
        primary key (deployment, owner_issuer, owner_kind, owner_id, idempotency_key)
      );
create index agentos_run_keys_time on agentos_run_keys (deployment, created_at);
alter table agentos_revocations add column created_at real not null default 0;
alter table agentos_revocations add column created_by text;
create index agentos_revocations_value on agentos_revocations (deployment, kind, issuer, value);
create index agentos_revocations_until on agentos_revocations (deployment, until);
create table agentos_key_counts (
        deployment text not null,
        slot integer not null,
        key text not null,
        count integer not null,
        primary key (deployment, slot, key)
      );
insert into agentos_migrations (name, hash, applied_at) values ('0002-engine', '0aedd727447cf4093be215d5e50a574d7f2ee829920d984bbc6fcfeb8574df87', 1764300000);
create index agentos_runs_waiting on agentos_runs (deployment, run_no) where node_id is null and status in ('PENDING', 'RUNNING');
create index agentos_runs_queued on agentos_runs (deployment, session_no, octet_length(checkpoint_json)) where node_id is null and status in ('PENDING', 'RUNNING');
insert into agentos_migrations (name, hash, applied_at) values ('0003-queue', '5a8aaf13c2720250dd636e1fce926f7e0ea1b0ab23f62de74dfc27330ec242f5', 1764300000);
