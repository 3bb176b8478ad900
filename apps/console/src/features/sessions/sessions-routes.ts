import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { instanceRoute } from "../../lib/parent-routes.ts";

export interface SessionsSearch {
  /** Whose they are: one of these three, or all of agents. An empty one is all of its kind. */
  readonly agent?: string;
  readonly team?: string;
  readonly workflow?: string;
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
