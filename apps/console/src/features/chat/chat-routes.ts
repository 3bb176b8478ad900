import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { showHidden } from "../../lib/hidden-text.ts";
import { instanceRoute } from "../../lib/parent-routes.ts";
import { KINDS } from "../../lib/runnable-kinds.ts";

/** Leads to an agent: the page of the bar. */
export const chatRoute = createRoute({
  getParentRoute: () => instanceRoute,
  path: "/chat",
  staticData: { title: "Chat" },
  component: lazyRouteComponent(() => import("./choose-agent-page.tsx"), "ChooseAgentPage"),
});

const MAX_PROMPT = 4_000;

interface ChatSearch {
  readonly prompt?: string;
}

/** Of a link of whoever: what the box shows is what is sent. */
const validateSearch = ({ prompt }: Record<string, unknown>): ChatSearch =>
  typeof prompt === "string" && prompt !== ""
    ? { prompt: showHidden(prompt.slice(0, MAX_PROMPT)).slice(0, MAX_PROMPT) }
    : {};

/** The chat itself. It stays where it is when a new conversation gets its session, and so its address. */
export const agentRoute = createRoute({
  getParentRoute: () => instanceRoute,
  path: "/agents/$agentId",
  staticData: { title: KINDS.agents.title, runnable: "agents" },
  validateSearch,
  component: lazyRouteComponent(() => import("./chat-page.tsx"), "AgentChatPage"),
});

export const agentSessionRoute = createRoute({
  getParentRoute: () => agentRoute,
  path: "/sessions/$sessionId",
});

/** The same with a team; the parameter has one name, since the page is one. */
export const teamRoute = createRoute({
  getParentRoute: () => instanceRoute,
  path: "/teams/$agentId",
  staticData: { title: KINDS.teams.title, runnable: "teams" },
  validateSearch,
  component: lazyRouteComponent(() => import("./chat-page.tsx"), "TeamChatPage"),
});

export const teamSessionRoute = createRoute({
  getParentRoute: () => teamRoute,
  path: "/sessions/$sessionId",
});

export const workflowRoute = createRoute({
  getParentRoute: () => instanceRoute,
  path: "/workflows/$agentId",
  staticData: { title: KINDS.workflows.title, runnable: "workflows" },
  validateSearch,
  component: lazyRouteComponent(() => import("./chat-page.tsx"), "WorkflowChatPage"),
});

export const workflowSessionRoute = createRoute({
  getParentRoute: () => workflowRoute,
  path: "/sessions/$sessionId",
});
