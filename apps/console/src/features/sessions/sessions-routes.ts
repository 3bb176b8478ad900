import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { instanceRoute } from "../../lib/parent-routes.ts";
import type { WhoseSessions } from "./whose-sessions.ts";

export interface SessionsSearch extends WhoseSessions {
  readonly q?: string;
  readonly page?: number;
}

export const sessionsRoute = createRoute({
  getParentRoute: () => instanceRoute,
  path: "/sessions",
  staticData: { title: "Sessions" },
  validateSearch: ({ agent, team, workflow, q, page }: Record<string, unknown>): SessionsSearch => ({
    ...(typeof agent === "string" && agent !== "" ? { agent: agent.slice(0, 200) } : {}),
    ...(typeof team === "string" ? { team: team.slice(0, 200) } : {}),
    ...(typeof workflow === "string" ? { workflow: workflow.slice(0, 200) } : {}),
    ...(typeof q === "string" && q !== "" ? { q: q.slice(0, 200) } : {}),
    ...(typeof page === "number" && Number.isInteger(page) && page > 1 && page < 100_000 ? { page } : {}),
  }),
  component: lazyRouteComponent(() => import("./sessions-page.tsx"), "SessionsPage"),
});
