/**
 * The routes that agents, teams and workflows share (contract 2.6, 4.2-4.4), as planned ones. The file of a resource
 * writes those that are served over them.
 */
import type { RouteDefinition } from "./route.ts";

/** What can be run. */
type RunnableResource = "agents" | "teams" | "workflows";

interface Family<Resource extends RunnableResource = RunnableResource> {
  readonly resource: Resource;
  /** One of them, as its path parameter and people call it. */
  readonly item: string;
  readonly tag: string;
}

type Planned = RouteDefinition & { readonly isPlanned: true };

/** The planned routes of one resource, by id. */
export function createRunnableRoutes<Resource extends RunnableResource>(
  family: Family<Resource>,
): { readonly [Action in keyof ReturnType<typeof listRows> as `${Resource}.${Action}`]: Planned } {
  const rows = Object.entries(listRows(family)).map(([action, row]) => [`${family.resource}.${action}`, row]);
  // The keys were made one line above; the compiler does not follow them.
  return Object.fromEntries(rows) as ReturnType<typeof createRunnableRoutes<Resource>>;
}

// biome-ignore format: one route is one line
function listRows({ resource, item, tag }: Family) {
  const all = `/${resource}` as const;
  const one = `${all}/{${item}_id}` as const;
  const planned = { tag, isPlanned: true } as const;
  const ofOne = { ...planned, items: { [resource]: `${item}_id` } } as const;
  const run = { ...ofOne, isOwned: true } as const;
  return {
    list: { ...planned, method: "GET", path: all, access: [`${resource}:read`], lists: resource, summary: `List ${resource}` },
    create: { ...planned, method: "POST", path: all, access: [`${resource}:write`], summary: `Create ${item}` },
    read: { ...ofOne, method: "GET", path: one, access: [`${resource}:read`], summary: `Read ${item}` },
    update: { ...ofOne, method: "PATCH", path: one, access: [`${resource}:write`], summary: `Change ${item}` },
    delete: { ...ofOne, method: "DELETE", path: one, access: [`${resource}:delete`], summary: `Delete ${item}` },
    run: { ...run, method: "POST", path: `${one}/runs`, access: [`${resource}:run`], summary: `Run ${item}` },
    listRuns: { ...run, method: "GET", path: `${one}/runs`, access: [`${resource}:read`, `${resource}:run`], summary: "List runs of a session" },
    readRun: { ...run, method: "GET", path: `${one}/runs/{run_id}`, access: [`${resource}:read`, `${resource}:run`], summary: "Read a run" },
    continueRun: { ...run, method: "POST", path: `${one}/runs/{run_id}/continue`, access: [`${resource}:run`], summary: "Continue a paused run" },
    cancelRun: { ...run, method: "POST", path: `${one}/runs/{run_id}/cancel`, access: [`${resource}:run`], summary: "Cancel a run" },
    resumeRun: { ...run, method: "POST", path: `${one}/runs/{run_id}/resume`, access: [`${resource}:run`], summary: "Resume a stream" },
    listCheckpoints: { ...run, method: "GET", path: `${one}/runs/{run_id}/checkpoints`, access: [`${resource}:read`, `${resource}:run`], summary: "List checkpoints" },
    readCheckpoint: { ...run, method: "GET", path: `${one}/runs/{run_id}/checkpoints/{message_index}`, access: [`${resource}:read`, `${resource}:run`], summary: "Read a checkpoint" },
    forkSession: { ...run, method: "POST", path: `${one}/sessions/{session_id}/fork`, access: [`${resource}:run`], summary: "Fork a session" },
  } as const satisfies Record<string, Planned>;
}
