/** A token that is let in and opens nothing: that it is accepted is true, and nobody's question. */
import { type CompiledRoute, diagnose, inspectToken, type KnownServer, splitHeldScopes } from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import { listRoutes } from "../scopes/route-table.ts";
import { decideAccess } from "../text/explain-access.ts";
import { findMeantScope } from "../text/scope-names.ts";
import { findScopeSlips } from "./find-scope-slips.ts";
import { toFinding } from "./findings.ts";
import type { Finding } from "./report.ts";

export interface OpensNothing {
  readonly sentence: string;
  /** Why, where the token shows it: a scope that is nearly one, or scopes under a claim that is not read. */
  readonly findings: readonly Finding[];
}

const MOST = 5;
const LONGEST = 100;

/** They say that a scope is missing, not which one was meant. */
const PLAIN = new Set([
  "SCOPE_MISSING",
  "SCOPE_OTHER_RESOURCE",
  "SCOPE_PREREQUISITE_MISSING",
  "SCOPE_OVER_CEILING",
]);

interface NoRouteContext {
  readonly server: KnownServer;
  /** Every route of the server with the access in force. Default: the routes of the contract. */
  readonly routes?: readonly CompiledRoute[] | undefined;
  readonly now: number;
  readonly cli: string;
  readonly seenAt: string;
}

/** Undefined for a token that opens a route, and for one that is no JWT. */
export function findNoRoute(
  token: string,
  { server, routes: inForce, now, cli, seenAt }: NoRouteContext,
): OpensNothing | undefined {
  const { enforcesScopes, mode, adminScope = ADMIN_SCOPE } = server.policy;
  if (enforcesScopes === false || mode === "security_key" || mode === "none") return undefined;
  const { unverifiedClaims } = inspectToken(token, { policy: {}, algorithms: [], now });
  if (unverifiedClaims === undefined) return undefined;
  const held = splitHeldScopes(unverifiedClaims, server).kept;
  const scoped = listRoutes(adminScope, inForce).filter(({ route }) => typeof route.access.rule !== "string");
  const isOpened = scoped.some((matched) => {
    const { decision, onlyItems } = decideAccess(held, matched, adminScope);
    return decision.isAllowed || onlyItems.length > 0;
  });
  if (isOpened) return undefined;
  const slips = findScopeSlips(token, { server, now, cli, seenAt });
  const findings = slips.length > 0 ? slips : findMeant();
  return {
    sentence: describe(held, inForce === undefined && held.some(mayBeOwn)),
    findings: findings.map((finding) => ({ ...finding, level: "error", leavesOpen: true })),
  };

  function findMeant(): readonly Finding[] {
    for (const request of scoped) {
      const cause = diagnose({ server, credential: token, now, cli, request }).find(
        ({ code }) => code.startsWith("SCOPE_") && !PLAIN.has(code),
      );
      if (cause !== undefined) return [toFinding(cause, { seenAt })];
    }
    return [];
  }
}

/** The routes of an application are not known from outside, nor which scopes they require. */
function mayBeOwn(scope: string): boolean {
  return /^[\w-]+(?::[^\s:]+){1,2}$/.test(scope) && findMeantScope(scope) === undefined;
}

function describe(held: readonly string[], isPerhapsOwn: boolean): string {
  if (held.length === 0)
    return "the server let the token in, but it holds no scope, and so it opens no route";
  const shown = held.slice(0, MOST).map((scope) => scope.slice(0, LONGEST));
  const more = held.length > MOST ? ` and ${held.length - MOST} more` : "";
  const own = isPerhapsOwn ? "; for a route of the application's own ask with --route" : "";
  const whose = isPerhapsOwn ? " of AgentOS itself" : "";
  return `the server let the token in, but none of its scopes opens a route${whose}: ${shown.join(", ")}${more}${own}`;
}
