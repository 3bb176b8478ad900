import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { instanceRoute } from "../../lib/parent-routes.ts";

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
  staticData: { title: "Chat" },
  validateSearch: ({ prompt }: Record<string, unknown>): { prompt?: string } =>
    typeof prompt === "string" && prompt !== "" ? { prompt: prompt.slice(0, 4_000) } : {},
  component: lazyRouteComponent(() => import("./chat-page.tsx"), "ChatPage"),
});

export const agentSessionRoute = createRoute({
  getParentRoute: () => agentRoute,
  path: "/sessions/$sessionId",
});
