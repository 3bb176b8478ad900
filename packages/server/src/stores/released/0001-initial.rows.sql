insert into agentos_nodes (node_id, deployment, host, pid, started_at, heartbeat_at, seen_seq)
  values ('node-1', 'my-os', 'host boot pid:[1]', 4711, 1764300000.25, 1764300010.5, 0);
insert into agentos_sessions (deployment, owner_issuer, owner_kind, owner_id, owner_long_id, kind, component_id, session_id, name, first_input, state_json, metadata_json, summary_json, input_tokens, output_tokens, total_tokens, bytes, created_at, updated_at)
  values ('my-os', 'https://issuer.example', 'user', 'älice', null, 'agent', 'helper', 's-1', 'Holidays', 'Where to?', '{"city":"Oslo"}', '{"tag":"a"}', null, 3, 4, 7, 2340, 1764300000, 1764300005);
insert into agentos_sessions (deployment, owner_issuer, owner_kind, owner_id, owner_long_id, kind, component_id, session_id, name, first_input, state_json, metadata_json, summary_json, input_tokens, output_tokens, total_tokens, bytes, created_at, updated_at)
  values ('my-os', '', 'claimed', 'bob', null, 'agent', 'helper', 's-1', null, null, '{}', null, null, 0, 0, 0, 1024, 1764300001, 1764300001);
insert into agentos_usage (deployment, owner_issuer, owner_kind, owner_id, bytes)
  values ('my-os', 'https://issuer.example', 'user', 'älice', 2340);
insert into agentos_usage (deployment, owner_issuer, owner_kind, owner_id, bytes)
  values ('my-os', '', 'claimed', 'bob', 1024);
insert into agentos_runs (deployment, run_id, session_no, status, node_id, attempt, max_attempts, available_at, cancel_at, next_index, checkpoint_json, created_at, ended_at, output_json, events_json)
  values ('my-os', 'r-1', 1, 'COMPLETED', null, 1, 1, null, null, 3, null, 1764300000, 1764300004.5, '{"run_id":"r-1","agent_id":"helper","agent_name":"Helper","session_id":"s-1","input":{"input_content":"Where to?"},"content":"Oslo","content_type":"str","model":"m","model_provider":"p","messages":[],"metrics":{},"created_at":1764300000,"status":"COMPLETED"}', '[]');
insert into agentos_runs (deployment, run_id, session_no, status, node_id, attempt, max_attempts, available_at, cancel_at, next_index, checkpoint_json, created_at, ended_at, output_json, events_json)
  values ('my-os', 'r-2', 1, 'RUNNING', 'node-1', 1, 1, null, null, 1, null, 1764300005, null, '{"run_id":"r-2","agent_id":"helper","agent_name":"Helper","session_id":"s-1","input":{"input_content":"And then?"},"content":"","content_type":"str","model":"m","model_provider":"p","messages":[],"metrics":{},"created_at":1764300005,"status":"RUNNING"}', null);
insert into agentos_run_events (run_no, first_index, last_index, kind, data)
  values (2, 0, 0, 'json', '[{"event":"RunStarted"}]');
insert into agentos_revocations (deployment, kind, issuer, value, issued_before, until)
  values ('my-os', 'jti', 'https://issuer.example', 'token-1', null, 4102444800);
insert into agentos_memories (deployment, owner_issuer, owner_kind, owner_id, owner_long_id, memory_id, memory, topics_json, agent_id, team_id, created_at, updated_at)
  values ('my-os', 'https://issuer.example', 'user', 'älice', null, 'm-1', 'Likes the sea', '["travel"]', 'helper', null, 1764300002, 1764300003.125);
insert into agentos_denials (deployment, denial_id, is_known_caller, source, code, route, client, subject, issuer, owner_issuer, owner_kind, owner_id, count, last_at, last_hour, record_json)
  values ('my-os', 'd-1', 1, '203.0.113.7', 'SCOPE_MISSING', 'GET /agents', '203.0.113.7', 'älice', 'https://issuer.example', 'https://issuer.example', 'user', 'älice', 2, 1764300006.5, 490083, '{"id":"d-1","code":"SCOPE_MISSING","time":1764300000,"lastSeenAt":1764300006.5,"count":2,"route":"GET /agents","client":"203.0.113.7","subject":"älice","issuer":"https://issuer.example","owner":{"issuer":"https://issuer.example","kind":"user","id":"älice"},"timeline":[{"stage":"scopes","outcome":"failed"}],"facts":{"required_scopes":["agents:read"]},"fix":"ask for the scope"}');
insert into agentos_decision_counts (deployment, hour, owner_issuer, owner_kind, owner_id, route, resource, outcome, count)
  values ('my-os', 490083, 'https://issuer.example', 'user', 'älice', 'GET /agents', '', 'allowed', 12);
