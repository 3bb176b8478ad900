/** What can be talked to: agents, teams, workflows. One chat serves all three; these are the words and addresses in which they differ. */

export type RunnableKind = "agents" | "teams" | "workflows";

export const RUNNABLE_KINDS = ["agents", "teams", "workflows"] as const satisfies readonly RunnableKind[];

interface KindWords {
  /** As a session names its kind. */
  readonly type: "agent" | "team" | "workflow";
  readonly title: string;
  readonly titles: string;
  /** Scope that a run of any of them needs. */
  readonly runScope: string;
}

export const KINDS: Readonly<Record<RunnableKind, KindWords>> = {
  agents: { type: "agent", title: "Agent", titles: "Agents", runScope: "agents:run" },
  teams: { type: "team", title: "Team", titles: "Teams", runScope: "teams:run" },
  workflows: { type: "workflow", title: "Workflow", titles: "Workflows", runScope: "workflows:run" },
};

export const CHAT_ROUTES = {
  agents: "/i/$instanceId/agents/$agentId",
  teams: "/i/$instanceId/teams/$agentId",
  workflows: "/i/$instanceId/workflows/$agentId",
} as const;

export const SESSION_ROUTES = {
  agents: "/i/$instanceId/agents/$agentId/sessions/$sessionId",
  teams: "/i/$instanceId/teams/$agentId/sessions/$sessionId",
  workflows: "/i/$instanceId/workflows/$agentId/sessions/$sessionId",
} as const;
