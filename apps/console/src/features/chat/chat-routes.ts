import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { instanceRoute } from "../../lib/parent-routes.ts";
import { KINDS } from "../../lib/runnable-kinds.ts";
import { readChatSearch } from "./chat-search.ts";

/** Leads to an agent: the page of the bar. */
export const chatRoute = createRoute({
  getParentRoute: () => instanceRoute,
  path: "/chat",
  staticData: { title: "Chat" },
  component: lazyRouteComponent(() => import("./choose-agent-page.tsx"), "ChooseAgentPage"),
});

/** The chat itself. It stays where it is when a new conversation gets its session, and so its address. */
export const agentRoute = createRoute({
  getParentRoute: () => instanceRoute,
  path: "/agents/$agentId",
  staticData: { title: KINDS.agents.title, runnable: "agents" },
  validateSearch: readChatSearch,
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
  validateSearch: readChatSearch,
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
  validateSearch: readChatSearch,
  component: lazyRouteComponent(() => import("./chat-page.tsx"), "WorkflowChatPage"),
});

export const workflowSessionRoute = createRoute({
  getParentRoute: () => workflowRoute,
  path: "/sessions/$sessionId",
});
