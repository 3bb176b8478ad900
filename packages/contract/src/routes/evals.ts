/** Evaluation runs. */
import type { RouteTable } from "./route.ts";

// biome-ignore format: one route is one line
export const evalsRoutes = {
  "evals.list": { method: "GET", path: "/eval-runs", access: ["evals:read"], tag: "Evals", summary: "List evaluations", isPlanned: true },
  "evals.run": { method: "POST", path: "/eval-runs", access: ["evals:write"], tag: "Evals", summary: "Run an evaluation; the target's run scope is needed too", isPlanned: true },
  "evals.deleteMany": { method: "DELETE", path: "/eval-runs", access: ["evals:delete"], tag: "Evals", summary: "Delete evaluations", isPlanned: true },
  "evals.read": { method: "GET", path: "/eval-runs/{eval_run_id}", access: ["evals:read"], tag: "Evals", summary: "Read an evaluation", isPlanned: true },
  "evals.rename": { method: "PATCH", path: "/eval-runs/{eval_run_id}", access: ["evals:write"], tag: "Evals", summary: "Rename an evaluation", isPlanned: true },
} as const satisfies RouteTable;
