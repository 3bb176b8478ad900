/** Which requests are sent: those that were asked about, and at least one GET that shows whether the token is accepted. */
import {
  type CompiledRoute,
  classifyCredential,
  inspectToken,
  type KnownServer,
  splitHeldScopes,
} from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import { listRoutes, type MatchedRoute } from "../scopes/route-table.ts";
import { decideAccess } from "../text/explain-access.ts";
import type { DoctorRequest } from "./report.ts";

export interface PlannedRequests {
  /** Nobody asked about it: only whether the token is let in counts, not what this route requires. */
  readonly proof: DoctorRequest | undefined;
  readonly requests: readonly DoctorRequest[];
}

interface PlanContext {
  readonly server: KnownServer;
  /** With the access in force. Default: the routes of the contract. */
  readonly routes?: readonly CompiledRoute[] | undefined;
  readonly now: number;
}

/** Asked first where there is a choice: it is what chat interfaces ask first. */
export const USUAL = "/agents";

/** Plans them. Without a question of the person's own, a route is asked that the token's own scopes open. */
export function planRequests(
  asked: readonly DoctorRequest[],
  token: string | undefined,
  context: PlanContext,
): PlannedRequests {
  const readsToken = asked.some(
    ({ method, matched }) => method === "GET" && matched?.route.access.rule !== "public",
  );
  if (readsToken || (token === undefined && asked.length > 0)) return { proof: undefined, requests: asked };
  const chosen = chooseRoute(token, context);
  return asked.length === 0 ? { proof: undefined, requests: [chosen] } : { proof: chosen, requests: asked };
}

function chooseRoute(
  token: string | undefined,
  { server, routes: inForce, now }: PlanContext,
): DoctorRequest {
  const adminScope = server.policy.adminScope ?? ADMIN_SCOPE;
  const routes = listRoutes(adminScope, inForce).filter(isAskable);
  const usual = routes.find(({ route }) => route.template.text === USUAL);
  const scoped = routes.filter(({ route }) => typeof route.access.rule !== "string");
  const ordered = usual === undefined ? scoped : [usual, ...scoped.filter((route) => route !== usual)];
  const claims =
    token === undefined || classifyCredential(token) !== "jwt"
      ? undefined
      : inspectToken(token, { policy: {}, algorithms: [], now }).unverifiedClaims;
  const held = claims === undefined ? undefined : splitHeldScopes(claims, server).kept;
  const open =
    held === undefined
      ? undefined
      : ordered.find((matched) => decideAccess(held, matched, adminScope).decision.isAllowed);
  // A token that opens no list may still be a good one; only our own server has a route that asks for nothing more.
  const isOurs = server.isPython !== true && server.lacksInfo !== true;
  const plain =
    held !== undefined && isOurs
      ? routes.find(({ route }) => route.access.rule === "authenticated")
      : undefined;
  const matched = open ?? plain ?? usual;
  return { method: "GET", path: matched?.route.template.text ?? USUAL, matched };
}

/** It changes nothing, needs no id, and reads a credential. */
function isAskable({ route, isServed }: MatchedRoute): boolean {
  return (
    isServed && route.method === "GET" && !route.template.text.includes("{") && route.access.rule !== "public"
  );
}
