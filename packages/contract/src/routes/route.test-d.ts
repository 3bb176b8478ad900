import { customScope } from "../scopes/scope-catalogue.ts";
import type { CustomRouteDefinition, RouteDefinition } from "./route.ts";
import type { PlannedRouteId, RouteId, ServedRouteId } from "./route-table.ts";

type IsAny<T> = 0 extends 1 & T ? true : false;
type IsEqual<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const isTrue = <T extends true>(_: T) => {};

isTrue<IsEqual<IsAny<RouteDefinition["access"]>, false>>(true);
isTrue<IsEqual<IsAny<ServedRouteId>, false>>(true);
isTrue<
  IsEqual<
    ServedRouteId<"agents">,
    | "agents.list"
    | "agents.read"
    | "agents.run"
    | "agents.listRuns"
    | "agents.readRun"
    | "agents.continueRun"
    | "agents.listCheckpoints"
    | "agents.readCheckpoint"
    | "agents.forkSession"
    | "agents.cancelRun"
    | "agents.resumeRun"
  >
>(true);
isTrue<IsEqual<ServedRouteId<"teams">, "teams.list">>(true);
isTrue<IsEqual<ServedRouteId<"learnings">, never>>(true);
// Ids stay literal, those of the shared family too.
isTrue<IsEqual<string extends RouteId ? true : false, false>>(true);
"teams.readRun" satisfies PlannedRouteId;
"learnings.list" satisfies PlannedRouteId;
// @ts-expect-error -- a planned route is not served
"learnings.list" satisfies ServedRouteId;
// @ts-expect-error -- an id that no route has
"agents.rnu" satisfies RouteId;

const base = { method: "GET", path: "/reports", tag: "Reports", summary: "Reports" } as const;

({ ...base, access: ["agents:read"] }) satisfies RouteDefinition;
({ ...base, access: "public" }) satisfies RouteDefinition;
({ ...base, access: "authenticated" }) satisfies RouteDefinition;
({ ...base, access: ["agents:read"], items: { agents: "agent_id" } }) satisfies RouteDefinition;
({ ...base, access: [customScope("reports:read")] }) satisfies CustomRouteDefinition;
({ method: "GET", path: "/reports", access: "authenticated" }) satisfies CustomRouteDefinition;

// @ts-expect-error -- a route that does not say who may call it does not compile
base satisfies RouteDefinition;
// @ts-expect-error -- neither does one of the embedding application
base satisfies CustomRouteDefinition;
// @ts-expect-error -- an empty list is no access rule
({ ...base, access: [] }) satisfies RouteDefinition;
// @ts-expect-error -- a scope with a typing error
({ ...base, access: ["agents:raed"] }) satisfies RouteDefinition;
// @ts-expect-error -- a scope of the application's own must be marked as meant
({ ...base, access: ["reports:read"] }) satisfies CustomRouteDefinition;
// @ts-expect-error -- our own routes use our own scopes
({ ...base, access: [customScope("reports:read")] }) satisfies RouteDefinition;
// @ts-expect-error -- a path begins with a slash
({ ...base, path: "reports", access: "public" }) satisfies RouteDefinition;
// @ts-expect-error -- scopes of sessions name no item
({ ...base, access: "public", items: { sessions: "session_id" } }) satisfies RouteDefinition;
