/**
 * What each route demands, written down from contract.md 2.6 and not from the route table: the matrix compares the two.
 * A route of the table without a row here does not compile, and fails the run.
 */

import type { ServedRouteId, SocketActionName } from "@agentos/contract";
import { type CustomRoute, customScope } from "@agentos/server";

export interface RouteRow {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: string;
  readonly demands:
    | "public"
    | "authenticated"
    /** The whole of a resource: a scope for one item is not enough. */
    | { readonly kind: "resource"; readonly scope: ResourceScope }
    /** One item: a scope for just this one is enough. */
    | {
        readonly kind: "item";
        readonly scope: ResourceScope;
        readonly id: string;
        /** A second scope that is required too. */
        readonly also?: ResourceScope;
      }
    /** A list: a scope for some items shows just those. */
    | { readonly kind: "list"; readonly scope: ResourceScope };
  /** The handler uses the agents, so their counter tells whether it ran. */
  readonly usesAgents: boolean;
  /** Status for who may call, where these servers have nothing there. Default 200. */
  readonly status?: 201 | 204 | 404 | 422;
}

export interface ResourceScope {
  readonly resource: string;
  readonly action: string;
  /** Another action of the same resource, which must not do. */
  readonly otherAction: string;
}

const config: ResourceScope = { resource: "config", action: "read", otherAction: "write" };
const readAuthz: ResourceScope = { resource: "authz", action: "read", otherAction: "explain" };
const revocations: ResourceScope = { resource: "authz", action: "revoke", otherAction: "read" };
const readAgents: ResourceScope = { resource: "agents", action: "read", otherAction: "run" };
const runAgents: ResourceScope = { resource: "agents", action: "run", otherAction: "read" };
// Neither of the two is the other action of the other: a run is read with both.
const readRuns: ResourceScope = { resource: "agents", action: "read", otherAction: "write" };
const runRuns: ResourceScope = { resource: "agents", action: "run", otherAction: "delete" };
const readReports: ResourceScope = { resource: "reports", action: "read", otherAction: "run" };
const writeReports: ResourceScope = { resource: "reports", action: "write", otherAction: "read" };

const open = (path: string): RouteRow => ({ method: "GET", path, demands: "public", usesAgents: false });

export const AGENT_ID = "web-agent";
const RUN = "message=hello&stream=false";

/** What is kept of users names no item in a scope; these servers have kept nothing. */
const ofData =
  (resource: "sessions" | "memories") =>
  (
    method: RouteRow["method"],
    action: "read" | "write" | "delete",
    { path, status }: { readonly path: string; readonly status?: RouteRow["status"] },
  ): RouteRow => ({
    method,
    path,
    demands: {
      kind: "resource",
      scope: { resource, action, otherAction: action === "read" ? "write" : "read" },
    },
    usesAgents: false,
    ...(status === undefined ? {} : { status }),
  });

const ofMemories = ofData("memories");
const ofSessions = ofData("sessions");

export const SERVED_ROWS: Readonly<Record<ServedRouteId, RouteRow>> = {
  "core.root": open("/"),
  "core.health": open("/health"),
  "core.info": open("/info"),
  "teams.list": {
    method: "GET",
    path: "/teams",
    demands: { kind: "list", scope: { resource: "teams", action: "read", otherAction: "run" } },
    usesAgents: false,
  },
  "workflows.list": {
    method: "GET",
    path: "/workflows",
    demands: { kind: "list", scope: { resource: "workflows", action: "read", otherAction: "run" } },
    usesAgents: false,
  },
  "core.config": {
    method: "GET",
    path: "/config",
    demands: { kind: "resource", scope: config },
    usesAgents: false,
  },
  "core.models": {
    method: "GET",
    path: "/models",
    demands: { kind: "resource", scope: config },
    usesAgents: false,
  },
  "core.error": open("/errors/AUTH_TOKEN_EXPIRED"),
  // No OAuth issuer is configured here; with one see issuers.e2e.ts.
  "core.resource": { ...open("/.well-known/oauth-protected-resource"), status: 404 },
  "denials.list": {
    method: "GET",
    path: "/authz/denials",
    demands: "authenticated",
    usesAgents: false,
  },
  "denials.count": {
    method: "GET",
    path: "/authz/denials/counts",
    demands: "authenticated",
    usesAgents: false,
  },
  "denials.read": {
    method: "GET",
    path: "/authz/denials/den_unknown",
    demands: "authenticated",
    usesAgents: false,
    status: 404,
  },
  "policy.read": {
    method: "GET",
    path: "/authz/policy",
    demands: { kind: "resource", scope: readAuthz },
    usesAgents: false,
  },
  "revocations.create": {
    method: "POST",
    path: "/authz/revocations",
    demands: { kind: "resource", scope: revocations },
    usesAgents: false,
    status: 422,
  },
  "revocations.list": {
    method: "GET",
    path: "/authz/revocations",
    demands: { kind: "resource", scope: revocations },
    usesAgents: false,
  },
  "agents.list": {
    method: "GET",
    path: "/agents",
    demands: { kind: "list", scope: readAgents },
    usesAgents: true,
  },
  "agents.read": {
    method: "GET",
    path: `/agents/${AGENT_ID}`,
    demands: { kind: "item", scope: readAgents, id: AGENT_ID },
    usesAgents: true,
  },
  "agents.run": {
    method: "POST",
    path: `/agents/${AGENT_ID}/runs`,
    body: RUN,
    demands: { kind: "item", scope: runAgents, id: AGENT_ID },
    usesAgents: true,
  },
  "agents.listRuns": {
    method: "GET",
    path: `/agents/${AGENT_ID}/runs?session_id=none`,
    usesAgents: false,
    status: 404,
    demands: { kind: "item", scope: readRuns, also: runRuns, id: AGENT_ID },
  },
  "agents.readRun": {
    method: "GET",
    path: `/agents/${AGENT_ID}/runs/none?session_id=none`,
    usesAgents: false,
    status: 404,
    demands: { kind: "item", scope: readRuns, also: runRuns, id: AGENT_ID },
  },
  "agents.continueRun": {
    method: "POST",
    path: `/agents/${AGENT_ID}/runs/none/continue`,
    body: "session_id=none",
    usesAgents: false,
    status: 404,
    demands: { kind: "item", scope: runAgents, id: AGENT_ID },
  },
  "agents.listCheckpoints": {
    method: "GET",
    path: `/agents/${AGENT_ID}/runs/none/checkpoints?session_id=none`,
    usesAgents: false,
    status: 404,
    demands: { kind: "item", scope: readRuns, also: runRuns, id: AGENT_ID },
  },
  "agents.readCheckpoint": {
    method: "GET",
    path: `/agents/${AGENT_ID}/runs/none/checkpoints/0?session_id=none`,
    usesAgents: false,
    status: 404,
    demands: { kind: "item", scope: readRuns, also: runRuns, id: AGENT_ID },
  },
  "agents.forkSession": {
    method: "POST",
    path: `/agents/${AGENT_ID}/sessions/none/fork`,
    usesAgents: false,
    status: 404,
    demands: { kind: "item", scope: runAgents, id: AGENT_ID },
  },
  "agents.cancelRun": {
    method: "POST",
    path: `/agents/${AGENT_ID}/runs/none/cancel`,
    usesAgents: false,
    demands: { kind: "item", scope: runAgents, id: AGENT_ID },
  },
  "agents.resumeRun": {
    method: "POST",
    path: `/agents/${AGENT_ID}/runs/none/resume`,
    usesAgents: false,
    demands: { kind: "item", scope: runAgents, id: AGENT_ID },
  },
  "memories.list": ofMemories("GET", "read", { path: "/memories" }),
  "memories.create": ofMemories("POST", "write", { path: "/memories", status: 422 }),
  "memories.deleteMany": ofMemories("DELETE", "delete", { path: "/memories", status: 422 }),
  "memories.read": ofMemories("GET", "read", { path: "/memories/none", status: 404 }),
  "memories.update": ofMemories("PATCH", "write", { path: "/memories/none", status: 422 }),
  "memories.delete": ofMemories("DELETE", "delete", { path: "/memories/none", status: 204 }),
  "memories.listTopics": ofMemories("GET", "read", { path: "/memory_topics" }),
  "memories.readStatistics": ofMemories("GET", "read", { path: "/user_memory_stats" }),
  "memories.optimize": ofMemories("POST", "write", { path: "/optimize-memories", status: 422 }),
  "sessions.list": ofSessions("GET", "read", { path: "/sessions" }),
  "sessions.create": ofSessions("POST", "write", { path: "/sessions", status: 201 }),
  // Without a body: what is to be deleted is missing.
  "sessions.deleteMany": ofSessions("DELETE", "delete", { path: "/sessions", status: 422 }),
  "sessions.read": ofSessions("GET", "read", { path: "/sessions/none", status: 404 }),
  "sessions.update": ofSessions("PATCH", "write", { path: "/sessions/none", status: 422 }),
  "sessions.delete": ofSessions("DELETE", "delete", { path: "/sessions/none", status: 204 }),
  "sessions.rename": ofSessions("POST", "write", { path: "/sessions/none/rename", status: 422 }),
  "sessions.listRuns": ofSessions("GET", "read", { path: "/sessions/none/runs", status: 404 }),
  "sessions.readRun": ofSessions("GET", "read", { path: "/sessions/none/runs/none", status: 404 }),
  "docs.openapi": open("/openapi.json"),
  "docs.page": open("/docs"),
  "docs.asset": open("/docs/start.js"),
};

/** Routes of an embedding application, one of each kind of access. */
export const CUSTOM_ROWS: Readonly<Record<string, RouteRow>> = {
  "custom public": open("/custom/open"),
  "custom authenticated": {
    method: "GET",
    path: "/custom/anybody",
    demands: "authenticated",
    usesAgents: false,
  },
  "custom scope": {
    method: "GET",
    path: "/reports",
    demands: { kind: "resource", scope: readReports },
    usesAgents: false,
  },
  "custom scope of an item": {
    method: "POST",
    path: "/reports/q1",
    body: "x=1",
    demands: { kind: "item", scope: writeReports, id: "q1" },
    usesAgents: false,
  },
};

/** The custom routes, with a count of how often their handlers ran. */
export function createCustomRoutes(): { readonly routes: readonly CustomRoute[]; handled(): number } {
  let count = 0;
  const handler = () => {
    count += 1;
    return new Response("handled");
  };
  return {
    handled: () => count,
    routes: [
      { method: "GET", path: "/custom/open", access: "public", handler },
      { method: "GET", path: "/custom/anybody", access: "authenticated", handler },
      { method: "GET", path: "/reports", access: [customScope("reports:read")], handler },
      { method: "POST", path: "/reports/{id}", access: [customScope("reports:{id}:write")], handler },
    ],
  };
}

/** What an action of a WebSocket demands, written down from contract.md 6.2. */
export interface SocketRow {
  readonly frame: Readonly<Record<string, unknown>>;
  readonly demands: Extract<RouteRow["demands"], { readonly kind: "item" }>;
  /** For a caller whose scopes do not do. */
  readonly refusal: string;
  /** For who may, where no workflow and no run is there. */
  readonly answer: string;
}

export const WORKFLOW_ID = "w1";
const ofWorkflow: SocketRow["demands"] = {
  kind: "item",
  id: WORKFLOW_ID,
  scope: { resource: "workflows", action: "run", otherAction: "read" },
};

export const SOCKET_ROWS: Readonly<Record<SocketActionName, SocketRow>> = {
  "start-workflow": {
    frame: { workflow_id: WORKFLOW_ID, message: "hello" },
    demands: ofWorkflow,
    refusal: "Insufficient permissions to run this workflow",
    answer: "Workflow w1 not found",
  },
  reconnect: {
    frame: { run_id: "r1", workflow_id: WORKFLOW_ID },
    demands: ofWorkflow,
    refusal: "Insufficient permissions to reconnect to this workflow",
    answer: "Run r1 not found in buffer or database",
  },
  "continue-workflow": {
    frame: { workflow_id: WORKFLOW_ID, run_id: "r1", session_id: "s1", step_requirements: [] },
    demands: ofWorkflow,
    refusal: "Insufficient permissions to continue this workflow",
    answer: "Run r1 not found",
  },
};
