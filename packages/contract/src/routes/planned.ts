/**
 * Routes of the contract that later releases answer, with the scopes they will need (contract 2.6). They feed the
 * scope reference and `agentos scopes explain`; the server does not know them: an authenticated caller gets 404.
 */
import type { HttpMethod, RouteAccess, RouteDefinition, RouteResource } from "./route.ts";

type Line = readonly [method: HttpMethod, path: `/${string}`, access: RouteAccess, summary: string];

const group = (
  tag: string,
  lines: readonly Line[],
  extra: Partial<RouteDefinition> = {},
): readonly RouteDefinition[] =>
  lines.map(([method, path, access, summary]) => ({ method, path, access, summary, tag, ...extra }));

/** Agents, teams and workflows share one shape (contract 2.6, 4.2-4.4). */
function family(
  resource: RouteResource,
  item: string,
  skip: readonly string[] = [],
): readonly RouteDefinition[] {
  const [read, write, remove, run] = [
    `${resource}:read`,
    `${resource}:write`,
    `${resource}:delete`,
    `${resource}:run`,
  ] as const;
  const one = `/${resource}/{${item}_id}` as const;
  const lines: readonly Line[] = [
    ["GET", `/${resource}`, [read], `List ${resource}`],
    ["POST", `/${resource}`, [write], `Create ${item}`],
    ["GET", one, [read], `Read ${item}`],
    ["PATCH", one, [write], `Change ${item}`],
    ["DELETE", one, [remove], `Delete ${item}`],
    ["POST", `${one}/runs`, [run], `Run ${item}`],
    ["GET", `${one}/runs`, [read, run], "List runs of a session"],
    ["GET", `${one}/runs/{run_id}`, [read, run], "Read a run"],
    ["POST", `${one}/runs/{run_id}/continue`, [run], "Continue a paused run"],
    ["POST", `${one}/runs/{run_id}/cancel`, [run], "Cancel a run"],
    ["POST", `${one}/runs/{run_id}/resume`, [run], "Resume a stream"],
    ["GET", `${one}/runs/{run_id}/checkpoints`, [read, run], "List checkpoints"],
    ["GET", `${one}/runs/{run_id}/checkpoints/{message_index}`, [read, run], "Read a checkpoint"],
    ["POST", `${one}/sessions/{session_id}/fork`, [run], "Fork a session"],
  ];
  return lines
    .filter(([method, path]) => !skip.includes(`${method} ${path}`))
    .map(([method, path, access, summary]) => ({
      method,
      path,
      access,
      summary,
      resource,
      isListing: method === "GET" && path === `/${resource}`,
      tag: resource,
    }));
}

/** Routes of the contract (2.6, 4) that later releases bring; until then they answer 404. */
export const PLANNED_ROUTES: readonly RouteDefinition[] = [
  ...family("agents", "agent", ["GET /agents", "GET /agents/{agent_id}", "POST /agents/{agent_id}/runs"]),
  ...family("teams", "team", ["GET /teams"]),
  ...family("workflows", "workflow", ["GET /workflows"]),
  ...group(
    "sessions",
    [
      ["GET", "/sessions", ["sessions:read"], "List sessions"],
      ["POST", "/sessions", ["sessions:write"], "Create a session"],
      ["DELETE", "/sessions", ["sessions:delete"], "Delete several sessions"],
      ["GET", "/sessions/{session_id}", ["sessions:read"], "Read a session"],
      ["PATCH", "/sessions/{session_id}", ["sessions:write"], "Change a session"],
      ["DELETE", "/sessions/{session_id}", ["sessions:delete"], "Delete a session"],
      ["POST", "/sessions/{session_id}/rename", ["sessions:write"], "Rename a session"],
      ["GET", "/sessions/{session_id}/runs", ["sessions:read"], "List runs of a session"],
      ["GET", "/sessions/{session_id}/runs/{run_id}", ["sessions:read"], "Read a run of a session"],
    ],
    { isOwned: true },
  ),
  ...group(
    "memories",
    [
      ["GET", "/memories", ["memories:read"], "List memories"],
      ["POST", "/memories", ["memories:write"], "Create a memory"],
      ["DELETE", "/memories", ["memories:delete"], "Delete several memories"],
      ["GET", "/memories/{memory_id}", ["memories:read"], "Read a memory"],
      ["PATCH", "/memories/{memory_id}", ["memories:write"], "Change a memory"],
      ["DELETE", "/memories/{memory_id}", ["memories:delete"], "Delete a memory"],
      ["GET", "/memory_topics", ["memories:read"], "List memory topics"],
      ["GET", "/user_memory_stats", ["memories:read"], "Memory statistics by user"],
      ["POST", "/optimize-memories", ["memories:write"], "Merge memories"],
    ],
    { isOwned: true },
  ),
  ...group(
    "learnings",
    [
      ["GET", "/learnings", ["learnings:read"], "List learnings"],
      ["POST", "/learnings", ["learnings:write"], "Create a learning"],
      ["GET", "/learnings/users", ["learnings:read"], "List users with learnings"],
      ["DELETE", "/learnings/users/{user_id}", ["learnings:delete"], "Delete learnings of a user"],
      ["GET", "/learnings/{learning_id}", ["learnings:read"], "Read a learning"],
      ["PATCH", "/learnings/{learning_id}", ["learnings:write"], "Change a learning"],
      ["DELETE", "/learnings/{learning_id}", ["learnings:delete"], "Delete a learning"],
    ],
    { isOwned: true },
  ),
  ...group("knowledge", [
    ["GET", "/knowledge/content", ["knowledge:read"], "List content"],
    ["POST", "/knowledge/content", ["knowledge:write"], "Add content"],
    ["DELETE", "/knowledge/content", ["knowledge:delete"], "Delete all content"],
    ["POST", "/knowledge/remote-content", ["knowledge:write"], "Add remote content"],
    ["GET", "/knowledge/content/{content_id}", ["knowledge:read"], "Read content"],
    ["PATCH", "/knowledge/content/{content_id}", ["knowledge:write"], "Change content"],
    ["DELETE", "/knowledge/content/{content_id}", ["knowledge:delete"], "Delete content"],
    ["GET", "/knowledge/content/{content_id}/status", ["knowledge:read"], "Processing status"],
    ["POST", "/knowledge/search", ["knowledge:read"], "Search"],
    ["GET", "/knowledge/config", ["knowledge:read"], "Readers, chunkers, filters"],
    ["GET", "/knowledge/{knowledge_id}/sources", ["knowledge:read"], "Remote sources"],
    ["GET", "/knowledge/{knowledge_id}/sources/{source_id}/files", ["knowledge:read"], "Files of a source"],
  ]),
  ...group("metrics", [
    ["GET", "/metrics", ["metrics:read"], "Daily metrics"],
    ["POST", "/metrics/refresh", ["metrics:write"], "Recompute metrics"],
    ["GET", "/metrics/refresh/status", ["metrics:read"], "State of the last refresh"],
  ]),
  ...group("evals", [
    ["GET", "/eval-runs", ["evals:read"], "List evaluations"],
    ["POST", "/eval-runs", ["evals:write"], "Run an evaluation; the target's run scope is needed too"],
    ["DELETE", "/eval-runs", ["evals:delete"], "Delete evaluations"],
    ["GET", "/eval-runs/{eval_run_id}", ["evals:read"], "Read an evaluation"],
    ["PATCH", "/eval-runs/{eval_run_id}", ["evals:write"], "Rename an evaluation"],
  ]),
  ...group("traces", [
    ["GET", "/traces", ["traces:read"], "List traces"],
    ["POST", "/traces/search", ["traces:read"], "Search traces"],
    ["GET", "/traces/filter-schema", ["traces:read"], "Filter fields"],
    ["GET", "/traces/{trace_id}", ["traces:read"], "Read a trace"],
    ["GET", "/trace_session_stats", ["traces:read"], "Trace statistics by session"],
  ]),
  ...group("service_accounts", [
    ["GET", "/service-accounts", ["service_accounts:read"], "List service accounts"],
    ["POST", "/service-accounts", ["service_accounts:write"], "Create a service account"],
    [
      "DELETE",
      "/service-accounts/{service_account_id}",
      ["service_accounts:delete"],
      "Revoke a service account",
    ],
  ]),
  ...group("schedules", [
    ["GET", "/schedules", ["schedules:read"], "List schedules"],
    ["POST", "/schedules", ["schedules:write"], "Create a schedule; the target's scopes are needed too"],
    ["GET", "/schedules/{schedule_id}", ["schedules:read"], "Read a schedule"],
    ["PATCH", "/schedules/{schedule_id}", ["schedules:write"], "Change a schedule"],
    ["DELETE", "/schedules/{schedule_id}", ["schedules:delete"], "Delete a schedule"],
    ["POST", "/schedules/{schedule_id}/enable", ["schedules:write"], "Enable a schedule"],
    ["POST", "/schedules/{schedule_id}/disable", ["schedules:write"], "Disable a schedule"],
    ["POST", "/schedules/{schedule_id}/trigger", ["schedules:write"], "Run a schedule now"],
    ["GET", "/schedules/{schedule_id}/runs", ["schedules:read"], "List runs of a schedule"],
    ["GET", "/schedules/{schedule_id}/runs/{run_id}", ["schedules:read"], "Read a run of a schedule"],
  ]),
  ...group("approvals", [
    ["GET", "/approvals", ["approvals:read"], "List approvals"],
    ["GET", "/approvals/count", ["approvals:read"], "Count pending approvals"],
    ["GET", "/approvals/{approval_id}", ["approvals:read"], "Read an approval"],
    ["GET", "/approvals/{approval_id}/status", ["approvals:read"], "Status of an approval"],
    ["POST", "/approvals/{approval_id}/resolve", ["approvals:write"], "Approve or reject"],
    ["DELETE", "/approvals/{approval_id}", ["approvals:delete"], "Delete an approval"],
  ]),
  ...group("registry", [["GET", "/registry", ["registry:read"], "List registered building blocks"]]),
  ...group("components", [
    ["GET", "/components", ["components:read"], "List components"],
    ["POST", "/components", ["components:write"], "Create a component"],
    ["GET", "/components/{component_id}", ["components:read"], "Read a component"],
    ["PATCH", "/components/{component_id}", ["components:write"], "Change a component"],
    ["DELETE", "/components/{component_id}", ["components:delete"], "Delete a component"],
    ["GET", "/components/{component_id}/configs", ["components:read"], "List configurations"],
    ["POST", "/components/{component_id}/configs", ["components:write"], "Add a configuration"],
    ["GET", "/components/{component_id}/configs/current", ["components:read"], "Current configuration"],
    ["GET", "/components/{component_id}/configs/{version}", ["components:read"], "Read a configuration"],
    ["PATCH", "/components/{component_id}/configs/{version}", ["components:write"], "Change a configuration"],
    [
      "DELETE",
      "/components/{component_id}/configs/{version}",
      ["components:delete"],
      "Delete a configuration",
    ],
    [
      "POST",
      "/components/{component_id}/configs/{version}/set-current",
      ["components:write"],
      "Set the current configuration",
    ],
  ]),
  ...group("config", [
    ["POST", "/databases/all/migrate", ["config:write"], "Migrate all databases"],
    ["POST", "/databases/{db_id}/migrate", ["config:write"], "Migrate a database"],
  ]),
];
