/** Teams and their runs (contract 4.3). */
import { z } from "zod";
import { teamSchema } from "../wire/team.ts";
import type { RouteTable } from "./route.ts";
import { createRunnableRoutes } from "./runnables.ts";

// biome-ignore format: one route is one line
export const teamsRoutes = {
  ...createRunnableRoutes({ resource: "teams", item: "team", tag: "Teams" }),
  "teams.list": { method: "GET", path: "/teams", access: ["teams:read"], lists: "teams", tag: "Teams", summary: "Teams that the caller may read; none can be configured yet",
    responses: { 200: { description: "the teams", json: z.array(teamSchema) } } },
} as const satisfies RouteTable;
